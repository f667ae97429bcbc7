import type { Attempt } from "../model.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { requirePermissions } from "../resolve/require-permissions.ts";
import { type Current, currentRelease } from "../rules/current-release.ts";
import { covers, type DeploymentScope } from "../rules/deployment-scope.ts";
import type { Findings } from "../rules/findings.ts";
import type { DeploymentReader } from "./deployment-reader.ts";

/** Permissions without which an empty history proves nothing. */
export const toSeeDeployments = ["DeploymentView", "TaskView"];

/**
 * The current release in the destination, for runs of a deployment scope. Absent means that nothing was deployed there successfully.
 */
export async function readCurrent(
  reader: DeploymentReader,
  scope: DeploymentScope | Promise<DeploymentScope>,
): Promise<Findings["current"]> {
  const wanted = await scope;
  const current = await readBack(reader, (...read) => currentRelease(...read, (attempt) => covers(attempt, wanted)));
  if (current.kind !== "release") return undefined;
  const attempt = reader.taskCache.attemptOf(current.deployment);
  return { release: await reader.releaseCache.release(current.releaseId), incomplete: current.incomplete, attempt };
}

/** Reads the destination's history back until a rule can decide, and then deployments that were created earlier and ended later. */
export async function readBack(
  { destination, taskCache }: Pick<DeploymentReader, "destination" | "taskCache">,
  rule: (attempts: readonly Attempt[], isComplete: boolean) => Current,
): Promise<Exclude<Current, { kind: "undecided" }>> {
  let isAsked = false;
  for (;;) {
    const current = rule(destination.attempts(), destination.isComplete());
    if (current.kind === "undecided") {
      await taskCache.load(await destination.readPage());
    } else if (current.kind === "nothing" || isAsked) {
      return current;
    } else {
      await destination.readCompletedSince(current.since);
      isAsked = true;
    }
  }
}

/** Without permission to view deployments in the destination, every run would deploy the same release again. */
export async function requireSightOfDestination(
  place: Pick<Context, "space" | "project" | "tenant" | "destination">,
): Promise<void> {
  const { space, project, tenant, destination } = place;
  await requirePermissions(
    { space, project, tenant, environments: [destination], needed: toSeeDeployments },
    `No successful deployment to "${destination.name}" was found`,
  );
}
