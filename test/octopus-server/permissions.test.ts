import { describe, expect, test } from "vitest";
import type { World } from "./octopus-server.ts";
import { as, each, server, textOf } from "./support/ask.ts";

const world: World = {
  environments: ["Dev", "Production"],
  projectGroups: ["Shop"],
  projects: [
    { name: "Web", group: "Shop", releases: [{ version: "1.0.0", deployments: ["Dev", "Production"] }] },
    { name: "Payroll", releases: [{ version: "1.0.0", deployments: ["Dev"] }] },
  ],
  tenants: [{ name: "Contoso" }, { name: "Fabrikam" }],
  machines: [
    { name: "dev-1", environments: ["Dev"] },
    { name: "prod-1", environments: ["Production"] },
  ],
  users: ["nobody", "web", "dev", "grouped", "contoso", { name: "external" }, "half"],
  userRoles: [{ name: "Environments only", permissions: ["EnvironmentView"] }],
  teams: [
    { name: "Web people", members: ["web"], roles: [{ role: "Project viewer", projects: ["Web"] }] },
    {
      name: "Devs",
      members: ["dev"],
      roles: [
        { role: "Project viewer", environments: ["Dev"] },
        { role: "Environment viewer", environments: ["Dev"] },
      ],
    },
    { name: "Shop people", members: ["grouped"], roles: [{ role: "Project viewer", projectGroups: ["Shop"] }] },
    { name: "Contoso people", members: ["contoso"], roles: [{ role: "Project viewer", tenants: ["Contoso"] }] },
    { name: "Directory", externalMembers: ["external"], roles: [{ role: "Environments only", environments: ["Dev"] }] },
    { name: "Half", members: ["half"], system: true, roles: [{ role: "Project viewer", system: true }] },
  ],
  spaces: [{ name: "Other", projects: ["Elsewhere"], teams: [{ name: "Onlookers", members: ["grouped", "contoso"] }] }],
};

describe("lists leave out what the user may not see", () => {
  test.each([
    ["nobody", "/Spaces-1/projects", undefined],
    ["web", "/Spaces-1/projects", ["Web"]],
    ["grouped", "/Spaces-1/projects", ["Web"]],
    ["dev", "/Spaces-1/projects", ["Payroll", "Web"]],
    ["external", "/Spaces-1/projects", []],
    ["external", "/Spaces-1/environments/all", ["Dev"]],
    ["dev", "/Spaces-1/environments", ["Dev"]],
    ["dev", "/Spaces-1/machines", ["dev-1"]],
    ["web", "/Spaces-1/machines/all", []],
    ["contoso", "/Spaces-1/tenants/all", ["Contoso"]],
    ["web", "/spaces", ["Default"]],
    ["admin", "/spaces/all", ["Default", "Other"]],
    ["nobody", "/spaces", []],
    ["external", "/Spaces-1/lifecycles", []],
    ["contoso", "/Spaces-2/projects", []],
    ["grouped", "/spaces/all", ["Default", "Other"]],
    ["external", "/Spaces-1/projectgroups", []],
  ])("%s asks %s", async (user, path, names) => {
    const octopus = await server({ world });

    const answer = await as(octopus, user).get(path);

    expect(answer.status).toBe(names === undefined ? 404 : 200);
    expect(names === undefined ? undefined : each(answer)).toEqual(names);
  });

  test.each([
    ["web", 2],
    ["dev", 2],
    ["contoso", 0],
    ["admin", 3],
  ])("%s sees the deployments and tasks of allowed places: %i", async (user, count) => {
    const octopus = await server({ world });

    expect((await as(octopus, user).get("/Spaces-1/deployments")).json["TotalResults"]).toBe(count);
    expect((await as(octopus, user).get("/Spaces-1/tasks")).json["TotalResults"]).toBe(count);
  });
});

test("a resource that the user may not see answers 404 or 403, as a switch says", async () => {
  const octopus = await server({ world });

  const hidden = await as(octopus, "web").get("/Spaces-1/projects/payroll");
  octopus.simulator.setSwitches({ invisibleResource: "403" });
  const forbidden = await as(octopus, "web").get("/Spaces-1/projects/payroll");

  expect([hidden.status, forbidden.status]).toEqual([404, 403]);
  expect(forbidden.json["ErrorMessage"]).toMatch(/Missing permission: ProjectView$/);
});

describe("users/{id}/permissions", () => {
  test("lists each permission with its restrictions", async () => {
    const octopus = await server({ world });

    const { json } = await as(octopus, "dev").get("/Spaces-1/users/me/permissions");

    expect(json["SpacePermissions"]?.["DeploymentView"]).toEqual([
      {
        SpaceId: "Spaces-1",
        RestrictedToProjectIds: [],
        RestrictedToProjectGroupIds: [],
        RestrictedToEnvironmentIds: ["Environments-1"],
        RestrictedToTenantIds: [],
      },
    ]);
    expect(json["SpacePermissions"]?.["ProjectView"]?.[0]).toMatchObject({ RestrictedToEnvironmentIds: [] });
    expect(json["SpacePermissions"]).not.toHaveProperty("DeploymentCreate");
  });

  test("lists every permission in every space for an administrator", async () => {
    const octopus = await server({ world });

    const { json } = await as(octopus).get("/users/Users-1/permissions");

    expect(json["SpacePermissions"]?.["DeploymentCreate"]).toHaveLength(2);
    expect(json["SystemPermissions"]).toContain("AdministerSystem");
    expect(json["Teams"]).toEqual(expect.arrayContaining([expect.objectContaining({ Id: "teams-administrators" })]));
  });

  test("shows other users only with UserView", async () => {
    const octopus = await server({ world });

    expect((await as(octopus, "web").get("/users/Users-1")).status).toBe(404);
    expect((await as(octopus, "half").get("/users/Users-1")).json["Username"]).toBe("admin");
  });
});

describe("teammembership", () => {
  test("lists teams of direct members, of directory groups and of everyone", async () => {
    const octopus = await server({ world });
    const { json } = await as(octopus, "external").get("/users/me");

    const own = await as(octopus, "external").get(`/Spaces-1/teammembership?userId=${textOf(json["Id"])}`);

    expect(own.json).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ TeamName: "Directory", IsDirectlyAssigned: false, SpaceId: "Spaces-1" }),
        expect.objectContaining({ TeamId: "teams-everyone", SpaceId: null }),
      ]),
    );
    expect(each(await as(octopus, "external").get("/users/me/teams"))).toEqual(
      expect.arrayContaining(["Directory", "Everyone"]),
    );
  });

  test("requires TeamView for other users, and a user id", async () => {
    const octopus = await server({ world });

    expect((await as(octopus, "web").get("/Spaces-1/teammembership?userId=Users-1")).status).toBe(200);
    expect((await as(octopus, "external").get("/Spaces-1/teammembership?userId=Users-1")).json["ErrorMessage"]).toMatch(
      /Missing permission: TeamView$/,
    );
    expect((await as(octopus).get("/teammembership")).json["ErrorMessage"]).toBe("No userId parameter was provided.");
  });

  test("is narrowed down by spaces and includeSystem", async () => {
    const octopus = await server({ world });
    const names = async (query: string) =>
      each(await as(octopus).get(`/teammembership?userId=Users-1${query}`), "TeamName");

    expect(await names("&includeSystem=false")).toEqual([]);
    expect(await names("&spaces=Spaces-1&includeSystem=true")).toEqual(["Octopus Administrators", "Everyone"]);
  });
});
