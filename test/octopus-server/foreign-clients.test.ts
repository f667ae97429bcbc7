import { describe, expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import { as, each, server, textOf } from "./support/ask.ts";
import type { Json } from "./support/ask.ts";

/** A world with a document of every kind. */
const everything: World = {
  now: "2026-02-10T12:00:00Z",
  environments: ["Dev", "Test"],
  lifecycles: [{ name: "Two", phases: ["Dev", "Test"] }],
  tagSets: [{ name: "Ring", tags: ["Early"] }],
  libraryVariableSets: [{ name: "Shared", variables: [{ name: "Url", value: "a" }] }],
  machines: [{ name: "web-1", environments: ["Dev"], roles: ["web"] }],
  projects: [
    {
      name: "Web",
      lifecycle: "Two",
      tenanted: "TenantedOrUntenanted",
      libraryVariableSets: ["Shared"],
      steps: [{ name: "Deploy", roles: ["web"], packages: ["Web.Site"] }],
      variables: [
        { name: "Size", value: "1" },
        { name: "Colour", value: "red" },
      ],
      releases: [
        { version: "1.0.0", defects: ["Slow"], deployments: ["Dev", { environment: "Dev", tenant: "Contoso" }] },
      ],
      scripts: [{ steps: [{ name: "Ask", interventions: [{}] }] }],
    },
  ],
  tenants: [{ name: "Contoso", tags: ["Ring/Early"], projects: { Web: ["Dev", "Test"] } }],
  users: ["eve"],
  teams: [
    { name: "Deployers", members: ["eve"], roles: ["Project deployer"] },
    { name: "Everywhere", members: ["eve"], system: true, roles: ["Project viewer"] },
  ],
  freezes: [{ name: "Xmas", start: "+1d", end: "+2d", projects: ["Web"], environments: ["Test"] }],
  spaces: [{ name: "Other", teams: [{ name: "Others" }] }],
};

async function lively(): Promise<OctopusServer> {
  const octopus = await server({ world: everything });
  const made = await as(octopus).post("/deployments", { ReleaseId: "Releases-1", EnvironmentId: "Environments-1" });
  octopus.advance(60_000);
  octopus.simulator.task(textOf(made.json["TaskId"])).attachArtifact({ filename: "log.txt", content: "x" });
  await as(octopus).put("/interruptions/Interruptions-1/responsible");
  return octopus;
}

/** Every link of an answer, at any depth, except those to pages of the portal. */
function linksOf(value: Json): readonly (readonly [string, string])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    key === "Links"
      ? Object.entries(entry).flatMap(([name, link]) => (name === "Web" ? [] : [[name, textOf(link)] as const]))
      : linksOf(entry),
  );
}

/** A link template, filled in as by a client that asks for a list. */
function expanded(template: string): string {
  // No client lists variables or processes, and other links lead to their documents: this leads to the space instead.
  if (/\/(?:variables|deploymentprocesses)\{\/id\}/.test(template)) return template.replace(/\/\w+\{.*/, "");
  const asks = /\{\?[^}]*\bskip\b/.test(template) ? "?skip=0&take=30" : "";
  const path = template.replaceAll("{spaceId}", "Spaces-1").replaceAll(/\{[/?][^}]*\}/g, "");
  return path.includes("?") ? path : path + asks;
}

