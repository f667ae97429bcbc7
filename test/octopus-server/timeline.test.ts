import { expect, test } from "vitest";
import { createClock } from "./clock.ts";
import { createTimeline } from "./timeline.ts";

function fixture() {
  const clock = createClock("virtual", 0);
  const timeline = createTimeline(clock);
  const happened: string[] = [];
  const note = (text: string) => () => {
    happened.push(`${text}@${timeline.now()}`);
  };
  return { clock, timeline, happened, note };
}

test("due actions happen in the order of their instants, and `now` is the action's own instant", () => {
  const { clock, timeline, happened, note } = fixture();
  timeline.at(30, note("c"));
  timeline.at(10, note("a"));
  timeline.at(20, note("b"));

  clock.advance(25);
  timeline.settle();

  expect(happened).toEqual(["a@10", "b@20"]);
  expect(timeline.now()).toBe(25);
});

test("of actions at one instant, the one that was planned first happens first", () => {
  const { clock, timeline, happened, note } = fixture();
  for (const text of ["a", "b", "c", "d"]) timeline.at(10, note(text));

  clock.advance(10);
  timeline.settle();

  expect(happened).toEqual(["a@10", "b@10", "c@10", "d@10"]);
});

test("an action that is planned for the past happens now, after the others of this instant", () => {
  const { clock, timeline, happened, note } = fixture();
  timeline.at(10, () => {
    timeline.at(5, note("late"));
    timeline.settle();
  });
  timeline.at(10, note("next"));

  clock.advance(10);
  timeline.settle();

  expect(happened).toEqual(["next@10", "late@10"]);
});

test("a withdrawn action does not happen", () => {
  const { clock, timeline, happened, note } = fixture();
  const withdraw = timeline.at(10, note("never"));

  withdraw();
  clock.advance(10);
  timeline.settle();

  expect(happened).toEqual([]);
});

test("a clock goes on from its instant when its mode changes", () => {
  const clock = createClock("virtual", 1000);

  clock.setMode({ speed: 3 });
  clock.setMode("virtual");

  expect(clock.now()).toBeGreaterThanOrEqual(1000);
  expect(clock.now()).toBeLessThan(2000);
});
