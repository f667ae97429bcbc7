import { planSentence } from "./describe.ts";
import { reasonOf, type Reason } from "./outcome.ts";
import type { Plan } from "./plan.ts";

/** Why a child keeps the whole run from deploying anything. */
export interface Obstacle {
  readonly reason: Reason;
  /** Whole sentences. */
  readonly texts: readonly string[];
}

/**
 * What has to be out of the way before the first deployment of a run for several children; `undefined`: nothing. A skip is no obstacle, and
 * neither is a deployment that has to end first.
 */
export function obstacleOf(plan: Plan): Obstacle | undefined {
  const { decision, blockers } = plan;
  if (decision.kind === "not-found" && decision.policy === "Error")
    return { reason: reasonOf(plan), texts: [planSentence(plan)] };
  return blockers.length === 0 ? undefined : { reason: reasonOf(plan), texts: blockers.map(({ text }) => text) };
}
