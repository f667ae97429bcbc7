import { describe, expect, test } from "vitest";
import type { OctopusServer } from "./octopus-server.ts";
import { as, each, server, textOf } from "./support/ask.ts";
import type { Answer } from "./support/ask.ts";

const world = {
  environments: ["Dev", "Test"],
  tagSets: [{ name: "Ring", tags: ["Early"] }],
  projects: [{ name: "Web", releases: ["1.0.0"] }],
  tenants: [{ name: "Contoso", tags: ["Ring/Early"], projects: { Web: ["Dev"] } }, "Fabrikam"],
  machines: [
    { name: "web-1", environments: ["Dev"], roles: ["web", "db"] },
    {
      name: "web-2",
      environments: ["Test"],
      roles: ["web"],
      health: "Unhealthy" as const,
      disabled: true,
      tenants: ["Contoso"],
    },
  ],
  users: ["eve"],
  teams: [{ name: "Guests", members: ["eve"], roles: ["Project viewer", "Environment viewer"] }],
};

async function fixture(): Promise<OctopusServer> {
  return server({ world });
}

function problem({ status, json }: Answer): string {
  return `${status} ${textOf(json["Errors"]?.[0])}`;
}

describe("spaces", () => {
  test("are created with managers, a default lifecycle and a default group", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/spaces", { Name: "New space", SpaceManagersTeamMembers: ["Users-2"] });
    const id = textOf(made.json["Id"]);

    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      Slug: "new-space",
      IsDefault: false,
      TaskQueueStopped: false,
      SpaceManagersTeamMembers: ["Users-2"],
    });
    expect(each(await as(octopus, "eve").get(`/${id}/lifecycles`))).toEqual(["Default Lifecycle"]);
    expect(each(await as(octopus, "eve").get(`/${id}/projectgroups/all`))).toEqual(["Default Project Group"]);
    expect((await as(octopus, "eve").get(`/${id}`)).json["Id"]).toBe(id);
    expect((await as(octopus).get(`/spaces/${id}`)).json["Name"]).toBe("New space");
  });

  test("have a queue that can be stopped, a unique name and a manager; creating one requires SpaceCreate", async () => {
    const octopus = await fixture();

    const { json } = await as(octopus).get("/spaces/default");
    const stopped = await as(octopus).put("/spaces/Spaces-1", { ...json, TaskQueueStopped: true });

    expect(stopped.json["TaskQueueStopped"]).toBe(true);
    expect(problem(await as(octopus).post("/spaces", { Name: "default", SpaceManagersTeams: ["x"] }))).toMatch(
      /^400 .*already exists/,
    );
    expect(problem(await as(octopus).post("/spaces", { Name: "Other" }))).toMatch(/^400 .*space manager/);
    expect((await as(octopus, "eve").post("/spaces", { Name: "Other" })).status).toBe(403);
  });
});

