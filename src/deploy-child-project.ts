import type { Surroundings } from "./dependencies.ts";
import { deployUntilItSucceeds } from "./deploy-until-it-succeeds.ts";
import { findRelease } from "./find-release.ts";
import type { OctopusGateway } from "./octopus/gateway.ts";
import { describePlan, planSentence } from "./plan/describe.ts";
import { type Outcome, reasonOf } from "./plan/outcome.ts";
import { makePlan, type Plan } from "./plan/plan.ts";
import { type Context, orderOf, resolveContext } from "./resolve-context.ts";
import type { Settings } from "./settings.ts";
import { identityOf, startDeployment } from "./start-deployment.ts";
import { waitForOthers } from "./wait-for-others.ts";

export interface Dependencies extends Surroundings {
  readonly octopus: OctopusGateway;
  /** Told the plan as soon as it is final, so that it is known outside even if the run ends badly later. */
  readonly publish: (plan: Plan) => void;
}

/**
 * One run for one child project: what the parameters mean, which release, whether to deploy it, and how that ended. Expected endings are
 * returned; a `StepError` is thrown when something could not be found out or was refused.
 */
export async function deployChildProject(settings: Settings, dependencies: Dependencies): Promise<Outcome> {
  const context = await resolveContext(settings, dependencies.octopus);
  const plan = await settlePlan(context, dependencies);
  const reason = reasonOf(plan);
  const message = planSentence(plan);

  const { decision, selected } = plan;
  if (decision.kind === "not-found" && decision.policy === "Error") return { kind: "Failed", reason, message, plan };
  if (selected === undefined || decision.kind === "not-found" || decision.kind === "skip") {
    return { kind: "Skipped", reason, message, plan };
  }
  if (settings.whatIf) return { kind: "WhatIf", reason, message, plan };
  if (decision.kind === "wait-for")
    return { kind: "TimedOut", reason, message: `${message} It did not end in time.`, plan };

  const started =
    decision.kind === "attach"
      ? { attempt: decision.attempt, adopted: true }
      : await startDeployment(context, selected, 1, dependencies);
  return await deployUntilItSucceeds(context, plan, selected, started, dependencies);
}

/** Makes the plan, and makes it again each time somebody else's deployment to the same place has ended. */
async function settlePlan(context: Context, { step, clock, publish }: Dependencies): Promise<Plan> {
  const { settings, space } = context;
  let waited = 0;
  for (;;) {
    const plan = makePlan(orderOf(context), await findRelease(context), identityOf(settings.parent), clock.now());
    publish(plan);
    for (const { level, text } of describePlan(plan)) step[level](text);
    if (plan.decision.kind !== "wait-for") return plan;
    const { queue: limit } = settings.limits;
    const patience = limit === undefined ? undefined : Math.max(0, limit - waited);
    const wait = await waitForOthers(plan.decision.attempt, patience, space, { step, clock });
    if (!wait.ended) return plan;
    waited += wait.waited;
  }
}
