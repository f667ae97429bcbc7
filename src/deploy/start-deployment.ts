import { composeRequest } from "./compose-request.ts";
import { createDespiteFreezes } from "./create-despite-freezes.ts";
import { cancelDuplicate, type DuplicateQuestion, olderDuplicate } from "./duplicates.ts";
import { findOwn, searchForNew } from "./own-deployments.ts";
import { refreshVariables } from "./refresh-variables.ts";
import { ConfigurationError, UnknownWriteError } from "../errors.ts";
import type { Attempt, Id, Instant } from "../model.ts";
import type { PollingBeside } from "../monitor/poll-task.ts";
import type { DeploymentRequest } from "../octopus/gateway.ts";
import { stepText } from "../resolve/parent-text.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { isLive, succeeded } from "../rules/attempts.ts";
import { isScheduled } from "../rules/concurrent-deployments.ts";
import { covers } from "../rules/deployment-scope.ts";
import { isOfSameTask, markerText, type StepIdentity, type Travel } from "../rules/marker.ts";
import type { DeployingPlan } from "../rules/plan.ts";
import { isAskedFor, type PlannedStart, plannedStart, startProblem } from "../rules/planned-start.ts";
import type { Run } from "../run.ts";

/** The deployment to create. */
export interface StartOrder {
  readonly context: Context;
  readonly plan: DeployingPlan;
  /** 1 for the first deployment of a run; retries of a failed one count on. */
  readonly number: number;
  /** This step's deployments, where it has just looked for them. */
  readonly own?: readonly Attempt[] | undefined;
  /** Absent means that the run is for this child alone. */
  readonly train?: TrainTies | undefined;
}

/** What a child needs to know about the other children of its run. */
export interface TrainTies extends Pick<Travel, "choice" | "train" | "pass"> {
  /** Whether the server is executing another child of this run: that wait does not count against the queue limit. */
  readonly isBusyBeside: (own: Id<"ServerTask">) => boolean;
  /** Keeps the polls of the children together. */
  readonly polls: Pick<PollingBeside, "since" | "pause">;
  /** No other child of the run is waited for at the same time. */
  readonly runsAlone: boolean;
}

export interface Started {
  readonly attempt: Attempt;
  /** This step created the deployment earlier, and goes on with it instead of deploying twice. */
  readonly adopted: boolean;
}

/**
 * Creates the child deployment, or adopts the one that this step created before. The step searches for its own deployments before it posts,
 * again if it is unknown whether the request took effect, and once afterwards, because another parent may have posted at the same moment: the
 * older of two deployments by this step stays. Throws `FrozenError` before anything is created when a freeze forbids the deployment.
 */
export async function startDeployment(order: StartOrder, run: Pick<Run, "step" | "clock">): Promise<Started> {
  const { plan, number } = order;
  const context = { ...order.context, undo: plan.selected.undo };
  const release = plan.selected.release.id;
  const now = run.clock.now();
  // A retry ignores the schedule: what failed at its scheduled time is deployed again at once.
  const start = number > 1 ? undefined : plannedStart(plan.order.appointment, now);
  const which = whichAreOurs(plan, { identity: context.settings.parent, start, now });
  const own = order.own ?? (await findOwn(context, release));
  const unfinished = own.find(which.isAdoptable);
  if (unfinished !== undefined) return { attempt: unfinished, adopted: true };
  refuseImpossible(start);
  const request = await requestFor({ ...order, context }, start, run);
  const created = await create({ context, request, release, known: own, isAdoptable: which.isAdoptable }, run);
  return created.adopted
    ? created
    : await olderOne(created, { context, known: own, isDuplicate: which.isDuplicate }, run);
}

/** Tells which deployments of this step the run adopts, and which ones are duplicates. */
function whichAreOurs(
  { scope }: DeployingPlan,
  run: { readonly identity: StepIdentity; readonly start: PlannedStart | undefined; readonly now: Instant },
) {
  const { identity, start, now } = run;
  // A deployment with a narrower scope does less than this run should, so it is not adopted.
  const isUnfinished = (each: Attempt) =>
    isLive(each) && (!isScheduled(each, now) || isAskedFor(each, identity, start));
  const isDone = (each: Attempt) => succeeded(each) && isOfSameTask(each, identity);
  return {
    isAdoptable: (each: Attempt) => covers(each, scope) && (isUnfinished(each) || isDone(each)),
    /** Created by this step for another parent at the same moment. */
    isDuplicate: (each: Attempt) => covers(each, scope) && isUnfinished(each),
  };
}

