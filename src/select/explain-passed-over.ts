import type { Attempt, Deployment } from "../model.ts";
import { byCompletion, endedWithoutSuccess, isLive } from "../rules/attempts.ts";
import type { ExplainedRejection } from "../rules/findings.ts";
import type { PassedOver } from "../rules/select-release.ts";
import type { ReleaseCache } from "./release-cache.ts";
import type { Context } from "../resolve/resolve-context.ts";

/**
 * Finds out, in one request for all of them, whether defects block the releases that the server refused. Releases that only failed the pattern
 * are named if their version is known.
 */
export async function explainPassedOver(
  { space, project }: Pick<Context, "space" | "project">,
  passedOver: readonly PassedOver[],
  { releaseCache, inSource }: { readonly releaseCache: ReleaseCache; readonly inSource: readonly Attempt[] },
): Promise<readonly ExplainedRejection[]> {
  const refused = passedOver.filter(({ rejection }) => rejection === "not-promotable");
  const progression = refused.length === 0 ? [] : await space.progressionOf(project.id, passedOver.length + 1);
  releaseCache.add(progression.map(({ release }) => release));
  const blocked = new Set(progression.filter((each) => each.hasUnresolvedDefect).map(({ release }) => release.id));

  // A warning names the newest of them.
  const unproven = passedOver.find(({ rejection }) => rejection === "unproven");
  const explained: ExplainedRejection[] = [];
  for (const { candidate, rejection } of passedOver) {
    const { releaseId } = candidate;
    const isNamed = rejection === "not-promotable" || candidate === unproven?.candidate;
    const release = isNamed ? await releaseCache.release(releaseId) : releaseCache.known(releaseId);
    if (rejection !== "not-promotable") explained.push({ candidate, rejection, release });
    else if (blocked.has(releaseId)) explained.push({ candidate, rejection: "blocked", release });
    else explained.push({ candidate, rejection, release, inTheWay: deploymentInTheWay(candidate.attempt, inSource) });
  }
  return explained;
}

/** A deployment of the same release to its source environment that is unfinished, or failed later than the one that made it a candidate. */
function deploymentInTheWay(of: Attempt | undefined, inSource: readonly Attempt[]): Deployment | undefined {
  if (of === undefined) return undefined;
  return inSource.find(
    (attempt) =>
      attempt.deployment.releaseId === of.deployment.releaseId &&
      attempt.deployment.tenantId === of.deployment.tenantId &&
      attempt.deployment.id !== of.deployment.id &&
      (isLive(attempt) || (endedWithoutSuccess(attempt) && byCompletion(attempt, of) < 0)),
  )?.deployment;
}
