import { composeRequest } from "./compose-request.ts";
import { createDespiteFreezes } from "./create-despite-freezes.ts";
import { covers } from "../rules/deployment-scope.ts";
import type { Run } from "../run.ts";
import { ConfigurationError, DeploymentInDoubtError, StepError, UnknownWriteError } from "../errors.ts";
import type { Attempt, Deployment, Id } from "../model.ts";
import { isLive, newestDeployment, succeeded } from "../rules/attempts.ts";
import { isOfSameStep, isOfSameTask, markerText, type StepIdentity, type Travel, undoneBy } from "../rules/marker.ts";
import { isScheduled } from "../rules/concurrent-deployments.ts";
import { stepText } from "../resolve/parent-text.ts";
import type { DeployingPlan } from "../rules/plan.ts";
import { isAskedFor, type PlannedStart, plannedStart, startProblem, startText } from "../rules/planned-start.ts";
import { counts, ownDeployments } from "../rules/tenancy.ts";
import { recover } from "../recover.ts";
import { refreshVariables } from "./refresh-variables.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { openTaskCache } from "../select/task-cache.ts";
import { cancelTask } from "../monitor/poll-task.ts";

/** How long a deployment that may or may not have been created is looked for, and the pause between two looks, in milliseconds. */
const searchLimit = 120_000;
const searchPause = 5_000;

/** Deployments on the first page of the look for our own: mostly it goes back far enough. */
const ownPage = 5;

/** What is to be created. */
export interface StartOrder {
  readonly context: Context;
  readonly plan: DeployingPlan;
  /** 1 for the first deployment of a run; retries of a failed one count on. */
  readonly number: number;
  /** Absent: the run is for this child alone. */
  readonly train?: TrainTies | undefined;
}

/** What a child has to know of the others of its run. */
export interface TrainTies extends Pick<Travel, "choice" | "train" | "pass"> {
  /** Whether the server works on another child of this run: waiting for that is no time in the queue. */
  readonly isBusyBeside: (own: Id<"ServerTask">) => boolean;
  /** No other child of the run is waited for at the same time. */
  readonly runsAlone: boolean;
}

export interface Started {
  readonly attempt: Attempt;
  /** It existed already: created by this step earlier, and adopted instead of deploying twice. */
  readonly adopted: boolean;
}

/**
 * Creates the child deployment, or adopts the one this step created before. The step looks for its own deployments before it posts, again
 * when it is unknown whether the post took effect, and once afterwards, because another parent may have posted at the same moment: of two
 * deployments by this step the older one stays. Throws `FrozenError` before anything is created when a freeze forbids the deployment.
 */
export async function startDeployment(
  { context: given, plan, number, train }: StartOrder,
  run: Pick<Run, "step" | "clock">,
): Promise<Started> {
  const context = { ...given, undo: plan.selected.undo };
  const identity = context.settings.parent;
  const release = plan.selected.release.id;
  // A deployment with a narrower scope does not do what this run is to do, so it is not adopted.
  const isFull = (each: Attempt) => covers(each, plan.scope);
  const own = await findOwn(context, release);
  const now = run.clock.now();
  // A retry ignores the schedule: what failed at its scheduled time is deployed again at once.
  const start = number > 1 ? undefined : plannedStart(plan.order.appointment, now);
  const isUnfinished = (each: Attempt) =>
    isLive(each) && (!isScheduled(each, now) || isAskedFor(each, identity, start));
  const isAdoptable = (each: Attempt) =>
    isFull(each) && (isUnfinished(each) || (succeeded(each) && isOfSameTask(each, identity)));
  const unfinished = own.find(isAdoptable);
  if (unfinished !== undefined) return { attempt: unfinished, adopted: true };
  announce(start, run);

  const anew = { ...plan, preflight: undefined };
  let request = await composeRequest(context, number === 1 ? plan : anew, start, run);
  if (number === 1 && plan.selected.variables === "outdated") {
    await refreshVariables(context, plan.selected.release, run.step);
    // The refreshed variables may prompt for others.
    request = await composeRequest(context, anew, start, run);
  }
  // For those who read the child deployment: the step and parent behind the service account. The marker lets later runs recognise it.
  const comments = `Created by ${stepText(identity)}. ${markerText(identity, number, travelOf(plan, start, train))}`;
  const known = new Set(own.map(({ deployment }) => deployment.id));
  let adopted: Attempt | undefined;
  const look = async () => {
    adopted = (await findOwn(context, release)).find(isAdoptable);
    return adopted?.deployment;
  };
  let attempt: Attempt;
  try {
    attempt = { deployment: await createDespiteFreezes(context, { ...request, comments }, run, look) };
  } catch (error) {
    if (!(error instanceof UnknownWriteError)) throw error;
    run.step.warning(`${error.message} Looking for the deployment before doing anything else.`);
    attempt = await searchForNew(context, release, known, run, error);
  }
  if (adopted !== undefined) return { attempt: adopted, adopted: true };
  const isDuplicate = (each: Attempt) => isFull(each) && isUnfinished(each);
  const duplicate = await olderDuplicate(context, attempt.deployment, known, isDuplicate);
  if (duplicate === undefined || !(await cancelDuplicate(attempt.deployment, duplicate, context, run))) {
    return { attempt, adopted: false };
  }
  return { attempt: duplicate, adopted: true };
}

/**
 * The deployment this step created for another parent since it looked for its own, if that one is older than ours. Best effort: an error
 * here must not fail a run whose child deployment is under way, so it counts as none.
 */
