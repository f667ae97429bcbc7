import * as http from "node:http";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Deployment, type Environment, type Id, type Project, type Release, asId } from "../../src/model.ts";
import { connectToOctopus } from "../../src/octopus/client-gateway.ts";
import type { OctopusGateway, SpaceGateway } from "../../src/octopus/gateway.ts";
import { allItems } from "../../src/octopus/paging.ts";
import { type SharingParent, withSharedReads } from "../../src/octopus/shared-reads.ts";
import { startOctopusServer } from "../octopus-server/octopus-server.ts";
import type { OctopusServer, World } from "../octopus-server/octopus-server.ts";
import { connect, connectOptions, stillClock } from "./connect.ts";
import { type Answer, json, root, soon, startStub } from "./stub-server.ts";

const now = "2026-01-05T11:00:00.000Z";

const release = {
  version: "1.0.0",
  created: "-3d",
  deployments: [
    { environment: "Test", at: "-2d", took: "10m" },
    { environment: "Production", at: "-1d", took: "10m" },
  ],
};

const world = {
  now,
  environments: ["Test", "Production"],
  lifecycles: [{ name: "Standard", phases: ["Test", "Production"] }],
  projects: ["Orchestration", "Web API"].map((name) => ({
    name,
    lifecycle: "Standard",
    steps: [{ name: "Deploy", roles: ["web"] }],
    releases: [release],
  })),
  tenants: [{ name: "Contoso", projects: { "Web API": ["Test"] } }],
  machines: [{ name: "web-01", environments: ["Test"], roles: ["web"] }],
  spaces: [{ name: "Other", environments: ["Elsewhere"] }],
} satisfies World;

/** What the tests read, found before any request is counted. */
interface Place {
  readonly server: OctopusServer;
  readonly octopus: OctopusGateway;
  readonly space: SpaceGateway;
  readonly test: Environment;
  readonly parent: Child;
  readonly child: Child;
}

interface Child {
  readonly project: Project;
  readonly release: Release;
  readonly deployments: readonly Deployment[];
}

async function start(given: World = world): Promise<Place> {
  const server = await startOctopusServer({ world: given, now });
  onTestFinished(async () => {
    await server.stop();
    expect(server.journal().filter(({ unknownRoute }) => unknownRoute)).toEqual([]);
    expect(server.shapeViolations()).toEqual([]);
  });
  const octopus = await connectToOctopus(
    connectOptions(server.url, { credential: { kind: "api-key", value: server.apiKey } }),
  );
  const space = octopus.inSpace(found((await octopus.spacesNamed("Default"))[0]).id);
  const environments = await space.allEnvironments();
  const [parent, child] = await Promise.all([childOf(space, "Orchestration"), childOf(space, "Web API")]);
  server.clearJournal();
  return { server, octopus, space, test: found(environments[0]), parent, child };
}

async function childOf(space: SpaceGateway, name: string): Promise<Child> {
  const project = found((await space.projectsNamed(name)).find((each) => each.name === name));
  const channel = found((await space.channelsOf(project.id))[0]);
  const [first] = await allItems(space.releasesOfChannel(channel.id));
  const own = found(first);
  return { project, release: own, deployments: await space.deploymentsOfRelease(own.id) };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("Not found in this world.");
  return value;
}

/** The requests that some work makes, as the server's journal has them. */
async function requestsOf(server: OctopusServer, work: () => Promise<unknown>): Promise<readonly string[]> {
  server.clearJournal();
  await work();
  return server.journal().map(({ method, path }) => `${method} ${path}`);
}

type Ask = (place: Place & { readonly parentTask: Id<"ServerTask"> }) => Promise<unknown>;

function parentTaskOf({ parent }: Place): Id<"ServerTask"> {
  return found(parent.deployments[0]?.taskId);
}

function sharingParent(place: Place): SharingParent {
  return { taskId: parentTaskOf(place), releaseId: place.parent.release.id };
}

/** The same place, with shared reads. */
function shared(place: Place): Place {
  const octopus = withSharedReads(place.octopus, sharingParent(place));
  return { ...place, octopus, space: octopus.inSpace(place.space.spaceId) };
}

