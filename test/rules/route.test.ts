import { expect, test } from "vitest";
import { asId, type DeploymentMode, type Environment, type Phase, type Project, type Tenant } from "../../src/model.ts";
import { type RouteQuestion, type RouteVerdict, routeTo } from "../../src/rules/route.ts";

const development = environment("Development");
const testing = environment("Test");
const production = environment("Production");
const phases = [development, testing, production].map((each) => phase(each));
const project: Project = {
  id: asId("Projects-1"),
  name: "Web API",
  isDisabled: false,
  lifecycleId: asId("Lifecycles-1"),
  tenantedDeploymentMode: "TenantedOrUntenanted",
};

function environment(name: string): Environment {
  return { id: asId(name), name };
}

function phase({ id, name }: Environment, isOptional = false): Phase {
  return { name, environmentIds: [id], isOptional };
}

function tenant(...environments: readonly Environment[]): Tenant {
  const environmentsOf = new Map([[project.id, environments.map(({ id }) => id)]]);
  return { id: asId("Tenants-1"), name: "Contoso", isDisabled: false, tags: [], environmentsOf };
}

/** A verdict in short: the kind of the route, its sources and whose deployments there count, or why there is none. */
function summary(verdict: RouteVerdict): string {
  if (verdict.kind !== "route") return verdict.kind;
  const { route } = verdict;
  if (route.kind === "nothing") return `nothing: ${route.reason}`;
  if (route.kind !== "promote") return route.kind;
  const sources = route.sources.map(({ name }) => name).join("+");
  return `promote ${sources} of ${route.whose}${route.elseNewestCreated ? ", else newest" : ""}`;
}

const modes: readonly DeploymentMode[] = ["Promote", "Redeploy", "AlwaysLatest"];

interface Case extends Partial<RouteQuestion> {
  readonly rule: string;
  readonly route: string;
  readonly warning?: RegExp;
}

const cases: readonly Case[] = [
  { rule: "the phase before", route: "promote Test of untenanted" },
  { rule: "the first phase", destination: development, route: "newest-created" },
  { rule: "no lifecycle", phases: undefined, route: "newest-created" },
  {
    rule: "only optional phases before",
    phases: [phase(testing, true), phase(production)],
    route: "promote Test of untenanted, else newest",
  },
  { rule: "a redeployment", mode: "Redeploy", route: "redeploy" },
  { rule: "always the latest", mode: "AlwaysLatest", route: "newest-created" },
  { rule: "a source that was given", source: development, route: "promote Development of untenanted" },
  {
    rule: "a source after the destination",
    destination: testing,
    source: production,
    route: "promote Production of untenanted",
    warning: /^The source environment Production comes after the destination Test in the lifecycle\.$/,
  },
  { rule: "the destination as source", source: production, route: "source-is-destination" },
  {
    rule: "a destination outside of the lifecycle",
    destination: environment("Elsewhere"),
    route: "destination-not-in-lifecycle",
  },
  { rule: "sources that the API key cannot see", environments: [production], route: "sources-hidden" },
  {
    rule: "one of two sources that the API key cannot see",
    phases: [{ name: "Before", environmentIds: [development.id, testing.id], isOptional: false }, phase(production)],
    environments: [testing, production],
    route: "promote Test of untenanted",
    warning: /^The API key cannot see 1 environment before Production in the lifecycle\.$/,
  },
  {
    rule: "a tenant that is connected to source and destination",
    tenant: tenant(testing, production),
    route: "promote Test of Tenants-1",
  },
  {
    rule: "a tenant that is connected to the destination only",
    tenant: tenant(production),
    route: "promote Test of anyone",
    warning: /^Contoso is not connected to Test: deployments for any tenant count\.$/,
  },
];

test.each(cases)("$rule: $route", ({ route, warning, ...differences }) => {
  const environments = [development, testing, production];
  const verdict = routeTo({ mode: "Promote", project, destination: production, phases, environments, ...differences });

  expect(summary(verdict)).toBe(route);
  const [first, ...more] = verdict.kind === "route" ? verdict.warnings : [];
  expect(more).toEqual([]);
  if (warning === undefined) expect(first).toBeUndefined();
  else expect(first).toMatch(warning);
});

test.each(modes)("%s: no route for a tenant that is not connected to the destination", (mode) => {
  const environments = [development, testing, production];
  const question = { mode, project, destination: production, phases, environments };

  expect(summary(routeTo({ ...question, tenant: tenant(testing) }))).toBe("nothing: TenantNotInEnvironment");
  expect(summary(routeTo({ ...question, tenant: { ...tenant(), environmentsOf: new Map() } }))).toBe(
    "nothing: TenantNotConnected",
  );
});
