import type { Attempt, Id, Instant, Interruption, Pause, ServerTask } from "../model.ts";
import { isLive } from "./attempts.ts";
import { isOfSameStep, type StepIdentity } from "./marker.ts";
import { covers, type DeploymentScope } from "./deployment-scope.ts";
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
  /** Absent: at once. */
  readonly start?: PlannedStart | undefined;
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
      attempt.deployment.releaseId === intended.releaseId &&
      attempt.deployment.environmentId === intended.environmentId &&
      attempt.deployment.tenantId === intended.tenantId &&
      covers(attempt, intended.scope) &&
      (!isScheduled(attempt, now) || isAskedFor(attempt, identity, intended.start)),
  );
  // The step's own parent deployment cannot end before the step does.
  const isParent = ({ task }: Attempt) => task !== undefined && task.id === identity.taskId;
  const other = live.find((attempt) => !isScheduled(attempt, now) && attempt.pause === undefined && !isParent(attempt));
  // A concurrent deployment has to end before ours, but waiting for ours covers that.
  if (own !== undefined) return { kind: "adopt", attempt: own };
  return other === undefined ? { kind: "nobody" } : { kind: "wait-for", attempt: other };
}

/** Unfinished deployments that are to start in the future: worth a warning, never waited for. */
export function scheduledForLater(attempts: readonly Attempt[], now: Instant): readonly Attempt[] {
  return attempts.filter((attempt) => isLive(attempt) && isScheduled(attempt, now));
}

/** Asked to start later, and not started yet. */
export function isScheduled({ deployment, task }: Attempt, now: Instant): boolean {
  return deployment.queueTime !== undefined && deployment.queueTime > now && task?.startTime === undefined;
}

/** The kind of interruption or precondition a task waits for; `undefined`: it holds up others as if it ran. */
export function pauseOf(
  task: ServerTask,
  interruptions: readonly Pick<Interruption, "type" | "isPending">[],
  blocksOthers: boolean | undefined,
): Pause["waitsFor"] | undefined {
  // One that goes on to run, or is being cancelled, keeps its place.
  if (task.state !== "Queued") return undefined;
  if (!task.hasPendingInterruptions) return task.hasPendingPreconditions ? "precondition" : undefined;
  const types = interruptions.filter(({ isPending }) => isPending).map(({ type }) => type);
  if (types.length === 0 || types.includes("Other")) return undefined;
  if (!types.includes("ManualIntervention")) return "guidance";
  return blocksOthers === false ? "intervention" : undefined;
}
