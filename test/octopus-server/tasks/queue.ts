import type { ServerTask } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { pendingInterruptions } from "./interruptions.ts";
import type { Run } from "./run.ts";

/** Whether a run waits to start, or to go on after all its interruptions were answered. */
export function waits(core: Core, run: Run): boolean {
  return run.phase === "queued" || isAnswered(core, run);
}

/** Whether a waiting run may start or go on now. */
export function mayStart(core: Core, run: Run, all: readonly Run[]): boolean {
  if (run.phase === "queued") {
    if (core.timeline.now() < run.startableFrom) return false;
    if (run.task.preconditions.length > 0) return false;
    if (core.state.spaces.get(run.task.spaceId)?.taskQueueStopped === true) return false;
  }
  if (runsInTheWay(core, run, all).length > 0) return false;
  const { taskCap } = core.switches();
  return taskCap === 0 || holdersOfSlots(all).length < taskCap;
}

/** The tasks that must end, or pause, before a waiting one may start or go on: the oldest first. */
export function tasksAhead(core: Core, run: Run, all: readonly Run[]): readonly ServerTask[] {
  if (!waits(core, run)) return [];
  const { taskCap } = core.switches();
  const ahead = new Set(runsInTheWay(core, run, all));
  if (taskCap > 0 && holdersOfSlots(all).length >= taskCap) {
    for (const other of holdersOfSlots(all)) ahead.add(other);
    for (const other of all) if (other !== run && waits(core, other) && comesBefore(other, run)) ahead.add(other);
  }
  return [...ahead].map(({ task }) => task).sort((a, b) => a.number - b.number);
}

/**
 * Deployments of one project to one environment (and tenant) execute one at a time. A paused one frees its place (issue 4928), unless its
 * intervention blocks others; after the answer it queues again.
 */
function runsInTheWay(core: Core, run: Run, all: readonly Run[]): readonly Run[] {
  return all.filter(
    (other) => other !== run && samePlace(run.task, other.task) && (hasThePlace(other) || goesFirst(core, other, run)),
  );
}

function hasThePlace({ phase, keeps }: Run): boolean {
  return phase === "executing" || phase === "cancelling" || (phase === "paused" && keeps === "place");
}

/** Whether another run that waits for the same place goes first. */
function goesFirst(core: Core, other: Run, run: Run): boolean {
  if (!comesBefore(other, run)) return false;
  if (other.phase !== "queued") return isAnswered(core, other);
  return other.startableFrom <= run.startableFrom && other.task.preconditions.length === 0;
}

function isAnswered(core: Core, { phase, task }: Run): boolean {
  return phase === "paused" && pendingInterruptions(core, task.id).length === 0;
}

/** Whether two tasks deploy the same project to the same environment and tenant. */
export function samePlace(a: ServerTask, b: ServerTask): boolean {
  return a.projectId === b.projectId && a.environmentId === b.environmentId && a.tenantId === b.tenantId;
}

/** The runs that wait for the same place in front of a run and have not started: the last one first. */
export function queueInFrontOf(run: Run, all: readonly Run[]): readonly Run[] {
  return all
    .filter((other) => other.phase === "queued" && samePlace(run.task, other.task) && comesBefore(other, run))
    .sort((a, b) => inOrder(b, a));
}

/** The order of the queue. */
export function inOrder({ place: a }: Run, { place: b }: Run): number {
  return a.queueTime - b.queueTime || a.number - b.number;
}

function comesBefore(a: Run, b: Run): boolean {
  return inOrder(a, b) < 0;
}

function holdersOfSlots(all: readonly Run[]): readonly Run[] {
  return all.filter(({ phase }) => phase === "executing" || phase === "cancelling");
}
