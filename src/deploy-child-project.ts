import { requireSight } from "./approvals/find-approved-plan.ts";
import { deployWithRetries } from "./deploy/deploy-with-retries.ts";
import { startDeployment, type TrainTies } from "./deploy/start-deployment.ts";
import { relayOutputs } from "./monitor/relay-outputs.ts";
import { waitForConcurrent } from "./monitor/wait-for-concurrent.ts";
import { withSharedReads } from "./octopus/shared-reads.ts";
import { lookUpPlan, makePlan } from "./plan/make-plan.ts";
import { sayLackingRights } from "./plan/preflight.ts";
import { publishNotes, publishPlan, showPlan } from "./plan/publish-artifacts.ts";
import { refuseToWaitForOwnProject } from "./resolve/own-project.ts";
import type { Attempt, PermissionGrant } from "./model.ts";
import { recover } from "./recover.ts";
import { isMissing } from "./resolve/missing-project.ts";
import { refuseCircles } from "./resolve/parent-chain.ts";
import { type Context, resolveContext } from "./resolve/resolve-context.ts";
import { planMessage } from "./rules/describe.ts";
import { type Outcome, reasonOf } from "./rules/outcome.ts";
import type { DeployingPlan, Plan } from "./rules/plan.ts";
import type { Run } from "./run.ts";
import { findRelease } from "./select/find-release.ts";
import type { Settings } from "./settings.ts";
import { quoted } from "./text/format.ts";

/** A child with its plan, and how the plan is made again after another user's deployment has ended. */
export interface PlannedChild {
  readonly context: Context;
  readonly plan: Plan;
  readonly planAgain: (before: Plan) => Promise<Plan>;
  /** This step's deployments of the release, where it has just looked for them. */
  readonly own?: readonly Attempt[] | undefined;
  /** Called during the first poll of the deployment. */
  readonly onceStarted?: (() => Promise<void>) | undefined;
  /** Absent means that the run is for this child alone. */
  readonly train?: TrainTies | undefined;
}

/** The one child of a run. */
export interface LoneChild {
  readonly settings: Settings;
  /** What to do if the project does not exist. */
  readonly ifMissing: "error" | "skip";
  /** Called with the resources that the names mean. */
  readonly resolved?: ((context: Context) => void) | undefined;
}

/**
 * One run for one child project: what the parameters mean, which release is chosen, whether it is deployed, and how that ended. Expected
 * endings are returned; a `StepError` is thrown when something could not be found out or was refused.
 */
export async function deployChildProject({ settings, ifMissing, resolved }: LoneChild, given: Run): Promise<Outcome> {
  const run = { ...given, octopus: withSharedReads(given.octopus, settings.parent) };
  if (ifMissing === "skip" && (await isMissing(settings, run.octopus))) return projectMissing(settings.child.project);
  const context = await resolveContext(settings, run.octopus);
  resolved?.(context);
  refuseToWaitForOwnProject(context);
  await refuseCircles([context]);
  let known: Grants;
  const shown = new Set<string>();
  const planAgain = async () => {
    const { plan, grants } = await planChild(context, run, shown);
    known = grants;
    return plan;
  };
  const onceStarted = () => sayLackingRights(context, child.plan, { step: run.step, known });
  const child = { context, plan: await planAgain(), planAgain, onceStarted };
  const plan = await waitForTurn(child, run);
  publishPlan(plan, run.step);
  publishNotes(plan, settings, run.step);
  return await carryOut({ ...child, plan }, run);
}

/** The API key's permissions. Absent means that they were not read, or that the server does not tell them. */
type Grants = readonly PermissionGrant[] | undefined;

