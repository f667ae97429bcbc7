import { expect, test } from "vitest";
import { asId, type DeploymentFreeze, type FreezeScope } from "../../src/model.ts";
import { freezesAt, freezeText } from "../../src/plan/freezes.ts";

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
  { rule: "it holds from its start on", at: "2026-12-07T18:00Z", until: "2026-12-08 06:00 UTC" },
  { rule: "not before", at: "2026-12-07T17:59Z", until: undefined },
  { rule: "and not at its end any more", at: "2026-12-08T06:00Z", until: undefined },
  {
    rule: "another environment",
    scopes: [{ ...place, environmentId: asId("Environments-2") }],
    at: "2026-12-07T20:00Z",
    until: undefined,
  },
  {
    rule: "another project",
    scopes: [{ ...place, projectId: asId("Projects-2") }],
    at: "2026-12-07T20:00Z",
    until: undefined,
  },
  {
    rule: "everybody's holds for a tenant too",
    tenant: "Tenants-1",
    at: "2026-12-07T20:00Z",
    until: "2026-12-08 06:00 UTC",
  },
  {
    rule: "a tenant's own",
    scopes: [tenantScope],
    tenant: "Tenants-1",
    at: "2026-12-07T20:00Z",
    until: "2026-12-08 06:00 UTC",
  },
  { rule: "another tenant's", scopes: [tenantScope], tenant: "Tenants-2", at: "2026-12-07T20:00Z", until: undefined },
  { rule: "a tenant's, without a tenant", scopes: [tenantScope], at: "2026-12-07T20:00Z", until: undefined },
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
