import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ServerUnavailableError } from "../../src/errors.ts";
import { asId, type ServerTask } from "../../src/model.ts";
import { type PollEnd, pollTask } from "../../src/monitor/poll-task.ts";
import { stdoutRuntime } from "../../src/step/runtime.ts";
import { task } from "../rules/build.ts";
import { randomCases } from "../random-cases.ts";

/** What one poll reads, how long it takes, and how far the worker's clock jumps during the poll and the pause after it. Milliseconds. */
interface Poll {
  readonly task: ServerTask;
  readonly takes: number;
  readonly jumpMeanwhile: number;
  readonly jump: number;
  readonly fails: boolean;
}

const queued = task("Queued", { start: "never" });
const states: readonly ServerTask[] = [
  queued,
  queued,
  task("Queued", { start: "never", hasPendingPreconditions: true }),
  task("Queued", { hasPendingInterruptions: true }),
  task("Queued"),
  task("Executing"),
  task("Executing"),
  task("Executing", { hasPendingInterruptions: true }),
  task("Cancelling"),
];
const ends: readonly ServerTask[] = [task("Success"), task("Failed"), task("Canceled"), task("TimedOut")];

const jump = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -7_200_000, max: 7_200_000 }));

const poll: fc.Arbitrary<Poll> = fc.record({
  task: fc.constantFrom(...states),
  takes: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 2_000 }) }, fc.constant(400_000)),
  jumpMeanwhile: jump,
  jump,
  fails: fc.oneof({ weight: 60, arbitrary: fc.constant(false) }, fc.constant(true)),
});

const course = fc.record({
  polls: fc.array(poll, { minLength: 1, maxLength: 60 }),
  /** The task at every later poll. One that never ends has to reach a time limit. */
  last: fc.constantFrom(...ends, queued, task("Executing")),
  limits: fc.record({
    queue: fc.integer({ min: 1_000, max: 600_000 }),
    run: fc.integer({ min: 1_000, max: 600_000 }),
  }),
});

test("polling always ends, within its limits and with the right outcome, whatever the clock does", async () => {
  await fc.assert(
    fc.asyncProperty(course, async ({ polls, last, limits }) => {
      // The true time, and the time that was really spent in the queue and running.
      const truth = { now: 0, offset: 0, queued: 0, running: 0, started: false, number: 0, shown: queued };
      const spend = (milliseconds: number) => {
        truth.now += milliseconds;
        if (truth.started) truth.running += milliseconds;
        else if (!truth.shown.hasPendingPreconditions) truth.queued += milliseconds;
      };
      const space = {
        task: async () => {
          const now = polls[truth.number++] ?? { task: last, takes: 10, jumpMeanwhile: 0, jump: 0, fails: false };
          if (truth.number > 2_000) throw new Error("Polling does not end.");
          if (now.fails) throw new ServerUnavailableError("The server is away.", "Wait.");
          truth.shown = now.task;
          truth.started ||=
            now.task.startTime !== undefined || now.task.hasPendingInterruptions || now.task.state === "Executing";
          truth.now += now.takes;
          truth.offset += now.jumpMeanwhile;
          return now.task;
        },
      };
      const clock = {
        now: () => truth.now + truth.offset,
        elapsed: () => truth.now,
        sleep: async (milliseconds: number) => {
          spend(milliseconds);
          truth.offset += polls[truth.number - 1]?.jump ?? 0;
        },
      };

      const result = await pollTask(
        asId("ServerTasks-1"),
        { poller: space, limits },
        { step: stdoutRuntime({ write: () => undefined, workingDirectory: "." }), clock },
      ).catch((error: unknown) => error);

      const shown = truth.shown;
      if (result instanceof ServerUnavailableError) return;
      if (!isPollEnd(result)) throw result;
      if (result.kind === "finished") {
        expect(result.end).toBe(shown.state);
      } else {
        expect(shown.isCompleted).toBe(false);
        // The time of a poll belongs to whatever the task was doing, and counts at most once.
        const reading = polls.reduce((sum, { takes }) => sum + takes, 0) + 10 * truth.number;
        const spent = result.limit === "queue" ? truth.queued : truth.running;
        expect(spent + reading).toBeGreaterThanOrEqual(limits[result.limit]);
        expect(spent).toBeLessThanOrEqual(limits[result.limit] + 10_000);
        expect(result.limit === "run").toBe(truth.started);
      }
    }),
    randomCases(1_000, 20210114),
  );
});

function isPollEnd(value: unknown): value is PollEnd {
  return typeof value === "object" && value !== null && "kind" in value;
}
