import { describe, expect, test } from "vitest";
import { unknownToAll } from "../../src/rules/gate.ts";
import { order, plan } from "./build.ts";

const deploy = { kind: "deploy", reason: "NewRelease" } as const;

/** The plan of a child whose prompted variables were read, with the names that it does not prompt for. */
const known = (...unknownPrompts: readonly string[]) => plan(deploy, { unknownPrompts });
const skipped = plan({ kind: "skip", reason: "AlreadyCurrent" });
const again = plan(
  { kind: "deploy", reason: "Redeploy" },
  { unknownPrompts: ["A"], order: { ...order, mode: "Redeploy" } },
);

describe("names of values for all children that no child prompts for", () => {
  test.each([
    { rule: "some child prompts for each name", plans: [known("A"), known("B")], names: [], isCertain: true },
    { rule: "no child prompts for it", plans: [known("A", "B"), known("B", "C")], names: ["B"], isCertain: true },
    { rule: "one child, which does not prompt for it", plans: [known("A")], names: ["A"], isCertain: true },
    {
      rule: "the prompted variables of a skipped child are unknown",
      plans: [known("A"), skipped],
      names: ["A"],
      isCertain: false,
    },
    { rule: "so are those of a child without a plan", plans: [undefined, known("A")], names: ["A"], isCertain: false },
    {
      rule: "a redeployed release may never have prompted for it",
      plans: [known("A"), again],
      names: ["A"],
      isCertain: false,
    },
    { rule: "the prompted variables of no child are known", plans: [skipped], names: [], isCertain: false },
    { rule: "no child takes these values", plans: [], names: [], isCertain: true },
  ])("$rule", ({ plans, names, isCertain }) => {
    expect(unknownToAll(plans)).toEqual({ names, isCertain });
  });
});