describe("users, teams and roles", () => {
  test("a service account with an API key, a team and a restricted role may do only what the role allows", async () => {
    const octopus = await fixture();
    const asker = as(octopus);

    const { json: user } = await asker.post("/users", { Username: "robot", DisplayName: "Robot", IsService: true });
    const { json: key } = await asker.post(`/users/${textOf(user["Id"])}/apikeys`, { Purpose: "test" });
    const { json: role } = await asker.post("/userroles", {
      Name: "Dev deployers",
      GrantedSpacePermissions: ["DeploymentCreate", "EnvironmentView"],
    });
    const { json: team } = await asker.post("/teams", {
      Name: "Robots",
      SpaceId: "Spaces-1",
      MemberUserIds: [user["Id"]],
    });
    const scoped = await asker.post("/scopeduserroles", {
      TeamId: team["Id"],
      UserRoleId: role["Id"],
      SpaceId: "Spaces-1",
      EnvironmentIds: ["Environments-1"],
    });
    const seen = await fetch(`${octopus.url}/api/Spaces-1/environments/all`, {
      headers: { "X-Octopus-ApiKey": textOf(key["ApiKey"]) },
    });

    expect(scoped.status).toBe(201);
    expect(await seen.json()).toMatchObject([{ Name: "Dev" }]);
    expect(each(await asker.get(`/teams/${textOf(team["Id"])}/scopeduserroles`), "UserRoleId")).toEqual([role["Id"]]);
    expect(each(await asker.get(`/users/${textOf(user["Id"])}/spaces`))).toEqual(["Default"]);
  });

  test("are listed, filtered and read one by one", async () => {
    const octopus = await fixture();
    const asker = as(octopus);

    expect(each(await asker.get("/users?filter=EVE"), "Username")).toEqual(["eve"]);
    expect(each(await asker.get("/users/all"), "Username")).toEqual(["admin", "eve"]);
    expect(each(await as(octopus, "eve").get("/users"), "Username")).toEqual(["eve"]);
    expect(each(await asker.get("/teams/all"))).toContain("Guests");
    expect(each(await asker.get("/teams?partialName=guest"))).toEqual(["Guests"]);
    expect(each(await asker.get("/userroles?partialName=deployer"))).toEqual(["Project deployer"]);
    expect(each(await asker.get("/userroles/all"))).toContain("Space manager");
    expect((await asker.get("/userroles/userroles-deploymentcreator")).json["GrantedSpacePermissions"]).toContain(
      "DeploymentCreate",
    );
    expect((await asker.get("/userroles/nope")).status).toBe(404);
  });

  test("a user who leaves a team no longer sees its space; a deactivated user is refused", async () => {
    const octopus = await fixture();
    const [teamId] = each(await as(octopus).get("/teams?partialName=guests"), "Id");
    const { json: team } = await as(octopus).get(`/teams/${String(teamId)}`);

    await as(octopus).put(`/teams/${String(teamId)}`, { ...team, MemberUserIds: [] });
    const outside = await as(octopus, "eve").get("/Spaces-1/projects");
    await as(octopus).put("/users/Users-2", { Username: "eve", IsActive: false });

    expect(outside.status).toBe(404);
    expect((await as(octopus, "eve").get("/users/me")).status).toBe(401);
    expect(problem(await as(octopus).post("/users", { Username: "EVE" }))).toMatch(/^400 .*already exists/);
    expect(problem(await as(octopus).post("/teams", { Name: "T", MemberUserIds: ["Users-99"] }))).toBe(
      "400 The user 'Users-99' was not found.",
    );
  });
});

describe("environments", () => {
  test("are created, changed and sorted", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/Spaces-1/environments", { Name: "Production", UseGuidedFailure: true });
    const sorted = { ...made.json, Name: "Live", SortOrder: -1 };
    const changed = await as(octopus).put("/Spaces-1/environments/production", sorted);

    expect(made.json).toMatchObject({ SortOrder: 2, UseGuidedFailure: true, Slug: "production" });
    expect(changed.json["Name"]).toBe("Live");
    expect(each(await as(octopus).get("/environments/all"))).toEqual(["Live", "Dev", "Test"]);
    expect((await as(octopus).get("/environments/Environments-3")).json["Name"]).toBe("Live");
    expect(problem(await as(octopus).post("/environments", { Name: "DEV" }))).toMatch(/^400 .*already exists/);
    expect((await as(octopus, "eve").post("/environments", { Name: "X" })).json["ErrorMessage"]).toMatch(
      /EnvironmentCreate$/,
    );
  });
});

describe("lifecycles", () => {
  test("are created and changed with phases; every mistake is reported", async () => {
    const octopus = await fixture();
    const phase = (name: string, environment: string, more: object = {}) => ({
      Name: name,
      OptionalDeploymentTargets: [environment],
      ...more,
    });

    const made = await as(octopus).post("/lifecycles", {
      Name: "Two",
      Phases: [phase("Dev", "Environments-1", { IsOptionalPhase: true }), phase("Test", "Environments-2")],
    });
    const changed = await as(octopus).put(`/lifecycles/${textOf(made.json["Id"])}`, {
      Name: "One",
      Phases: [phase("Test", "Environments-2", { MinimumEnvironmentsBeforePromotion: 1 })],
    });
    const bad = await as(octopus).post("/lifecycles", {
      Name: "Bad",
      Phases: [
        phase("A", "Environments-9", { IsOptionalPhase: true }),
        phase("B", "Environments-9", { IsOptionalPhase: true }),
      ],
    });

    expect(made.json["Phases"]?.[0]).toMatchObject({
      Name: "Dev",
      IsOptionalPhase: true,
      MinimumEnvironmentsBeforePromotion: 0,
      ReleaseRetentionPolicy: null,
    });
    expect(changed.json).toMatchObject({ Name: "One", Phases: [{ MinimumEnvironmentsBeforePromotion: 1 }] });
    expect(bad.json["Errors"]).toHaveLength(4);
    expect(each(await as(octopus).get("/lifecycles/all"))).toEqual(["Default Lifecycle", "One"]);
    expect(each(await as(octopus).get("/lifecycles?name=ONE"))).toEqual(["One"]);
    expect(problem(await as(octopus).post("/lifecycles", { Name: "one" }))).toMatch(/already exists/);
  });
});

