import { describe, expect, test } from "vitest";
import { asId, type Named, type PreviewStep } from "../../src/model.ts";
import { chooseMachines } from "../../src/rules/machines.ts";
import { staging } from "./build.ts";

function machine(name: string): Named<"Machine"> {
  return { id: asId(`Machines-${name}`), name };
}

function step(machines: readonly string[], unavailable: readonly string[] = []): PreviewStep {
  const facts = { id: asId<"Action">("a"), name: "Deploy", canBeSkipped: true };
  return { ...facts, machines: machines.map(machine), unavailable: unavailable.map(machine) };
}

const steps = [step([]), step(["api-01", "api-02"], ["api-09"]), step(["api-02", "api-03"])];
/** All machines of the destination, with slugs. */
const existing = ["api-01", "api-02", "api-03", "api-09", "app-01"].map((name) => ({
  ...machine(name),
  slug: `slug-${name}`,
}));

interface Case {
  readonly rule: string;
  readonly specific?: readonly string[];
  readonly excluded?: readonly string[];
  readonly ofParent?: { readonly specific?: readonly string[]; readonly excluded?: readonly string[] };
  readonly ignoreMismatch?: boolean;
  readonly chosen: string;
}

const cases: readonly Case[] = [
  { rule: "no machines given: all machines", chosen: "all" },
  { rule: "by name, in any case", specific: ["API-01"], chosen: "api-01" },
  { rule: "by id", specific: ["Machines-api-02"], chosen: "api-02" },
  { rule: "by slug, which only the list of machines has", specific: ["slug-api-02"], chosen: "api-02" },
  {
    rule: "machines of several steps, each once",
    specific: ["api-02", "Machines-api-02", "api-03"],
    chosen: "api-02,api-03",
  },
  {
    rule: "machines of other children are left out, so that one list serves several children",
    specific: ["api-01", "app-01"],
    chosen: "api-01",
  },
  {
    rule: "only machines of other children: none fits",
    specific: ["app-01"],
    chosen: "none of the specific machines (app-01) is a target",
  },
  {
    rule: "none fits, and the mismatch is ignored: all machines, with a warning",
    specific: ["app-01"],
    ignoreMismatch: true,
    chosen: "all; The specific machines (app-01) are ignored, because none of them is a target in Staging.",
  },
  {
    rule: "only a mismatch is ignored, not a machine that is unavailable",
    specific: ["api-09"],
    ignoreMismatch: true,
    chosen: "the specific machines (api-09) are unavailable or excluded",
  },
  {
    rule: "a machine that is excluded as well is not ignored",
    specific: ["api-01"],
    excluded: ["api-01"],
    ignoreMismatch: true,
    chosen: "the specific machines (api-01) are unavailable or excluded",
  },
  {
    rule: "an unavailable machine beside others is left out, with a warning",
    specific: ["api-01", "api-09"],
    chosen: "api-01; Not deployed to api-09, because unavailable or excluded.",
  },
  {
    rule: "excluded machines are removed from the specific ones",
    specific: ["api-01", "api-02"],
    excluded: ["api-02"],
    chosen: "api-01; Not deployed to api-02, because unavailable or excluded.",
  },
  {
    rule: "every typed name that does not exist in the destination is a problem",
    specific: ["api-01", "api-99"],
    excluded: ["api-98"],
    chosen:
      'problems: Deployment target "api-99" was not found in Staging. Deployment target "api-98" was not found in Staging.',
  },
  { rule: "the parent's machines", ofParent: { specific: ["api-03"] }, chosen: "api-03" },
  {
    rule: "typed machines win over the parent's machines",
    specific: ["api-01"],
    ofParent: { specific: ["api-03"] },
    chosen: "api-01",
  },
  {
    rule: "the parent's machines need not exist in the destination",
    ofParent: { specific: ["test-01", "api-01"] },
    chosen: "api-01",
  },
  {
    rule: "none of the parent's machines is in the destination",
    ofParent: { specific: ["test-01"] },
    chosen: "none of the specific machines (test-01) is a target",
  },
  {
    rule: "machines that the parent excluded do not choose others, and are excluded from the child where it uses them",
    ofParent: { excluded: ["api-09", "test-01", "app-01"] },
    chosen: "all but api-09",
  },
  {
    rule: "exclusions of the parameter and of the parent add up, each once",
    excluded: ["api-01", "Machines-api-01", "app-01"],
    ofParent: { excluded: ["api-02"] },
    chosen: "all but api-01,api-02",
  },
  {
    rule: "a mismatch that is ignored keeps the exclusions",
    specific: ["app-01"],
    ofParent: { excluded: ["api-02"] },
    ignoreMismatch: true,
    chosen: "all but api-02; The specific machines (app-01) are ignored, because none of them is a target in Staging.",
  },
];

describe("the machines a child is deployed to", () => {
  test.each(cases)("$rule", ({ specific = [], excluded = [], ofParent = {}, ignoreMismatch = false, chosen }) => {
    const choice = chooseMachines({
      typed: { specific, excluded },
      parents: { specific: [], excluded: [], ...ofParent },
      steps,
      existing,
      destination: staging,
      ignoreMismatch,
    });

    expect(inWords(choice)).toBe(chosen);
  });
});

function inWords(choice: ReturnType<typeof chooseMachines>): string {
  if (choice.kind === "problems") return `problems: ${choice.problems.join(" ")}`;
  const { machines, noneFits, excluded, warnings } = choice;
  if (noneFits !== undefined) {
    expect({ machines, excluded }).toEqual({ machines: [], excluded: [] });
    return noneFits;
  }
  const names = (list: readonly Named<"Machine">[]) => list.map(({ name }) => name).join();
  const but = excluded.length === 0 ? "" : ` but ${names(excluded)}`;
  const [warning] = warnings;
  const said = warning === undefined ? "" : `; ${warning}`;
  return `${machines === undefined ? "all" : names(machines)}${but}${said}`;
}
