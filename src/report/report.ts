/**
 * The report of a run as JSON, version 1. Later releases only add properties, or raise the version. Unknown values, and values that do not apply,
 * are `null`. Instants are ISO 8601 in UTC. Texts are never cut.
 */
export interface Report {
  readonly version: 1;
  /** `plan`: a what-if run, which created nothing. */
  readonly mode: "plan" | "run";
  readonly parent: ReportParent;
  readonly verdict: Verdict;
  /** When the run began, and when it ended. */
  readonly made: string;
  readonly ended: string;
  readonly policy: ReportPolicy;
  /** Digest of the plan that this run made or carried out. Approvers see the same digest. */
  readonly digest: string | null;
  /** In the order in which the parent asked. */
  readonly approvals: readonly ReportApproval[];
  /** In the order of the list. */
  readonly children: readonly ReportChild[];
  /** What the reader should do now, whole sentences. */
  readonly nextSteps: readonly string[];
}

/** The deployment or runbook run that the step belongs to. */
export interface ReportParent {
  readonly project: string;
  /** Version; a runbook run has none. */
  readonly release: string | null;
  readonly runbook: string | null;
  readonly environment: string | null;
  readonly tenant: string | null;
  readonly step: string | null;
  readonly taskId: string | null;
  /** The task's page in the portal. */
  readonly url: string | null;
}

/** How the step ended, with the values of its output variables. */
export interface Verdict {
  readonly outcome: string;
  readonly reason: string;
  readonly message: string;
}

export interface ReportPolicy {
  /** `Stop`, `Continue`, `RerunUntilDone` or `RollBack`. */
  readonly onFailure: string;
  /** How many children may be deployed at the same time. `null` means all of a level. */
  readonly atTheSameTime: number | null;
  /** The highest number of passes. `null` means that the policy has none, or as many as there are children. */
  readonly passes: number | null;
}

export interface ReportApproval {
  readonly by: string;
  /** Digest of the approved plan. `null` means that the approval names none. */
  readonly digest: string | null;
  /** When the parent asked for the approval: Octopus does not tell when it was given. */
  readonly asked: string | null;
  /** Page of the task that asked. */
  readonly url: string | null;
}

export interface ReportChild {
  /** As the log and the outputs call it. */
  readonly name: string;
  /** 1 for the first level; children of one level start together. */
  readonly level: number;
  /** Version of the release that was current before the run. */
  readonly from: string | null;
  /** Version of the chosen release. */
  readonly to: string | null;
  readonly outcome: string;
  readonly reason: string;
  readonly message: string;
  /** `null` means that nothing was to be undone. */
  readonly rollBack: ReportRollBack | null;
  /** Page of the latest deployment of this run. */
  readonly url: string | null;
  readonly started: string | null;
  readonly ended: string | null;
  /** When the child waited for an answer. */
  readonly waits: readonly ReportWait[];
  /** Every deployment of this run, oldest first. */
  readonly attempts: readonly ReportAttempt[];
  readonly warnings: readonly string[];
  /** Release notes, Markdown. Empty means that nothing changes. */
  readonly notes: string;
  /** Error of the latest server task. */
  readonly error: string | null;
}

/** The planned or completed roll back of a child. */
export interface ReportRollBack {
  /** `RolledBack`, `RollBackFailed`, `NotRolledBack` or `NothingToRollBackTo`. `null` means that the roll back is only planned. */
  readonly outcome: string | null;
  /** Version of the release. `null` means that there is none. */
  readonly to: string | null;
  /** Why the child cannot be rolled back, or was not. */
  readonly why: string | null;
}

export interface ReportWait {
  readonly from: string;
  /** `null` means that the child still waits. */
  readonly to: string | null;
  /** What the child waits for. */
  readonly what: string;
}

/** One deployment. */
export interface ReportAttempt {
  /** `adopted` was created by an earlier run, `pass` deploys a failed child again after all others, `undo` deploys the former release. */
  readonly kind: "deployment" | "adopted" | "retry" | "pass" | "undo";
  /** Counts from 1 within its kind. The first pass is the first deployment, so the second one has number 2. */
  readonly number: number;
  readonly from: string | null;
  /** `null` means that the deployment has not ended. */
  readonly to: string | null;
  /** State of its server task. */
  readonly outcome: string;
  readonly deploymentId: string | null;
  readonly taskId: string | null;
  readonly url: string | null;
}

/** The content of the file. Escapes keep Octopus from finding expressions or service messages in it. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2).replace(/#(?=[{#])/g, "\\u0023")}\n`;
}
