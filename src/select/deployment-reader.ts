import { type DeploymentHistory, type HistoryFilter, openHistory } from "./deployment-history.ts";
import type { Environment } from "../model.ts";
import { ownDeployments } from "../rules/tenancy.ts";
import { openReleaseCache, type ReleaseCache } from "./release-cache.ts";
import { requirePermissions } from "../resolve/require-permissions.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { openTaskCache, type TaskCache } from "./task-cache.ts";

/** The caches of everything that is read to find a release. */
export interface DeploymentReader {
  readonly releaseCache: ReleaseCache;
  readonly taskCache: TaskCache;
  readonly destination: DeploymentHistory;
  readonly source?: DeploymentHistory | undefined;
  readFirstPages(): Promise<void>;
}

/**
 * How much is read at first. For the sources the latest completion matters, and the server can be asked what completed later. In the destination
 * the whole page is used, because unfinished deployments have no completion.
 */
const looks = {
  destination: { firstPage: 20, firstLook: 20 },
  source: { firstPage: 10, firstLook: 5 },
};

/**
 * Sends no request yet.
 * @param before an earlier reader for the same child, whose destination history, tasks and releases are used again
 */
export function openDeploymentReader(context: Context, before?: DeploymentReader): DeploymentReader {
  const { space, project, channel, tenant, destination, route, settings } = context;
  const promotes = route.kind === "promote" ? route : undefined;
  const taskCache = before?.taskCache ?? openTaskCache(space, () => requireSightOfTasks(context));
  const releaseCache = before?.releaseCache ?? openReleaseCache(space, channel, settings.child.pattern);
  const projectId = project.id;
  const historyOf = (
    environments: readonly Environment[],
    filter: Omit<HistoryFilter, "projectId" | "environmentIds">,
  ) => openHistory(space, { projectId, environmentIds: environments.map(({ id }) => id), ...filter }, taskCache);
  // A late failure makes the current release incomplete. In the sources only successes count.
  const inDestination =
    before?.destination ??
    historyOf([destination], { whose: ownDeployments(tenant), orFailed: true, ...looks.destination });
  const source =
    promotes &&
    channel &&
    historyOf(promotes.sources, { whose: promotes.whose, channelId: channel.id, orFailed: false, ...looks.source });
  return {
    releaseCache,
    taskCache,
    destination: inDestination,
    source,
    async readFirstPages() {
      const readsPattern = route.kind === "newest-created" || (promotes && settings.child.pattern.text !== "");
      const pages = await Promise.all([
        before === undefined ? inDestination.readPage() : [],
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
