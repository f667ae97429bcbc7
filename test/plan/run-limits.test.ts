import { describe, expect, test } from "vitest";
import { asId, type Deployment, type Id } from "../../src/model.ts";
import { isFullFor, noLimits, type RunLimits } from "../../src/plan/run-limits.ts";
import { attempt } from "./build.ts";

function machines(...names: readonly string[]): Id<"Machine">[] {
  return names.map(asId<"Machine">);
}

function limits({ to, but = [], skipping = [] }: Record<string, readonly string[]>): RunLimits {
  const named = (ids: readonly string[]) => machines(...ids).map((id) => ({ id, name: `name of ${id}` }));
  return {
    ...noLimits,
    ...(to === undefined ? {} : { machines: named(to) }),
    excluded: named(but),
    skippedActionIds: skipping,
  };
}

interface Case {
  readonly rule: string;
  readonly run?: Record<string, readonly string[]>;
  readonly deployment: Partial<Deployment>;
  readonly full: boolean;
}

const cases: readonly Case[] = [
  { rule: "without limits, for a run without limits", deployment: {}, full: true },
  { rule: "to one machine only", deployment: { specificMachineIds: machines("a") }, full: false },
  { rule: "leaving one out", deployment: { excludedMachineIds: machines("a") }, full: false },
  { rule: "skipping a step", deployment: { skippedActionIds: ["s"] }, full: false },

  { rule: "without limits, for a run to one machine", run: { to: ["a"] }, deployment: {}, full: true },
  {
    rule: "to this run's machine and another",
    run: { to: ["a"] },
    deployment: { specificMachineIds: machines("b", "a") },
    full: true,
  },
  {
    rule: "to one of this run's two machines",
    run: { to: ["a", "b"] },
    deployment: { specificMachineIds: machines("a") },
    full: false,
  },
  {
    rule: "leaving out a machine that this run does not go to",
    run: { to: ["a"] },
    deployment: { excludedMachineIds: machines("b") },
    full: true,
  },
  {
    rule: "leaving out a machine that this run goes to",
    run: { to: ["a", "b"] },
    deployment: { excludedMachineIds: machines("b") },
    full: false,
  },

  {
    rule: "leaving out less than this run",
    run: { but: ["a", "b"] },
    deployment: { excludedMachineIds: machines("a") },
    full: true,
  },
  {
    rule: "leaving out more than this run",
    run: { but: ["a"] },
    deployment: { excludedMachineIds: machines("a", "b") },
    full: false,
  },
  {
    rule: "to specific machines, for a run that leaves some out: nobody knows whether they are all the others",
    run: { but: ["a"] },
    deployment: { specificMachineIds: machines("b") },
    full: false,
  },

  {
    rule: "skipping less than this run",
    run: { skipping: ["s", "t"] },
    deployment: { skippedActionIds: ["t"] },
    full: true,
  },
  {
    rule: "skipping another step than this run",
    run: { skipping: ["s"] },
    deployment: { skippedActionIds: ["t"] },
    full: false,
  },
  {
    rule: "each limit counts by itself",
    run: { to: ["a"] },
    deployment: { specificMachineIds: machines("a"), skippedActionIds: ["s"] },
    full: false,
  },
];

describe("a deployment is a whole one for a run that is limited no less", () => {
  test.each(cases)("$rule: $full", ({ run = {}, deployment, full }) => {
    expect(isFullFor(attempt({ deployment }), limits(run))).toBe(full);
  });
});
