import type { Run } from "../run.ts";
import { RequestRefusedError, UnknownWriteError } from "../errors.ts";
import type { Id, Instant, ServerTask } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { describeTask } from "../rules/describe-task.ts";
import {
  hasStarted,
  judgeTask,
  pauseBeforeNextPoll,
  spend,
  type TimeLimits,
  type TimeSpent,
} from "../rules/judge-task.ts";
import { recover } from "../recover.ts";
import { logOnChange } from "./log-on-change.ts";

/** How the wait for a server task ended; times in milliseconds. */
export type PollEnd = { readonly task: ServerTask; readonly waited: number } & (
  | { readonly kind: "finished"; readonly end: "Success" | "Failed" | "Canceled" | "TimedOut" }
  | { readonly kind: "out-of-time"; readonly limit: "queue" | "run"; readonly milliseconds: number }
);

/** Called with the task on every poll, to act on it: answer an interruption, relay the log. */
export type Observer = (task: ServerTask) => Promise<void>;

export interface Polling<Enough = never> {
  readonly poller: Pick<SpaceGateway, "task">;
  readonly limits: TimeLimits;
  /** Limit of the whole wait in milliseconds, whatever the task does meanwhile. */
  readonly patience?: number | undefined;
  /** Scheduled start. Time before it counts against no limit. */
  readonly startsAt?: Instant | undefined;
  readonly observers?: readonly Observer[];
  /** Called on every poll. A result other than `undefined` ends the polling although the task goes on. */
  readonly enough?: (task: ServerTask, waited: number) => Promise<Enough | undefined>;
  /** The deployment as the subject of a sentence. Absent means the child deployment. */
  readonly subject?: string | undefined;
  /** What connects the polling with that of the other tasks of the run. Absent means that the task is polled alone. */
  readonly beside?: PollingBeside | undefined;
}

/** How the polls of several tasks of one run are held together. */
export interface PollingBeside {
  /** When the polling of the first task began, in milliseconds of `Clock.elapsed`: the pauses grow with the whole run. */
  readonly since: number;
  /** Pauses for at most some milliseconds, and ends when other tasks are polled. Resolves to how long it was. */
  readonly pause: (milliseconds: number) => Promise<number>;
  /** Whether another task of this run keeps this one waiting, so that the wait does not count against the queue limit. */
  readonly isHeldUp: () => boolean;
}

/**
 * Polls a server task until it ends or its time is up. Logs what changes, never that it polled. The queue limit counts until the deployment
 * first started, the run limit from then on. Time is added up rather than compared with the clock, so that a clock that jumps neither ends
 * a wait early nor makes it last for ever.
 */
export async function pollTask<Enough = never>(
  id: Id<"ServerTask">,
  { poller, limits, patience = Infinity, startsAt, observers = [], enough, beside, ...more }: Polling<Enough>,
  { step, clock }: Pick<Run, "step" | "clock">,
): Promise<PollEnd | Enough> {
  let untilStart = startsAt === undefined ? 0 : Math.max(0, startsAt - clock.now());
  let spent: TimeSpent = { queued: 0, running: 0 };
  let waited = 0;
  let started = false;
  const changes = logOnChange(step);
  for (;;) {
    const polledAt = clock.elapsed();
    const task = await readTask(id, poller);
    started ||= hasStarted(task);

    // The caller says how the child ended.
    if (!task.isCompleted || more.subject !== undefined) changes.log("task", [describeTask(task, more.subject)]);
    for (const observe of observers) await observe(task);

    const judgement = judgeTask(task, { everStarted: started, spent }, limits);
    if (judgement.kind !== "keep-waiting") return { ...judgement, task, waited };
    const end = await enough?.(task, waited);
    if (end !== undefined) return end;
    if (waited >= patience) return { kind: "out-of-time", limit: "queue", milliseconds: patience, task, waited };
    const polling = clock.elapsed() - polledAt;
    const longest =
      untilStart > 0 && !started
        ? Math.min(untilStart, longestScheduledPause)
        : pauseBeforeNextPoll({ waited, run: beside && clock.elapsed() - beside.since }, spent, limits);
    const pause = await (beside?.pause(longest) ?? clock.sleep(longest).then(() => longest));
    waited += polling + pause;
    const early = started ? 0 : Math.min(untilStart, polling + pause);
    untilStart -= early;
    const isHeldUp = !started && beside?.isHeldUp() === true;
    if (!isHeldUp) spent = spend({ everStarted: started, spent }, task, polling + pause - early);
  }
}

/**
 * The longest pause between two polls of a scheduled deployment, in milliseconds: a user may cancel the deployment before it starts.
 */
const longestScheduledPause = 300_000;

/** How long a cancelled task may take to end, and the pause between two polls of it, in milliseconds. */
const cancellationLimit = 60_000;
const cancellationPause = 2_000;

export interface Cancelled {
  /** The task as last seen, perhaps not finished. */
  readonly task: ServerTask;
  /** Why the server refused to cancel, as a whole sentence. */
  readonly refusal?: string | undefined;
}

/**
 * Cancels our own child deployment and waits up to a minute for its end. The request is repeated until the task is being cancelled. A refusal
 * is returned rather than thrown, because the run has failed already and its message about the child must not get lost.
 */
export async function cancelTask(id: Id<"ServerTask">, space: SpaceGateway, clock: Run["clock"]): Promise<Cancelled> {
  for (let waited = 0; ; waited += cancellationPause) {
    const task = await readTask(id, space);
    if (task.isCompleted || waited >= cancellationLimit) return { task };
    if (task.state !== "Cancelling") {
      const refusal = await orderCancellation(id, space);
      if (refusal !== undefined) return { task: await readTask(id, space), refusal };
    }
    await clock.sleep(cancellationPause);
  }
}

/**
 * Why the server refused to cancel, in whole sentences. `undefined` means that it took the order, or it is unknown whether it did, which the next
 * poll shows.
 */
async function orderCancellation(id: Id<"ServerTask">, space: SpaceGateway): Promise<string | undefined> {
  const ordering = space.cancelTask(id).then(() => undefined);
  return await recover(ordering, (error) =>
    error instanceof UnknownWriteError
      ? undefined
      : error.message.includes("TaskCancel")
        ? "The API key lacks TaskCancel."
        : error.message,
  );
}

async function readTask(id: Id<"ServerTask">, space: Pick<SpaceGateway, "task">): Promise<ServerTask> {
  const task = await space.task(id);
  if (task !== undefined) return task;
  throw new RequestRefusedError(
    404,
    `The server task ${id} no longer exists, or the API key lacks TaskView.`,
    "Check the child project's deployments in Octopus, and give the service account TaskView.",
  );
}
