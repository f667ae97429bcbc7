import { expect, onTestFinished, test } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { PermissionError, UnknownWriteError } from "../../src/errors.ts";
import type { Id, Project, Space } from "../../src/model.ts";
import { connectToOctopus } from "../../src/octopus/client-gateway.ts";
import type { Page, SpaceGateway } from "../../src/octopus/gateway.ts";
import { startOctopusServer } from "../octopus-server/octopus-server.ts";
import type { OctopusServer, World } from "../octopus-server/octopus-server.ts";
import { connectOptions, errorOf } from "./connect.ts";

const now = "2026-01-05T11:00:00.000Z";

const world = {
  now,
  environments: ["Development", "Test", "Production"],
  lifecycles: [{ name: "Standard", phases: ["Development", { name: "Test", optional: true }, "Production"] }],
  projects: [
    {
      name: "Web API",
      lifecycle: "Standard",
      steps: [{ name: "Deploy web", packages: ["Web.Api"] }],
      channels: [{ name: "Default", isDefault: true }, "Hotfix"],
      releases: [
        {
          version: "1.0.0",
          created: "-3d",
          notes: "First.",
          deployments: [
            { environment: "Development", at: "-2d", took: "10m" },
            { environment: "Test", at: "-1d", took: "5m", state: "Failed", error: "It broke." },
          ],
        },
        {
          version: "1.1.0",
          created: "-1d",
          deployments: [{ environment: "Development", at: "-2h", taskPurged: true }],
        },
      ],
    },
    { name: "Web", lifecycle: "Standard", disabled: true },
    "Secret",
  ],
  users: [{ name: "viewer", service: true, teams: ["Viewers"] }],
  teams: [{ name: "Viewers", roles: [{ role: "Project viewer", projects: ["Web API"] }] }],
  spaces: [{ name: "Other", projects: ["Web API"] }],
} satisfies World;

/** Starts an Octopus Server whose clock the test moves. Unknown routes and answers in a wrong shape fail the test. */
async function start(given: World = world, basePath = ""): Promise<OctopusServer> {
  const server = await startOctopusServer({ world: given, basePath, now });
  onTestFinished(async () => {
    await server.stop();
    expect(server.journal().filter(({ unknownRoute }) => unknownRoute)).toEqual([]);
    expect(server.shapeViolations()).toEqual([]);
  });
  return server;
}

function clockOf(server: OctopusServer): Clock {
  return {
    now: () => server.now(),
    elapsed: () => server.now(),
    sleep: async (milliseconds) => {
      server.advance(milliseconds);
    },
  };
}

async function enter(server: OctopusServer, key = server.apiKey): Promise<SpaceGateway> {
  const octopus = await connectToOctopus(
    connectOptions(server.url, { clock: clockOf(server), credential: { kind: "api-key", value: key } }),
  );
  const [space] = await octopus.spacesNamed("Default");
  return octopus.inSpace(found(space).id);
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("Not found in this world.");
  return value;
}

async function webApi(space: SpaceGateway): Promise<Project> {
  return found((await space.projectsNamed("Web API"))[0]);
}

async function collect<T>(list: AsyncIterable<Page<T>>): Promise<readonly (readonly T[])[]> {
  const collected: (readonly T[])[] = [];
  for await (const { items } of list) collected.push(items);
  return collected;
}

test("spaces and projects are found by name, part of a name, slug and id", async () => {
  const server = await start();
  const octopus = await connectToOctopus(
    connectOptions(server.url, { credential: { kind: "api-key", value: server.apiKey } }),
  );
  const names = (spaces: readonly Space[]) => spaces.map(({ name }) => name);
  expect(names(await octopus.allSpaces())).toEqual(["Default", "Other"]);
  expect(names(await octopus.spacesNamed("oTHER"))).toEqual(["Other"]);
  const other = found((await octopus.spacesNamed("Other"))[0]);
  expect(names(await octopus.spacesNamed(other.id))).toEqual(["Other"]);
  const space = octopus.inSpace(found((await octopus.spacesNamed("default"))[0]).id);

  const projects = await Promise.all(
    ["web", "web-api", "Web API", "nope", "all"].map((text) => space.projectsNamed(text)),
  );

  expect(projects.map((list) => list.map(({ name }) => name))).toEqual([
    ["Web", "Web API"],
    ["Web API"],
    ["Web API"],
    [],
    [],
  ]);
  expect((await space.projectsNamed("Web")).map(({ isDisabled }) => isDisabled)).toEqual([true, false]);
  expect(await octopus.inSpace(other.id).allProjects()).toHaveLength(1);
});

