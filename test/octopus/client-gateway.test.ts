import { expect, test } from "vitest";
import { asId } from "../../src/model.ts";
import { connectToOctopus } from "../../src/octopus/client-gateway.ts";
import type { OctopusGateway, SpaceGateway } from "../../src/octopus/gateway.ts";
import { connect, connectOptions } from "./connect.ts";
import { json, refusal, root, startStub } from "./stub-server.ts";
import type { Answer } from "./stub-server.ts";

// The exact request of each method. What the server does with it is tested against the embedded Octopus Server.

const nothing = json({ Items: [], TotalResults: 0, ItemsPerPage: 30 });
const task = { Id: "ServerTasks-1", State: "Executing", IsCompleted: false };
const deployment = {
  Id: "Deployments-1",
  ReleaseId: "Releases-1",
  ChannelId: "Channels-1",
  EnvironmentId: "Environments-1",
  Created: "2026-01-01T00:00:00Z",
};

test.each<[string, Answer, (space: SpaceGateway) => Promise<unknown>, string]>([
  [
    "projectsNamed",
    nothing,
    (space) => space.projectsNamed("Web & API+"),
    "GET /projects?partialName=Web%20%26%20API%2B&skip=0&take=100",
  ],
  ["allProjects", json([]), (space) => space.allProjects(), "GET /projects/all"],
  ["allEnvironments", json([]), (space) => space.allEnvironments(), "GET /environments/all"],
  [
    "ephemeralEnvironments",
    nothing,
    (space) => space.ephemeralEnvironments(),
    "GET /environments/v2?type=Ephemeral&skip=0&take=1000",
  ],
  [
    "channelsOf",
    nothing,
    (space) => space.channelsOf(asId("Projects-1")),
    "GET /projects/Projects-1/channels?skip=0&take=1000",
  ],
  [
    "lifecyclePhases",
    json({ Phases: [] }),
    (space) => space.lifecyclePhases(asId("Lifecycles-1")),
    "GET /lifecycles/Lifecycles-1/preview",
  ],
  ["release", refusal(404, "Gone."), (space) => space.release(asId("Releases-1")), "GET /releases/Releases-1"],
  [
    "releasesOfChannel",
    nothing,
    (space) => drained(space.releasesOfChannel(asId("Channels-1"))),
    "GET /channels/Channels-1/releases?skip=0&take=30",
  ],
  [
    "releasesOfChannel with a search",
    nothing,
    (space) => drained(space.releasesOfChannel(asId("Channels-1"), { versionContains: "1.0+a", pageSize: 100 })),
    "GET /channels/Channels-1/releases?searchByVersion=1.0%2Ba&skip=0&take=100",
  ],
  [
    "deploymentTemplate",
    json({ PromoteTo: [] }),
    (space) => space.deploymentTemplate(asId("Releases-1")),
    "GET /releases/Releases-1/deployments/template",
  ],
  [
    "progressionOf",
    json({ Releases: [] }),
    (space) => space.progressionOf(asId("Projects-1"), 250),
    "GET /progression/Projects-1?releaseHistoryCount=100",
  ],
  [
    "deployments of any state anywhere",
    nothing,
    (space) => drained(space.deployments({ projectId: asId("Projects-1"), environmentIds: [] })),
    "GET /deployments?projects=Projects-1&skip=0&take=30",
  ],
  [
    "deployments with every filter",
    nothing,
    (space) =>
      drained(
        space.deployments({
          projectId: asId("Projects-1"),
          environmentIds: [asId("Environments-1"), asId("Environments-2")],
          channelId: asId("Channels-1"),
          tenantId: asId("Tenants-1"),
          firstPage: 10,
        }),
      ),
    "GET /deployments?projects=Projects-1&environments=Environments-1,Environments-2&channels=Channels-1&tenants=Tenants-1&skip=0&take=10",
  ],
  [
    "deployments of several projects, each in its channel",
    nothing,
    (space) =>
      drained(
        space.deployments({
          projectId: asId("Projects-1"),
          environmentIds: [asId("Environments-1")],
          channelId: asId("Channels-1"),
          besides: [{ projectId: asId("Projects-2"), channelId: asId("Channels-2") }],
        }),
      ),
    "GET /deployments?projects=Projects-1,Projects-2&environments=Environments-1&channels=Channels-1,Channels-2&skip=0&take=30",
  ],
  [
    "deploymentsById",
    nothing,
    (space) => space.deploymentsById([asId("Deployments-1"), asId("Deployments-2"), asId("Deployments-1")]),
    "GET /deployments?ids=Deployments-1,Deployments-2&skip=0&take=2",
  ],
  [
    "deployment",
    json(deployment),
    (space) => space.deployment(asId("Deployments-1")),
    "GET /deployments/Deployments-1",
  ],
  [
    "tasksById",
    nothing,
    (space) => space.tasksById([asId("ServerTasks-1"), asId("ServerTasks-2")]),
    "GET /tasks?ids=ServerTasks-1,ServerTasks-2&skip=0&take=2",
  ],
  [
    "deploymentTasksCompletedSince",
    nothing,
    (space) =>
      space.deploymentTasksCompletedSince({
        projectId: asId("Projects-1"),
        environmentId: asId("Environments-1"),
        since: Date.UTC(2026, 0, 1),
      }),
    "GET /tasks?project=Projects-1&environment=Environments-1&name=Deploy&states=Success&fromCompletedDate=2026-01-01T00%3A00%3A00.000Z&skip=0&take=100",
  ],
  [
    "deploymentTasksCompletedSince, or failed",
    nothing,
    (space) =>
      space.deploymentTasksCompletedSince({
        projectId: asId("Projects-1"),
        environmentId: asId("Environments-1"),
        since: Date.UTC(2026, 0, 1),
        orFailed: true,
      }),
    "GET /tasks?project=Projects-1&environment=Environments-1&name=Deploy&states=Success,Failed,Canceled,TimedOut&fromCompletedDate=2026-01-01T00%3A00%3A00.000Z&skip=0&take=100",
  ],
  ["task", json(task), (space) => space.task(asId("ServerTasks-1")), "GET /tasks/ServerTasks-1"],
  [
    "taskLog",
    json({ ActivityLogs: [] }),
    (space) => space.taskLog(asId("ServerTasks-1"), 20),
    "GET /tasks/ServerTasks-1/details?tail=20",
  ],
  [
    "tasksQueuedBefore",
    nothing,
    (space) => space.tasksQueuedBefore(asId("ServerTasks-1")),
    "GET /tasks/ServerTasks-1/queued-behind?skip=0&take=100",
  ],
  ["cancelTask", json(task), (space) => space.cancelTask(asId("ServerTasks-1")), "POST /tasks/ServerTasks-1/cancel"],
  [
    "createDeployment",
    json(deployment, 201),
    (space) =>
      space.createDeployment({ releaseId: asId("Releases-1"), environmentId: asId("Environments-1"), comments: "c" }),
    "POST /deployments",
  ],
])("%s is one request", async (_verb, answer, ask, expected) => {
  const server = await startStub([root, answer]);
  const space = await connect(server.url);

  await ask(space);

  expect(server.received.map(({ line }) => line.replace("/api/Spaces-1", ""))).toEqual(["GET /api", expected]);
});

