import type { DeploymentHistory } from "./deployment-history.ts";
import type { Attempt, Id } from "../model.ts";
import { byCompletion, completionOf, isUnproven, succeeded } from "../rules/attempts.ts";
import type { Candidate } from "../rules/select-release.ts";
import type { ReleaseCache } from "./release-cache.ts";
import type { TaskCache } from "./task-cache.ts";

/** How many candidates are sorted together: one request finds the late completions among them. */
const windowSize = 10;

/**
 * The successful deployments to the source environments, and those without a task, latest completion first. Deployments that do not match the
 * pattern come as soon as they are read. Deployments are listed by creation, so for each window of candidates one request per environment
 * finds older ones that completed later.
 * @param history its first page is read and that page's tasks are known
 */
export async function* sourceCandidates(
  history: DeploymentHistory,
  { releaseCache, taskCache }: { readonly releaseCache: ReleaseCache; readonly taskCache: TaskCache },
): AsyncGenerator<Candidate> {
  const seen = new Set<Id<"Deployment">>();
  const unseen = () =>
    history
      .attempts()
      .filter((attempt) => (succeeded(attempt) || isUnproven(attempt)) && !seen.has(attempt.deployment.id))
      .sort(byCompletion);
  const taken = (attempt: Attempt): Candidate => {
    seen.add(attempt.deployment.id);
    return { releaseId: attempt.deployment.releaseId, attempt };
  };

  for (;;) {
    const window: Attempt[] = [];
    // While pages of releases remain unread, each match could cost a page, so candidates are taken one by one.
    const size = releaseCache.isExhausted() ? windowSize : 1;
    for (const attempt of unseen()) {
      if (window.length === size) break;
      if (await releaseCache.matches(attempt.deployment.releaseId)) window.push(attempt);
      else yield taken(attempt);
    }

    const last = window.at(-1);
    if (last !== undefined) {
      lookAhead(releaseCache, window);
      await readLateCompletions(history, window);
      for (const attempt of unseen()) if (byCompletion(attempt, last) <= 0) yield taken(attempt);
    } else if (history.isComplete() || nothingOlderMatches(history, releaseCache)) {
      return;
    } else {
      await readOlder(history, releaseCache, taskCache);
    }
  }
}

/** Reads the deployments that were created before the window and completed within it. */
async function readLateCompletions(history: DeploymentHistory, window: readonly Attempt[]): Promise<void> {
  const last = window.at(-1);
  if (last !== undefined && !history.isComplete()) await history.readCompletedSince(completionOf(last));
}

/**
 * The first candidate will probably be chosen, so its release is read ahead. An error is ignored here, because the read that needs the answer
 * fails as well.
 */
function lookAhead(releaseCache: ReleaseCache, [first]: readonly Attempt[]): void {
  if (first === undefined || isUnproven(first)) return;
  const { releaseId } = first.deployment;
  releaseCache.template(releaseId).catch(() => undefined);
  releaseCache.release(releaseId).catch(() => undefined);
}

/** A deployment is never older than its release, so no deployment before the oldest matching release can match. */
function nothingOlderMatches(history: DeploymentHistory, releaseCache: ReleaseCache): boolean {
  const oldestMatch = releaseCache.oldestMatch();
  const oldestRead = history.oldest();
  return oldestMatch !== undefined && oldestRead !== undefined && oldestRead < oldestMatch;
}

async function readOlder(history: DeploymentHistory, releaseCache: ReleaseCache, taskCache: TaskCache): Promise<void> {
  const matching = [];
  for (const deployment of await history.readPage()) {
    if (await releaseCache.matches(deployment.releaseId)) matching.push(deployment);
  }
  await taskCache.load(matching);
}
