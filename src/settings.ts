import type { DeploymentCondition, DeploymentMode, Id, NotFoundPolicy } from "./model.ts";
import type { TimeLimits } from "./rules/judge-task.ts";
import type { PromptedValue } from "./rules/prompted-variables.ts";
import type { ReleasePattern } from "./rules/release-pattern.ts";
import type { Schedule } from "./rules/schedule.ts";

/** The parsed and valid parameters of one run. Resources are still names, as the operator entered them. */
export interface Settings {
  readonly server: ServerSettings;
  readonly parent: Parent;
  readonly child: ChildSettings;
  /** Make the plan, publish it and stop. */
  readonly whatIf: boolean;
  readonly wait: WaitPolicy;
  readonly limits: TimeLimits;
  readonly targeting: TargetingSettings;
  readonly schedule: ScheduleSettings;
  readonly approvals: ApprovalSettings;
  readonly guidedFailure: GuidedFailureSettings;
  /** How this run treats an approved plan. */
  readonly planPolicy: "Use" | "Fail" | "Warn" | "Ignore";
  readonly saveReleaseNotes: boolean;
  /** Whether the run leaves a report. Default: for several children, and for any failure policy but Stop. */
  readonly report: "Default" | "Yes" | "No";
  readonly relayLog: boolean;
  /** How often a failed child deployment is deployed again. */
  readonly retries: number;
  /** Absent means that an active freeze stops the run. */
  readonly freezeOverrideReason?: string | undefined;
}

export interface ServerSettings {
  readonly url: string;
  readonly credential: Credential;
}

export interface Credential {
  readonly kind: "api-key" | "access-token";
  readonly value: string;
}

export interface ChildSettings {
  readonly space: string;
  readonly project: string;
  /** Absent means the project's default channel. */
  readonly channel?: string | undefined;
  readonly destination: string;
  /** Absent means the previous phase of the lifecycle. */
  readonly source?: string | undefined;
  readonly pattern: ReleasePattern;
  readonly notFound: NotFoundPolicy;
  readonly mode: DeploymentMode;
  readonly condition: DeploymentCondition;
}

/** For which tenant, to which machines and with which values the child is deployed. */
export interface TargetingSettings {
  readonly tenant?: string | undefined;
  /** Names or ids. Empty means the parent's machines, or all. */
  readonly machines: readonly string[];
  readonly excludedMachines: readonly string[];
  /** Whether to deploy to all machines when none of the given ones is a target of the child. */
  readonly ignoreMachineMismatch: boolean;
  readonly promptedValues: readonly PromptedValue[];
  /** The values come from the step's field for several children, so that each child takes those that it prompts for. */
  readonly sharesPromptedValues?: true | undefined;
  readonly skippedSteps: readonly string[];
  /** Update the variable snapshot of the release before the deployment, when its variables were edited since. */
  readonly refreshSnapshot: boolean;
}

/** When the child deployment is to start. */
export interface ScheduleSettings {
  /** Absent means at once. */
  readonly start?: Schedule | undefined;
  /** Absent means the worker's zone. */
  readonly timeZone?: string | undefined;
  /** How long after its scheduled time the deployment may still start. 0 means a year, the longest that the step asks for. */
  readonly expirySeconds: number;
}

/** How the child's manual interventions are answered. */
export interface ApprovalSettings {
  /** Answer them on behalf of those who approved in the parent. */
  readonly useParents: boolean;
  /** Absent means the parent's own deployment. */
  readonly environment?: string | undefined;
  readonly tenant?: string | undefined;
  /** How many approvers must belong to the intervention's responsible teams. */
  readonly minimumApprovers: number;
  /** Whether the approval of the user who started the deployment counts. */
  readonly requesterMayApprove: boolean;
}

/** Whether the child runs in guided failure mode, and how its guided failures are answered. */
export interface GuidedFailureSettings {
  readonly mode: "Default" | "On" | "Off";
  /** `Wait` leaves the answer to a user. The step gives the other answers itself. */
  readonly response: "Wait" | "Retry" | "Ignore" | "Fail";
  readonly retries: number;
}

/** Whether the step waits for the child deployment. `Yes` does not wait for one that is scheduled for later; `ThroughSchedule` does. */
export type WaitPolicy = "Yes" | "No" | "ThroughSchedule";

/** The deployment or runbook run this step belongs to, as Octopus' system variables describe it. Outside Octopus most are absent. */
export interface Parent {
  readonly serverUrl?: string | undefined;
  readonly spaceId?: Id<"Space"> | undefined;
  readonly spaceName?: string | undefined;
  readonly projectId?: Id<"Project"> | undefined;
  readonly projectName?: string | undefined;
  readonly projectGroupId?: Id<"ProjectGroup"> | undefined;
  readonly releaseId?: Id<"Release"> | undefined;
  readonly releaseNumber?: string | undefined;
  readonly environmentId?: Id<"Environment"> | undefined;
  readonly environmentName?: string | undefined;
  readonly tenantId?: Id<"Tenant"> | undefined;
  readonly tenantName?: string | undefined;
  readonly deploymentId?: Id<"Deployment"> | undefined;
  /** Machines that the deployment is limited to. Empty means all. */
  readonly specificMachineIds: readonly Id<"Machine">[];
  /** Machines that are left out, usually because they are unavailable. */
  readonly excludedMachineIds: readonly Id<"Machine">[];
  /** Who started the deployment or run. */
  readonly starterId?: Id<"User"> | undefined;
  /** Absent for a deployment. */
  readonly runbookRunId?: string | undefined;
  readonly runbookName?: string | undefined;
  readonly taskId?: Id<"ServerTask"> | undefined;
  readonly actionId?: string | undefined;
  readonly stepName?: string | undefined;
}