/** The request. The snapshot is refreshed last, right before the deployment is created. */
async function requestFor(
  { context, plan, number, train }: StartOrder,
  start: PlannedStart | undefined,
  run: Pick<Run, "step" | "clock">,
): Promise<DeploymentRequest> {
  const identity = context.settings.parent;
  const anew = { ...plan, preflight: undefined };
  let request = await composeRequest(context, number === 1 ? plan : anew, { start, run });
  if (number === 1 && plan.selected.variables === "outdated") {
    await refreshVariables(context, plan.selected.release, run.step);
    // The refreshed variables may prompt for other values.
    request = await composeRequest(context, anew, { start, run });
  }
  // The text names the step behind the service account. The marker lets later runs recognise the deployment.
  const comments = `Created by ${stepText(identity)}. ${markerText(identity, number, travelOf(plan, start, train))}`;
  return { ...request, comments };
}

interface Creation {
  readonly context: Context;
  readonly request: DeploymentRequest;
  readonly release: Id<"Release">;
  /** This step's deployments that existed before. */
  readonly known: readonly Attempt[];
  readonly isAdoptable: (own: Attempt) => boolean;
}

/** Creates the deployment, or finds the one that was created although no answer came. */
async function create(
  { context, request, release, known, isAdoptable }: Creation,
  run: Pick<Run, "step" | "clock">,
): Promise<Started> {
  let adopted: Attempt | undefined;
  const look = async () => {
    adopted = (await findOwn(context, release)).find(isAdoptable);
    return adopted?.deployment;
  };
  try {
    const deployment = await createDespiteFreezes(context, request, { run, look });
    return adopted === undefined ? { attempt: { deployment }, adopted: false } : { attempt: adopted, adopted: true };
  } catch (error) {
    if (!(error instanceof UnknownWriteError)) throw error;
    run.step.warning("It is unknown whether the deployment was created. Looking for it.");
    const attempt = await searchForNew({ context, release, known: idsOf(known), failure: error }, run);
    return { attempt, adopted: false };
  }
}

function idsOf(attempts: readonly Attempt[]): ReadonlySet<string> {
  return new Set(attempts.map(({ deployment }) => deployment.id));
}

/** Of two deployments that this step created at the same moment for two parents the older one stays. */
async function olderOne(
  created: Started,
  { known, ...where }: Omit<DuplicateQuestion, "ours" | "known"> & { readonly known: readonly Attempt[] },
  run: Pick<Run, "step" | "clock">,
): Promise<Started> {
  const { deployment } = created.attempt;
  const duplicate = await olderDuplicate({ ...where, ours: deployment, known: idsOf(known) });
  const isCancelled = duplicate !== undefined && (await cancelDuplicate(deployment, { duplicate, ...where }, run));
  return isCancelled ? { attempt: duplicate, adopted: true } : created;
}

/** What a repetition of this run needs to know about the deployment. */
function travelOf(
  { current, selected: { release, undo } }: DeployingPlan,
  start: PlannedStart | undefined,
  { choice, train, pass }: Pick<Travel, "choice" | "train" | "pass"> = { choice: [release.id], train: null, pass: 1 },
): Travel {
  const startsAt = start?.kind === "at" ? start.utc : null;
  const was = current?.release.id ?? null;
  return { was, release: release.id, choice, start: startsAt, train, pass, undo: undo ?? null };
}

/** Throws `ConfigurationError` for a time in the past, or one that does not exist. */
function refuseImpossible(start: PlannedStart | undefined): void {
  const problem = startProblem(start);
  if (problem !== undefined) {
    throw new ConfigurationError(`${problem} Nothing was created.`, 'Correct the parameter "Schedule: start time".');
  }
}
