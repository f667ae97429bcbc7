/**
 * The report of a run as JSON, version 1. A later version only adds properties, or has another number. Whatever is unknown or does not
 * apply is `null`; instants are ISO 8601 in UTC; every text is as Octopus or the run said it, uncut.
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
  /** Of the plan that this run made or carried out: approvers see the same. */
  readonly digest: string | null;
  /** In the order in which the parent asked. */
  readonly approvals: readonly ReportApproval[];
  /** In the order of the list. */
  readonly children: readonly ReportChild[];
  /** What people should do now, whole sentences. */
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
  /** Of the task. */
  readonly url: string | null;
}

/** How the step ended, in the words of its output variables. */
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
  /** At most so many passes. `null` means the policy has none, or as many as there are children. */
  readonly passes: number | null;
}

export interface ReportApproval {
  readonly by: string;
  /** Of the plan that was approved. `null` means the approval names none. */
  readonly digest: string | null;
  /** When the parent asked for it: Octopus does not tell when it was given. */
  readonly asked: string | null;
  /** Of the deployment that asked. */
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
  /** Of the latest deployment of this run. */
  readonly url: string | null;
  readonly started: string | null;
  readonly ended: string | null;
  /** When it waited for people. */
  readonly waits: readonly ReportWait[];
  /** Every deployment of this run, oldest first. */
  readonly attempts: readonly ReportAttempt[];
  readonly warnings: readonly string[];
  /** Release notes, Markdown. Empty means that nothing changes. */
  readonly notes: string;
  /** Of the latest server task. */
  readonly error: string | null;
}

/** Where a child goes, or went, when it fails. */
export interface ReportRollBack {
  /** `RolledBack`, `RollBackFailed`, `NotRolledBack` or `NothingToRollBackTo`. `null` means that it is only planned. */
  readonly outcome: string | null;
  /** Version of the release. `null` means that there is none. */
  readonly to: string | null;
  /** Why it cannot be, or was not, rolled back. */
  readonly why: string | null;
}

export interface ReportWait {
  readonly from: string;
  /** `null` means that it still waits. */
  readonly to: string | null;
  /** For whom or for what. */
  readonly what: string;
}

/** One deployment. */
export interface ReportAttempt {
  /** `adopted`: an earlier run had created it. `pass`: what failed is deployed again after all others. `undo`: the former release. */
  readonly kind: "deployment" | "adopted" | "retry" | "pass" | "undo";
  /** Of its kind, from 1; the first pass is the first deployment, so the second one has 2. */
  readonly number: number;
  readonly from: string | null;
  /** `null` means that it has not ended. */
  readonly to: string | null;
  /** State of its server task. */
  readonly outcome: string;
  readonly deploymentId: string | null;
  readonly taskId: string | null;
  readonly url: string | null;
}

/** What stands in the file. JSON allows each character to be written as an escape, so nothing in it is read as an expression or a message. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2).replace(/#(?=[{#])/g, "\\u0023")}\n`;
}
