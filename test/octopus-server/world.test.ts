import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startOctopusServer } from "./octopus-server.ts";
import type { World } from "./octopus-server.ts";
import { parseWorld, WorldError } from "./world/load-world.ts";
import { as, each, server, textOf } from "./support/ask.ts";

async function problemsOf(world: unknown): Promise<readonly string[]> {
  const octopus = await server();
  const response = await fetch(`${octopus.url}/simulator/world`, { method: "POST", body: JSON.stringify(world) });
  const body: unknown = await response.json();
  expect(response.status).toBe(400);
  const problems: unknown = Reflect.get(Object(body), "problems");
  return Array.isArray(problems) ? problems.map(String) : [];
}

describe("a malformed world is refused with everything that is wrong, and where", () => {
  test.each([
    [{ environment: ["Dev"] }, ["(the whole value): Unrecognized key"]],
    [{ environments: [5, ""] }, ["environments[0]", "environments[1].name"]],
    [
      { projects: [{ name: "Web", releases: [{ version: "1", created: "soon" }] }] },
      ["projects[0].releases[0].created: is neither an ISO date"],
    ],
    [
      { history: [{ project: "Web", count: 0, every: "often" }] },
      ["history[0].count", "history[0].every: 'often' is not a duration"],
    ],
    [{ projects: [{ name: "Web", lifecycle: "Nope" }] }, ["projects[0].lifecycle: there is no lifecycle 'Nope'"]],
    [
      { lifecycles: [{ name: "L", phases: [{ name: "P", environments: ["Nope"] }] }] },
      ["lifecycles[0].phases[0]: there is no environment 'Nope'"],
    ],
    [
      { teams: [{ name: "T", members: ["ghost"], roles: ["Nope"] }] },
      ["teams[0].members: there is no user 'ghost'", "teams[0].roles[0]: there is no user role 'Nope'"],
    ],
    [{ users: [{ name: "u", teams: ["Nope"] }] }, ["users[0].teams: there is no team 'Nope'"]],
    [{ tenants: [{ name: "C", projects: { Nope: [] } }] }, ["tenants[0].projects: there is no project 'Nope'"]],
    [{ machines: [{ name: "m", environments: [] }] }, ["machines[0].environments"]],
    [
      { environments: ["Dev"], projects: [{ name: "Web", releases: [{ version: "1", deployments: ["Test"] }] }] },
      ["projects[0].releases[0].deployments[0].environment: there is no environment 'Test'"],
    ],
    [
      {
        environments: ["Dev"],
        projects: [
          {
            name: "Web",
            releases: [{ version: "1", created: "-1d", deployments: [{ environment: "Dev", at: "-2d" }] }],
          },
        ],
      },
      ["projects[0].releases[0].deployments[0].at: the deployment is older than its release"],
    ],
    [
      { spaces: [{ name: "Other", projects: [{ name: "Web", group: "Nope" }] }] },
      ["spaces[0].projects[0].group: there is no project group 'Nope'"],
    ],
    [{ space: { name: "S", id: "S-1" } }, ["space"]],
    [{ projects: [{ name: "Web", scripts: [{ result: "Fine" }] }] }, ["projects[0].scripts[0].result"]],
    [
      { freezes: [{ name: "F", start: "-1d", end: "+1d", projects: ["Nope"] }] },
      ["freezes[0].projects: there is no project 'Nope'"],
    ],
    [[], ["(the whole value)"]],
  ])("%j", async (world, expected) => {
    const problems = await problemsOf(world);

    expect(problems).toHaveLength(expected.length);
    expected.forEach((text, index) => expect(problems[index]).toContain(text));
  });

  test("and leaves the server as it was", async () => {
    const octopus = await server({ world: { projects: ["Web"] } });

    expect(() => octopus.simulator.loadWorld({ projects: [{ name: "New", lifecycle: "Nope" }] })).toThrow(WorldError);
    expect(each(await as(octopus).get("/projects"))).toEqual(["Web"]);
  });

  test("a server does not start with one", async () => {
    await expect(startOctopusServer({ world: "no-such-world" })).rejects.toThrow(/neither a world 'no-such-world'/);
    await expect(startOctopusServer({ world: { projects: [{ name: "" }] } })).rejects.toThrow(WorldError);
  });
});

