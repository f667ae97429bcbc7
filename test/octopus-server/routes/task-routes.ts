import type { ServerTask } from "../documents/execution.ts";
import { badRequest } from "../http/refusal.ts";
import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { mixed } from "../http/route.ts";
import type { MixedCall, Route } from "../http/route.ts";
import { page } from "../resources/collection.ts";
import { taskResource } from "../resources/task.ts";
import { isPurged } from "../rules/retention.ts";
import { isCompleted, taskState } from "../rules/task-states.ts";
import { pendingInterruptions } from "../tasks/interruptions.ts";
import { taskOf, taskPlace } from "./lookup.ts";

export const taskRoutes: readonly Route[] = [
  mixed("GET", "tasks", "ResourceCollection_of_TaskResource", "D26 tasks", list),
  mixed("GET", "tasks/{id}", "TaskResource", "D26 tasks, T17", (call) => ok(taskResource(call.instance, taskOf(call)))),
  mixed("POST", "tasks/{id}/cancel", "TaskResource", "D26 tasks", cancel),
  mixed("GET", "tasks/{id}/queued-behind", "ResourceCollection_of_TaskResource", "D26 tasks", queuedBehind),
];

/** Newest first. Without filters, or with an empty `ids`, it has every task that the user may see (D26 tasks). */
function list(call: MixedCall): Reply {
  const matches = filterOf(call);
  const tasks = candidates(call).filter(
    (task) => matches(task) && !isPurged(call.instance, task) && call.access.may("TaskView", taskPlace(task)),
  );
  const found = inSpaces(call, tasks);
  return ok({
    ...page(call, "Task", found, (task) => taskResource(call.instance, task)),
    TotalCounts: countsOf(found),
    TotalCountsInOtherSpaces: {},
  });
}

/** The shortest indexed list that has every match, because histories are long. */
function candidates(call: MixedCall): readonly ServerTask[] {
  const { history } = call.instance.state;
  const ids = call.query.list("ids");
  if (ids !== undefined) {
    const known = ids.map((id) => history.tasks.get(id)).filter((task) => task !== undefined);
    return inScope(
      call,
      [...new Set(known)].sort((a, b) => b.queueTime - a.queueTime || b.number - a.number),
    );
  }
  const projectId = call.query.text("project");
  const environmentId = call.query.text("environment");
  if (projectId !== undefined && environmentId !== undefined)
    return inScope(call, history.tasksOf({ projectId, environmentId }));
  if (projectId !== undefined) return inScope(call, history.tasksOf({ projectId }));
  return call.space === undefined ? history.tasksOf({}) : history.tasksOf({ spaceId: call.space.id });
}

function inScope(call: MixedCall, tasks: readonly ServerTask[]): readonly ServerTask[] {
  return call.space === undefined ? tasks : tasks.filter(({ spaceId }) => spaceId === call.space?.id);
}

function inSpaces(call: MixedCall, tasks: readonly ServerTask[]): readonly ServerTask[] {
  const spaces = call.query.list("spaces");
  if (call.space !== undefined || spaces === undefined || spaces.includes("all")) return tasks;
  if (!call.instance.switches().unscopedListsHonourSpaces) return tasks;
  return tasks.filter(({ spaceId }) => spaces.includes(spaceId));
}

function filterOf({ query, instance }: MixedCall): (task: ServerTask) => boolean {
  const environment = query.text("environment");
  const tenant = query.text("tenant");
  const names = query.list("name")?.map((name) => name.toLowerCase());
  const partialName = query.text("partialName")?.toLowerCase();
  const description = query.text("description")?.toLowerCase();
  const states = query.list("states")?.map(taskState);
  const active = query.flag("active");
  const running = query.flag("running");
  const interrupted = query.flag("hasPendingInterruptions");
  const waiting = query.flag("hasPendingPreconditions");
  const warned = query.flag("hasWarningsOrErrors");
  const runbook = query.text("runbook");
  const dates = (["Queue", "Start", "Completed"] as const)
    .map((kind) => ({ from: query.instant(`from${kind}Date`), to: query.instant(`to${kind}Date`), kind }))
    .filter(({ from, to }) => from !== undefined || to !== undefined);
  return (task) =>
    (environment === undefined || task.environmentId === environment) &&
    (tenant === undefined || task.tenantId === tenant) &&
    runbook === undefined &&
    (names === undefined || names.includes(task.name.toLowerCase())) &&
    (partialName === undefined || task.name.toLowerCase().includes(partialName)) &&
    (description === undefined || task.description.toLowerCase().includes(description)) &&
    (states === undefined || states.includes(task.state)) &&
    (active === undefined || active !== isCompleted(task)) &&
    (running === undefined || running === (task.state === "Executing" || task.state === "Cancelling")) &&
    (interrupted === undefined || interrupted === pendingInterruptions(instance, task.id).length > 0) &&
    (waiting === undefined || waiting === task.preconditions.length > 0) &&
    (warned === undefined || warned === task.hasWarningsOrErrors) &&
    dates.every(({ from, to, kind }) => {
      const instant = { Queue: task.queueTime, Start: task.startTime, Completed: task.completedTime }[kind];
      return instant !== null && (from === undefined || instant >= from) && (to === undefined || instant <= to);
    });
}

function countsOf(tasks: readonly ServerTask[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of tasks) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function cancel(call: MixedCall): Reply {
  const task = taskOf(call);
  call.access.demand("TaskCancel", taskPlace(task));
  if (isCompleted(task)) {
    if (call.instance.switches().cancelOfFinishedTask === "400")
      throw badRequest("The task has already been completed.");
  } else {
    call.instance.engine.cancel(task, call.user);
  }
  return ok(taskResource(call.instance, task));
}

function queuedBehind(call: MixedCall): Reply {
  const task = taskOf(call);
  const ahead = call.instance.engine
    .queuedBehind(task)
    .filter((other) => call.access.may("TaskView", taskPlace(other)));
  return ok(page(call, "Task", ahead, (other) => taskResource(call.instance, other)));
}