describe("projects", () => {
  const body = { Name: "Shop", LifecycleId: "Lifecycles-1", ProjectGroupId: "ProjectGroups-1" };

  test("are created with a channel, a process and a variable set, then changed and disabled", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/projects", {
      ...body,
      TenantedDeploymentMode: "TenantedOrUntenanted",
      ProjectConnectivityPolicy: { AllowDeploymentsToNoTargets: true },
    });
    const id = textOf(made.json["Id"]);
    const changed = await as(octopus).put(`/projects/${id}`, {
      ...made.json,
      IsDisabled: true,
      DefaultGuidedFailureMode: "On",
    });

    expect(made.status).toBe(201);
    expect(changed.json).toMatchObject({
      IsDisabled: true,
      DefaultGuidedFailureMode: "On",
      TenantedDeploymentMode: "TenantedOrUntenanted",
    });
    expect(each(await as(octopus).get(`/projects/${id}/channels`))).toEqual(["Default"]);
    expect((await as(octopus).get(`/deploymentprocesses/deploymentprocess-${id}`)).json).toMatchObject({
      Steps: [],
      Version: 0,
    });
    expect((await as(octopus).get(`/projects/${id}/deploymentsettings`)).json["ConnectivityPolicy"]).toMatchObject({
      AllowDeploymentsToNoTargets: true,
    });
    expect(each(await as(octopus).get("/projects/all?ids=Projects-1"))).toEqual(["Web"]);
  });

  test.each([
    [{ ...body, Name: "WEB" }, "400 A project with the name 'WEB' already exists. Please choose a different name."],
    [{ ...body, LifecycleId: "Lifecycles-9" }, "400 A lifecycle must be specified for the project."],
    [{ ...body, ProjectGroupId: undefined }, "400 A project group must be specified for the project."],
  ])("%j is refused", async (sent, expected) => {
    const octopus = await fixture();

    expect(problem(await as(octopus).post("/projects", sent))).toBe(expected);
  });

  test("have groups, which are created, read and listed", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/projectgroups", { Name: "Shop" });

    expect((await as(octopus).get(`/projectgroups/${textOf(made.json["Id"])}`)).json["Name"]).toBe("Shop");
    expect(each(await as(octopus).get("/projectgroups"))).toEqual(["Default Project Group", "Shop"]);
    expect((await as(octopus).post("/projectgroups", { Name: "shop" })).status).toBe(400);
  });
});

describe("channels", () => {
  test("are created and changed; a new default channel replaces the old one", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/channels", {
      ProjectId: "Projects-1",
      Name: "Hotfix",
      LifecycleId: "Lifecycles-1",
      TenantTags: ["Ring/Early"],
      Rules: [{ VersionRange: "[1,2)", ActionPackages: [{ DeploymentAction: "Deploy" }] }],
    });
    const other = await as(octopus).post("/channels", { ProjectId: "Projects-1", Name: "Beta" });
    const changed = await as(octopus).put(`/channels/${textOf(made.json["Id"])}`, {
      ...made.json,
      IsDefault: true,
      LifecycleId: null,
    });

    expect(made.json).toMatchObject({
      Slug: "hotfix",
      IsDefault: false,
      Rules: [{ VersionRange: "[1,2)", ActionPackages: [{ DeploymentAction: "Deploy" }] }],
    });
    expect(changed.json).toMatchObject({ IsDefault: true, LifecycleId: null });
    expect((await as(octopus).get("/channels/beta")).json["Id"]).toBe(other.json["Id"]);
    expect((await as(octopus).get("/channels/Channels-1")).json).toMatchObject({ Name: "Default", IsDefault: false });
    expect(each(await as(octopus).get("/channels?partialName=hot"))).toEqual(["Hotfix"]);
    expect(each(await as(octopus).get("/channels/all"))).toEqual(["Beta", "Default", "Hotfix"]);
    expect((await as(octopus).get("/channels/nope")).status).toBe(404);
    expect((await as(octopus).post("/channels", { ProjectId: "Projects-1", Name: "BETA" })).status).toBe(400);
    expect((await as(octopus).post("/channels", { Name: "X" })).status).toBe(400);
    expect(
      (await as(octopus).post("/channels", { ProjectId: "Projects-1", Name: "X", LifecycleId: "Lifecycles-9" })).status,
    ).toBe(400);
  });
});

