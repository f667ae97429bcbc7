import { describe, expect, test } from "vitest";
import { asId, type Environment, type Project, type Tenant, type TenantedDeploymentMode } from "../../src/model.ts";
import { judgeTenancy, tenantOfCandidates } from "../../src/plan/tenancy.ts";

const [testing, staging]: readonly Environment[] = ["Test", "Staging"].map((name, sortOrder) => ({
  id: asId(name),
  name,
  sortOrder,
}));

function project(mode: TenantedDeploymentMode): Project {
  return {
    id: asId("Projects-1"),
    name: "Web API",
    isDisabled: false,
    lifecycleId: asId("Lifecycles-1"),
    tenantedDeploymentMode: mode,
  };
}

function tenant(...environments: readonly string[]): Tenant {
  return {
    id: asId("Tenants-1"),
    name: "Contoso",
    isDisabled: false,
    environmentsOf: new Map([[asId<"Project">("Projects-1"), environments.map((name) => asId<"Environment">(name))]]),
  };
}

const stranger: Tenant = { ...tenant(), environmentsOf: new Map() };

describe("for whom a child is deployed", () => {
  test.each([
    { rule: "no tenant, none needed", mode: "Untenanted", given: undefined, tenancy: "untenanted" },
    { rule: "no tenant, either way is fine", mode: "TenantedOrUntenanted", given: undefined, tenancy: "untenanted" },
    { rule: "no tenant, one is needed", mode: "Tenanted", given: undefined, tenancy: "tenant-required" },
    {
      rule: "a tenant the project knows nothing of is dropped",
      mode: "Untenanted",
      given: tenant("Staging"),
      tenancy: "tenant-dropped",
    },
    { rule: "a connected tenant", mode: "Tenanted", given: tenant("Staging"), tenancy: "tenant" },
    {
      rule: "a connected tenant, either way",
      mode: "TenantedOrUntenanted",
      given: tenant("Staging"),
      tenancy: "tenant",
    },
    {
      rule: "a tenant that is not connected to the project",
      mode: "Tenanted",
      given: stranger,
      tenancy: "TenantNotConnected",
    },
    {
      rule: "a tenant that is not connected to the destination",
      mode: "Tenanted",
      given: tenant("Test"),
      tenancy: "TenantNotInEnvironment",
    },
    {
      rule: "a tenant connected without any environment",
      mode: "Tenanted",
      given: tenant(),
      tenancy: "TenantNotInEnvironment",
    },
  ] as const)("$rule", ({ mode, given, tenancy }) => {
    if (staging === undefined) throw new Error("no environment");

    const judged = judgeTenancy(project(mode), given, staging);

    expect(judged.kind === "skip" ? judged.reason : judged.kind).toBe(tenancy);
  });
});

describe("whose deployments make a release a candidate", () => {
  test.each([
    {
      rule: "untenanted runs look at untenanted deployments",
      given: undefined,
      whose: { kind: "own", tenantId: undefined },
    },
    {
      rule: "the tenant's own where it is connected to a source",
      given: tenant("Test", "Staging"),
      whose: { kind: "own", tenantId: "Tenants-1" },
    },
    { rule: "anybody's where it is not", given: tenant("Staging"), whose: { kind: "anyone" } },
  ])("$rule", ({ given, whose }) => {
    expect(tenantOfCandidates(given, project("Tenanted"), testing === undefined ? [] : [testing])).toEqual(whose);
  });
});
