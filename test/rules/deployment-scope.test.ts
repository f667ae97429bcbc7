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

function scopeOf({
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
  { rule: "excluding a machine", deployment: { excludedMachineIds: machines("a") }, full: false },
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
    rule: "excluding a machine that this run does not go to",
    run: { to: ["a"] },
    deployment: { excludedMachineIds: machines("b") },
    full: true,
  },
  {
    rule: "excluding a machine that this run goes to",
    run: { to: ["a", "b"] },
    deployment: { excludedMachineIds: machines("b") },
    full: false,
  },

  {
    rule: "excluding fewer machines than this run",
    run: { but: ["a", "b"] },
    deployment: { excludedMachineIds: machines("a") },
    full: true,
  },
  {
    rule: "excluding more machines than this run",
    run: { but: ["a"] },
    deployment: { excludedMachineIds: machines("a", "b") },
    full: false,
  },
  {
    rule: "to specific machines, for a run that excludes some: these may not be all the others",
    run: { but: ["a"] },
    deployment: { specificMachineIds: machines("b") },
    full: false,
  },

  {
    rule: "skipping fewer steps than this run",
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
  { rule: "excluding targets with a tag", deployment: { excludedTagIds: tags("t") }, full: false },
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
    rule: "to targets with this run's tag and another: they may need both",
    run: { tagged: ["t"] },
    deployment: { specificTagIds: tags("t", "u") },
    full: false,
  },
  {
    rule: "excluding the tag that this run excludes",
    run: { untagged: ["t"] },
    deployment: { excludedTagIds: tags("t") },
    full: true,
  },
  {
    rule: "to tagged targets, for a run to machines: these may lack the tag",
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

describe("a deployment covers a run with the same scope or a narrower one", () => {
  test.each(cases)("$rule: $full", ({ run = {}, deployment, full }) => {
    expect(covers(attempt({ deployment }), scopeOf(run))).toBe(full);
  });
});

describe("a release was deployed to its source only with a narrower scope than this run's", () => {
  const limited = { specificMachineIds: machines("a") };
  const chosen = attempt({ id: "Deployments-9", release: "1.1", end: 90, deployment: limited });

  test.each([
    { rule: "if no other deployment is known", others: [], only: true },
    { rule: "unless an unlimited one came before", others: [{ release: "1.1", end: 50 }], only: false },
    {
      rule: "unless an unlimited one came before, with limited ones in between",
      others: [
        { release: "1.1", end: 70, deployment: limited },
        { release: "1.1", end: 50 },
      ],
      only: false,
    },
    {
      rule: "if another release was deployed in between",
      others: [
        { release: "1.0", end: 70, deployment: limited },
        { release: "1.1", end: 50 },
      ],
      only: true,
    },
    {
      rule: "unless an unlimited one came before, with failed ones in between",
      others: [
        { release: "1.0", end: 70, state: "Failed" as const },
        { release: "1.1", end: 50 },
      ],
      only: false,
    },
    {
      rule: "if the unlimited one went to another environment",
      others: [{ release: "1.1", end: 50, deployment: { environmentId: asId<"Environment">("Environments-9") } }],
      only: true,
    },
    {
      rule: "if the unlimited one was for a tenant",
      others: [{ release: "1.1", end: 50, deployment: { tenantId: asId<"Tenant">("Tenants-1") } }],
      only: true,
    },
  ])("$rule: $only", ({ others, only }) => {
    expect(isNarrower(chosen, others.map(attempt), everything)).toBe(only);
  });

  test("not if this run goes to the same machines", () => {
    expect(isNarrower(chosen, [], scopeOf({ to: ["a"] }))).toBe(false);
  });
});

test("the text about a deployment's scope names every limit", () => {
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
