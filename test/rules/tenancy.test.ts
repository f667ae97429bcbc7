import { describe, expect, test } from "vitest";
import { asId, type DeploymentTemplate, type Environment, type Project, type Tenant } from "../../src/model.ts";
import { candidatesOf, connectionProblem, counts, isPromotable, useOfTenant } from "../../src/rules/tenancy.ts";

const testing = environment("Test");
const staging = environment("Staging");
const project: Project = {
  id: asId("Projects-1"),
  name: "Web API",
  isDisabled: false,
  lifecycleId: asId("Lifecycles-1"),
  tenantedDeploymentMode: "Tenanted",
};

function environment(name: string): Environment {
  return { id: asId(name), name };
}

function tenant(...environments: readonly Environment[]): Tenant {
  return {
    id: asId("Tenants-1"),
    name: "Contoso",
    isDisabled: false,
    tags: [],
    environmentsOf: new Map([[project.id, environments.map(({ id }) => id)]]),
  };
}

test.each([
  { mode: "Untenanted", wanted: undefined, use: "untenanted" },
  { mode: "TenantedOrUntenanted", wanted: undefined, use: "untenanted" },
  { mode: "Tenanted", wanted: undefined, use: "required" },
  { mode: "Untenanted", wanted: "Contoso", use: "dropped" },
  { mode: "TenantedOrUntenanted", wanted: "Contoso", use: "tenant" },
  { mode: "Tenanted", wanted: "Contoso", use: "tenant" },
] as const)("a project that is $mode, given $wanted: $use", ({ mode, wanted, use }) => {
  expect(useOfTenant({ ...project, tenantedDeploymentMode: mode }, wanted)).toBe(use);
});

describe("a tenant and the destination", () => {
  const stranger: Tenant = { ...tenant(), environmentsOf: new Map() };
  test.each([
    { rule: "connected", given: tenant(testing, staging), problem: undefined },
    { rule: "not connected to the project", given: stranger, problem: "TenantNotConnected" },
    { rule: "not connected to the destination", given: tenant(testing), problem: "TenantNotInEnvironment" },
    { rule: "connected without any environment", given: tenant(), problem: "TenantNotInEnvironment" },
  ])("$rule", ({ given, problem }) => {
    expect(connectionProblem(given, project, staging)).toBe(problem);
  });
});

describe("whose deployments make a release a candidate", () => {
  test.each([
    {
      rule: "untenanted deployments, for an untenanted run",
      given: undefined,
      whose: "untenanted",
      counting: [undefined],
    },
    {
      rule: "the tenant's own, if it is connected to a source",
      given: tenant(testing, staging),
      whose: "Tenants-1",
      counting: ["Tenants-1"],
    },
    {
      rule: "those for any tenant, if the tenant is connected to no source",
      given: tenant(staging),
      whose: "anyone",
      counting: [undefined, "Tenants-1", "Tenants-2"],
    },
  ])("$rule", ({ given, whose, counting }) => {
    const chosen = candidatesOf(given, project, [testing]);
    const all = [undefined, asId<"Tenant">("Tenants-1"), asId<"Tenant">("Tenants-2")];

    expect(chosen).toBe(whose);
    expect(all.filter((tenantId) => counts({ tenantId }, chosen))).toEqual(counting);
  });
});

describe("whether the server allows a release in the destination", () => {
  const template = (promotions: DeploymentTemplate["tenantPromotions"]): DeploymentTemplate => ({
    promoteTo: [staging.id],
    tenantPromotions: promotions,
    variablesModified: false,
  });
  const mine = { id: asId<"Tenant">("Tenants-1"), promoteTo: [staging.id] };
  test.each([
    { rule: "untenanted: by the list without a tenant", given: undefined, answer: template([]), allowed: true },
    { rule: "a tenant: by its own list", given: tenant(staging), answer: template([mine]), allowed: true },
    {
      rule: "a tenant's list leaves the destination out",
      given: tenant(staging),
      answer: template([{ ...mine, promoteTo: [testing.id] }]),
      allowed: false,
    },
    {
      rule: "a tenant without a list: the untenanted list does not count",
      given: tenant(staging),
      answer: template([]),
      allowed: false,
    },
    {
      rule: "a tenant without a list: that of another tenant does not count",
      given: tenant(staging),
      answer: template([{ ...mine, id: asId<"Tenant">("Tenants-2") }]),
      allowed: false,
    },
    {
      rule: "a disabled tenant is not refused here, because it is a blocker",
      given: { ...tenant(staging), isDisabled: true },
      answer: template([]),
      allowed: true,
    },
    { rule: "no answer: not allowed", given: undefined, answer: undefined, allowed: false },
  ])("$rule", ({ given, answer, allowed }) => {
    expect(isPromotable(answer, staging, given)).toBe(allowed);
  });
});
