import type { Deployment, ServerTask } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { isCompleted } from "./task-states.ts";

/** Whether retention removed a task: by the switch `completedTasks` it removes every task that has ended. */
export function isPurged(core: Core, task: ServerTask): boolean {
  return core.switches().completedTasks !== "kept" && isCompleted(task);
}

/** The task of a deployment, unless retention removed it. */
export function taskLeft(core: Core, deployment: Deployment): ServerTask | undefined {
  const task = core.state.history.taskOf(deployment);
  return task === undefined || isPurged(core, task) ? undefined : task;
}

/** The id of a deployment's task; null where the server forgot it along with the task (issue 7575). */
export function taskIdOf(core: Core, deployment: Deployment): string | null {
  const isForgotten = core.switches().completedTasks === "forgotten" && taskLeft(core, deployment) === undefined;
  return isForgotten ? null : deployment.taskId;
}
