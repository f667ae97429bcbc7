import {
  Client,
  DeploymentProcessRepository,
  DeploymentRepository,
  EnvironmentRepository,
  EnvironmentV2Repository,
  LifecycleRepository,
  NewProject,
  ProjectGroupRepository,
  ProjectRepository,
  ReleaseRepository,
  ServerTaskWaiter,
  SpaceRepository,
  SpaceServerTaskRepository,
  TaskState,
  TenantRepository,
  userGetCurrent,
} from "@octopusdeploy/api-client";
import { expect, test } from "vitest";
import type { OctopusServer } from "./octopus-server.ts";
import { server } from "./support/ask.ts";

async function connect(octopus: OctopusServer, apiKey = octopus.apiKey): Promise<Client> {
  return Client.create({ userAgentApp: "embedded-server-test", instanceURL: octopus.url, apiKey });
}

// The client caches the ids of spaces by name for the whole process, so each test needs a name of its own.
let spaces = 0;

/** Creates a space with environments and a project on an empty server, through the client's own repositories. */
async function build(octopus: OctopusServer) {
  const client = await connect(octopus);
  const user = await userGetCurrent(client);
  const spaceName = `Built ${++spaces}`;
  await new SpaceRepository(client).create({
    Name: spaceName,
    IsDefault: false,
    SpaceManagersTeams: [],
    SpaceManagersTeamMembers: [user.Id],
  });
  const environments = new EnvironmentRepository(client, spaceName);
  const testing = await environments.create({ Name: "Test" });
  await environments.create({ Name: "Production" });
  const [lifecycle] = (await new LifecycleRepository(client, spaceName).list({})).Items;
  // The client types a new group like an existing one, which has ids.
  const group = await new ProjectGroupRepository(client, spaceName).create({ Id: "", SpaceId: "", Name: "Shop" });
  if (lifecycle === undefined) throw new Error("The new space has no lifecycle.");
  const project = await new ProjectRepository(client, spaceName).create(NewProject("Web UI", group, lifecycle));
  return { client, spaceName, testing, project };
}

test("the client's repositories create a project, a release and a deployment, and its waiter waits for the task", async () => {
  const octopus = await server({ clock: { speed: 2000 } });
  const { client, spaceName, testing: environment, project } = await build(octopus);

  const release = await new ReleaseRepository(client, spaceName).create({
    spaceName,
    ProjectName: "Web UI",
    ReleaseVersion: "1.2.3",
  });
  const deployed = await new DeploymentRepository(client, spaceName).create({
    spaceName,
    ProjectName: "Web UI",
    ReleaseVersion: "1.2.3",
    EnvironmentNames: ["Test"],
  });
  const ids = deployed.DeploymentServerTasks.map(({ ServerTaskId }) => ServerTaskId);
  const seen: string[] = [];
  const tasks = await new ServerTaskWaiter(client, spaceName).waitForServerTasksToComplete(
    ids,
    20,
    10_000,
    ({ State }) => seen.push(State),
  );
  const found = await new DeploymentRepository(client, spaceName).list({
    projects: [project.Id],
    environments: [environment.Id],
    taskState: TaskState.Success,
  });

  expect(release.ReleaseVersion).toBe("1.2.3");
  expect(tasks).toMatchObject([{ State: "Success", IsCompleted: true }]);
  expect(seen.at(-1)).toBe("Success");
  expect(found.Items).toMatchObject([{ ReleaseId: release.ReleaseId, EnvironmentId: environment.Id }]);
});

