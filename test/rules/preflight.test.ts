import { describe, expect, test } from "vitest";
import type { PhaseProgress } from "../../src/model.ts";
import { blockersOf, laterWarnings, mayCarryDefect, type PreflightFindings } from "../../src/rules/preflight.ts";
import { plan, selected, staging, testEnvironment } from "./build.ts";

const phase = (environment: typeof staging, isBlocked: boolean): PhaseProgress => ({
  environmentIds: [environment.id],
  attempts: [],
  isBlocked,
});

test.each([
  { rule: "an unresolved defect in the destination", phases: [phase(staging, true)], count: 1 },
  {
    rule: "a phase that is blocked elsewhere",
    phases: [phase(testEnvironment, true), phase(staging, false)],
    count: 0,
  },
  { rule: "the phases were not read", phases: undefined, count: 0 },
])("$rule: $count warnings and no blocker, because the server allows the release", ({ phases, count }) => {
  const findings: PreflightFindings = {
    freezes: [],
    overridesFreezes: false,
    promptedProblems: [],
    phases,
    laterNeeds: [],
    environments: [testEnvironment, staging],
  };
  const deploying = plan({ kind: "deploy", reason: "NewRelease" });

  const text =
    "2021.1.0.22 has an unresolved defect. Octopus still allows it in Staging, because it has already been in that phase.";
  expect(laterWarnings(deploying, findings)).toEqual(count === 0 ? [] : [text]);
  expect(blockersOf(deploying, findings)).toEqual([]);
});

describe("a release that the server allows may have a defect only if it may have been in the phase before", () => {
  const required = { name: "Staging", environmentIds: [staging.id], isOptional: false };

  test.each([
    { rule: "new to a phase of one environment", phase: required, isNewThere: true, may: false },
    { rule: "deployed there before", phase: required, isNewThere: false, may: true },
    { rule: "perhaps deployed there before", phase: required, isNewThere: undefined, may: true },
    {
      rule: "new to one environment of its phase",
      phase: { ...required, environmentIds: [staging.id, testEnvironment.id] },
      isNewThere: true,
      may: true,
    },
    { rule: "an optional phase", phase: { ...required, isOptional: true }, isNewThere: true, may: true },
    { rule: "no phase is known", phase: undefined, isNewThere: true, may: true },
  ])("$rule: $may", ({ phase: of, isNewThere, may }) => {
    expect(mayCarryDefect({ ...selected, isNewThere }, of)).toBe(may);
  });
});
