import * as fc from "fast-check";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { sharedPauses } from "../../src/monitor/shared-polls.ts";
import { randomCases } from "../random-cases.ts";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that only `moveTo` moves. Sleeps end in the order of their ends. */
function movedClock() {
  let now = 0;
  let sleepers: readonly Sleeper[] = [];
  return {
    elapsed: () => now,
    sleep: (milliseconds: number) =>
      new Promise<void>((wake) => {
        sleepers = [...sleepers, { until: now + milliseconds, wake }];
      }),
    async moveTo(time: number) {
      for (;;) {
        const [next] = sleepers.filter(({ until }) => until <= time).sort((a, b) => a.until - b.until);
        if (next === undefined) break;
        now = next.until;
        sleepers = sleepers.filter((each) => each !== next);
        next.wake();
        await setImmediate();
      }
      now = time;
    },
  };
}

interface Begun {
  readonly at: number;
  readonly lasts: number;
}

/** The times at which the pauses ended. */
async function endsOf(begun: readonly Begun[]): Promise<readonly number[]> {
  const clock = movedClock();
  const pause = sharedPauses(clock);
  const ends: number[] = [];
  for (const [index, { at, lasts }] of [...begun.entries()].sort(([, a], [, b]) => a.at - b.at)) {
    await clock.moveTo(at);
    void pause(lasts).then((paused) => (ends[index] = at + paused));
  }
  await clock.moveTo(1_000_000);
  return ends;
}

test.each([
  { rule: "takes its whole length if it is alone", begun: [{ at: 0, lasts: 700 }], ends: [700] },
  {
    rule: "ends when another one ends, if at least half of it is over",
    begun: [
      { at: 0, lasts: 1_000 },
      { at: 400, lasts: 1_000 },
    ],
    ends: [1_000, 1_000],
  },
  {
    rule: "continues when another one ends, if less than half of it is over",
    begun: [
      { at: 0, lasts: 1_000 },
      { at: 600, lasts: 1_000 },
    ],
    ends: [1_000, 1_600],
  },
  {
    rule: "ends with the first shorter one that ends after half of it",
    begun: [
      { at: 0, lasts: 10_000 },
      { at: 4_000, lasts: 700 },
      { at: 4_800, lasts: 700 },
    ],
    ends: [5_500, 4_700, 5_500],
  },
  {
    rule: "that ended early ends no other pause later",
    begun: [
      { at: 0, lasts: 1_000 },
      { at: 400, lasts: 1_000 },
      { at: 1_100, lasts: 400 },
    ],
    ends: [1_000, 1_000, 1_500],
  },
])("a pause $rule", async ({ begun, ends }) => {
  expect(await endsOf(begun)).toEqual(ends);
});

test("a pause takes at least half of its length, and at most its length", async () => {
  const begun = fc.record({ at: fc.nat(20_000), lasts: fc.integer({ min: 700, max: 10_000 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(begun, { minLength: 1, maxLength: 8 }), async (pauses) => {
      const ends = await endsOf(pauses);

      for (const [index, { at, lasts }] of pauses.entries()) {
        expect(ends[index]).toBeGreaterThanOrEqual(at + lasts / 2);
        expect(ends[index]).toBeLessThanOrEqual(at + lasts);
      }
    }),
    randomCases(200, 11),
  );
});

test("a sleep that fails ends its pause with the error", async () => {
  const pause = sharedPauses({ elapsed: () => 0, sleep: () => Promise.reject(new Error("the run has ended")) });

  await expect(pause(700)).rejects.toThrow("the run has ended");
});
