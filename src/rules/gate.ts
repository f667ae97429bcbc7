import { planSentence } from "./describe.ts";
import { reasonOf, type Reason } from "./outcome.ts";
import type { Plan } from "./plan.ts";

/** Why a child stops the whole run before it deploys anything. */
export interface Obstacle {
  readonly reason: Reason;
  /** Whole sentences. */
  readonly texts: readonly string[];
}

/** Names of shared prompted values that no child prompts for, as far as their prompts are known. */
export interface UnknownToAll {
  readonly names: readonly string[];
  /** The prompts of every child are known, and no child has the mode Redeploy, which ignores unknown names. */
  readonly isCertain: boolean;
}

/**
 * Which names of shared values no child prompts for.
 * @param plans of the children that share the values. Absent means that there is none
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
 * What prevents the first deployment of a run for several children. `undefined` means nothing. A skip is no obstacle, and neither is a
 * deployment that has to end first.
 */
export function obstacleOf(plan: Plan): Obstacle | undefined {
  const { decision, blockers } = plan;
  if (decision.kind === "not-found" && decision.policy === "Error")
    return { reason: reasonOf(plan), texts: [planSentence(plan)] };
  return blockers.length === 0 ? undefined : { reason: reasonOf(plan), texts: blockers.map(({ text }) => text) };
}