async function drained(list: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const each of list) count += each === undefined ? 0 : 1;
  return count;
}

test("a deployment is created with the names of the API", async () => {
  const server = await startStub([root, json({ ...deployment, TaskId: "ServerTasks-1" }, 201)]);
  const space = await connect(server.url);

  const created = await space.createDeployment({
    releaseId: asId("Releases-1"),
    environmentId: asId("Environments-1"),
    tenantId: asId("Tenants-1"),
    comments: "by a test",
    specificTagIds: [],
  });

  expect(created).toMatchObject({ id: "Deployments-1", taskId: "ServerTasks-1" });
  expect(JSON.parse(server.received[1]?.body ?? "")).toEqual({
    ReleaseId: "Releases-1",
    EnvironmentId: "Environments-1",
    TenantId: "Tenants-1",
    Comments: "by a test",
    SkipActions: [],
    SpecificMachineIds: [],
    ExcludedMachineIds: [],
    FormValues: {},
  });
});

test("target tags are sent only if there are any, because older servers do not know them", async () => {
  const server = await startStub([root, json(deployment, 201)]);
  const space = await connect(server.url);

  await space.createDeployment({
    releaseId: asId("Releases-1"),
    environmentId: asId("Environments-1"),
    comments: "",
    specificTagIds: [asId("Tags-1")],
    excludedTagIds: [asId("Tags-2")],
  });

  expect(JSON.parse(server.received[1]?.body ?? "")).toMatchObject({
    SpecificTargetTagIds: ["Tags-1"],
    ExcludedTargetTagIds: ["Tags-2"],
  });
});

test("a server without ephemeral environments has none", async () => {
  const server = await startStub([root, json({ ErrorMessage: "Not found" }, 404)]);
  const space = await connect(server.url);

  expect(await space.ephemeralEnvironments()).toEqual([]);
});

test.each<[string, (space: SpaceGateway) => Promise<unknown>]>([
  ["release", (space) => space.release(asId("Releases-1"))],
  ["deploymentTemplate", (space) => space.deploymentTemplate(asId("Releases-1"))],
  ["deployment", (space) => space.deployment(asId("Deployments-1"))],
  ["task", (space) => space.task(asId("ServerTasks-1"))],
])("a %s that does not exist is undefined", async (_verb, ask) => {
  const server = await startStub([root, refusal(404, "The resource was not found.")]);
  const space = await connect(server.url);

  expect(await ask(space)).toBeUndefined();
});

test("without ids no request is sent, because the server would take an empty list for all of them", async () => {
  const server = await startStub([root, refusal(500, "Nobody should ask.")]);
  const space = await connect(server.url);

  expect(await space.tasksById([])).toEqual([]);
  expect(await space.deploymentsById([])).toEqual([]);
  expect(server.received).toHaveLength(1);
});

