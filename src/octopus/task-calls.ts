import type { Activity, ServerTask as ServerTaskOfModel } from "../model.ts";
import type { SpaceGateway } from "./gateway.ts";
import { inChunks } from "./in-chunks.ts";
import { growingFrom } from "./paging.ts";
import type { Requests } from "./requests.ts";
import { Space } from "./resources.ts";
import { CancelEvents, finalStates, QueuedTask, ServerTask, TaskDetails } from "./task-resources.ts";

type TaskCalls = Pick<
  SpaceGateway,
  | "tasksById"
  | "deploymentTasksCompletedSince"
  | "task"
  | "taskLog"
  | "tasksQueuedBefore"
  | "queueIsStopped"
  | "cancellerOf"
  | "cancelTask"
>;

/** https://octopus.com/docs/api/tasks */
export function taskCalls({ read, readIfExists, readAll, readPages, write, hide }: Requests): TaskCalls {
  const path = "tasks/{taskId}";
  // A deployment may repeat its prompted values.
  const quiet = (task: ServerTaskOfModel) => ({ ...task, errorMessage: hide(task.errorMessage) });
  const quietLog = (log: readonly Activity[]): readonly Activity[] =>
    log.map(({ name, lines, children, ...activity }) => ({
      ...activity,
      name: hide(name),
      lines: lines.map((line) => ({ ...line, text: hide(line.text) })),
      children: quietLog(children),
    }));
  const readTasks = (chunk: readonly string[]) =>
    readAll("reading server tasks", "tasks", ServerTask, { ids: chunk }, chunk.length);
  return {
    tasksById: async (ids) => (await inChunks(ids, readTasks)).map(quiet),
    deploymentTasksCompletedSince: async ({ projectId, environmentId, tenantId, since, orFailed, except }) => {
      const args = {
        project: projectId,
        environment: environmentId,
        tenant: tenantId,
        name: "Deploy",
        states: orFailed === true ? finalStates : "Success",
        fromCompletedDate: new Date(since).toISOString(),
      };
      const tasks: ServerTaskOfModel[] = [];
      const purpose = "reading the project's completed deployment tasks";
      for await (const { items } of readPages(purpose, "tasks", ServerTask, args, growingFrom(100))) {
        tasks.push(...items.filter(({ deploymentId: id }) => id === undefined || except?.has(id) !== true));
      }
      return tasks.map(quiet);
    },
    task: async (taskId) => {
      const task = await readIfExists(`reading the server task ${taskId}`, path, ServerTask, { taskId });
      return task && quiet(task);
    },
    taskLog: async (taskId, tail) =>
      quietLog(
        await read(`reading the log of the server task ${taskId}`, `${path}/details`, TaskDetails, { taskId, tail }),
      ),
    tasksQueuedBefore: (taskId) =>
      readAll(`asking what the server task ${taskId} is waiting for`, `${path}/queued-behind`, QueuedTask, { taskId }),
    queueIsStopped: async () =>
      (await read("asking whether the space's task queue is stopped", "~/api/spaces/{spaceId}", Space))
        .taskQueueStopped,
    cancellerOf: async (taskId) => {
      const [event] = await read(`asking who cancelled the server task ${taskId}`, "events", CancelEvents, {
        regarding: taskId,
        eventCategories: "TaskCanceled",
        excludeDifference: true,
        take: 1,
      });
      return event;
    },
    cancelTask: async (taskId) =>
      quiet(await write("POST", `cancelling the server task ${taskId}`, `${path}/cancel`, ServerTask, { taskId })),
  };
}
