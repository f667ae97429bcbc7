import type { ServerTask } from "../model.ts";

/** Milliseconds. Absent means no limit. */
export interface TimeLimits {
  readonly queue?: number | undefined;
  readonly run?: number | undefined;
}

/** Milliseconds spent so far by our own clock. `queued` stops when the deployment first starts. */
export interface TimeSpent {
  readonly queued: number;
  readonly running: number;
}

/** What one poll of a task means for the wait. A limit is given in milliseconds. */
export type Judgement =
  | { readonly kind: "finished"; readonly end: "Success" | "Failed" | "Canceled" | "TimedOut" }
  | { readonly kind: "out-of-time"; readonly limit: "queue" | "run"; readonly milliseconds: number }
  | { readonly kind: "keep-waiting" };

/** What is known of the wait for a task so far. */
export interface WaitSoFar {
  /** The deployment has started. */
  readonly everStarted: boolean;
  readonly spent: TimeSpent;
}

/**
 * Judges one poll of a server task. A deployment has started once it had a start time, a pending interruption or was ever seen executing: a
 * paused one reports `Queued` again.
 */
export function judgeTask(task: ServerTask, { everStarted, spent }: WaitSoFar, limits: TimeLimits): Judgement {
  if (task.isCompleted) return { kind: "finished", end: endOf(task) };
  if (everStarted && limits.run !== undefined && spent.running >= limits.run) {
    return { kind: "out-of-time", limit: "run", milliseconds: limits.run };
  }
  // The queue limit does not count while a change request waits for its approvers.
  const waitsInQueue = !everStarted && !task.hasPendingPreconditions;
  if (waitsInQueue && limits.queue !== undefined && spent.queued >= limits.queue) {
    return { kind: "out-of-time", limit: "queue", milliseconds: limits.queue };
  }
  return { kind: "keep-waiting" };
}

/** Whether this poll shows that the deployment has started. A paused deployment reports `Queued` again, so callers remember the result. */
export function hasStarted(task: ServerTask): boolean {
  return task.startTime !== undefined || task.hasPendingInterruptions || task.state === "Executing";
}

/** How long a task has been polled, in milliseconds. */
export interface PolledFor {
  readonly waited: number;
  /** The same for the first task of a run for several children. Absent means that the task is polled alone. */
  readonly run?: number | undefined;
}

/**
 * The longest pause before the next poll, in milliseconds: a tenth of the time waited, from 0.7 to ten seconds, and never past a limit. In
 * later levels of a run for several children it may be a quarter, because each level begins with short pauses again.
 */
export function pauseBeforeNextPoll(
  { waited, run = waited }: PolledFor,
  { queued, running }: TimeSpent,
  limits: TimeLimits,
): number {
  const left = [(limits.queue ?? Infinity) - queued, (limits.run ?? Infinity) - running].filter((each) => each > 0);
  return Math.max(700, Math.min(10_000, run / 10, waited / 4, ...left));
}

/**
 * Adds the milliseconds since the last poll to the time in the queue or to the running time. Waiting for the approval of a change request does not
 * count.
 */
export function spend({ everStarted, spent }: WaitSoFar, task: ServerTask, milliseconds: number): TimeSpent {
  if (everStarted) return { ...spent, running: spent.running + milliseconds };
  return task.hasPendingPreconditions ? spent : { ...spent, queued: spent.queued + milliseconds };
}

function endOf(task: ServerTask): "Success" | "Failed" | "Canceled" | "TimedOut" {
  switch (task.state) {
    case "Success":
    case "Canceled":
    case "TimedOut":
      return task.state;
    case "Failed":
    case "Queued":
    case "Executing":
    case "Cancelling":
      // A completed task in an unfinished state is never a success.
      return "Failed";
  }
}