const sharedReads: readonly [string, Ask][] = [
  ["spaces by name", ({ octopus }) => octopus.spacesNamed("Other")],
  ["all spaces", ({ octopus }) => octopus.allSpaces()],
  ["projects by name", ({ space }) => space.projectsNamed("Web API")],
  ["all projects", ({ space }) => space.allProjects()],
  ["environments", ({ space }) => space.allEnvironments()],
  ["ephemeral environments", ({ space }) => space.ephemeralEnvironments()],
  ["tenants by name", ({ space }) => space.tenantsNamed("Contoso")],
  ["all tenants", ({ space }) => space.allTenants()],
  ["machines by id", ({ space }) => space.machinesById([asId("Machines-1")])],
  ["machines of an environment", ({ space, test: { id } }) => space.machinesIn(id)],
  ["channels", ({ space, child }) => space.channelsOf(child.project.id)],
  ["phases of a lifecycle", ({ space, child }) => space.lifecyclePhases(found(child.project.lifecycleId))],
  ["a release by id", ({ space, child }) => space.release(child.release.id)],
  ["a deployment by id", ({ space, child }) => space.deployment(found(child.deployments[0]).id)],
  ["a deployment that does not exist", ({ space }) => space.deployment(asId("Deployments-999"))],
  ["the key's own permissions", ({ space }) => space.ownPermissions()],
  ["freezes at an instant", ({ space }) => space.deploymentFreezes({ at: Date.parse(now) })],
  ["deployments of the parent's release", ({ space, parent }) => space.deploymentsOfRelease(parent.release.id)],
  ["interruptions of the parent's task", ({ space, parentTask }) => space.interruptionsOf(parentTask)],
  ["artifacts of the parent's task", ({ space, parentTask }) => space.artifactsOf(parentTask)],
];

test.each(sharedReads)("%s: read once for all children", async (_, ask) => {
  const place = await start();
  const parentTask = parentTaskOf(place);
  const plain = { ...place, parentTask };
  const single = await requestsOf(place.server, () => ask(plain));
  const sharing = { ...shared(place), parentTask };

  const answers: unknown[] = [];
  const requests = await requestsOf(place.server, async () => {
    answers.push(...(await Promise.all([ask(sharing), ask(sharing), ask(sharing)])));
    answers.push(await ask(sharing));
  });

  expect(single.length).toBeGreaterThan(0);
  expect(requests).toEqual(single);
  const answer = await ask(plain);
  expect(answers).toEqual([answer, answer, answer, answer]);
});

const freshReads: readonly [string, Ask][] = [
  ["a server task", ({ space, child }) => space.task(found(child.deployments[0]?.taskId))],
  ["the parent's own task", ({ space, parentTask }) => space.task(parentTask)],
  ["the log of a task", ({ space, child }) => space.taskLog(found(child.deployments[0]?.taskId))],
  ["server tasks by id", ({ space, child }) => space.tasksById([found(child.deployments[0]?.taskId)])],
  ["a template", ({ space, child }) => space.deploymentTemplate(child.release.id)],
  ["a preview", ({ space, child, test: { id } }) => space.deploymentPreview(child.release.id, id, undefined)],
  ["interruptions of a child", ({ space, child }) => space.interruptionsOf(found(child.deployments[0]?.taskId))],
  ["deployments of a child's release", ({ space, child }) => space.deploymentsOfRelease(child.release.id)],
  [
    "deployments of a project",
    ({ space, child, test: { id } }) =>
      allItems(space.deployments({ projectId: child.project.id, environmentIds: [id] })),
  ],
  ["the task queue", ({ space }) => space.queueIsStopped()],
  ["the environments, while polling", ({ space }) => space.whilePolling().allEnvironments()],
];

test.each(freshReads)("%s: read anew each time", async (_, ask) => {
  const place = await start();
  const parentTask = parentTaskOf(place);
  const single = await requestsOf(place.server, () => ask({ ...place, parentTask }));
  const sharing = { ...shared(place), parentTask };

  const requests = await requestsOf(place.server, async () => {
    await ask(sharing);
    await ask(sharing);
  });

  expect(single.length).toBeGreaterThan(0);
  expect(requests).toEqual([...single, ...single]);
});

test("a failed read is forgotten: callers at the same time fail together, and the next one sends a request", async () => {
  const place = await start();
  const { space } = shared(place);
  place.server.simulator.addFault({ route: "environments/all", status: 400, times: 1 });

  const ends: PromiseSettledResult<unknown>[] = [];
  const requests = await requestsOf(place.server, async () => {
    ends.push(...(await Promise.allSettled([space.allEnvironments(), space.allEnvironments()])));
    ends.push(...(await Promise.allSettled([space.allEnvironments()])));
    ends.push(...(await Promise.allSettled([space.allEnvironments()])));
  });

  expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled"]);
  expect(requests).toHaveLength(2);
});

test("approvals in another deployment of the parent's release are read once as well", async () => {
  const place = await start();
  const { space } = shared(place);
  const other = found(place.parent.deployments[1]?.taskId);
  const read = async () => {
    await space.deploymentsOfRelease(place.parent.release.id);
    await Promise.all([space.task(other), space.interruptionsOf(other), space.artifactsOf(other)]);
  };

  expect(await requestsOf(place.server, read)).toHaveLength(4);
  expect(await requestsOf(place.server, read)).toEqual([]);
});