test("the client reads projects, processes, environments, tenants and task logs", async () => {
  const octopus = await server({ clock: { speed: 5000 } });
  const { client, spaceName, project, testing: environment } = await build(octopus);
  await new ReleaseRepository(client, spaceName).create({ spaceName, ProjectName: project.Name });
  const tenant = await new TenantRepository(client, spaceName).create({
    Name: "Contoso",
    TenantTags: [],
    ProjectEnvironments: { [project.Id]: [environment.Id] },
  });

  const projects = await new ProjectRepository(client, spaceName).list({ partialName: "web" });
  const process = await new DeploymentProcessRepository(client, spaceName).get(project);
  const environments = await new EnvironmentV2Repository(client, spaceName).list({
    ids: [environment.Id],
    skip: 0,
    take: 10,
  });
  const releases = await new ReleaseRepository(client, spaceName).listForProject(project.Id, {
    searchByVersion: "0.0",
  });
  const deployed = await new DeploymentRepository(client, spaceName).create({
    spaceName,
    ProjectName: project.Slug,
    ReleaseVersion: "0.0.1",
    EnvironmentNames: ["test"],
  });
  const id = deployed.DeploymentServerTasks[0]?.ServerTaskId ?? "";
  await new ServerTaskWaiter(client, spaceName).waitForServerTaskToComplete(id, 10, 10_000);
  const details = await new SpaceServerTaskRepository(client, spaceName).getDetails(id);
  const raw = await new SpaceServerTaskRepository(client, spaceName).getRaw(id);

  expect(projects.Items.map(({ Name }) => Name)).toEqual(["Web UI"]);
  expect(process.ProjectId).toBe(project.Id);
  expect(environments.Items.map(({ Name }) => Name)).toEqual(["Test"]);
  expect(releases.Items.map(({ Version }) => Version)).toEqual(["0.0.1"]);
  expect(tenant.ProjectEnvironments).toEqual({ [project.Id]: [environment.Id] });
  expect(details.Task.State).toBe("Success");
  expect(raw).toContain("Task status:    Success");
});

test("the client's errors carry the server's message, and its waiter cancels the task on time-out", async () => {
  const octopus = await server({ clock: "real" });
  const { client, spaceName } = await build(octopus);
  await new ReleaseRepository(client, spaceName).create({ spaceName, ProjectName: "Web UI", ReleaseVersion: "1.0.0" });
  const deployments = new DeploymentRepository(client, spaceName);
  const stranger = await connect(octopus, "API-NOBODY");

  const early = deployments.create({
    spaceName,
    ProjectName: "Web UI",
    ReleaseVersion: "1.0.0",
    EnvironmentNames: ["Production"],
  });
  await expect(early).rejects.toThrow(/cannot be deployed to the environment 'Production'/);
  await expect(userGetCurrent(stranger)).rejects.toThrow(/^You must be logged in/);
  octopus.simulator.addScript({ queuedFor: "forever" });
  const { DeploymentServerTasks } = await deployments.create({
    spaceName,
    ProjectName: "Web UI",
    ReleaseVersion: "1.0.0",
    EnvironmentNames: ["Test"],
  });
  const id = DeploymentServerTasks[0]?.ServerTaskId ?? "";
  const waiting = new ServerTaskWaiter(client, spaceName).waitForServerTasksToComplete([id], 20, 60, undefined, true);

  await expect(waiting).rejects.toThrow(/Tasks were cancelled/);
  expect((await new SpaceServerTaskRepository(client, spaceName).getById(id)).State).toBe("Canceled");
});

test("the raw client reaches routes without a repository, also in a virtual directory", async () => {
  const octopus = await server({ world: "rm", basePath: "/octopus" });
  const client = await connect(octopus, octopus.keys["release-conductor"]);

  const preview = await client.get<{ readonly Phases: readonly unknown[] }>(
    "~/api/Spaces-603/lifecycles/Lifecycles-2/preview",
  );
  const template = await client.get<{ readonly PromoteTo: readonly { readonly Name: string }[] }>(
    "~/api/{spaceId}/releases/{id}/deployments/template",
    { spaceId: "Spaces-603", id: "Releases-8" },
  );

  expect(preview.Phases).toHaveLength(4);
  expect(template.PromoteTo.map(({ Name }) => Name)).toEqual(["Development", "Test", "Staging"]);
});
