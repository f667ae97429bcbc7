import type { Attempt, Deployment, Id, Instant, ServerTask } from "../model.ts";
import type { DeploymentFilter, SpaceGateway } from "../octopus/gateway.ts";
import { counts, tenantOf, type Whose } from "../rules/tenancy.ts";
import type { TaskCache } from "./task-cache.ts";

/** Deployments of a project to some environments, read page by page from the newest created back. */
export interface DeploymentHistory {
  /** The deployments read so far. Tasks are known only if the task cache has loaded them. */
  attempts(): readonly Attempt[];
  /** The same without tasks. */
  deployments(): readonly Deployment[];
  /** Creation of the oldest deployment read. */
  oldest(): Instant | undefined;
  /** No older deployment remains unread. */
  isComplete(): boolean;
  /** Reads the next page, if there is one, and returns its deployments that count. */
  readPage(): Promise<readonly Deployment[]>;
  /** Reads deployments that ended since an instant and are on no page read so far. Each is read once. */
  readCompletedSince(since: Instant): Promise<void>;
}

export interface HistoryFilter extends Omit<DeploymentFilter, "tenantId"> {
  readonly whose: Whose;
  /** Deployments that ended late count even if they did not succeed. */
  readonly orFailed: boolean;
  /**
   * How many deployments of the first page are used at first, unless it is the only page. Their completions tell since when others have to be
   * read, so the rest of the page may not matter.
   */
  readonly firstLook: number;
}

/** The server has no filter for untenanted deployments, so those for tenants are read and left out. */
export function openHistory(
  space: SpaceGateway,
  { orFailed, whose, firstLook, ...filter }: HistoryFilter,
  taskCache: TaskCache,
): DeploymentHistory {
  const tenantId = tenantOf(whose);
  const counted = (deployment: Deployment) => counts(deployment, whose);
  const pages = space.deployments({ ...filter, tenantId })[Symbol.asyncIterator]();
  const read: Deployment[] = [];
  // Includes deployments that do not count, so that the search by completion does not read them again.
  const seen = new Set<Id<"Deployment">>();
  /** Deployments of the pages read that were not used yet. */
  let rest: readonly Deployment[] = [];
  let isFirst = true;
  let oldest: Instant | undefined;
  let complete = false;
  let asked = Number.POSITIVE_INFINITY;

  /** Uses the next deployments of the page, and returns those that count. */
  function lookAt(count: number): readonly Deployment[] {
    const looked = rest.slice(0, count);
    rest = rest.slice(count);
    for (const { id } of looked) seen.add(id);
    oldest = looked.at(-1)?.created ?? oldest;
    const counting = looked.filter(counted);
    read.push(...counting);
    return counting;
  }

  /** How many deployments of the page have to be used, so that `wanted` of them count. */
  function untilCounting(wanted: number): number {
    const last = rest.filter(counted)[wanted - 1];
    return last === undefined ? rest.length : rest.indexOf(last) + 1;
  }

  /** Uses deployments that ended late and are on a page already, instead of reading them again. */
  function takeFromRest(tasks: readonly ServerTask[]): void {
    const ended = new Set(tasks.map(({ deploymentId }) => deploymentId));
    const late = rest.filter(({ id }) => ended.has(id));
    rest = rest.filter(({ id }) => !ended.has(id));
    for (const { id } of late) seen.add(id);
    read.push(...late.filter(counted));
    taskCache.add(tasks);
  }

  return {
    attempts: () => read.map((deployment) => taskCache.attemptOf(deployment)),
    deployments: () => read,
    oldest: () => oldest,
    isComplete: () => complete && rest.length === 0,
    async readPage() {
      if (rest.length > 0) return lookAt(rest.length);
      if (complete) return [];
      // A page that was read for several children may have too few deployments of this one.
      const least = isFirst ? firstLook : 0;
      do {
        const next = await pages.next();
        const { items, isLast } = next.done === true ? { items: [], isLast: true } : next.value;
        rest = [...rest, ...items.filter((deployment) => !seen.has(deployment.id))];
        complete = isLast;
      } while (!complete && rest.length < least);
      const isSampled = isFirst && !complete;
      isFirst = false;
      return lookAt(isSampled ? untilCounting(firstLook) : rest.length);
    },
    async readCompletedSince(since) {
      if ((complete && rest.length === 0) || since >= asked) return;
      asked = since;
      const { projectId, environmentIds, channelId } = filter;
      const ask = (environmentId: Id<"Environment">) =>
        space.deploymentTasksCompletedSince({ projectId, environmentId, tenantId, since, orFailed, except: seen });
      const tasks = (await Promise.all(environmentIds.map(ask))).flat();
      takeFromRest(tasks);
      const unknown = tasks.flatMap(({ deploymentId: id }) => (id === undefined || seen.has(id) ? [] : [id]));
      if (unknown.length === 0) return;
      for (const id of unknown) seen.add(id);
      const deployments = await space.deploymentsById(unknown);
      read.push(
        ...deployments.filter((each) => (channelId === undefined || each.channelId === channelId) && counted(each)),
      );
    },
  };
}
