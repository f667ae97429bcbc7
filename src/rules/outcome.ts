import type { Deployment, ServerTask } from "../model.ts";
import type { DeployReason, SkipReason } from "./decide.ts";
import type { Plan } from "./plan.ts";

/** How a run ended for one child. `NotStarted`: another child, or a check before the first deployment, kept it from being deployed. */
export type OutcomeKind =
  "Deployed" | "Started" | "Scheduled" | "WhatIf" | "Skipped" | "Failed" | "TimedOut" | "Canceled" | "NotStarted";

/** Why the run ended in this way. */
export type Reason =
  | DeployReason
  | SkipReason
  | "Attached"
  | "NoMatchingRelease"
  | "PlanChanged"
  | "Blocked"
  | "Frozen"
  | "PermissionMissing"
  | "ProjectMissing"
  | "SiblingFailed"
  | "NoProgress"
  | "NothingToRollBackTo";

export interface Outcome {
  readonly kind: OutcomeKind;
  readonly reason: Reason;
  /** One or two whole sentences, for the log and the output variable. */
  readonly message: string;
  /** More sentences, which may be the same for other children of the run: the end of the run says them once. */
  readonly common?: string | undefined;
  /** Absent means that the run did not get as far as a plan. */
  readonly plan?: Plan | undefined;
  readonly started?: StartedDeployment | undefined;
  /** The plan deploys the child, but another child's blocker stops the run. */
  readonly isHeldUp?: boolean | undefined;
  /** Present if it is unknown whether another deployment exists besides these, or how it ended. Ids. */
  readonly besides?: ReadonlySet<string> | undefined;
}

/** The child deployment this run created or adopted, as last read. */
export interface StartedDeployment {
  readonly deployment: Deployment;
  readonly task?: ServerTask | undefined;
  readonly url: string;
  /** An earlier run of the step created it. */
  readonly isAdopted?: boolean | undefined;
  /** On whose behalf this run answered its manual interventions. */
  readonly approvedBy?: readonly string[] | undefined;
}

/** Whether the step itself succeeds. A skip is a success. */
export function isSuccess({ kind }: Pick<Outcome, "kind">): boolean {
  return successes.includes(kind);
}

const successes: readonly OutcomeKind[] = ["Deployed", "Started", "Scheduled", "WhatIf", "Skipped"];

/** Whether the child was deployed with warnings. */
export function endedWithWarnings({ kind, started }: Pick<Outcome, "kind" | "started">): boolean {
  return kind === "Deployed" && started?.task?.hasWarningsOrErrors === true;
}

/** The reason of a plan before it is carried out. */
export function reasonOf({ decision, blockers, order }: Pick<Plan, "decision" | "blockers" | "order">): Reason {
  if (blockers[0] !== undefined) return blockers[0].reason;
  if (decision.kind === "not-found" && order.mode === "Previous") return "NothingToRollBackTo";
  return "reason" in decision ? decision.reason : reasons[decision.kind];
}

const reasons = { adopt: "Attached", "wait-for": "Blocked", "not-found": "NoMatchingRelease" } as const;
