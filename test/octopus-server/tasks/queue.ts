import type { ServerTask } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import type { Run } from "./run.ts";

/** Whether it is a queued or paused run's turn. */
export function mayStart(core: Core, run: Run, all: readonly Run[]): boolean {
  const resumes = run.phase === "paused";
  if (!resumes) {
    if (core.timeline.now() < run.startableFrom) return false;
    if (run.task.preconditions.length > 0) return false;
    if (core.state.spaces.get(run.task.spaceId)?.taskQueueStopped === true) return false;
    if (runsInTheWay(run, all).length > 0) return false;
  }
  const { taskCap } = core.switches();
  return taskCap === 0 || holdersOfSlots(all).length < taskCap;
}

/** The tasks that have to end, or to pause, before a queued one may start: the oldest first. */
export function tasksAhead(core: Core, run: Run, all: readonly Run[]): readonly ServerTask[] {
  if (run.phase !== "queued") return [];
  const { taskCap } = core.switches();
  const ahead = new Set(runsInTheWay(run, all));
  if (taskCap > 0 && holdersOfSlots(all).length >= taskCap) {
    for (const other of holdersOfSlots(all)) ahead.add(other);
    for (const other of all) if (other.phase === "queued" && comesBefore(other, run)) ahead.add(other);
  }
  return [...ahead].map(({ task }) => task).sort((a, b) => a.number - b.number);
}

/** Deployments of one project to one environment (and tenant) run one at a time; a paused one keeps its place. */
function runsInTheWay(run: Run, all: readonly Run[]): readonly Run[] {
  return all.filter(
    (other) =>
      other !== run &&
      samePlace(run.task, other.task) &&
      (other.phase !== "queued" ||
        (comesBefore(other, run) && other.startableFrom <= run.startableFrom && other.task.preconditions.length === 0)),
  );
}

function samePlace(a: ServerTask, b: ServerTask): boolean {
  return a.projectId === b.projectId && a.environmentId === b.environmentId && a.tenantId === b.tenantId;
}

function comesBefore(a: Run, b: Run): boolean {
  return (
    a.task.queueTime - b.task.queueTime < 0 || (a.task.queueTime === b.task.queueTime && a.task.number < b.task.number)
  );
}

function holdersOfSlots(all: readonly Run[]): readonly Run[] {
  return all.filter(({ phase }) => phase === "executing" || phase === "cancelling");
}
