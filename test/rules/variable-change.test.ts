import { describe, expect, test } from "vitest";
import type { Fingerprint, VariableChange } from "../../src/rules/plan.ts";
import { variableChange } from "../../src/rules/variable-change.ts";
import { attempt, minutes, release } from "./build.ts";

const chosen = release("1.0", { snapshotIds: ["v-2", "l-1"], modified: minutes(20) });
const currentSince = (minute: number, version = "1.0") => ({
  release: release(version),
  attempt: attempt({ start: minute, end: minute + 1 }),
});
const planned = (variables?: VariableChange, snapshots: readonly string[] = ["l-1", "v-2"]): Fingerprint => ({
  id: chosen.id,
  version: "1.0",
  contents: [],
  git: null,
  process: null,
  snapshots,
  variables,
});
const before = ["l-1", "v-1"];

interface Case {
  readonly rule: string;
  readonly modified?: boolean;
  /** When the current deployment of the same release was created. Absent means that another release is current. */
  readonly deployed?: number;
  readonly planned?: Fingerprint | null;
  readonly change: VariableChange | undefined;
}

const cases: readonly Case[] = [
  { rule: "a run that may not refresh does not ask", deployed: 10, change: undefined },
  { rule: "edited variables", modified: true, deployed: 30, change: "outdated" },
  { rule: "edited variables of a release that is not current yet", modified: true, change: "outdated" },
  { rule: "nothing edited, deployed after the last refresh", modified: false, deployed: 30, change: undefined },
  { rule: "nothing edited, refreshed after it was deployed", modified: false, deployed: 10, change: "refreshed" },
  { rule: "nothing edited, and another release is current", modified: false, change: undefined },
  { rule: "a plan without a release allows nothing", modified: true, deployed: 10, planned: null, change: undefined },
  {
    rule: "a plan that showed no change allows none",
    modified: true,
    deployed: 10,
    planned: planned(),
    change: undefined,
  },
  { rule: "a plan that showed the change", modified: true, planned: planned("outdated"), change: "outdated" },
  {
    rule: "a plan that showed the change, and the snapshot was refreshed but not deployed",
    modified: false,
    deployed: 10,
    planned: planned("outdated", before),
    change: "refreshed",
  },
  {
    rule: "a plan that showed the change, a refreshed snapshot, and variables that were edited once more: no second refresh",
    modified: true,
    deployed: 10,
    planned: planned("outdated", before),
    change: "refreshed",
  },
  {
    rule: "a plan that showed the change and was deployed, and variables that were edited once more",
    modified: true,
    deployed: 30,
    planned: planned("outdated", before),
    change: undefined,
  },
  {
    rule: "a plan with a snapshot that was already refreshed allows that snapshot, not another",
    modified: true,
    deployed: 10,
    planned: planned("refreshed"),
    change: "refreshed",
  },
];

describe("why variables count as changed", () => {
  test.each(cases)("$rule: $change", ({ modified, deployed, planned: plan, change }) => {
    const current = deployed === undefined ? currentSince(10, "0.9") : currentSince(deployed);

    expect(variableChange(chosen, { current, variablesModified: modified }, plan)).toBe(change);
  });

  test("an old server does not report when a release was changed", () => {
    const silent = release("1.0");

    expect(variableChange(silent, { current: currentSince(10), variablesModified: false }, undefined)).toBeUndefined();
  });
});
