import { describe, expect, test } from "vitest";
import { unknownToAll } from "../../src/rules/gate.ts";
import { order, plan } from "./build.ts";

const deploy = { kind: "deploy", reason: "NewRelease" } as const;

/** A child that was asked, and the names that it does not know. */
const asked = (...unknownPrompts: readonly string[]) => plan(deploy, { unknownPrompts });
const skipped = plan({ kind: "skip", reason: "AlreadyCurrent" });
const again = plan(
  { kind: "deploy", reason: "Redeploy" },
  { unknownPrompts: ["A"], order: { ...order, mode: "Redeploy" } },
);

describe("names of values for all children that none of them knows", () => {
  test.each([
    { rule: "each name is known by some child", plans: [asked("A"), asked("B")], names: [], isCertain: true },
    { rule: "no child knows it", plans: [asked("A", "B"), asked("B", "C")], names: ["B"], isCertain: true },
    { rule: "one child, which does not know it", plans: [asked("A")], names: ["A"], isCertain: true },
    { rule: "a child that is skipped was not asked", plans: [asked("A"), skipped], names: ["A"], isCertain: false },
    { rule: "nor was one without a plan", plans: [undefined, asked("A")], names: ["A"], isCertain: false },
    {
      rule: "what is deployed again may never have had it",
      plans: [asked("A"), again],
      names: ["A"],
      isCertain: false,
    },
    { rule: "nobody was asked", plans: [skipped], names: [], isCertain: false },
    { rule: "no child takes these values", plans: [], names: [], isCertain: true },
  ])("$rule", ({ plans, names, isCertain }) => {
    expect(unknownToAll(plans)).toEqual({ names, isCertain });
  });
});