test("spaces share nothing with each other", async () => {
  const place = await start();
  const { octopus, space } = shared(place);
  const other = octopus.inSpace(found((await octopus.spacesNamed("Other"))[0]).id);
  const namesIn = async (each: SpaceGateway) => (await each.allEnvironments()).map(({ name }) => name);

  expect(await namesIn(space)).toEqual(["Test", "Production"]);
  expect(await namesIn(other)).toEqual(["Elsewhere"]);
  expect(octopus.inSpace(other.spaceId)).toBe(other);
});

test.each<[string, (place: Place) => Promise<unknown>]>([
  ["polling", async ({ space }) => space.whilePolling()],
  ["a cancelled task", ({ space, child }) => space.cancelTask(found(child.deployments[0]?.taskId)).catch(() => "")],
  ["a refreshed snapshot", ({ space, child }) => space.refreshVariables(child.release)],
  [
    "a created deployment",
    ({ space, child, test: { id } }) =>
      space.createDeployment({ releaseId: child.release.id, environmentId: id, comments: "" }),
  ],
  ["a responsibility taken", ({ space }) => space.takeResponsibility(asId("Interruptions-9")).catch(() => "")],
  ["an answer", ({ space }) => space.submitInterruption(asId("Interruptions-9"), {}).catch(() => "")],
])("%s ends the sharing", async (_, act) => {
  const place = await start();
  const sharing = shared(place);
  const { octopus, space, parent, server } = sharing;
  const task = parentTaskOf(place);
  const read = () => Promise.all([octopus.allSpaces(), space.release(parent.release.id), space.interruptionsOf(task)]);
  await read();
  expect(await requestsOf(server, read)).toEqual([]);

  await act(sharing);

  expect(await requestsOf(server, read)).toHaveLength(3);
  expect(await requestsOf(server, read)).toHaveLength(3);
});

test("server tasks that several children ask for at once are read together, a hundred at a time", async () => {
  const history = {
    project: "Web API",
    environment: "Test",
    count: 250,
    from: "-365d",
    every: "1h",
    version: "2.0.{n}",
  };
  const place = await start({ ...world, history: [history] });
  const filter = { projectId: place.child.project.id, environmentIds: [place.test.id] };
  const deployments = await allItems(place.space.deployments(filter));
  const ids = deployments.flatMap(({ taskId }) => taskId ?? []);
  const wanted = [ids.slice(0, 120), ids.slice(100, 220), [], ids.slice(200, 250)];
  const { space } = shared(place);

  for (const gateway of [space, space.whilePolling()]) {
    const answers: (readonly string[])[] = [];
    const requests = await requestsOf(place.server, async () => {
      const tasks = await Promise.all(wanted.map((each) => gateway.tasksById(each)));
      answers.push(...tasks.map((each) => each.map(({ id }) => id)));
    });

    expect(answers.map((each) => new Set(each))).toEqual(wanted.map((each) => new Set(each)));
    const asked = requests.map((line) => new URL(line.slice(4), place.server.url).searchParams.get("ids")?.split(","));
    expect(asked.map((each) => each?.length)).toEqual([100, 100, 50]);
    expect(new Set(asked.flat()).size).toBe(250);
  }
  expect(await requestsOf(place.server, () => space.tasksById([]))).toEqual([]);
});

test("server tasks are read when no list of deployments is under way any more, for all children together", async () => {
  const place = await start();
  const { space, child, parent, test: environment, server } = shared(place);
  server.simulator.addFault({ route: "deployments", delay: "50ms", skip: 1 });
  const tasksOf = async ({ project }: Child) => {
    const deployments = await allItems(space.deployments({ projectId: project.id, environmentIds: [environment.id] }));
    return await space.tasksById(deployments.flatMap(({ taskId }) => taskId ?? []));
  };

  const answers: (readonly unknown[])[] = [];
  const requests = await requestsOf(server, async () =>
    answers.push(...(await Promise.all([tasksOf(parent), tasksOf(child)]))),
  );

  expect(answers.map(({ length }) => length)).toEqual([1, 1]);
  expect(requests.filter((line) => line.includes("/tasks?"))).toHaveLength(1);
});