describe("a small world is a few lines", () => {
  test("everything that the world leaves out is as on a new server", async () => {
    const octopus = await server({
      world: {
        environments: ["Dev"],
        projects: [{ name: "Web", releases: [{ version: "1.0.0", deployments: ["Dev"] }] }],
      },
    });

    const asker = as(octopus);
    expect((await asker.get("/spaces/all")).json).toMatchObject([{ Id: "Spaces-1", Name: "Default", IsDefault: true }]);
    expect((await asker.get("/projects/web")).json).toMatchObject({
      Slug: "web",
      LifecycleId: "Lifecycles-1",
      ProjectGroupId: "ProjectGroups-1",
      TenantedDeploymentMode: "Untenanted",
    });
    expect((await asker.get("/projects/web/channels")).json["Items"]).toMatchObject([
      { Name: "Default", IsDefault: true, LifecycleId: null },
    ]);
    expect((await asker.get("/deployments")).json["Items"]).toMatchObject([
      { DeployedBy: "admin", FailureEncountered: false },
    ]);
  });

  test("releases and deployments without times follow each other as written", async () => {
    const octopus = await server({
      world: {
        environments: ["Dev", "Test"],
        projects: [
          {
            name: "Web",
            releases: [
              { version: "1", deployments: ["Dev", "Test"] },
              { version: "2", deployments: ["Dev"] },
            ],
          },
        ],
      },
    });

    const created = each(await as(octopus).get("/deployments"), "Created").map((text) => Date.parse(String(text)));

    expect(each(await as(octopus).get("/deployments"), "ReleaseId")).toEqual([
      "Releases-2",
      "Releases-1",
      "Releases-1",
    ]);
    expect(created).toEqual(created.toSorted((a, b) => b - a));
    expect(Math.max(...created)).toBeLessThan(octopus.now());
  });

  test("ids grow with time, whatever the order in the file", async () => {
    const octopus = await server({
      world: {
        projects: [
          {
            name: "Web",
            releases: [
              { version: "new", created: "-1h" },
              { version: "old", created: "-1d" },
            ],
          },
        ],
      },
    });

    expect((await as(octopus).get("/releases/Releases-1")).json["Version"]).toBe("old");
  });
});

describe("what a world can describe", () => {
  test("another space with its own documents and a fixed id; users, keys and teams", async () => {
    const octopus = await server({
      world: {
        users: [
          { name: "eve", displayName: "Eve", email: "eve@example.org", key: "API-EVE", teams: ["Readers"] },
          { name: "boss", administrator: true },
        ],
        teams: [{ name: "Readers", roles: ["Project viewer"] }],
        spaces: [{ name: "Other", id: "Spaces-77", environments: ["Dev"], projects: ["Far"] }],
      },
    });

    expect(octopus.keys["eve"]).toBe("API-EVE");
    expect((await as(octopus, "eve").get("/users/me")).json).toMatchObject({
      DisplayName: "Eve",
      EmailAddress: "eve@example.org",
    });
    expect(each(await as(octopus, "boss").get("/Spaces-77/projects"))).toEqual(["Far"]);
    expect((await as(octopus, "eve").get("/Spaces-77/projects")).status).toBe(404);
  });

  test("keys are the same at every start", async () => {
    const [one, other] = [await server({ world: { users: ["eve"] } }), await server({ world: { users: ["eve"] } })];

    expect(one.keys).toEqual(other.keys);
    expect(one.apiKey).toMatch(/^API-[A-Z0-9]{32}$/);
  });

  test("releases with packages, build information, notes, git and defects", async () => {
    const octopus = await server({
      world: {
        projects: [
          {
            name: "Web",
            git: { url: "https://git.example/web" },
            steps: [{ name: "Deploy", packages: ["Web.Site", { name: "tools", packageId: "Web.Tools" }] }],
            releases: [
              "1.0.0",
              {
                version: "1.1.0",
                notes: "New",
                packages: { Deploy: "1.1.0", "Deploy:tools": "9.0.0" },
                git: { ref: "refs/heads/main", commit: "abc" },
                gitResources: [{ step: "Deploy", name: "chart", ref: "main", commit: "def" }],
                buildInformation: [{ package: "Web.Site", commits: [{ id: "abc", comment: "Fix" }] }],
                defects: ["Leaks"],
              },
            ],
          },
        ],
      },
    });

    const plain = await as(octopus).get("/releases/Releases-1");
    const full = await as(octopus).get("/releases/Releases-2");

    expect(plain.json["SelectedPackages"]).toMatchObject([
      { ActionName: "Deploy", PackageReferenceName: "", Version: "1.0.0" },
      { PackageReferenceName: "tools", Version: "1.0.0" },
    ]);
    expect(full.json).toMatchObject({
      ReleaseNotes: "New",
      SelectedPackages: [{ Version: "1.1.0" }, { PackageReferenceName: "tools", Version: "9.0.0" }],
      VersionControlReference: { GitRef: "refs/heads/main", GitCommit: "abc" },
      SelectedGitResources: [{ ActionName: "Deploy", GitResourceReferenceName: "chart" }],
      BuildInformation: [{ PackageId: "Web.Site", Version: "1.1.0", Commits: [{ Id: "abc" }] }],
    });
    expect((await as(octopus).get("/projects/web")).json).toMatchObject({
      IsVersionControlled: true,
      PersistenceSettings: { Type: "VersionControlled" },
    });
  });

  test("library variable sets: a change makes the releases that include them out of date", async () => {
    const octopus = await server({
      world: {
        libraryVariableSets: [{ name: "Shared", variables: [{ name: "Url", value: "x" }] }],
        projects: [{ name: "Web", libraryVariableSets: ["Shared"], releases: ["1.0.0"] }],
      },
    });
    const id = "variableset-LibraryVariableSets-1";

    const { json } = await as(octopus).get(`/variables/${id}`);
    await as(octopus).put(`/variables/${id}`, { Version: json["Version"], Variables: [{ Name: "Url", Value: "y" }] });

    expect((await as(octopus).get("/releases/Releases-1/deployments/template")).json).toMatchObject({
      IsLibraryVariableSetModified: true,
      IsVariableSetModified: false,
    });
  });

  test("a world that is added to another uses the existing resources by their names", async () => {
    const octopus = await server({
      world: { environments: ["Dev"], projects: [{ name: "Web", releases: ["1.0.0"] }] },
    });

    octopus.simulator.addWorld({
      projects: [{ name: "web", releases: ["1.0.0", { version: "1.1.0", deployments: ["dev"] }] }],
    });

    expect(each(await as(octopus).get("/projects"))).toEqual(["Web"]);
    expect(each(await as(octopus).get("/projects/web/releases"), "Version")).toEqual(["1.1.0", "1.0.0"]);
  });

  test("bulk history: versions, states, and one release deployed repeatedly", async () => {
    const world: World = {
      now: "2026-02-10T12:00:00Z",
      environments: ["Dev", "Test"],
      projects: [{ name: "Web", channels: ["Hotfix"], releases: [{ version: "0.9", created: "-9d" }] }],
      history: [
        {
          project: "Web",
          environment: ["Dev", "Test"],
          count: 3,
          from: "2026-02-01T00:00:00Z",
          every: "1d",
          version: "2.{n}.0",
          state: "Failed",
          channel: "Hotfix",
          packages: ["Web"],
        },
        { project: "Web", environment: "Dev", release: "0.9", count: 4, from: "-8d" },
        { project: "Web", count: 2, version: "3.{n}" },
      ],
    };
    const octopus = await server({ world });

    expect((await as(octopus).get("/channels/Channels-2/releases")).json["Items"]).toMatchObject([
      { Version: "2.3.0", Assembled: "2026-02-03T00:00:00.000+00:00", SelectedPackages: [{ Version: "2.3.0" }] },
      {},
      {},
    ]);
    expect((await as(octopus).get("/tasks?states=Failed")).json["TotalResults"]).toBe(6);
    expect((await as(octopus).get("/releases/Releases-1/deployments")).json["TotalResults"]).toBe(4);
    expect(each(await as(octopus).get("/projects/web/releases?take=2"), "Version")).toEqual(["3.2", "3.1"]);
  });
});

