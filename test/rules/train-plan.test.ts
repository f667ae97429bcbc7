import { describe, expect, test } from "vitest";
import type { PlanIdentity } from "../../src/rules/plan.ts";
import { concerns, isAlone, type ShapeChild, shapeDifference, type TrainShape } from "../../src/rules/train-plan.ts";
import { order } from "./build.ts";

function child(name: string, level = 1, differences: Partial<PlanIdentity> = {}): ShapeChild {
  return { name, level, identity: { ...order.identity, project: `Projects-${name}`, ...differences } };
}

function shape(children: readonly ShapeChild[], policy = "Stop"): TrainShape {
  return { policy, children };
}

const run = shape([child("A"), child("B", 2), child("C", 2)]);

test.each([
  ["is the same", run, undefined],
  [
    "names a child that was renamed since",
    shape([child("Old A", 1, { project: "Projects-A" }), child("B", 2), child("C", 2)]),
    undefined,
  ],
  ["has one child less than the run", shape([child("A"), child("B", 2)]), "C was not in the approved plan"],
  [
    "has one child more than the run",
    shape([...run.children, child("D", 3)]),
    "D was in the approved plan and is not in this run",
  ],
  [
    "has another channel",
    shape([child("A"), child("B", 2, { channel: "Channels-9" }), child("C", 2)]),
    "B was approved for",
  ],
  [
    "has another mode",
    shape([child("A", 1, { mode: "Redeploy" }), child("B", 2), child("C", 2)]),
    "A was approved for",
  ],
  ["has another order", shape([child("A"), child("C", 2), child("B", 2)]), "B is at a different place"],
  ["has other levels", shape([child("A"), child("B", 2), child("C", 3)]), "C starts with other child projects"],
  ["has another policy", shape(run.children, "Continue"), "the approved plan has Continue"],
  [
    "has another parent release",
    shape(run.children.map(({ name, level }) => child(name, level, { parentRelease: "Releases-8" }))),
    "A was not",
  ],
  [
    "has another destination",
    shape([child("A", 1, { destination: "Environments-9" }), child("B", 2), child("C", 2)]),
    "A was not",
  ],
  ["has another tenant", shape([child("A", 1, { tenant: "Tenants-9" }), child("B", 2), child("C", 2)]), "A was not"],
])("an approved plan that %s", (_, plan, difference) => {
  const found = shapeDifference(plan, run);

  if (difference === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(difference);
});

describe("a plan concerns a run", () => {
  test.each([
    ["that shares one child with it", shape([child("Z"), child("B")]), run, true],
    ["for one of its children", shape([child("B")]), run, true],
    ["that shares no child with it", shape([child("Z"), child("Y")]), run, false],
    ["to another destination", shape([child("A", 1, { destination: "Environments-9" })]), run, false],
    ["for the same single child", shape([child("A")]), shape([child("A")]), true],
    [
      "for a single child in another channel",
      shape([child("A", 1, { channel: "Channels-9" })]),
      shape([child("A")]),
      false,
    ],
    ["for a single child under another policy", shape([child("A")], "Continue"), shape([child("A")]), true],
  ])("%s: %s", (_, plan, own, expected) => {
    expect(concerns(plan, own)).toBe(expected);
  });
});

test("a run for one child counts as a single deployment unless it has a policy of its own", () => {
  expect([shape([child("A")]), shape([child("A")], "Continue"), run].map(isAlone)).toEqual([true, false, false]);
});
