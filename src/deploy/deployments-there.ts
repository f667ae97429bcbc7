import type { Attempt, Deployment, Instant } from "../model.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { counts, ownDeployments } from "../rules/tenancy.ts";
import { openTaskCache } from "../select/task-cache.ts";

/** What this run or an earlier one left unfinished is among so many of the newest, and among those of so many pages. */
const newest = { deployments: 130, pages: 4 };

/** The newest deployments to the destination for the tenant, newest first, without their tasks. */
export async function newestThere(
  { space, project, tenant, destination }: Pick<Context, "space" | "project" | "tenant" | "destination">,
  { firstPage, since }: { readonly firstPage?: number; readonly since?: Instant | undefined } = {},
): Promise<readonly Deployment[]> {
  const found: Deployment[] = [];
  const filter = { projectId: project.id, environmentIds: [destination.id], tenantId: tenant?.id, firstPage };
  let pages = 0;
  for await (const { items } of space.deployments(filter)) {
    found.push(
      ...items.filter((each) => counts(each, ownDeployments(tenant)) && each.environmentId === destination.id),
    );
    // Those for 500 tenants that were created since may stand before them.
    const isEnough = found.length >= newest.deployments || ++pages === newest.pages;
    if (since === undefined ? isEnough : (items.at(-1)?.created ?? since) < since) break;
  }
  return found;
}

/** Deployments with their tasks. */
export async function withTasks(
  deployments: readonly Deployment[],
  { space }: Pick<Context, "space">,
): Promise<readonly Attempt[]> {
  const taskCache = openTaskCache(space, async () => undefined);
  await taskCache.load(deployments);
  return deployments.map((deployment) => taskCache.attemptOf(deployment));
}