test("a project is read with its channels, phases, releases, and the environments in which they are allowed", async () => {
  const server = await start();
  const space = await enter(server);
  const project = await webApi(space);
  const environments = await space.allEnvironments();
  const name = new Map(environments.map((environment) => [environment.id, environment.name]));
  const channels = await space.channelsOf(project.id);
  const phases = await space.lifecyclePhases(found(project.lifecycleId));
  const [releases = []] = await collect(space.releasesOfChannel(found(channels[0]).id));
  const template = found(await space.deploymentTemplate(found(releases[1]).id));

  expect(channels).toMatchObject([
    { name: "Default", isDefault: true, lifecycleId: undefined, projectId: project.id },
    { name: "Hotfix", isDefault: false },
  ]);
  expect(
    phases.map(({ environmentIds, isOptional }) => [environmentIds.map((id) => name.get(id)), isOptional]),
  ).toEqual([
    [["Development"], false],
    [["Test"], true],
    [["Production"], false],
  ]);
  expect(releases).toMatchObject([
    { version: "1.1.0" },
    {
      version: "1.0.0",
      releaseNotes: "First.",
      assembled: Date.parse(now) - 3 * 86_400_000,
      packages: [{ actionName: "Deploy web", version: "1.0.0" }],
    },
  ]);
  expect(template.promoteTo.map((id) => name.get(id))).toEqual(["Development", "Test", "Production"]);
  expect(await space.release(found(releases[0]).id)).toEqual(releases[0]);
  expect((await space.progressionOf(project.id, 3)).map(({ release }) => release.version)).toContain("1.1.0");
});

