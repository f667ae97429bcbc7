import type { ApprovalSettings, Settings } from "../settings.ts";

/** A list that has at least one entry. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** What the step was told about all of its children: parsed, valid, and still in names where the operator gave names. */
export interface TrainSettings {
  /** One level after the other, in this order; the children of one level may run at the same time. */
  readonly levels: NonEmpty<NonEmpty<TrainChild>>;
  /** How many children of a level may run at the same time; absent: all of them. */
  readonly parallelLimit: number | undefined;
  readonly failurePolicy: FailurePolicy;
  readonly common: CommonSettings;
}

/** What happens to the other children when one fails: no further child is started, or all of them are. */
export type FailurePolicy = "Stop" | "Continue";

export interface TrainChild {
  /** The step's own fields, with what the list says for this child instead. */
  readonly settings: Settings;
  /** Where the list names it. */
  readonly line: number;
  /** What it means that the project does not exist. */
  readonly ifMissing: "error" | "skip";
}

/** What is the same for all children. */
export interface CommonSettings extends Pick<
  Settings,
  | "server"
  | "parent"
  | "whatIf"
  | "planPolicy"
  | "saveReleaseNotes"
  | "schedule"
  | "wait"
  | "relayLog"
  | "freezeOverrideReason"
> {
  readonly approvals: Pick<ApprovalSettings, "environment" | "tenant" | "requesterMayApprove">;
}
