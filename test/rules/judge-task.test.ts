import { describe, expect, test } from "vitest";
import {
  hasStarted,
  judgeTask,
  pauseBeforeNextPoll,
  type TimeLimits,
  type TimeSpent,
} from "../../src/rules/judge-task.ts";
import type { ServerTask } from "../../src/model.ts";
import { task } from "./build.ts";

const limits = { queue: 3600_000, run: 1800_000 };

interface Case {
  readonly rule: string;
  readonly task: ServerTask;
  readonly started?: boolean;
  readonly spent?: Partial<TimeSpent>;
  readonly limits?: TimeLimits;
  readonly judgement: string;
}

const queued = task("Queued", { start: "never" });

const cases: readonly Case[] = [
  { rule: "Success ends", task: task("Success"), judgement: "finished Success" },
  { rule: "Failed ends", task: task("Failed"), judgement: "finished Failed" },
  { rule: "Canceled ends", task: task("Canceled"), judgement: "finished Canceled" },
  { rule: "TimedOut ends", task: task("TimedOut"), judgement: "finished TimedOut" },
  {
    rule: "a completed task in a state that is no end counts as failed",
    task: task("Executing", { isCompleted: true }),
    judgement: "finished Failed",
  },
  { rule: "Cancelling does not end the task yet", task: task("Cancelling"), judgement: "keep-waiting" },
  {
    rule: "an end counts even after the time limit",
    task: task("Success"),
    started: true,
    spent: { running: 9e9 },
    judgement: "finished Success",
  },
  { rule: "queued within the limit waits", task: queued, spent: { queued: 3599_999 }, judgement: "keep-waiting" },
  {
    rule: "queued as long as the limit is out of time",
    task: queued,
    spent: { queued: 3600_000 },
    judgement: "out-of-time queue",
  },
  {
    rule: "no queue limit: waits for ever",
    task: queued,
    spent: { queued: 9e12 },
    limits: { run: 1 },
    judgement: "keep-waiting",
  },
  {
    rule: "waiting for a change request does not count as queueing",
    task: task("Queued", { start: "never", hasPendingPreconditions: true }),
    spent: { queued: 9e9 },
    judgement: "keep-waiting",
  },
  {
    rule: "executing within the limit waits",
    task: task("Executing"),
    started: true,
    spent: { running: 1799_999 },
    judgement: "keep-waiting",
  },
  {
    rule: "executing as long as the limit is out of time",
    task: task("Executing"),
    started: true,
    spent: { running: 1800_000 },
    judgement: "out-of-time run",
  },
  {
    rule: "waiting for an interruption counts as running, though the task reports Queued",
    task: task("Queued", { hasPendingInterruptions: true }),
    started: true,
    spent: { queued: 0, running: 1800_000 },
    judgement: "out-of-time run",
  },
  {
    rule: "no run limit: waits for ever",
    task: task("Executing"),
    started: true,
    spent: { running: 9e12 },
    limits: { queue: 1 },
    judgement: "keep-waiting",
  },
];

describe("one poll of a server task", () => {
  test.each(cases)("$rule", ({ task: seen, started = false, spent, limits: given = limits, judgement }) => {
    const judged = judgeTask(seen, { everStarted: started, spent: { queued: 0, running: 0, ...spent } }, given);

    expect(
      [judged.kind, "end" in judged ? judged.end : "", "limit" in judged ? judged.limit : ""].filter(Boolean).join(" "),
    ).toBe(judgement);
  });
});

describe("a deployment has started", () => {
  test.each([
    { rule: "once it has a start time", task: task("Queued", { start: 1 }), started: true },
    {
      rule: "once it waits for an interruption",
      task: task("Queued", { start: "never", hasPendingInterruptions: true }),
      started: true,
    },
    { rule: "once it executes", task: task("Executing", { start: "never" }), started: true },
    { rule: "not while it is queued", task: queued, started: false },
  ])("$rule", ({ task: seen, started }) => {
    expect(hasStarted(seen)).toBe(started);
  });
});

describe("the pause before the next poll", () => {
  test.each([
    [0, 700],
    [5_000, 700],
    [20_000, 2_000],
    [100_000, 10_000],
    [1_800_000, 10_000],
  ])("after %i ms it is %i ms", (waited, pause) => {
    expect(pauseBeforeNextPoll({ waited }, { queued: 0, running: 0 }, {})).toBe(pause);
  });

  test.each([
    { rule: "in the first level the same as for one child", waited: 20_000, run: 20_000, pause: 2_000 },
    { rule: "in a later level up to a quarter of the time waited", waited: 12_000, run: 600_000, pause: 3_000 },
    { rule: "never longer than ten seconds", waited: 90_000, run: 600_000, pause: 10_000 },
    { rule: "never shorter than 0.7 seconds", waited: 0, run: 600_000, pause: 700 },
  ])("of several children: $rule", ({ waited, run, pause }) => {
    expect(pauseBeforeNextPoll({ waited, run }, { queued: 0, running: 0 }, {})).toBe(pause);
  });

  test("never goes beyond a time limit", () => {
    expect(pauseBeforeNextPoll({ waited: 100_000 }, { queued: 0, running: 1_796_000 }, limits)).toBe(4_000);
  });

  test("keeps a thirty-minute child under 240 polls", () => {
    let [waited, polls] = [0, 0];
    for (; waited < 1_800_000; polls += 1)
      waited += pauseBeforeNextPoll({ waited }, { queued: 0, running: waited }, {});

    expect(polls).toBeLessThan(240);
  });
});
