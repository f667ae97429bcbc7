import type { Id } from "../model.ts";
import type { SpaceGateway } from "./gateway.ts";
import { inChunks } from "./in-chunks.ts";
import type { Requests } from "./requests.ts";
import { Space } from "./resources.ts";
import { CancelEvents, QueuedTask, ServerTask, TaskDetails } from "./task-resources.ts";

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
export function taskCalls(spaceId: Id<"Space">, requests: Requests): TaskCalls {
  return {
    tasksById: (ids) =>
      inChunks(ids, (chunk) =>
        requests.readAll(
          {
            purpose: "reading server tasks",
            path: "~/api/{spaceId}/tasks{?ids,skip,take}",
            args: { spaceId, ids: chunk },
            shape: ServerTask,
          },
          chunk.length,
        ),
      ),
    deploymentTasksCompletedSince: ({ projectId, environmentId, tenantId, since }) =>
      requests.readAll(
        {
          purpose: "reading the project's completed deployment tasks",
          path: "~/api/{spaceId}/tasks{?project,environment,tenant,name,states,fromCompletedDate,skip,take}",
          args: {
            spaceId,
            project: projectId,
            environment: environmentId,
            tenant: tenantId,
            name: "Deploy",
            states: "Success",
            fromCompletedDate: new Date(since).toISOString(),
          },
          shape: ServerTask,
        },
        100,
      ),
    task: (taskId) =>
      requests.readIfExists({
        purpose: `looking at the server task ${taskId}`,
        path: "~/api/{spaceId}/tasks/{taskId}",
        args: { spaceId, taskId },
        shape: ServerTask,
      }),
    taskLog: (taskId, tail) =>
      requests.read({
        purpose: `reading the log of the server task ${taskId}`,
        path: "~/api/{spaceId}/tasks/{taskId}/details{?tail}",
        args: { spaceId, taskId, tail },
        shape: TaskDetails,
      }),
    tasksQueuedBefore: (taskId) =>
      requests.readAll(
        {
          purpose: `asking what the server task ${taskId} waits for`,
          path: "~/api/{spaceId}/tasks/{taskId}/queued-behind{?skip,take}",
          args: { spaceId, taskId },
          shape: QueuedTask,
        },
        100,
      ),
    queueIsStopped: async () => {
      const purpose = "asking whether the space's task queue is stopped";
      return (await requests.read({ purpose, path: "~/api/spaces/{spaceId}", args: { spaceId }, shape: Space }))
        .taskQueueStopped;
    },
    cancellerOf: async (taskId) => {
      const [event] = await requests.read({
        purpose: `asking who cancelled the server task ${taskId}`,
        path: "~/api/{spaceId}/events{?regarding,eventCategories,excludeDifference,take}",
        args: { spaceId, regarding: taskId, eventCategories: "TaskCanceled", excludeDifference: true, take: 1 },
        shape: CancelEvents,
      });
      return event;
    },
    cancelTask: (taskId) =>
      requests.write({
        purpose: `cancelling the server task ${taskId}`,
        method: "POST",
        path: "~/api/{spaceId}/tasks/{taskId}/cancel",
        args: { spaceId, taskId },
        body: {},
        shape: ServerTask,
      }),
  };
}