test.each(readdirSync(new URL("../worlds", import.meta.url)))("the world %s can be loaded", async (file) => {
  const octopus = await server({ world: file.replace(/\.json$/, "") });

  expect((await as(octopus).get("/projects")).json["TotalResults"]).toBeGreaterThan(0);
});

test("the world rm has what the scenarios expect", async () => {
  const octopus = await server({ world: "rm" });
  const asker = as(octopus, "release-conductor");

  const newestInTest = [];
  for (const project of ["Database", "Web API", "Scheduling Service", "Web UI"]) {
    const id = (await asker.get(`/projects/${project.toLowerCase().replaceAll(" ", "-")}`)).json["Id"];
    const tested = await asker.get(
      `/Spaces-603/deployments?projects=${textOf(id)}&environments=Environments-2&taskState=Success&take=1`,
    );
    const release = await asker.get(`/releases/${textOf(each(tested, "ReleaseId")[0])}`);
    newestInTest.push(`${project} ${textOf(release.json["Version"])}`);
  }

  expect(newestInTest).toEqual([
    "Database 2021.1.0.11",
    "Web API 2021.1.0.22",
    "Scheduling Service 2021.1.0.7",
    "Web UI 2021.1.0.15",
  ]);
  expect(each(await asker.get("/environments/all"))).toEqual([
    "Development",
    "Test",
    "Staging",
    "Prod Approval",
    "Production",
  ]);
  expect(new Date(octopus.now()).toISOString()).toBe("2021-01-14T09:00:00.000Z");
});

test("the defaults of a world are filled in when it is read", () => {
  expect(parseWorld({ projects: ["Web"] }).projects[0]).toMatchObject({
    name: "Web",
    tenanted: "Untenanted",
    releases: [],
  });
});
