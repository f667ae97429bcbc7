import { planSentence } from "./describe.ts";
import { reasonOf, type Reason } from "./outcome.ts";
import type { Plan } from "./plan.ts";

/** Why a child keeps the whole run from deploying anything. */
export interface Obstacle {
  readonly reason: Reason;
  /** Whole sentences. */
  readonly texts: readonly string[];
}

/** Names of values for several children that none of them prompts for, as far as they were asked. */
export interface UnknownToAll {
  readonly names: readonly string[];
  /** Every child was asked, and none of them deploys again what is there, where an unknown name is passed over. */
  readonly isCertain: boolean;
}

/**
 * What the children make of values that are for all of them. A name that one of them knows is fine.
 * @param plans of the children that take these values. Absent means that there is none
 */
export function unknownToAll(plans: readonly (Plan | undefined)[]): UnknownToAll {
  const asked = plans.flatMap((plan) => (plan?.unknownPrompts === undefined ? [] : [plan.unknownPrompts]));
  const [first = [], ...others] = asked;
  const tolerates = plans.some((plan) => plan?.order.mode === "Redeploy");
  return {
    names: first.filter((name) => others.every((names) => names.includes(name))),
    isCertain: asked.length === plans.length && !tolerates,
  };
}

/**
 * What has to be out of the way before the first deployment of a run for several children. `undefined` means nothing. A skip is no obstacle, and
 * neither is a deployment that has to end first.
 */
export function obstacleOf(plan: Plan): Obstacle | undefined {
  const { decision, blockers } = plan;
  if (decision.kind === "not-found" && decision.policy === "Error")
    return { reason: reasonOf(plan), texts: [planSentence(plan)] };
  return blockers.length === 0 ? undefined : { reason: reasonOf(plan), texts: blockers.map(({ text }) => text) };
}
