import { describe, expect, test } from "vitest";
import { asId, type Attempt } from "../../src/model.ts";
import { everything } from "../../src/rules/deployment-scope.ts";
import type { Findings } from "../../src/rules/findings.ts";
import type { Decision, Order } from "../../src/rules/plan.ts";
import { gatherWarnings } from "../../src/rules/warnings.ts";
import { attempt, minutes, order, release, selected } from "./build.ts";

const newMachine = { ...everything, machines: [{ id: asId<"Machine">("Machines-3"), name: "s-api-03" }] };

function warningsOf(facts: {
  readonly decision: Decision;
  readonly findings?: Partial<Findings>;
  readonly order?: Partial<Order>;
}): readonly string[] {
  const findings: Findings = {
    found: { kind: "selected", release: selected.release, attempt: selected.attempt, passedOver: [] },
    current: { release: release("2021.1.0.20"), attempt: attempt({ id: "Deployments-5", release: "2021.1.0.20" }) },
    scope: everything,
    inDestination: [],
    inSource: [],
    ...facts.findings,
  };
  const { decision } = facts;
  return gatherWarnings({
    order: { ...order, ...facts.order },
    selected,
    findings,
    decision,
    identity: {},
    now: minutes(700),
    start: undefined,
  });
}

describe("a run for a new machine that deploys nothing warns that the machine stays empty", () => {
  const skips = (reason: "AlreadyCurrent" | "NotHigher" | "NoMatchingMachine"): Decision => ({ kind: "skip", reason });
  const says = [
    'Nothing is deployed to s-api-03. For new machines, set "Deploy if" to SpecificMachines.',
  ] as readonly string[];

  test.each<{
    rule: string;
    decision: Decision;
    condition: Order["condition"];
    scope: Findings["scope"];
    warned: boolean;
  }>([
    { rule: "Different", decision: skips("AlreadyCurrent"), condition: "Different", scope: newMachine, warned: true },
    { rule: "Higher", decision: skips("NotHigher"), condition: "Higher", scope: newMachine, warned: true },
    {
      rule: "not under SpecificMachines, which serves new machines",
      decision: skips("AlreadyCurrent"),
      condition: "SpecificMachines",
      scope: newMachine,
      warned: false,
    },
    {
      rule: "not when the child uses none of the machines, which is already the reason for skipping",
      decision: skips("NoMatchingMachine"),
      condition: "Different",
      scope: { ...newMachine, machines: [] },
      warned: false,
    },
    {
      rule: "not when the release is deployed",
      decision: { kind: "deploy", reason: "NewRelease" },
      condition: "Different",
      scope: newMachine,
      warned: false,
    },
    {
      rule: "not when the run is for all machines",
      decision: skips("AlreadyCurrent"),
      condition: "Different",
      scope: everything,
      warned: false,
    },
  ])("$rule", ({ decision, condition, scope, warned }) => {
    expect(warningsOf({ decision, order: { condition }, findings: { scope } })).toEqual(warned ? says : []);
  });
});

describe("running deployments are named by version", () => {
  const running = (facts: Partial<Attempt>): Attempt => ({
    ...attempt({ id: "Deployments-31", release: "3.0", state: "Executing", start: 690 }),
    ...facts,
  });
  const rest = ", created by somebody, is being deployed to Staging right now.";

  test.each([
    { rule: "read with the deployment", seen: running({ version: "3.0" }), says: `Deployments-31 (3.0)${rest}` },
    {
      rule: "the selected release's own",
      seen: attempt({ id: "Deployments-31", release: "2021.1.0.22", state: "Executing", start: 690 }),
      says: `Deployments-31 (2021.1.0.22)${rest}`,
    },
    { rule: "never by an id", seen: running({}), says: `Deployments-31 (version not known)${rest}` },
  ])("$rule", ({ seen, says }) => {
    const decision = { kind: "deploy", reason: "NewRelease" } as const;

    expect(warningsOf({ decision, findings: { inDestination: [seen] } })).toEqual([says]);
  });
});
