import type { Attempt, Deployment, Instant } from "../model.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { counts, ownDeployments } from "../rules/tenancy.ts";
import { openTaskCache } from "../select/task-cache.ts";

/** How far back unfinished deployments are looked for: at most so many deployments, on at most so many pages. */
const far = { deployments: 130, pages: 4 };

/** Deployments to the destination for the tenant, without their tasks. */
export interface NewestThere {
  /** Newest first. */
  readonly newest: readonly Deployment[];
  /** No older deployments exist. */
  readonly isWhole: boolean;
}

/**
 * The newest deployments to the destination for the tenant.
 * @param since deployments are read back to this instant. Absent means as far as `far` says
 */
export async function lookThere(
  { space, project, tenant, destination }: Pick<Context, "space" | "project" | "tenant" | "destination">,
  { since, firstPage }: { readonly since?: Instant | undefined; readonly firstPage?: number } = {},
): Promise<NewestThere> {
  const newest: Deployment[] = [];
  const filter = { projectId: project.id, environmentIds: [destination.id], tenantId: tenant?.id, firstPage };
  let pages = 0;
  for await (const { items, isLast } of space.deployments(filter)) {
    newest.push(
      ...items.filter((each) => counts(each, ownDeployments(tenant)) && each.environmentId === destination.id),
    );
    // Deployments for hundreds of other tenants may stand before them.
    const isFar = newest.length >= far.deployments || ++pages === far.pages;
    if (isLast || (since === undefined ? isFar : (items.at(-1)?.created ?? since) < since))
      return { newest, isWhole: isLast };
  }
  return { newest, isWhole: true };
}

/** The newest deployments of `lookThere`. */
export async function newestThere(...where: Parameters<typeof lookThere>): Promise<readonly Deployment[]> {
  return (await lookThere(...where)).newest;
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
