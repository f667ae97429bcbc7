import type { Attempt, Deployment } from "./model.ts";
import type { DeploymentFilter, SpaceGateway } from "./octopus/gateway.ts";
import type { TaskBook } from "./task-book.ts";

/** The deployments of a project to some environments, read page by page from the newest created back. */
export interface DeploymentHistory {
  /** What was read so far. Tasks are only known of those the task book learned. */
  attempts(): readonly Attempt[];
  deployments(): readonly Deployment[];
  /** Nothing older remains. */
  isComplete(): boolean;
  /** Reads the next page, if there is one, and returns it. */
  readPage(): Promise<readonly Deployment[]>;
}

export function openHistory(space: SpaceGateway, filter: DeploymentFilter, book: TaskBook): DeploymentHistory {
  const pages = space.deployments(filter)[Symbol.asyncIterator]();
  const read: Deployment[] = [];
  let complete = false;
  return {
    attempts: () => read.map((deployment) => book.attemptOf(deployment)),
    deployments: () => read,
    isComplete: () => complete,
    async readPage() {
      if (complete) return [];
      const next = await pages.next();
      const { items, isLast } = next.done === true ? { items: [], isLast: true } : next.value;
      read.push(...items);
      complete = isLast;
      return items;
    },
  };
}
