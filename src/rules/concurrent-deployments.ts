import type { Attempt, Id, Instant, Interruption, Pause, ServerTask, Supersession } from "../model.ts";
import { isLive } from "./attempts.ts";
import { isOfSameStep, type StepIdentity, undoneBy } from "./marker.ts";
import { covers, type DeploymentScope, everything, isWhole } from "./deployment-scope.ts";
import { hasStarted } from "./judge-task.ts";
import { isAskedFor, type PlannedStart } from "./planned-start.ts";

/** What unfinished deployments to the same place mean for this run. */
export type ConcurrentVerdict =
  | { readonly kind: "nobody" }
  /** This step created it, earlier: adopt it instead of creating another. */
  | { readonly kind: "adopt"; readonly attempt: Attempt }
  /** Another deployment: wait until it has ended, then decide again. Never cancelled, approved or retried. */
  | { readonly kind: "wait-for"; readonly attempt: Attempt };

/** The deployment that this run is about to create. */
export interface Intended {
  readonly releaseId: Id<"Release">;
  readonly environmentId: Id<"Environment">;
  readonly tenantId?: Id<"Tenant"> | undefined;
  readonly scope: DeploymentScope;
  /** Absent means at once. */
  readonly start?: PlannedStart | undefined;
  /** The deployment that it takes back. Absent means none. */
  readonly undo?: string | undefined;
}

/** Which step judges, and when. */
export interface Viewpoint {
  readonly identity: StepIdentity;
  readonly now: Instant;
}

/**
 * Judges the unfinished deployments to one destination and tenant. Those scheduled for later do not matter yet, see `scheduledForLater`,
 * unless this step created one for the very time it is asked for now; paused ones hold up nothing.
 */
export function judgeConcurrent(
  attempts: readonly Attempt[],
  intended: Intended,
  { identity, now }: Viewpoint,
): ConcurrentVerdict {
  const live = attempts.filter(isLive);
  const own = live.find(
    (attempt) =>
      isOfSameStep(attempt, identity) &&
      undoneBy(attempt) === (intended.undo ?? null) &&
      attempt.deployment.releaseId === intended.releaseId &&
      attempt.deployment.environmentId === intended.environmentId &&
      attempt.deployment.tenantId === intended.tenantId &&
      covers(attempt, intended.scope) &&
      (!isScheduled(attempt, now) || isAskedFor(attempt, identity, intended.start)),
  );
  const other = live.find(
    (attempt) => !isScheduled(attempt, now) && attempt.pause === undefined && !isParent(attempt, identity),
  );
  // A concurrent deployment has to end before ours, but waiting for ours covers that.
  if (own !== undefined) return { kind: "adopt", attempt: own };
  return other === undefined ? { kind: "nobody" } : { kind: "wait-for", attempt: other };
}

/** Whether it is the deployment in which the step runs: nobody else's, and it cannot end before the step does. */
export function isParent({ task }: Attempt, { taskId }: StepIdentity): boolean {
  return task !== undefined && task.id === taskId;
}

/** Unfinished deployments that are to start in the future: worth a warning, never waited for. */
export function scheduledForLater(attempts: readonly Attempt[], now: Instant): readonly Attempt[] {
  return attempts.filter((attempt) => isLive(attempt) && isScheduled(attempt, now));
}

/** Asked to start later, and not started yet. */
export function isScheduled({ deployment, task }: Attempt, now: Instant): boolean {
  return deployment.queueTime !== undefined && deployment.queueTime > now && task?.startTime === undefined;
}

/**
 * The kind of interruption or precondition a task waits for. `undefined` means that it holds up others as if it ran. The task names the kinds of
 * interruptions the API key may not view. Servers that name none know only questions to people, which the process says whether they block.
 * @param interruptions those the API key may view
 * @param blocksOthers whether a manual intervention of its process keeps others waiting. Absent means not known
 */
export function pauseOf(
  task: ServerTask,
  interruptions: readonly Pick<Interruption, "type" | "isPending">[],
  blocksOthers: boolean | undefined,
): Pause["waitsFor"] | undefined {
  // One that goes on to run, or is being cancelled, keeps its place.
  if (task.state !== "Queued") return undefined;
  if (!task.hasPendingInterruptions) return task.hasPendingPreconditions ? "precondition" : undefined;
  const types = pendingTypes(task, interruptions);
  if (types.includes("Other")) return undefined;
  if (isOnlyGuidance(types)) return "guidance";
  if (blocksOthers !== false) return undefined;
  return types.length === 0 ? "answer" : "intervention";
}

/** Whether the server might cancel it in favour of a newer one: it has not started yet, or is paused. */
export function mayBeSuperseded(attempt: Attempt, now: Instant): boolean {
  return isLive(attempt) && !isScheduled(attempt, now) && (attempt.pause !== undefined || !isStarted(attempt));
}

/** What makes the server cancel it in favour of a newer one; limited deployments, on either side, are spared. */
export function supersededWhen(
  attempt: Attempt,
  limits: DeploymentScope,
  supersession: Supersession,
): Attempt["supersededWhen"] {
  if (!isWhole(limits) || !covers(attempt, everything)) return undefined;
  if (isStarted(attempt)) return supersession.running ? "succeeded" : undefined;
  return supersession.queued ? "created" : undefined;
}

function isStarted({ task }: Attempt): boolean {
  return task !== undefined && hasStarted(task);
}

/** Whether it depends on the process if the task holds up others. */
export function dependsOnProcess(task: ServerTask, interruptions: readonly Pick<Interruption, "type" | "isPending">[]) {
  const types = pendingTypes(task, interruptions);
  return !types.includes("Other") && !isOnlyGuidance(types);
}

function pendingTypes(
  task: ServerTask,
  interruptions: readonly Pick<Interruption, "type" | "isPending">[],
): readonly Interruption["type"][] {
  return [...(task.pendingTypes ?? []), ...interruptions.filter(({ isPending }) => isPending).map(({ type }) => type)];
}

function isOnlyGuidance(types: readonly Interruption["type"][]): boolean {
  return types.length > 0 && types.every((type) => type === "GuidedFailure");
}