describe("tenants", () => {
  test("are created, connected and found by project and tag", async () => {
    const octopus = await fixture();
    const names = async (query: string) => each(await as(octopus).get(`/tenants${query}`));

    const made = await as(octopus).post("/tenants", {
      Name: "New",
      TenantTags: ["Ring/Early"],
      ProjectEnvironments: { "Projects-1": [] },
    });
    await as(octopus).put("/tenants/new", { ...made.json, IsDisabled: true });

    expect(await names("?projectId=Projects-1")).toEqual(["Contoso", "New"]);
    expect(await names("?tags=Ring/Early")).toEqual(["Contoso", "New"]);
    expect(await names("?isDisabled=true")).toEqual(["New"]);
    expect(await names("?name=abri")).toEqual(["Fabrikam"]);
    expect(await names("/all?ids=Tenants-2")).toEqual(["Fabrikam"]);
    expect((await as(octopus).get("/tenants/Tenants-1")).json["ProjectEnvironments"]).toEqual({
      "Projects-1": ["Environments-1"],
    });
    expect(problem(await as(octopus).post("/tenants", { Name: "X", TenantTags: ["Ring/Nope"] }))).toBe(
      "400 The tag 'Ring/Nope' was not found.",
    );
    expect(problem(await as(octopus).post("/tenants", { Name: "X", ProjectEnvironments: { "Projects-9": [] } }))).toBe(
      "400 The project 'Projects-9' was not found.",
    );
  });

  test("have tag sets, which are created and listed", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/tagsets", { Name: "Region", Tags: [{ Name: "EU", Color: "#123456" }] });

    expect(made.json["Tags"]).toMatchObject([{ Name: "EU", CanonicalTagName: "Region/EU" }]);
    const sets = ["Ring", "[System] Target Tags", "Region"];
    expect(each(await as(octopus).get("/tagsets"))).toEqual(sets);
    expect(each(await as(octopus).get("/tagsets/all"))).toEqual(sets);
  });
});

describe("machines", () => {
  test.each([
    ["?name=WEB-1", ["web-1"]],
    ["?name=web", []],
    ["?partialName=web", ["web-1", "web-2"]],
    ["?roles=DB", ["web-1"]],
    ["?targetTags=web", ["web-1", "web-2"]],
    ["?environmentIds=Environments-2", ["web-2"]],
    ["?tenantIds=Tenants-1", ["web-2"]],
    ["?tenantTags=Ring/Early", []],
    ["?isDisabled=false", ["web-1"]],
    ["?healthStatuses=Unhealthy", ["web-2"]],
    ["?commStyles=TentaclePassive", ["web-1", "web-2"]],
    ["/all?ids=Machines-2", ["web-2"]],
  ])("%s finds %j", async (query, names) => {
    const octopus = await fixture();

    expect(each(await as(octopus).get(`/machines${query}`))).toEqual(names);
  });

  test("are created and changed", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/machines", {
      Name: "db-1",
      EnvironmentIds: ["Environments-1"],
      Roles: ["db"],
      Endpoint: { CommunicationStyle: "Ssh", Uri: "ssh://db-1" },
    });
    const changed = await as(octopus).put("/machines/Machines-3", { ...made.json, IsDisabled: true });

    expect(made.json).toMatchObject({ HealthStatus: "Healthy", Endpoint: { CommunicationStyle: "Ssh" } });
    expect(changed.json["Status"]).toBe("Disabled");
    expect((await as(octopus).get("/machines/db-1")).json["Roles"]).toEqual(["db"]);
    expect((await as(octopus).get("/machineroles/all")).json).toEqual(["db", "web"]);
    expect((await as(octopus).post("/machines", { Name: "x" })).status).toBe(400);
    expect((await as(octopus).post("/machines", { Name: "x", EnvironmentIds: ["Environments-9"] })).status).toBe(400);
    expect((await as(octopus).post("/machines", { Name: "WEB-1", EnvironmentIds: ["Environments-1"] })).status).toBe(
      400,
    );
    expect((await as(octopus, "eve").post("/machines", { Name: "x", EnvironmentIds: ["Environments-1"] })).status).toBe(
      403,
    );
    octopus.simulator.setSwitches({ invisibleResource: "403" });
    expect((await as(octopus, "eve").get("/machines/web-1")).status).toBe(200);
  });
});
