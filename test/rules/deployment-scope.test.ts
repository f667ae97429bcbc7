import { describe, expect, test } from "vitest";
import { asId, type Deployment, type Id } from "../../src/model.ts";
import { covers, isNarrower, scopeText, everything, type DeploymentScope } from "../../src/rules/deployment-scope.ts";
import { attempt } from "./build.ts";

function machines(...names: readonly string[]): Id<"Machine">[] {
  return names.map(asId<"Machine">);
}

function tags(...names: readonly string[]): Id<"TargetTag">[] {
  return names.map(asId<"TargetTag">);
}

function limits({
  to,
  but = [],
  skipping = [],
  tagged = [],
  untagged = [],
}: Record<string, readonly string[]>): DeploymentScope {
  const named = (ids: readonly string[]) => machines(...ids).map((id) => ({ id, name: `name of ${id}` }));
  return {
    ...everything,
    ...(to === undefined ? {} : { machines: named(to) }),
    excluded: named(but),
    specificTagIds: tags(...tagged),
    excludedTagIds: tags(...untagged),
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
  { rule: "to targets with a tag", deployment: { specificTagIds: tags("t") }, full: false },
  { rule: "to all targets but those with a tag", deployment: { excludedTagIds: tags("t") }, full: false },
  { rule: "without limits, for a run to tagged targets", run: { tagged: ["t"] }, deployment: {}, full: true },
  {
    rule: "to targets with this run's tags",
    run: { tagged: ["t", "u"] },
    deployment: { specificTagIds: tags("u", "t") },
    full: true,
  },
  {
    rule: "to targets with one of this run's tags",
    run: { tagged: ["t", "u"] },
    deployment: { specificTagIds: tags("t") },
    full: false,
  },
  {
    rule: "to targets with this run's tag and another, which may mean both at once",
    run: { tagged: ["t"] },
    deployment: { specificTagIds: tags("t", "u") },
    full: false,
  },
  {
    rule: "leaving out what this run leaves out",
    run: { untagged: ["t"] },
    deployment: { excludedTagIds: tags("t") },
    full: true,
  },
  {
    rule: "to tagged targets, for a run to machines: nobody knows whether they are tagged",
    run: { to: ["a"] },
    deployment: { specificTagIds: tags("t") },
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
    expect(covers(attempt({ deployment }), limits(run))).toBe(full);
  });
});

describe("a release rests on a limited deployment alone", () => {
  const limited = { specificMachineIds: machines("a") };
  const chosen = attempt({ id: "Deployments-9", release: "1.1", end: 90, deployment: limited });

  test.each([
    { rule: "where nothing else is known", others: [], only: true },
    { rule: "unless a whole one stands behind it", others: [{ release: "1.1", end: 50 }], only: false },
    {
      rule: "though limited ones stand between",
      others: [
        { release: "1.1", end: 70, deployment: limited },
        { release: "1.1", end: 50 },
      ],
      only: false,
    },
    {
      rule: "where another release came in between",
      others: [
        { release: "1.0", end: 70, deployment: limited },
        { release: "1.1", end: 50 },
      ],
      only: true,
    },
    {
      rule: "whatever failed in between",
      others: [
        { release: "1.0", end: 70, state: "Failed" as const },
        { release: "1.1", end: 50 },
      ],
      only: false,
    },
    {
      rule: "where the whole one went somewhere else",
      others: [{ release: "1.1", end: 50, deployment: { environmentId: asId<"Environment">("Environments-9") } }],
      only: true,
    },
    {
      rule: "where the whole one was for a tenant",
      others: [{ release: "1.1", end: 50, deployment: { tenantId: asId<"Tenant">("Tenants-1") } }],
      only: true,
    },
  ])("$rule: $only", ({ others, only }) => {
    expect(isNarrower(chosen, others.map(attempt), everything)).toBe(only);
  });

  test("not if this run is limited no less", () => {
    expect(isNarrower(chosen, [], limits({ to: ["a"] }))).toBe(false);
  });
});

test("what a deployment was limited to is said in full", () => {
  const nameOf = (id: string) => `name of ${id}`;
  const { deployment } = attempt({
    deployment: {
      specificMachineIds: machines("a", "b"),
      excludedMachineIds: machines("c"),
      specificTagIds: tags("t"),
      excludedTagIds: tags("u"),
      skippedActionIds: ["s", "z"],
    },
  });

  expect(scopeText(deployment, nameOf)).toBe(
    "went only to the machines name of a, name of b and left out the machines name of c and went only to targets with the tags t and left out targets with the tags u and skipped 2 steps",
  );
  expect(scopeText(attempt().deployment, nameOf)).toBeUndefined();
});
