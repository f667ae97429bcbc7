import { type DeploymentHistory, openHistory } from "./deployment-history.ts";
import type { Environment, Id } from "../model.ts";
import { ownDeployments, type Whose } from "../rules/tenancy.ts";
import { openReleaseCache, type ReleaseCache } from "./release-cache.ts";
import { requirePermissions } from "../resolve/require-permissions.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { openTaskCache, type TaskCache } from "./task-cache.ts";

/** Everything that is read to find a release, each thing once. */
export interface DeploymentReader {
  readonly releaseCache: ReleaseCache;
  readonly taskCache: TaskCache;
  readonly destination: DeploymentHistory;
  readonly source?: DeploymentHistory | undefined;
  readFirstPages(): Promise<void>;
}

/** Asks nothing yet. */
export function openDeploymentReader(context: Context): DeploymentReader {
  const { space, project, channel, tenant, destination, route, settings } = context;
  const promotes = route.kind === "promote" ? route : undefined;
  const taskCache = openTaskCache(space, () => requireSightOfTasks(context));
  const releaseCache = openReleaseCache(space, channel, settings.child.pattern);
  const historyOf = (environments: readonly Environment[], whose: Whose, channelId?: Id<"Channel">) => {
    const environmentIds = environments.map(({ id }) => id);
    // What failed late spoils what the destination runs; of the sources only successes count.
    const filter = { projectId: project.id, environmentIds, channelId, whose, orFailed: channelId === undefined };
    return openHistory(space, filter, taskCache);
  };
  const inDestination = historyOf([destination], ownDeployments(tenant));
  const source = promotes && channel && historyOf(promotes.sources, promotes.whose, channel.id);
  return {
    releaseCache,
    taskCache,
    destination: inDestination,
    source,
    async readFirstPages() {
      const readsPattern = route.kind === "newest-created" || (promotes && settings.child.pattern.text !== "");
      const pages = await Promise.all([
        inDestination.readPage(),
        source?.readPage() ?? [],
        readsPattern ? releaseCache.readPage().then(() => []) : [],
      ]);
      await taskCache.load(pages.flat());
    },
  };
}

/** A task that the server does not show counts as removed only if the API key could see it. */
async function requireSightOfTasks(
  context: Pick<Context, "space" | "project" | "tenant" | "destination" | "route">,
): Promise<void> {
  const { space, project, destination, route } = context;
  const promotes = route.kind === "promote" ? route : undefined;
  const tenant = promotes?.whose === "anyone" ? undefined : context.tenant;
  const environments = [destination, ...(promotes?.sources ?? [])];
  await requirePermissions(
    { space, project, tenant, environments, needed: ["TaskView"] },
    "Some deployments seem to have no server task any more",
  );
}
