import type { SpaceGateway } from "./gateway.ts";
import { inChunks } from "./in-chunks.ts";
import { allItems, growingFrom } from "./paging.ts";
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
export function taskCalls({ read, readIfExists, readAll, readPages, write }: Requests): TaskCalls {
  const path = "tasks/{taskId}";
  return {
    tasksById: (ids) =>
      inChunks(ids, (chunk) => readAll("reading server tasks", "tasks", ServerTask, { ids: chunk }, chunk.length)),
    deploymentTasksCompletedSince: ({ projectId, environmentId, tenantId, since, orFailed }) =>
      allItems(
        readPages(
          "reading the project's completed deployment tasks",
          "tasks",
          ServerTask,
          {
            project: projectId,
            environment: environmentId,
            tenant: tenantId,
            name: "Deploy",
            states: orFailed === true ? finalStates : "Success",
            fromCompletedDate: new Date(since).toISOString(),
          },
          growingFrom(100),
        ),
      ),
    task: (taskId) => readIfExists(`looking at the server task ${taskId}`, path, ServerTask, { taskId }),
    taskLog: (taskId, tail) =>
      read(`reading the log of the server task ${taskId}`, `${path}/details`, TaskDetails, { taskId, tail }),
    tasksQueuedBefore: (taskId) =>
      readAll(`asking what the server task ${taskId} waits for`, `${path}/queued-behind`, QueuedTask, { taskId }),
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
    cancelTask: (taskId) =>
      write("POST", `cancelling the server task ${taskId}`, `${path}/cancel`, ServerTask, { taskId }),
  };
}
