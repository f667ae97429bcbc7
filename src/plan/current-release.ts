import type { Attempt, Deployment, Id } from "../model.ts";
import { byCompletion, endedWithoutSuccess, succeeded } from "./attempts.ts";

/** What the destination runs, as far as the history read so far tells. */
export type Current =
  | { readonly kind: "nothing" }
  | {
      readonly kind: "release";
      readonly releaseId: Id<"Release">;
      readonly deployment: Deployment;
      readonly flaw?: Flaw;
    }
  /** The answer lies further back than what was read. */
  | { readonly kind: "undecided" };

/** Why the current release is not intact, and the deployment that shows it. */
export interface Flaw {
  readonly reason: "PartiallyDeployed" | "LastAttemptFailed";
  readonly deployment: Deployment;
}

type IsFull = (attempt: Attempt) => boolean;

/**
 * The release of the newest successful deployment, and whether it is intact: some full success of it is newer than the last success of
 * another release, and no newer attempt of any release ended without success.
 * @param attempts of one destination and tenant, in any order
 * @param historyIsComplete whether no older deployment remains unread
 * @param isFull whether a deployment has no more machine limits and skipped steps than this run
 */
export function currentRelease(attempts: readonly Attempt[], historyIsComplete: boolean, isFull: IsFull): Current {
  const successes = attempts.filter(succeeded).sort(byCompletion);
  const newest = successes[0];
  if (newest === undefined) return historyIsComplete ? { kind: "nothing" } : { kind: "undecided" };
  const { deployment } = newest;
  const current = { kind: "release", releaseId: deployment.releaseId, deployment } as const;

  const failedLater = attempts
    .filter(endedWithoutSuccess)
    .filter((attempt) => byCompletion(attempt, newest) < 0)
    .sort(byCompletion)[0];
  if (failedLater !== undefined) {
    return { ...current, flaw: { reason: "LastAttemptFailed", deployment: failedLater.deployment } };
  }
  const full = successes.findIndex(isFull);
  const other = successes.findIndex((attempt) => attempt.deployment.releaseId !== current.releaseId);
  if (full >= 0 && (other < 0 || full < other)) return current;
  if (other < 0 && !historyIsComplete) return { kind: "undecided" };
  return { ...current, flaw: { reason: "PartiallyDeployed", deployment } };
}

/**
 * The newest full success, whatever release it is of: what Redeploy deploys again. `undecided` when it lies further back.
 */
export function newestFullSuccess(attempts: readonly Attempt[], historyIsComplete: boolean, isFull: IsFull): Current {
  const full = attempts.filter(succeeded).filter(isFull).sort(byCompletion)[0];
  if (full !== undefined) return { kind: "release", releaseId: full.deployment.releaseId, deployment: full.deployment };
  return historyIsComplete ? { kind: "nothing" } : { kind: "undecided" };
}
