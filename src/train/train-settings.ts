import type { ApprovalSettings, Settings } from "../settings.ts";

/** A list that has at least one entry. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** What the step was told about all of its children: parsed, valid, and still in names where the operator gave names. */
export interface TrainSettings {
  /** One level after the other, in this order; the children of one level may run at the same time. */
  readonly levels: NonEmpty<NonEmpty<TrainChild>>;
  /** How many children of a level may run at the same time. Absent means all of them. */
  readonly parallelLimit: number | undefined;
  readonly failurePolicy: FailurePolicy;
  /** How many passes at most, where failed children are deployed again. */
  readonly passes: number;
  readonly common: CommonSettings;
}

/**
 * What happens when a child fails: no further child is started, all of them are, failed ones are deployed again until all succeed, or what was
 * deployed is taken back.
 */
export type FailurePolicy = "Stop" | "Continue" | "RerunUntilDone" | "RollBack";

export interface TrainChild {
  /** The step's own fields, with what the list says for this child instead. */
  readonly settings: Settings;
  /** Where the list names it. */
  readonly line: number;
  /** What it means that the project does not exist. */
  readonly ifMissing: "error" | "skip";
  /** Whether the child may be taken back when another one fails. Absent means unless other tenants rely on it. */
  readonly rollBack?: "yes" | "never" | undefined;
}

/** What is the same for all children. */
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
