import { expect, test } from "vitest";
import type { PhaseProgress } from "../../src/model.ts";
import { blockersOf, type Outlook } from "../../src/plan/foresee.ts";
import { plan, staging, testEnvironment } from "./build.ts";

const phase = (environment: typeof staging, isBlocked: boolean): PhaseProgress => ({
  environmentIds: [environment.id],
  attempts: [],
  isBlocked,
});

test.each([
  { rule: "an unresolved defect blocks the destination", phases: [phase(staging, true)], count: 1 },
  {
    rule: "a phase that is blocked elsewhere",
    phases: [phase(testEnvironment, true), phase(staging, false)],
    count: 0,
  },
  { rule: "a real run does not ask", phases: undefined, count: 0 },
])("$rule: $count blockers", ({ phases, count }) => {
  const outlook: Outlook = {
    freezes: [],
    overridesFreezes: false,
    promptedProblems: [],
    phases,
    laterNeeds: [],
    environments: [testEnvironment, staging],
  };

  const blockers = blockersOf(plan({ kind: "deploy", reason: "NewRelease" }), outlook);

  const text = "An unresolved defect blocks 2021.1.0.22 in Staging.";
  expect(blockers).toEqual(count === 0 ? [] : [{ reason: "Blocked", text }]);
});
