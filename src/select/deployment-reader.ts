import { type DeploymentHistory, openHistory } from "./deployment-history.ts";
import type { Environment, Id } from "../model.ts";
import { ownDeployments, type Whose } from "../rules/tenancy.ts";
import { openReleaseCache, type ReleaseCache } from "./release-cache.ts";
import { requirePermissions } from "../resolve/require-permissions.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { openTaskCache, type TaskCache } from "./task-cache.ts";

/** Everything that is read in one look, each thing once. */
export interface DeploymentReader {
  readonly releaseCache: ReleaseCache;
  readonly taskCache: TaskCache;
  readonly destination: DeploymentHistory;
  readonly source?: DeploymentHistory | undefined;
  readFirstPages(): Promise<void>;
}

/** Asks nothing yet. */
export function openDeploymentReader({
  space,
  project,
  channel,
  tenant,
  destination,
  route,
  settings,
}: Context): DeploymentReader {
  const promotes = route.kind === "promote" ? route : undefined;
  const places = [destination, ...(promotes?.sources ?? [])];
  const ofTenant = { space, project, tenant: promotes?.whose === "anyone" ? undefined : tenant };
  const observation = "Some deployments seem to have no server task any more";
  const taskCache = openTaskCache(space, () => requirePermissions(ofTenant, places, ["TaskView"], observation));
  const releaseCache = openReleaseCache(space, channel, settings.child.pattern);
  const historyOf = (environments: readonly Environment[], whose: Whose, channelId?: Id<"Channel">) =>
    openHistory(
      space,
      // What failed late spoils what the destination runs; of the sources only successes count.
      { projectId: project.id, environmentIds: environments.map(({ id }) => id), channelId, orFailed: !channelId },
      whose,
      taskCache,
    );
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
