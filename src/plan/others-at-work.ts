import type { Attempt, Id, Instant } from "../model.ts";
import { isLive } from "./attempts.ts";
import { isOfSameStep, type StepIdentity } from "./marker.ts";
import { isFullFor, type RunLimits } from "./run-limits.ts";
import { isAskedFor, type PlannedStart } from "./planned-start.ts";

/** What unfinished deployments to the same place mean for this run. */
export type OthersAtWork =
  | { readonly kind: "nobody" }
  /** This step created it, earlier: supervise it instead of creating another. */
  | { readonly kind: "attach"; readonly attempt: Attempt }
  /** Somebody else's: wait until it has ended, then decide again. Never cancelled, approved or retried. */
  | { readonly kind: "wait-for"; readonly attempt: Attempt };

/** The deployment that this run is about to create. */
export interface Intended {
  readonly releaseId: Id<"Release">;
  readonly environmentId: Id<"Environment">;
  readonly tenantId?: Id<"Tenant"> | undefined;
  readonly limits: RunLimits;
  /** Absent: at once. */
  readonly start?: PlannedStart | undefined;
}

/**
 * Looks at the unfinished deployments to one destination and tenant. Those scheduled for later are nobody's business yet, see
 * `scheduledForLater`, unless this step created one for the very time it is asked for now.
 */
export function othersAtWork(
  attempts: readonly Attempt[],
  intended: Intended,
  identity: StepIdentity,
  now: Instant,
): OthersAtWork {
  const live = attempts.filter(isLive);
  const own = live.find(
    (attempt) =>
      isOfSameStep(attempt, identity) &&
      attempt.deployment.releaseId === intended.releaseId &&
      attempt.deployment.environmentId === intended.environmentId &&
      attempt.deployment.tenantId === intended.tenantId &&
      isFullFor(attempt, intended.limits) &&
      (!isScheduled(attempt, now) || isAskedFor(attempt, identity, intended.start)),
  );
  const other = live.find((attempt) => !isScheduled(attempt, now));
  // Another deployment to the same place has to end before ours starts, and supervising ours waits for that as well.
  if (own !== undefined) return { kind: "attach", attempt: own };
  return other === undefined ? { kind: "nobody" } : { kind: "wait-for", attempt: other };
}

/** Unfinished deployments that are to start in the future: worth a caution, never waited for. */
export function scheduledForLater(attempts: readonly Attempt[], now: Instant): readonly Attempt[] {
  return attempts.filter((attempt) => isLive(attempt) && isScheduled(attempt, now));
}

/** Asked to start later, and not started yet. */
export function isScheduled({ deployment, task }: Attempt, now: Instant): boolean {
  return deployment.queueTime !== undefined && deployment.queueTime > now && task?.startTime === undefined;
}