test("deployments come newest first, with the tasks that still exist", async () => {
  const server = await start();
  const space = await enter(server);
  const project = await webApi(space);
  const environments = await space.allEnvironments();
  const idOf = (name: string) => found(environments.find((environment) => environment.name === name)).id;

  const [all = []] = await collect(space.deployments({ projectId: project.id, environmentIds: [] }));
  const [earlier = []] = await collect(
    space.deployments({
      projectId: project.id,
      environmentIds: [idOf("Development"), idOf("Test")],
    }),
  );
  const taskIds = all.flatMap(({ taskId }) => (taskId === undefined ? [] : [taskId]));
  const tasks = await space.tasksById(taskIds);

  expect(all.map(({ environmentId }) => environmentId)).toEqual(["Development", "Test", "Development"].map(idOf));
  expect(earlier.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  expect(new Set(tasks.map(({ state }) => state))).toEqual(new Set(["Success", "Failed"]));
  expect(tasks.find(({ state }) => state === "Failed")?.errorMessage).toContain("It broke.");
  expect(await space.deploymentsById(all.map(({ id }) => id))).toHaveLength(3);
  expect(await space.deployment(found(all[0]).id)).toEqual(all[0]);
  const completed = found(tasks.find(({ state }) => state === "Success")?.completedTime);
  const since = (instant: number) =>
    space.deploymentTasksCompletedSince({ projectId: project.id, environmentId: idOf("Development"), since: instant });
  expect((await since(completed)).map(({ deploymentId }) => deploymentId)).toEqual([found(all[2]).id]);
  expect(await since(completed + 1)).toEqual([]);
});

test("a long history is read in growing pages, and only as far as the caller reads", async () => {
  const server = await start({
    ...world,
    history: [
      { project: "Web API", environment: "Development", count: 1500, from: "-365d", every: "1h", version: "2.0.{n}" },
    ],
  });
  const space = await enter(server);
  const project = await webApi(space);
  const filter = { projectId: project.id, environmentIds: [] };
  server.clearJournal();

  for await (const { items } of space.deployments(filter)) if (items.length > 30) break;
  expect(server.journal()).toHaveLength(2);
  const pages = await collect(space.deployments(filter));

  expect(pages.map(({ length }) => length)).toEqual([30, 100, 300, 700, 373]);
  const created = pages.flat().map((deployment) => deployment.created);
  expect(created).toEqual([...created].sort((a, b) => b - a));
  const releases = await collect(
    space.releasesOfChannel(found((await space.channelsOf(project.id))[0]).id, {
      versionContains: "2.0.12",
      pageSize: 100,
    }),
  );
  expect(releases.flat()).toHaveLength(111);
});

async function deployable(space: SpaceGateway) {
  const project = await webApi(space);
  const [channel] = await space.channelsOf(project.id);
  const [[release] = []] = await collect(space.releasesOfChannel(found(channel).id, { versionContains: "1.1.0" }));
  const environment = (await space.allEnvironments()).find(({ name }) => name === "Test");
  return {
    projectId: project.id,
    request: { releaseId: found(release).id, environmentId: found(environment).id, comments: "by a test" },
  };
}

async function live(server: OctopusServer, space: SpaceGateway): Promise<Id<"ServerTask">> {
  server.simulator.addScript({
    project: "Web API",
    duration: "10m",
    steps: [{ name: "Deploy web", log: ["Working"] }],
  });
  const { request } = await deployable(space);
  return found((await space.createDeployment(request)).taskId);
}

test("a deployment is created, polled until it ends, and its log is read", async () => {
  const server = await start();
  const space = await enter(server);
  const id = await live(server, space);

  server.advance(300_000);
  expect(await space.task(id)).toMatchObject({ state: "Executing", isCompleted: false, completedTime: undefined });
  server.advance(300_000);
  const ended = found(await space.task(id));
  const log = await space.taskLog(id, 10);

  expect(ended).toMatchObject({ state: "Success", isCompleted: true, hasPendingInterruptions: false });
  expect(found(ended.completedTime)).toBeGreaterThan(found(ended.startTime));
  expect(JSON.stringify(log)).toContain("Working");
});

test("a second deployment to the same environment waits behind the first, and is cancelled", async () => {
  const server = await start();
  const space = await enter(server);
  const first = await live(server, space);
  const { request } = await deployable(space);
  const second = found((await space.createDeployment(request)).taskId);

  expect(await space.tasksQueuedBefore(second)).toMatchObject([
    { id: first, description: expect.stringContaining("1.1.0") },
  ]);
  const cancelled = await space.cancelTask(second);

  expect(["Cancelling", "Canceled"]).toContain(cancelled.state);
  server.advance(60_000);
  expect(await space.task(second)).toMatchObject({ state: "Canceled", isCompleted: true });
});

test("a key that may only view things sees those, gets the missing permission named, and can read its permissions", async () => {
  const server = await start();
  const space = await enter(server, found(server.keys["viewer"]));
  const project = await webApi(space);
  const { request } = await deployable(space);

  const error = await errorOf(space.createDeployment(request));
  const grants = found(await space.ownPermissions());

  expect((await space.allProjects()).map(({ name }) => name)).toEqual(["Web API"]);
  expect(error).toBeInstanceOf(PermissionError);
  expect(error).toMatchObject({ status: 403, message: expect.stringContaining("DeploymentCreate") });
  expect(grants.find(({ permission }) => permission === "DeploymentView")?.projectIds).toEqual([project.id]);
  expect(grants.some(({ permission }) => permission === "DeploymentCreate")).toBe(false);
});

test("a wrong key is refused at the first request", async () => {
  const server = await start();
  const octopus = await connectToOctopus(connectOptions(server.url));

  const error = await errorOf(octopus.spacesNamed("Default"));

  expect(error).toMatchObject({ name: "PermissionError", status: 401 });
});

test("a server in a virtual directory is used", async () => {
  const server = await start(world, "/octopus");
  const space = await enter(server);

  expect(await space.allEnvironments()).toHaveLength(3);
});

test("a write that took effect before the connection broke is not sent again", async () => {
  const server = await start();
  const space = await enter(server);
  const { projectId, request } = await deployable(space);
  server.simulator.addFault({ method: "POST", route: "deployments", reset: "after", times: 1 });

  const error = await errorOf(space.createDeployment(request));

  expect(error).toBeInstanceOf(UnknownWriteError);
  const [deployments = []] = await collect(space.deployments({ projectId, environmentIds: [request.environmentId] }));
  expect(deployments.filter(({ comments }) => comments === "by a test")).toHaveLength(1);
});

test("polling goes on after the server was away for five minutes", async () => {
  const server = await start();
  const space = await enter(server);
  const id = await live(server, space);
  const back = server.now() + 300_000;
  server.simulator.addFault({ route: "tasks/*", status: 503, html: true });
  const clock = clockOf(server);
  const returning: Clock = {
    ...clock,
    sleep: async (milliseconds) => {
      await clock.sleep(milliseconds);
      if (server.now() >= back) server.simulator.clearFaults();
    },
  };
  const octopus = await connectToOctopus(
    connectOptions(server.url, { clock: returning, credential: { kind: "api-key", value: server.apiKey } }),
  );

  const task = await octopus.inSpace(space.spaceId).whilePolling().task(id);

  expect(task).toMatchObject({ id, state: "Executing" });
  expect(server.now() - back).toBeLessThan(15_000);
});

test("twenty gateways that start together share a limit of 200 requests a minute", async () => {
  const server = await start();
  server.simulator.useProfile("rateLimited");

  const spaces = await Promise.all(Array.from({ length: 20 }, () => enter(server)));
  await Promise.all(spaces.flatMap((space) => Array.from({ length: 12 }, () => space.allEnvironments())));

  const refused = server.journal().filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(400);
});

test("answers without what newer servers send, or with broken values, are still read", async () => {
  const server = await start();
  server.simulator.setSwitches({ pendingTypesOnTasks: false, yearOneDates: true });
  const space = await enter(server);
  const id = await live(server, space);
  const { request } = await deployable(space);

  server.simulator.task(id).raiseIntervention({ instructions: "Look." });
  expect(await space.task(id)).toMatchObject({ hasPendingInterruptions: true, isCompleted: false });
  const created = await space.createDeployment(request);
  server.simulator.task(found(created.taskId)).purge({ forgetId: true });

  expect(await space.tasksById([found(created.taskId)])).toEqual([]);
  expect(await space.task(found(created.taskId))).toBeUndefined();
  expect(await space.deployment(created.id)).toMatchObject({ id: created.id, taskId: undefined });
});
