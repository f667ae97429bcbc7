import { expect, test } from "vitest";
import { asId } from "../../src/model.ts";
import { chooseSkippedSteps } from "../../src/rules/skipped-steps.ts";

test.each([
  { wanted: ["warm UP", "Warm up"], ends: "A-2" },
  {
    wanted: ["Nope"],
    ends: 'Step to skip "Nope" was not found: the deployment would run "Deploy", "Warm up", "Audit", "audit".',
  },
  { wanted: ["Deploy"], ends: 'Step to skip "Deploy" is required and cannot be skipped.' },
  { wanted: ["AUDIT"], ends: 'Step to skip "AUDIT" could be any of several steps.' },
])("steps to skip: $wanted", ({ wanted, ends }) => {
  const steps = ["Deploy", "Warm up", "Audit", "audit"].map((name, index) => ({
    id: asId<"Action">(`A-${index + 1}`),
    name,
    canBeSkipped: index > 0,
    machines: [],
    unavailable: [],
  }));

  const choice = chooseSkippedSteps(wanted, steps);

  expect(choice.kind === "skip" ? choice.actionIds.join() : choice.problems.join()).toBe(ends);
});

test("an empty process has no step to skip", () => {
  expect(chooseSkippedSteps(["x"], [])).toMatchObject({ problems: [expect.stringContaining("would run none")] });
});