test("ids are requested a hundred at a time, and items that were not requested are left out", async () => {
  const everything = json({ Items: [task, { ...task, Id: "ServerTasks-999" }], TotalResults: 2 });
  const server = await startStub([root, everything]);
  const space = await connect(server.url);
  const ids = Array.from({ length: 250 }, (_, index) => asId<"ServerTask">(`ServerTasks-${index}`));

  const tasks = await space.tasksById(ids);

  const asked = server.received.slice(1).map(({ line }) => new URL(line.slice(4), server.url).searchParams);
  expect(asked.map((query) => query.get("ids")?.split(",").length)).toEqual([100, 100, 50]);
  expect(asked.flatMap((query) => query.get("ids")?.split(","))).toEqual(ids);
  expect(tasks.map(({ id }) => id)).toEqual(["ServerTasks-1", "ServerTasks-1", "ServerTasks-1"]);
});

test("own permissions are read for this space and the system", async () => {
  const server = await startStub([
    root,
    json({ Id: "Users-21" }),
    json({ SpacePermissions: { TaskView: [{ SpaceId: "Spaces-1" }] }, SystemPermissions: [] }),
  ]);
  const space = await connect(server.url);

  const grants = await space.ownPermissions();

  expect(grants).toMatchObject([{ permission: "TaskView", projectIds: [] }]);
  expect(server.received.slice(1).map(({ line }) => line)).toEqual([
    "GET /api/users/me",
    "GET /api/users/Users-21/permissions?spaces=Spaces-1&includeSystem=true",
  ]);
});

test.each([403, 404])("own permissions that the server does not return (%i) are undefined", async (status) => {
  const server = await startStub([root, json({ Id: "Users-21" }), refusal(status, "No.")]);
  const space = await connect(server.url);

  expect(await space.ownPermissions()).toBeUndefined();
});

const web = { Id: "Projects-1", Name: "Web", Slug: "the-web", LifecycleId: "Lifecycles-1" };
const webApi = { Id: "Projects-2", Name: "Web API", Slug: "web-api", LifecycleId: "Lifecycles-1" };

function page(...items: readonly object[]): Answer {
  return json({ Items: items, TotalResults: items.length, ItemsPerPage: 100 });
}

test.each<[string, string, readonly Answer[], readonly string[], number]>([
  ["an exact name", "Web", [page(web, webApi)], ["Projects-1", "Projects-2"], 1],
  ["a name in another case", " WEB api ", [page(webApi)], ["Projects-2"], 1],
  ["a slug that is part of a name", "web-api", [page({ ...webApi, Name: "web-api-2" })], ["Projects-2"], 1],
  ["a slug", "the-web", [page(), json(web)], ["Projects-1"], 2],
  ["an id", "Projects-1", [page(), json(web)], ["Projects-1"], 2],
  ["a slug beside names that contain it", "the-web", [page(webApi), json(web)], ["Projects-2", "Projects-1"], 2],
  ["nothing that could be a slug", "Web site", [page(web)], ["Projects-1"], 1],
  ["nothing that exists", "nope", [page(), refusal(404, "Not found.")], [], 2],
  ["the name of a route that answers a list", "all", [page(), json([web, webApi])], [], 2],
  ["the name of a route that answers something else", "pulse", [page(), json({ Id: "Pulse", Projects: [] })], [], 2],
])("looking for %s", async (_case, text, answers, ids, requests) => {
  const server = await startStub([root, ...answers]);
  const space = await connect(server.url);

  const found = await space.projectsNamed(text);

  expect(found.map(({ id }) => id)).toEqual(ids);
  expect(server.received).toHaveLength(1 + requests);
  expect(server.received[1]?.line).toContain(`?partialName=${encodeURIComponent(text.trim())}&`);
});

test.each<[string, Answer, (octopus: OctopusGateway) => Promise<unknown>, string]>([
  [
    "spacesNamed",
    page({ Id: "Spaces-1", Name: "Default" }),
    (octopus) => octopus.spacesNamed("Default"),
    "GET /api/spaces?partialName=Default&skip=0&take=100",
  ],
  ["allSpaces", json([]), (octopus) => octopus.allSpaces(), "GET /api/spaces/all"],
])("%s is one request", async (_verb, answer, ask, expected) => {
  const server = await startStub([root, answer]);
  const octopus = await connectToOctopus(connectOptions(server.url));

  await ask(octopus);

  expect(server.received.map(({ line }) => line)).toEqual(["GET /api", expected]);
});

test("the gateway knows the URL of the portal and the id of its space", async () => {
  const server = await startStub([root]);

  const octopus = await connectToOctopus(connectOptions(`${server.url}/octopus/api/`));

  expect(octopus.portalUrl).toBe(`${server.url}/octopus`);
  expect(octopus.inSpace(asId("Spaces-7")).spaceId).toBe("Spaces-7");
  expect(octopus.inSpace(asId("Spaces-7")).whilePolling().spaceId).toBe("Spaces-7");
});
