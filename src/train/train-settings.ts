import type { ApprovalSettings, Settings } from "../settings.ts";

/** A list that has at least one entry. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** The parsed and valid parameters for all children. Resources are still names, as the operator entered them. */
export interface TrainSettings {
  /** One level after the other, in this order; the children of one level may run at the same time. */
  readonly levels: NonEmpty<NonEmpty<TrainChild>>;
  /** How many children of a level may run at the same time. Absent means all of them. */
  readonly parallelLimit: number | undefined;
  readonly failurePolicy: FailurePolicy;
  /** The highest number of passes, where failed children are deployed again. */
  readonly passes: number;
  readonly common: CommonSettings;
}

/**
 * What happens when a child fails: no further child starts, all others start, failed children are deployed again until all succeed, or
 * everything that was deployed is rolled back.
 */
export type FailurePolicy = "Stop" | "Continue" | "RerunUntilDone" | "RollBack";

export interface TrainChild {
  /** The step's own fields, with the values that the list has for this child. */
  readonly settings: Settings;
  /** The line of the list that names the child. */
  readonly line: number;
  /** What to do if the project does not exist. */
  readonly ifMissing: "error" | "skip";
  /** Whether the child may be rolled back when another one fails. Absent means yes, unless other tenants rely on it. */
  readonly rollBack?: "yes" | "never" | undefined;
}

/** The settings that are the same for all children. */
export interface CommonSettings extends Pick<
  Settings,
  | "server"
  | "parent"
  | "whatIf"
  | "planPolicy"
  | "saveReleaseNotes"
  | "report"
  | "schedule"
  | "wait"
  | "relayLog"
  | "freezeOverrideReason"
> {
  readonly approvals: Pick<ApprovalSettings, "environment" | "tenant" | "requesterMayApprove">;
}
