import { describe, expect, test } from "vitest";
import { asId, type DeploymentFreeze, type FreezeScope } from "../../src/model.ts";
import { freezesAt, freezesMeant, freezeText } from "../../src/rules/freezes.ts";

const place: FreezeScope = { projectId: asId("Projects-1"), environmentId: asId("Environments-1") };

interface Case {
  readonly rule: string;
  readonly scopes?: readonly FreezeScope[];
  readonly tenant?: string;
  readonly at: string;
  readonly until: string | undefined;
}

const tenantScope = { ...place, tenantId: asId<"Tenant">("Tenants-1") };

// 2026-12-07 was a Monday.
const cases: readonly Case[] = [
  { rule: "a freeze holds from its start on", at: "2026-12-07T18:00Z", until: "2026-12-08 06:00 UTC" },
  { rule: "a freeze does not hold before its start", at: "2026-12-07T17:59Z", until: undefined },
  { rule: "a freeze does not hold at its end any more", at: "2026-12-08T06:00Z", until: undefined },
  {
    rule: "a freeze of another environment does not hold",
    scopes: [{ ...place, environmentId: asId("Environments-2") }],
    at: "2026-12-07T20:00Z",
    until: undefined,
  },
  {
    rule: "a freeze of another project does not hold",
    scopes: [{ ...place, projectId: asId("Projects-2") }],
    at: "2026-12-07T20:00Z",
    until: undefined,
  },
  {
    rule: "a freeze without tenants holds for a tenant too",
    tenant: "Tenants-1",
    at: "2026-12-07T20:00Z",
    until: "2026-12-08 06:00 UTC",
  },
  {
    rule: "a freeze of the run's tenant holds",
    scopes: [tenantScope],
    tenant: "Tenants-1",
    at: "2026-12-07T20:00Z",
    until: "2026-12-08 06:00 UTC",
  },
  {
    rule: "a freeze of another tenant does not hold",
    scopes: [tenantScope],
    tenant: "Tenants-2",
    at: "2026-12-07T20:00Z",
    until: undefined,
  },
  {
    rule: "a freeze of a tenant does not hold without a tenant",
    scopes: [tenantScope],
    at: "2026-12-07T20:00Z",
    until: undefined,
  },
];

test.each(cases)("$rule", ({ scopes = [place], tenant, at, until }) => {
  const freeze: DeploymentFreeze = {
    id: asId("DeploymentFreezes-1"),
    name: "Xmas",
    start: Date.parse("2026-12-07T18:00Z"),
    end: Date.parse("2026-12-08T06:00Z"),
    scopes,
  };

  const active = freezesAt(
    [freeze],
    { ...place, tenantId: tenant === undefined ? undefined : asId(tenant) },
    Date.parse(at),
  );

  expect(active.map(freezeText)).toEqual(until === undefined ? [] : [`the deployment freeze "Xmas" until ${until}`]);
});

describe("a recurring freeze", () => {
  const at = (text: string) => Date.parse(text);
  const first = { start: at("2026-12-07T18:00Z"), end: at("2026-12-08T06:00Z") };
  const third = { start: at("2026-12-21T18:00Z"), end: at("2026-12-22T06:00Z") };
  const weekly = (occurrence?: typeof first): DeploymentFreeze => ({
    id: asId("DeploymentFreezes-1"),
    name: "Weekend",
    ...first,
    scopes: [place],
    recurrence: { occurrence },
  });

  test.each([
    {
      rule: "holds in its first occurrence",
      occurrence: third,
      at: "2026-12-07T20:00Z",
      until: "2026-12-08 06:00 UTC",
    },
    {
      rule: "holds in the occurrence that the server reports",
      occurrence: third,
      at: "2026-12-21T20:00Z",
      until: "2026-12-22 06:00 UTC",
    },
    { rule: "does not hold between occurrences", occurrence: third, at: "2026-12-15T20:00Z", until: undefined },
    {
      rule: "does not hold at the end of the occurrence that the server reports",
      occurrence: third,
      at: "2026-12-22T06:00Z",
      until: undefined,
    },
    { rule: "holds if the server lists it without an occurrence", at: "2026-12-15T20:00Z", until: "" },
    { rule: "does not hold before its first occurrence", at: "2026-12-07T17:59Z", until: undefined },
  ])("$rule", ({ occurrence, at: instant, until }) => {
    const active = freezesAt([weekly(occurrence)], place, at(instant));

    const end = until === "" ? "" : ` until ${until}`;
    expect(active.map(freezeText)).toEqual(until === undefined ? [] : [`the deployment freeze "Weekend"${end}`]);
  });
});

describe("the freezes that a refusal is about", () => {
  const instant = Date.parse("2026-12-07T18:00Z");
  const hour = 3_600_000;
  const freeze = (
    name: string,
    start: number,
    end: number,
    more: Partial<DeploymentFreeze> = {},
  ): DeploymentFreeze => ({
    id: asId(`DeploymentFreezes-${name}`),
    name,
    start: instant + start * hour,
    end: instant + end * hour,
    scopes: [place],
    ...more,
  });
  const elsewhere = { ...place, projectId: asId<"Project">("Projects-2") };
  const otherEnvironment = { ...place, environmentId: asId<"Environment">("Environments-2") };

  test.each([
    { rule: "one that holds", freezes: [freeze("Xmas", -1, 1)], meant: ["Xmas"] },
    { rule: "one that has begun only by the server's clock", freezes: [freeze("Xmas", 0.05, 1)], meant: ["Xmas"] },
    { rule: "one that has ended only by the worker's clock", freezes: [freeze("Xmas", -1, -0.05)], meant: ["Xmas"] },
    { rule: "not one that holds later", freezes: [freeze("Xmas", 1, 2)], meant: [] },
    { rule: "not one of another project", freezes: [freeze("Xmas", -1, 1, { scopes: [elsewhere] })], meant: [] },
    {
      rule: "one that is named, whenever it holds",
      freezes: [freeze("Audit (week 2)", 5, 6)],
      meant: ["Audit (week 2)"],
    },
    {
      rule: "one that is named and belongs to the project, whatever its scope says",
      freezes: [freeze("audit (WEEK 2)", 5, 6, { scopes: [], ownerId: "Projects-1" })],
      meant: ["audit (WEEK 2)"],
    },
    {
      rule: "one that is named, of another environment of the project",
      freezes: [freeze("Audit (week 2)", 5, 6, { scopes: [otherEnvironment] })],
      meant: ["Audit (week 2)"],
    },
    {
      rule: "not one that is named but belongs to another project",
      freezes: [freeze("Audit (week 2)", 5, 6, { scopes: [elsewhere], ownerId: "Projects-2" })],
      meant: [],
    },
    {
      rule: "not one whose name is only part of a word in the refusal",
      freezes: [freeze("Aud", 5, 6), freeze("", 5, 6)],
      meant: [],
    },
  ])("$rule", ({ freezes, meant }) => {
    const words = "The deployment is prevented by the deployment freeze 'Audit (week 2)'.";

    expect(freezesMeant(freezes, place, { instant, words }).map((each) => each.freeze.name)).toEqual(meant);
  });
});
