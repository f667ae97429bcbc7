import { describe, expect, test } from "vitest";
import { asId, type DeploymentFreeze, type FreezeScope } from "../../src/model.ts";
import { freezesAhead, judgeAhead, windowOf } from "../../src/rules/freezes-ahead.ts";
import { attempt, minutes, plan, release } from "./build.ts";

const place: FreezeScope = { projectId: asId("Projects-1"), environmentId: asId("Environments-1") };

function freeze(start: number, end: number, more: Partial<DeploymentFreeze> = {}): DeploymentFreeze {
  const id = asId<"DeploymentFreeze">("DeploymentFreezes-1");
  return { id, name: "Xmas", start: minutes(start), end: minutes(end), scopes: [place], ...more };
}

/** A recurring freeze that began long ago. The server may report its current occurrence, or not. */
function recurring(occurrence?: readonly [number, number]): DeploymentFreeze {
  const told = occurrence && { start: minutes(occurrence[0]), end: minutes(occurrence[1]) };
  return freeze(-900, -800, { recurrence: { occurrence: told } });
}

describe("how long a run may take", () => {
  const child = (level: number, last: number | undefined) => ({
    level,
    plan: plan(
      { kind: "deploy", reason: "NewRelease" },
      {
        current: {
          release: release("1.0"),
          attempt: last === undefined ? undefined : attempt({ start: 5, end: 5 + last }),
        },
      },
    ),
  });

  test.each([
    { rule: "at least an hour", children: [child(1, 20), child(2, 30)], lasts: 60 },
    { rule: "one level after the other", children: [child(1, 50), child(2, 40)], lasts: 90 },
    { rule: "the longest child of a level", children: [child(1, 50), child(1, 80), child(2, 20)], lasts: 100 },
    { rule: "a child that never ran takes no time", children: [child(1, 70), child(2, undefined)], lasts: 70 },
    { rule: "nor does a child without a plan", children: [child(1, 70), { level: 2 }], lasts: 70 },
    { rule: "no children", children: [], lasts: 60 },
  ])("$rule", ({ children, lasts }) => {
    expect(windowOf(minutes(7), children)).toEqual({ start: minutes(7), end: minutes(7 + lasts) });
  });
});

describe("the freezes that begin in a window from minute 0 to minute 100", () => {
  const window = { start: 0, end: minutes(100) };
  const elsewhere = [{ ...place, environmentId: asId<"Environment">("Environments-2") }];

  test.each<{
    readonly rule: string;
    readonly atStart?: readonly DeploymentFreeze[];
    readonly atEnd?: readonly DeploymentFreeze[];
    readonly from: readonly (number | undefined)[];
  }>([
    { rule: "a freeze that begins in it", atStart: [freeze(30, 200)], from: [30] },
    { rule: "one that begins and ends in it", atStart: [freeze(30, 40)], from: [30] },
    {
      rule: "one that is reported twice counts once",
      atStart: [freeze(30, 200)],
      atEnd: [freeze(30, 200)],
      from: [30],
    },
    { rule: "one that holds at the start is not ahead", atStart: [freeze(0, 200)], from: [] },
    { rule: "nor is one that begins at the end", atStart: [freeze(100, 200)], from: [] },
    { rule: "nor one of another environment", atStart: [freeze(30, 200, { scopes: elsewhere })], from: [] },
    { rule: "a recurring one that is reported for the start", atStart: [recurring([20, 30])], from: [20] },
    { rule: "a recurring one that is reported for the end", atEnd: [recurring([60, 120])], from: [60] },
    {
      rule: "the earlier of two occurrences",
      atStart: [recurring([20, 30])],
      atEnd: [recurring([60, 120])],
      from: [20],
    },
    { rule: "a recurring one that holds at the end, without an occurrence", atEnd: [recurring()], from: [undefined] },
    {
      rule: "a recurring one that already holds at the start is not ahead",
      atStart: [recurring()],
      atEnd: [recurring()],
      from: [],
    },
  ])("$rule", ({ atStart = [], atEnd = [], from }) => {
    const ahead = freezesAhead({ atStart, atEnd, window }, place);

    expect(ahead.map((each) => each.from)).toEqual(from.map((each) => each && minutes(each)));
  });
});

describe("what a freeze ahead means", () => {
  const text = (then: string) =>
    `The deployment freeze "Xmas" begins at 1970-01-01 00:30 UTC, for Web API to Staging: ${then}.`;
  const late = text("what has not started by then does not start");
  const overridden = text("it will be overridden");

  test.each([
    { policy: "Stop", isOverridden: false, blockers: [], warnings: [late] },
    { policy: "Continue", isOverridden: false, blockers: [], warnings: [late] },
    { policy: "RollBack", isOverridden: false, blockers: [{ reason: "Frozen", text: late }], warnings: [] },
    { policy: "Stop", isOverridden: true, blockers: [], warnings: [overridden] },
    { policy: "RollBack", isOverridden: true, blockers: [], warnings: [overridden] },
  ])("$policy, overridden: $isOverridden", ({ policy, isOverridden, ...judgement }) => {
    const ahead = [{ freeze: freeze(30, 200), from: minutes(30) }];

    expect(judgeAhead(ahead, { what: "Web API to Staging", policy, isOverridden })).toEqual(judgement);
  });

  test("the text names no start if the server does not report one", () => {
    const ahead = [{ freeze: recurring() }];

    expect(judgeAhead(ahead, { what: "Web API to Staging", policy: "Stop", isOverridden: false }).warnings).toEqual([
      'The deployment freeze "Xmas" begins before this run may have ended, for Web API to Staging: what has not started by then does not start.',
    ]);
  });
});
