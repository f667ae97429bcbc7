import type { Attempt, Deployment, Id, Instant } from "../model.ts";
import type { DeploymentFilter, SpaceGateway } from "../octopus/gateway.ts";
import { counts, tenantOf, type Whose } from "../rules/tenancy.ts";
import type { TaskCache } from "./task-cache.ts";

/** Deployments of a project to some environments, read page by page from the newest created back. */
export interface DeploymentHistory {
  /** What was read so far. Tasks are only known of those the task cache loaded. */
  attempts(): readonly Attempt[];
  /** The same without tasks. */
  deployments(): readonly Deployment[];
  /** Creation of the oldest on the pages read. */
  oldest(): Instant | undefined;
  /** Nothing older remains. */
  isComplete(): boolean;
  /** Reads the next page, if there is one, and returns what counts of it. */
  readPage(): Promise<readonly Deployment[]>;
  /** Reads those that ended since an instant and were created too early to be on a page read so far. Each is asked for once. */
  readCompletedSince(since: Instant): Promise<void>;
}

export interface HistoryFilter extends Omit<DeploymentFilter, "tenantId"> {
  readonly whose: Whose;
  /** What ended late counts also when it did not succeed. */
  readonly orFailed: boolean;
}

/** The server has no filter for untenanted deployments: those for tenants are read and left out. */
export function openHistory(
  space: SpaceGateway,
  { orFailed, whose, ...filter }: HistoryFilter,
  taskCache: TaskCache,
): DeploymentHistory {
  const tenantId = tenantOf(whose);
  const pages = space.deployments({ ...filter, tenantId })[Symbol.asyncIterator]();
  const read: Deployment[] = [];
  // Also those that do not count, so that the search by completion does not ask for them again.
  const seen = new Set<Id<"Deployment">>();
  let oldest: Instant | undefined;
  let complete = false;
  let asked = Number.POSITIVE_INFINITY;
  return {
    attempts: () => read.map((deployment) => taskCache.attemptOf(deployment)),
    deployments: () => read,
    oldest: () => oldest,
    isComplete: () => complete,
    async readPage() {
      if (complete) return [];
      const next = await pages.next();
      const { items, isLast } = next.done === true ? { items: [], isLast: true } : next.value;
      const counting = items.filter((deployment) => counts(deployment, whose) && !seen.has(deployment.id));
      read.push(...counting);
      for (const { id } of items) seen.add(id);
      oldest = items.at(-1)?.created ?? oldest;
      complete = isLast;
      return counting;
    },
    async readCompletedSince(since) {
      if (complete || since >= asked) return;
      asked = since;
      const { projectId, environmentIds, channelId } = filter;
      const ask = (environmentId: Id<"Environment">) =>
        space.deploymentTasksCompletedSince({ projectId, environmentId, tenantId, since, orFailed, except: seen });
      const tasks = (await Promise.all(environmentIds.map(ask))).flat();
      const unknown = tasks.flatMap(({ deploymentId: id }) => (id === undefined || seen.has(id) ? [] : [id]));
      if (unknown.length === 0) return;
      for (const id of unknown) seen.add(id);
      taskCache.add(tasks);
      const deployments = await space.deploymentsById(unknown);
      read.push(
        ...deployments.filter(
          (each) => (channelId === undefined || each.channelId === channelId) && counts(each, whose),
        ),
      );
    },
  };
}
