import type { Attempt, Deployment, Id, ServerTask } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";

/** Server tasks read so far. Each is read once, however many lists mention it. */
export interface TaskCache {
  /** Reads the tasks of these deployments, in one request for all that are not known yet. */
  load(deployments: readonly Deployment[]): Promise<void>;
  /** Adds tasks that came with another answer. */
  add(tasks: readonly ServerTask[]): void;
  attemptOf(deployment: Deployment): Attempt;
}

/**
 * Opens an empty task cache.
 * @param whenMissing called once, before a missing task counts as removed: the API key may lack the permission to see it
 */
export function openTaskCache(space: SpaceGateway, whenMissing: () => Promise<void>): TaskCache {
  // `undefined` means that the task no longer exists.
  const tasks = new Map<Id<"ServerTask">, ServerTask | undefined>();
  let missing: Promise<void> | undefined;
  return {
    async load(deployments) {
      const wanted = deployments.flatMap(({ taskId }) => (taskId === undefined || tasks.has(taskId) ? [] : [taskId]));
      if (wanted.length === 0) return;
      for (const id of wanted) tasks.set(id, undefined);
      const found = await space.tasksById(wanted);
      for (const task of found) tasks.set(task.id, task);
      if (found.length < wanted.length) await (missing ??= whenMissing());
    },
    add(more) {
      for (const task of more) tasks.set(task.id, task);
    },
    attemptOf(deployment) {
      const task = deployment.taskId === undefined ? undefined : tasks.get(deployment.taskId);
      return task === undefined ? { deployment } : { deployment, task };
    },
  };
}
