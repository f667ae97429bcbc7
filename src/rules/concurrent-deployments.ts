import type { Attempt, Id, Instant, Interruption, Pause, ServerTask, Supersession } from "../model.ts";
import { isLive } from "./attempts.ts";
import { isOfSameStep, type StepIdentity, undoneBy } from "./marker.ts";
import { covers, type DeploymentScope, everything, isWhole } from "./deployment-scope.ts";
import { hasStarted } from "./judge-task.ts";
import { isAskedFor, type PlannedStart } from "./planned-start.ts";

/** What unfinished deployments to the same place mean for this run. */
export type ConcurrentVerdict =
  | { readonly kind: "nobody" }
  /** This step created the deployment earlier: adopt it instead of creating another. */
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
  /** The deployment that is undone. Absent means none. */
  readonly undo?: string | undefined;
}

/** Which step judges, and when. */
export interface Viewpoint {
  readonly identity: StepIdentity;
  readonly now: Instant;
}

/**
 * Judges the unfinished deployments to one destination and tenant. Deployments scheduled for later do not matter yet, see `scheduledForLater`,
 * unless this step created one for the same time. Paused deployments hold up nothing.
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

/** Whether the step runs in this deployment, which then cannot end before the step does. */
export function isParent({ task }: Attempt, { taskId }: StepIdentity): boolean {
  return task !== undefined && task.id === taskId;
}

/** Unfinished deployments that are to start in the future: worth a warning, never waited for. */
export function scheduledForLater(attempts: readonly Attempt[], now: Instant): readonly Attempt[] {
  return attempts.filter((attempt) => isLive(attempt) && isScheduled(attempt, now));
}

/** Whether the deployment is scheduled for later and has not started. */
export function isScheduled({ deployment, task }: Attempt, now: Instant): boolean {
  return deployment.queueTime !== undefined && deployment.queueTime > now && task?.startTime === undefined;
}

/**
 * The kind of interruption or precondition that a task waits for. `undefined` means that the task counts as running. The task also names the
 * kinds of interruptions that the API key may not view. Old servers name none and have only manual interventions and guided failures.
 * @param interruptions those the API key may view
 * @param blocksOthers whether a manual intervention of its process keeps others waiting. Absent means not known
 */
export function pauseOf(
  task: ServerTask,
  interruptions: readonly Pick<Interruption, "type" | "isPending">[],
  blocksOthers: boolean | undefined,
): Pause["waitsFor"] | undefined {
  // A task that runs or is being cancelled keeps its place in the queue.
  if (task.state !== "Queued") return undefined;
  if (!task.hasPendingInterruptions) return task.hasPendingPreconditions ? "precondition" : undefined;
  const types = pendingTypes(task, interruptions);
  if (types.includes("Other")) return undefined;
  if (isOnlyGuidance(types)) return "guidance";
  if (blocksOthers !== false) return undefined;
  return types.length === 0 ? "answer" : "intervention";
}

/** Whether the server might cancel the deployment in favour of a newer one: it has not started, or is paused. */
export function mayBeSuperseded(attempt: Attempt, now: Instant): boolean {
  return isLive(attempt) && !isScheduled(attempt, now) && (attempt.pause !== undefined || !isStarted(attempt));
}

/** What makes the server cancel the deployment in favour of a newer one. Limited deployments neither cancel others nor are cancelled. */
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

/** Whether only the process tells if the task holds up others. */
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
