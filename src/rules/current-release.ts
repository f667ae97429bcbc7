import type { Attempt, Deployment, Id, Instant } from "../model.ts";
import { byCompletion, completionOf, endedWithoutSuccess, isUnproven, succeeded } from "./attempts.ts";
import { undoneBy } from "./marker.ts";

/** The current release of the destination, as far as the history read so far tells. */
export type Current =
  | { readonly kind: "nothing" }
  | {
      readonly kind: "release";
      readonly releaseId: Id<"Release">;
      readonly deployment: Deployment;
      readonly incomplete?: Incomplete;
      /** The answer is final once all deployments that ended since this instant are known. */
      readonly since: Instant;
    }
  /** The history has to be read further back. */
  | { readonly kind: "undecided" };

/** Why the current release is incomplete, and the deployment that shows it. */
export interface Incomplete {
  readonly reason: "PartiallyDeployed" | "LastAttemptFailed" | "HistoryUnknown";
  readonly deployment: Deployment;
}

/** Whether a deployment did everything that this run would do. */
type CoversScope = (attempt: Attempt) => boolean;

/**
 * The release of the newest successful deployment, and whether that release is incomplete. The release is complete if a success of it that
 * covers the scope of this run is newer than the last success of another release, and if all newer attempts of any release are known to have
 * succeeded. Attempts are of one destination and tenant, in any order.
 */
export function currentRelease(attempts: readonly Attempt[], historyIsComplete: boolean, covers: CoversScope): Current {
  const successes = attempts.filter(succeeded).sort(byCompletion);
  const newest = successes[0];
  if (newest === undefined) return historyIsComplete ? { kind: "nothing" } : { kind: "undecided" };
  const { deployment } = newest;
  const current = {
    kind: "release",
    releaseId: deployment.releaseId,
    deployment,
    since: completionOf(newest),
  } as const;

  const failedLater = attempts
    .filter(endedWithoutSuccess)
    .filter((attempt) => byCompletion(attempt, newest) < 0)
    .sort(byCompletion)[0];
  if (failedLater !== undefined) {
    return { ...current, incomplete: { reason: "LastAttemptFailed", deployment: failedLater.deployment } };
  }
  const unproven = newestUnproven(attempts, newest);
  if (unproven !== undefined) return { ...current, incomplete: { reason: "HistoryUnknown", deployment: unproven } };
  const covering = successes.findIndex(covers);
  const other = successes.findIndex((attempt) => attempt.deployment.releaseId !== current.releaseId);
  const decisive = successes[covering >= 0 && (other < 0 || covering < other) ? covering : other] ?? newest;
  if (covers(decisive) && decisive.deployment.releaseId === current.releaseId) {
    return { ...current, since: completionOf(decisive) };
  }
  if (other < 0 && !historyIsComplete) return { kind: "undecided" };
  return { ...current, since: completionOf(decisive), incomplete: { reason: "PartiallyDeployed", deployment } };
}

/** A deployment without a task that is newer than the current one. */
export function newestUnproven(attempts: readonly Attempt[], current: Attempt | undefined): Deployment | undefined {
  const [newest] = attempts.filter(isUnproven).sort(byCompletion);
  return newest && current && byCompletion(newest, current) > 0 ? undefined : newest?.deployment;
}

/**
 * The release before the current one: the newest success of another release that covers the scope of this run and was not undone. `undecided`
 * if the history has to be read further back.
 * @param not further releases that do not count
 */
export function previousRelease(
  attempts: readonly Attempt[],
  historyIsComplete: boolean,
  { covers, not }: { readonly covers: CoversScope; readonly not: readonly string[] },
): Current & { readonly current?: Deployment } {
  const successes = attempts.filter(succeeded).sort(byCompletion);
  const [newest] = successes;
  const undone = new Set(attempts.map(undoneBy));
  const before = successes.find(
    (each) =>
      each.deployment.releaseId !== newest?.deployment.releaseId &&
      !not.includes(each.deployment.releaseId) &&
      !undone.has(each.deployment.id) &&
      covers(each),
  );
  if (newest === undefined || before === undefined)
    return historyIsComplete ? { kind: "nothing" } : { kind: "undecided" };
  const { deployment } = before;
  const current = newest.deployment;
  return { kind: "release", releaseId: deployment.releaseId, deployment, since: completionOf(before), current };
}

/**
 * The newest success of any release that covers the scope of this run: Redeploy deploys it again. `undecided` if the history has to be read
 * further back.
 */
export function newestCoveringSuccess(
  attempts: readonly Attempt[],
  historyIsComplete: boolean,
  covers: CoversScope,
): Current {
  const newest = attempts.filter(succeeded).filter(covers).sort(byCompletion)[0];
  if (newest !== undefined) {
    const { deployment } = newest;
    return { kind: "release", releaseId: deployment.releaseId, deployment, since: completionOf(newest) };
  }
  return historyIsComplete ? { kind: "nothing" } : { kind: "undecided" };
}
