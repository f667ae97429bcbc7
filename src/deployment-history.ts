import type { Attempt, Deployment, Id, Instant } from "./model.ts";
import type { DeploymentFilter, SpaceGateway } from "./octopus/gateway.ts";
import { counts, tenantOf, type Whose } from "./plan/tenancy.ts";
import type { TaskBook } from "./task-book.ts";

/** Deployments of a project to some environments, read page by page from the newest created back. */
export interface DeploymentHistory {
  /** What was read so far. Tasks are only known of those the task book learned. */
  attempts(): readonly Attempt[];
  deployments(): readonly Deployment[];
  /** Whether a deployment was on a page, also one that does not count. */
  hasSeen(id: Id<"Deployment">): boolean;
  /** Creation of the oldest on the pages read. */
  oldest(): Instant | undefined;
  /** Nothing older remains. */
  isComplete(): boolean;
  /** Reads the next page, if there is one, and returns what counts of it. */
  readPage(): Promise<readonly Deployment[]>;
}

/** The server has no filter for untenanted deployments: those for tenants are read and left out. */
export function openHistory(
  space: SpaceGateway,
  filter: DeploymentFilter,
  whose: Whose,
  book: TaskBook,
): DeploymentHistory {
  const pages = space.deployments({ ...filter, tenantId: tenantOf(whose) })[Symbol.asyncIterator]();
  const read: Deployment[] = [];
  const seen = new Set<Id<"Deployment">>();
  let oldest: Instant | undefined;
  let complete = false;
  return {
    attempts: () => read.map((deployment) => book.attemptOf(deployment)),
    deployments: () => read,
    hasSeen: (id) => seen.has(id),
    oldest: () => oldest,
    isComplete: () => complete,
    async readPage() {
      if (complete) return [];
      const next = await pages.next();
      const { items, isLast } = next.done === true ? { items: [], isLast: true } : next.value;
      const counting = items.filter((deployment) => counts(deployment, whose));
      read.push(...counting);
      for (const { id } of items) seen.add(id);
      oldest = items.at(-1)?.created ?? oldest;
      complete = isLast;
      return counting;
    },
  };
}