async function olderDuplicate(
  context: Context,
  ours: Deployment,
  known: ReadonlySet<string>,
  isDuplicate: (own: Attempt) => boolean,
): Promise<Attempt | undefined> {
  const own = await recover(findOwn(context, ours.releaseId, new Set([...known, ours.id])), () => []);
  return own.findLast((each) => isDuplicate(each) && newestDeployment([ours, each.deployment]) === ours);
}

/**
 * Cancels our own deployment in favour of the older one. `false`: it was not cancelled, and the run goes on with it; the server runs both,
 * one after the other.
 */
async function cancelDuplicate(
  { id, taskId }: Deployment,
  duplicate: Attempt,
  { space }: Context,
  { step, clock }: Pick<Run, "step" | "clock">,
): Promise<boolean> {
  if (taskId === undefined) return false;
  step.warning(
    `${duplicate.deployment.id}, created by this step for another parent deployment at the same moment, is older: cancelling ${id}.`,
  );
  const cancelling = cancelTask(taskId, space.whilePolling(), clock);
  const { task, refusal } = await recover(cancelling, ({ message, remedy }) => ({
    task: undefined,
    refusal: `${message} ${remedy}`,
  }));
  if (refusal !== undefined) step.warning(`${id} could not be cancelled and goes on: ${refusal}`);
  return task?.state === "Canceled";
}

/** What a repetition of this run has to know about the deployment. */
function travelOf(
  { current, selected: { release, undo } }: DeployingPlan,
  start: PlannedStart | undefined,
  { choice, train, pass }: Pick<Travel, "choice" | "train" | "pass"> = { choice: [release.id], train: null, pass: 1 },
): Travel {
  const startsAt = start?.kind === "at" ? start.utc : null;
  const was = current?.release.id ?? null;
  return { was, release: release.id, choice, start: startsAt, train, pass, undo: undo ?? null };
}

/** Throws `ConfigurationError` for a time at which nothing can start. */
function announce(start: PlannedStart | undefined, { step }: Pick<Run, "step">): void {
  if (start === undefined) return;
  const problem = startProblem(start);
  if (problem !== undefined) {
    throw new ConfigurationError(`${problem} Nothing was created.`, "Correct the schedule in the step's parameters.");
  }
  step.highlight(`Scheduling the deployment for ${startText(start)}.`);
}

/**
 * This step's deployments of the release to the destination that are not known yet, newest first. The step is recognised by the parent's
 * project and the step's action, a run of it by the parent's task: see `plan/marker.ts`.
 */
async function findOwn(
  { settings, space, project, tenant, destination, undo, targetTags: { since } }: Context,
  release: Id<"Release">,
  known?: ReadonlySet<string>,
): Promise<readonly Attempt[]> {
  const own: Deployment[] = [];
  const environmentIds = [destination.id];
  const filter = { projectId: project.id, environmentIds, tenantId: tenant?.id, firstPage: ownPage };
  let looked = 0;
  let pages = 0;
  for await (const { items } of space.deployments(filter)) {
    const ofTenant = items.filter((each) => counts(each, ownDeployments(tenant)));
    const isOwn = (deployment: Deployment) =>
      deployment.releaseId === release &&
      deployment.environmentId === destination.id &&
      known?.has(deployment.id) !== true &&
      isOfSameStep({ deployment }, settings.parent) &&
      undoneBy({ deployment }) === (undo ?? null);
    own.push(...ofTenant.filter(isOwn));
    looked += ofTenant.length;
    // No run for this release of the parent created anything before the release was deployed for the first time.
    if (since !== undefined && (items.at(-1)?.created ?? since) < since) break;
    // Where that is not known: what a run left unfinished is among the newest 130, and those for 500 tenants that were created since.
    if (since === undefined && (looked >= 130 || ++pages === 4)) break;
  }
  const taskCache = openTaskCache(space, async () => undefined);
  await taskCache.load(own);
  return own.map((deployment) => taskCache.attemptOf(deployment));
}

/**
 * Looks for the deployment for two minutes on a server that answers: one that was restarting, or committed late, shows it within that time.
 * Throws `DeploymentInDoubtError` when it does not appear, or when the search is refused.
 */
async function searchForNew(
  context: Context,
  release: Id<"Release">,
  known: ReadonlySet<string>,
  { step, clock }: Pick<Run, "step" | "clock">,
  failure: UnknownWriteError,
): Promise<Attempt> {
  const identity = context.settings.parent;
  const patient = { ...context, space: context.space.whilePolling() };
  for (let looked = 0; looked <= searchLimit; looked += searchPause) {
    const own = await recover(findOwn(patient, release, known), (error) => error);
    if (own instanceof StepError) {
      throw inDoubt(
        `${failure.message} Whether the deployment exists could not be found out. ${own.message}`,
        identity,
      );
    }
    const created = own.find((each) => isOfSameTask(each, identity));
    if (created !== undefined) {
      step.info(`Found it: ${created.deployment.id} was created after all.`);
      return created;
    }
    await clock.sleep(searchPause);
  }
  throw inDoubt(`${failure.message} No deployment by this step appeared within two minutes.`, identity);
}

/** A server may carry out a request long after it was sent, so that a second run must not follow at once. */
function inDoubt(explanation: string, { projectId, actionId }: StepIdentity): DeploymentInDoubtError {
  return new DeploymentInDoubtError(
    `${explanation} A deployment may exist all the same.`,
    projectId === undefined || actionId === undefined
      ? "Look in the portal whether the deployment exists before you run this again: outside Octopus the step cannot recognise its own."
      : "Run the step again when the server is well, but not before ten minutes have passed: from then on that is safe, for the step looks for its own deployment first and never deploys twice.",
  );
}
