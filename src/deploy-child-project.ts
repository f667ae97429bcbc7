import { publishPlan } from "./plan/publish-artifacts.ts";
import type { Run } from "./run.ts";
import { deployWithRetries } from "./deploy/deploy-with-retries.ts";
import { planMessage } from "./rules/describe.ts";
import { type Outcome, reasonOf } from "./rules/outcome.ts";
import { relayOutputs } from "./monitor/relay-outputs.ts";
import { resolveContext } from "./resolve/resolve-context.ts";
import type { Settings } from "./settings.ts";
import { makePlan } from "./plan/make-plan.ts";
import { startDeployment } from "./deploy/start-deployment.ts";

/**
 * One run for one child project: what the parameters mean, which release is chosen, whether it is deployed, and how that ended. Expected
 * endings are returned; a `StepError` is thrown when something could not be found out or was refused.
 */
export async function deployChildProject(settings: Settings, run: Run): Promise<Outcome> {
  const context = await resolveContext(settings, run.octopus);
  const plan = await makePlan(context, run);
  publishPlan(plan, settings, run.step);
  const reason = reasonOf(plan);
  const message = planMessage(plan);

  const { decision, selected, blockers } = plan;
  if (decision.kind === "not-found" && decision.policy === "Error") return { kind: "Failed", reason, message, plan };
  if (selected === undefined || decision.kind === "not-found" || decision.kind === "skip") {
    return { kind: "Skipped", reason, message, plan };
  }
  if (settings.whatIf) return { kind: "WhatIf", reason, message, plan };
  if (decision.kind === "wait-for")
    return { kind: "TimedOut", reason, message: `${message} ${decision.unended ?? ""}`.trim(), plan };
  // A freeze is judged when the deployment is about to be created: it may end, and it may be overridden.
  const obstacle = blockers.find((blocker) => blocker.reason !== "Frozen");
  if (obstacle !== undefined)
    return {
      kind: "Failed",
      reason,
      message: `${message} Nothing was created: put it right, then deploy again.`,
      plan,
    };

  const deploying = { ...plan, selected };
  const started =
    decision.kind === "adopt"
      ? { attempt: decision.attempt, adopted: true }
      : await startDeployment(context, deploying, 1, run);
  const outcome = await deployWithRetries(context, deploying, started, run);
  const child = outcome.started;
  if (child?.task?.isCompleted === true) await relayOutputs(child.deployment, context.space, run.step);
  return outcome;
}
