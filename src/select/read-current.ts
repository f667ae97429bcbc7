import type { Attempt } from "../model.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { requirePermissions } from "../resolve/require-permissions.ts";
import { type Current, currentRelease } from "../rules/current-release.ts";
import { covers, type DeploymentScope } from "../rules/deployment-scope.ts";
import type { Findings } from "../rules/findings.ts";
import type { DeploymentReader } from "./deployment-reader.ts";

/** What must be visible in a place, so that an empty history there means that nothing was deployed. */
export const toSeeDeployments = ["DeploymentView", "TaskView"];

/**
 * What the destination runs, for runs of a deployment scope; the release is read along the way because every plan names it. Absent:
 * nothing was deployed there successfully.
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

/** Reads the destination's history back until a rule can decide, then asks what ended since although it was created earlier. */
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

/** Without the right to see deployments in the destination, every run would take it for empty and deploy the same release again. */
export async function requireSightOfDestination(
  place: Pick<Context, "space" | "project" | "tenant" | "destination">,
): Promise<void> {
  const { space, project, tenant, destination } = place;
  await requirePermissions(
    { space, project, tenant, environments: [destination], needed: toSeeDeployments },
    `No successful deployment to "${destination.name}" was found`,
  );
}