describe("links", () => {
  test("every link of every resource leads to a route that exists", async () => {
    const octopus = await lively();
    const visited = new Set<string>();
    const waiting = ["/api", "/api/Spaces-1", "/api/users/me", "/api/Spaces-1/users/me/teams"];
    const dead: string[] = [];
    for (let link = waiting.pop(); link !== undefined; link = waiting.pop()) {
      if (visited.has(link)) continue;
      visited.add(link);
      const { status, json } = await as(octopus).get(link.replace("/api", ""));
      // 405: the route exists for another method.
      if (status !== 200 && status !== 405) dead.push(`${link}: ${status}`);
      waiting.push(...linksOf(json).map(([, template]) => expanded(template)));
    }
    const routes = new Set(octopus.journal().map(({ route }) => route));

    expect(dead).toEqual([]);
    expect([...routes]).toEqual(
      expect.arrayContaining([
        "GET users/{id}/spaces",
        "GET tagsets/{id}",
        "GET scopeduserroles/{id}",
        "GET tenants/status",
        "GET deploymentfreezes",
        "GET projects/{id}/deploymentsettings",
        "GET interruptions/{id}",
        "GET artifacts/{id}/content",
        "GET events/{id}",
        "GET variables/{id}",
        "GET lifecycles/{id}/preview",
        "GET progression/{id}",
        "GET releases/{id}/deployments/preview/{environment}/{tenant}",
      ]),
    );
  });

  test.each([
    ["/users/me", ["Spaces", "Teams", "Permissions"]],
    ["", ["DeploymentFreezes", "TenantsStatus"]],
    ["/releases/Releases-1", ["ReportDefect", "ResolveDefect"]],
    ["/projects/Projects-1", ["DeploymentSettings"]],
    ["/tasks/ServerTasks-1", ["Cancel"]],
  ])("%s has the links that clients depend on", async (path, names) => {
    const { json } = await as(await lively()).get(path);

    expect(Object.keys(json["Links"] ?? {})).toEqual(expect.arrayContaining([...names]));
  });

  test("the Spaces link of a user leads to the user's spaces", async () => {
    const octopus = await lively();
    const { json } = await as(octopus).get("/users/me");

    const spaces = await as(octopus).get(textOf(json["Links"]?.["Spaces"]).replace("/api", ""));

    expect(each(spaces)).toEqual(["Default", "Other"]);
  });
});

describe("what was created can be read back", () => {
  test("tag sets, also after a change", async () => {
    const octopus = await lively();
    const made = await as(octopus).post("/tagsets", { Name: "Region", Tags: [{ Name: "EU" }, { Name: "US" }] });
    const path = `/tagsets/${textOf(made.json["Id"])}`;

    const first = await as(octopus).get(path);
    const changed = await as(octopus).put(path, { Name: "Regions", Tags: [{ Name: "US" }, { Name: "Asia" }] });

    expect(first.json).toMatchObject({ Name: "Region", Tags: [{ CanonicalTagName: "Region/EU" }, { Name: "US" }] });
    expect(changed.json["Tags"]?.[0]?.["Id"]).toBe(first.json["Tags"]?.[1]?.["Id"]);
    expect((await as(octopus).get(path)).json["Tags"]).toMatchObject([
      { CanonicalTagName: "Regions/US" },
      { CanonicalTagName: "Regions/Asia" },
    ]);
    expect((await as(octopus).get("/tagsets/TagSets-99")).status).toBe(404);
  });

  test("scoped user roles", async () => {
    const octopus = await lively();
    const { json: teams } = await as(octopus).get("/teams?partialName=Deployers");
    const made = await as(octopus).post("/Spaces-1/scopeduserroles", {
      TeamId: teams["Items"]?.[0]?.["Id"],
      UserRoleId: "userroles-projectviewer",
      EnvironmentIds: ["Environments-2"],
    });

    const shown = await as(octopus).get(`/scopeduserroles/${textOf(made.json["Id"])}`);

    expect(shown.json).toMatchObject({ SpaceId: "Spaces-1", EnvironmentIds: ["Environments-2"] });
    expect((await as(octopus).get("/scopeduserroles/scopeduserroles-99")).status).toBe(404);
  });
});

test.each([
  ["", ["Deployers", "Everywhere", "Others"], []],
  ["?spaces=Spaces-1", ["Deployers", "Everywhere"], ["Others"]],
  ["?spaces=Spaces-2", ["Others", "Everywhere"], ["Deployers"]],
  ["?spaces=all", ["Deployers", "Everywhere", "Others"], []],
  ["?spaces=Spaces-1&includeSystem=false", ["Deployers"], ["Everywhere", "Others"]],
  ["?includeSystem=false", ["Deployers", "Others"], ["Everywhere"]],
])("teams%s", async (query, present, absent) => {
  const octopus = await lively();

  for (const path of ["/teams", "/teams/all"]) {
    const names = each(await as(octopus).get(`${path}${query}`));
    expect(names).toEqual(expect.arrayContaining([...present]));
    expect(names.filter((name) => absent.some((other) => other === name))).toEqual([]);
  }
});

test("tenants/status says whether a space has tenants", async () => {
  const octopus = await lively();

  expect((await as(octopus).get("/tenants/status")).json["Enabled"]).toBe(true);
  expect((await as(octopus).get("/Spaces-2/tenants/status")).json["Enabled"]).toBe(false);
});
