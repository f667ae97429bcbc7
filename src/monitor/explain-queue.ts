import type { ServerTask } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import type { Line } from "../text/line.ts";
import { describeQueue } from "../rules/describe-task.ts";
import { hasStarted } from "../rules/judge-task.ts";
import { recover } from "../recover.ts";
import { logOnChange } from "./log-on-change.ts";
import type { Observer } from "./poll-task.ts";
import type { LogRelay } from "./relay-log.ts";

/**
 * Logs what a queued child deployment waits for: other tasks, the step's own task, a stopped queue, or a change request. The server is asked
 * seldom, and each answer is logged once. Without the permission to ask, nothing is logged.
 * @param ownTaskId the task of the step itself
 */
export function explainQueue(ownTaskId: string | undefined, { space, step }: LogRelay): Observer {
  let polls = 0;
  const changes = logOnChange(step);
  return async (task) => {
    if (task.isCompleted || hasStarted(task)) return;
    polls++;
    // Most children start at once; for the others the server is asked at the second poll, the fourth, the eighth and so on.
    if (polls === 1 || (polls & (polls - 1)) !== 0) return;
    const line = await recover(explanation(task, ownTaskId, space), () => undefined);
    if (line !== undefined) changes.log("queue", [line]);
  };
}

async function explanation(
  task: ServerTask,
  ownTaskId: string | undefined,
  space: Pick<SpaceGateway, "taskLog" | "tasksQueuedBefore" | "queueIsStopped">,
): Promise<Line | undefined> {
  if (task.hasPendingPreconditions) {
    const [log] = await space.taskLog(task.id, 3);
    const last = log?.lines.at(-1);
    return last && { level: "wait", text: `The child's log says: ${last.text}` };
  }
  const [ahead, queueIsStopped] = await Promise.all([space.tasksQueuedBefore(task.id), space.queueIsStopped()]);
  return describeQueue(ahead, queueIsStopped, ownTaskId);
}