test("after the planning, freezes are shared only while the request is under way", async () => {
  const place = await start();
  const { space, child, parent, server } = shared(place);
  const ask = ({ project }: Child) => space.deploymentFreezes({ projectIds: [project.id], at: Date.parse(now) });
  for (const { project } of [child, parent])
    await allItems(space.deployments({ projectId: project.id, environmentIds: [place.test.id] }));
  const together = () => Promise.all([ask(parent), ask(child)]);
  expect(await requestsOf(server, together)).toHaveLength(1);
  expect(await requestsOf(server, together)).toHaveLength(0);

  space.whilePolling();

  expect(await requestsOf(server, together)).toHaveLength(1);
  expect(await requestsOf(server, together)).toHaveLength(1);
});

test("a failed read of server tasks fails all callers that share it, and no later one", async () => {
  const place = await start();
  const { space } = shared(place);
  const ids = place.child.deployments.flatMap(({ taskId }) => taskId ?? []);
  place.server.simulator.addFault({ route: "tasks", status: 400, times: 1 });

  const ends = await Promise.allSettled([...ids.map((id) => [id]), []].map((each) => space.tasksById(each)));

  expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
  expect((await space.tasksById(ids)).map(({ id }) => id).sort()).toEqual([...ids].sort());
});

/** A server that answers only when the test says so. */
async function startPatientServer() {
  const held: { readonly line: string; answer(answer?: Answer): void }[] = [];
  const server = await startStub([
    root,
    (response, request) => {
      if (request.line === "GET /barrier") json({})(response, request);
      else held.push({ line: request.line, answer: (answer = json([])) => answer(response, request) });
    },
  ]);
  /** Resolves when every request that was sent before has arrived. */
  const barrier = () =>
    new Promise<void>((resolve, reject) => {
      http
        .get(`${server.url}/barrier`, { agent: false }, (response) => response.resume().on("end", resolve))
        .on("error", reject);
    });
  return { server, held, barrier };
}

test("at most twelve requests are under way, and the others follow in their order", async () => {
  const { server, held, barrier } = await startPatientServer();
  const space = await connect(server.url);
  const others = Array.from({ length: 30 }, () => space.allProjects());
  await vi.waitFor(() => expect(held).toHaveLength(12), soon);
  await barrier();
  const last = space.allEnvironments();

  for (let answered = 0; answered < 30; answered++) {
    await barrier();
    expect(held).toHaveLength(Math.min(12 + answered, 31));
    held[answered]?.answer();
    await vi.waitFor(() => expect(held).toHaveLength(Math.min(13 + answered, 31)), soon);
  }
  held[30]?.answer();
  await Promise.all([...others, last]);

  expect(held[30]?.line).toBe("GET /api/Spaces-1/environments/all");
});

test("a request that fails gives its place to the next", async () => {
  const failures = Array.from({ length: 40 }, () => json({ ErrorMessage: "No." }, 400));
  const server = await startStub([root, ...failures, json([])]);
  const space = await connect(server.url);

  const ends = await Promise.allSettled(Array.from({ length: 40 }, () => space.allProjects()));

  expect(ends.every(({ status }) => status === "rejected")).toBe(true);
  expect(await space.allProjects()).toEqual([]);
});

test("when the run has ended, requests that wait for a place are not sent", async () => {
  const { server, held, barrier } = await startPatientServer();
  const run = new AbortController();
  const space = await connect(server.url, { run: run.signal });
  const warnings: string[] = [];
  const warn = ({ name }: Error) => {
    if (name === "MaxListenersExceededWarning") warnings.push(name);
  };
  process.on("warning", warn);
  onTestFinished(() => void process.off("warning", warn));
  let settled = 0;
  const settle = () => void settled++;
  for (let asked = 0; asked < 30; asked++) space.allProjects().then(settle, settle);
  await vi.waitFor(() => expect(held).toHaveLength(12), soon);

  run.abort();
  await barrier();
  await barrier();

  expect({ held: held.length, settled, warnings }).toEqual({ held: 12, settled: 0, warnings: [] });
});

test("the time that a request waits for a place does not count as time without an answer", async () => {
  const { server, held } = await startPatientServer();
  const clock = stillClock();
  const space = await connect(server.url, { clock, patience: { planning: 1000, polling: 1000 } });
  const first = Array.from({ length: 12 }, () => space.allProjects());
  await vi.waitFor(() => expect(held).toHaveLength(12), soon);
  const waiting = space.allEnvironments();

  // Much later the first ones are answered, and the one that waited meets a server that is busy for a moment.
  await clock.sleep(60_000);
  for (const each of held.slice(0, 12)) each.answer();
  await Promise.all(first);
  await vi.waitFor(() => expect(held).toHaveLength(13), soon);
  held[12]?.answer(json({ ErrorMessage: "Busy." }, 503));
  await vi.waitFor(() => expect(held).toHaveLength(14), soon);
  held[13]?.answer();

  expect(await waiting).toEqual([]);
});