/** The plan for one child as things stand now, and what was read of the key's rights for it. Nothing is created. */
async function planChild(
  context: Context,
  run: Run,
  shown: Set<string>,
): Promise<{ readonly plan: Plan; readonly grants: Grants }> {
  const { settings, space } = context;
  /** Reads the API key's permissions ahead. An error is ignored here, because the read that needs the answer fails as well. */
  const readAhead = async (): Promise<unknown> => {
    const hint = await looking;
    const asks = settings.whatIf || (hint.kind === "none" && hint.mayBeHidden === true);
    return asks && (await space.ownPermissions());
  };
  const today = findRelease(context, () => void readAhead().catch(() => undefined));
  const looking = lookUpPlan(context, today);
  const lookup = await looking;
  const { plan, needsSight } = await makePlan(context, { today, lookup }, run);
  showPlan(plan, run, shown);
  if (needsSight) await requireSight("InterruptionView", context);
  return { plan, grants: needsSight ? await recover(context.space.ownPermissions(), () => undefined) : undefined };
}

/** Waits for other deployments to the same place, each in turn, and plans again when one has ended, for as long as the queue limit lasts. */
export async function waitForTurn({ context, plan: first, planAgain }: PlannedChild, run: Run): Promise<Plan> {
  let plan = first;
  let waited = 0;
  while (plan.decision.kind === "wait-for") {
    const wait = await waitForConcurrent(plan.decision.attempt, { context, waited }, run);
    if (wait.unended !== undefined) return { ...plan, decision: { ...plan.decision, unended: wait.unended } };
    waited += wait.waited;
    plan = await planAgain(plan);
  }
  return plan;
}

/** Carries out a plan: deploys or adopts, waits, and passes on the output variables of the child's steps. */
export async function carryOut({ context, plan, train, own, onceStarted }: PlannedChild, run: Run): Promise<Outcome> {
  const end = endWithoutDeployment(plan);
  if (end !== undefined) return end;
  const { decision, selected } = plan;
  if (selected === undefined) return skipped(plan);
  const deploying: DeployingPlan = { ...plan, selected };
  const order = { context, plan: deploying, train };
  const started =
    decision.kind === "adopt"
      ? { attempt: decision.attempt, adopted: true }
      : await startDeployment({ ...order, own, number: 1 }, run);
  const [outcome] = await Promise.all([deployWithRetries({ ...order, started }, run), onceStarted?.()]);
  const child = outcome.started;
  if (child?.task?.isCompleted === true) await relayOutputs(child.deployment, context.space, run.step);
  return outcome;
}

/** How a run ends whose plan deploys nothing. `undefined` means that the plan deploys or adopts a deployment. */
export function endWithoutDeployment(plan: Plan): Outcome | undefined {
  const { decision, selected, blockers, order } = plan;
  const reason = reasonOf(plan);
  const message = planMessage(plan);
  if (decision.kind === "not-found" && decision.policy === "Error") return { kind: "Failed", reason, message, plan };
  if (selected === undefined || decision.kind === "not-found" || decision.kind === "skip") return skipped(plan);
  if (order.whatIf) return { kind: "WhatIf", reason, message, plan };
  if (decision.kind === "wait-for") return { kind: "TimedOut", reason, message: decision.unended ?? message, plan };
  // A freeze is checked when the deployment is about to be created, because it may end or be overridden.
  const obstacle = blockers.find((blocker) => blocker.reason !== "Frozen");
  if (obstacle === undefined) return undefined;
  return { kind: "Failed", reason, message: `${message} ${fixAndRepeat}`, plan };
}

/** What to do about a blocker. */
export const fixAndRepeat = "Nothing was created. Fix this and deploy again.";

/** How a child ends whose project does not exist, where the list says to skip it then. */
export function projectMissing(name: string): Outcome {
  const message = `The project ${quoted(name)} does not exist. Skipped, because the list says "if missing: skip".`;
  return { kind: "Skipped", reason: "ProjectMissing", message };
}

function skipped(plan: Plan): Outcome {
  return { kind: "Skipped", reason: reasonOf(plan), message: planMessage(plan), plan };
}
