import { describe, expect, test } from "vitest";
import type { World } from "./octopus-server.ts";
import { as, each, server } from "./support/ask.ts";

const world: World = {
  now: "2026-02-10T12:00:00Z",
  environments: ["Dev", "Test"],
  projects: [
    {
      name: "Web",
      tenanted: "TenantedOrUntenanted",
      channels: ["Hotfix"],
      releases: [
        {
          version: "1.0.0",
          created: "-10d",
          deployments: [
            { environment: "Dev", at: "-9d", took: "1h" },
            { environment: "Test", at: "-8d", state: "Failed", error: "boom" },
            { environment: "Test", at: "-7d", took: "3d" },
          ],
        },
        {
          version: "1.1.0",
          created: "-6d",
          deployments: [
            { environment: "Dev", at: "-6d", state: "Warning", skippedSteps: ["x"], by: "admin", comments: "hello" },
            { environment: "Test", at: "-5d", tenant: "Contoso" },
            { environment: "Test", at: "-3d", taskPurged: true },
            { environment: "Test", at: "-2d", taskIdForgotten: true },
          ],
        },
        { version: "1.0.1", channel: "Hotfix", created: "-1d", deployments: [{ environment: "Dev", at: "-1d" }] },
      ],
    },
    {
      name: "Other",
      releases: [
        {
          version: "1.0.0",
          created: "-1h",
          deployments: [
            { environment: "Dev", at: "-30m", state: "Executing" },
            { environment: "Test", at: "-20m", state: "Queued" },
          ],
        },
      ],
    },
  ],
  tenants: [{ name: "Contoso", projects: { Web: ["Test"] } }],
  spaces: [
    {
      name: "Elsewhere",
      environments: ["Dev"],
      projects: [{ name: "Far", releases: [{ version: "1.0.0", deployments: ["Dev"] }] }],
    },
  ],
};

describe("deployments", () => {
  test.each([
    ["", 10],
    ["?projects=Projects-1", 8],
    ["?projects=Projects-1,Projects-2", 10],
    ["?environments=Environments-1", 4],
    ["?projects=Projects-1&environments=Environments-2", 5],
    ["?channels=Channels-2", 1],
    ["?tenants=Tenants-1", 1],
    ["?taskState=Success", 5],
    ["?taskState=failed", 1],
    ["?taskState=Executing", 1],
    ["?ids=Deployments-1,Deployments-99", 1],
    ["?partialName=to+dev", 4],
  ])("%s: %i", async (query, count) => {
    const octopus = await server({ world });

    expect((await as(octopus).get(`/Spaces-1/deployments${query}`)).json["TotalResults"]).toBe(count);
  });

  test("an unknown state is refused", async () => {
    const octopus = await server({ world });

    expect((await as(octopus).get("/deployments?taskState=Fine")).status).toBe(400);
  });

  test("newest created first, whenever they completed", async () => {
    const octopus = await server({ world });

    const found = await as(octopus).get(
      "/deployments?projects=Projects-1&environments=Environments-2&taskState=Success",
    );

    expect(each(found, "Created")).toEqual(["2026-02-05T12:00:00.000+00:00", "2026-02-03T12:00:00.000+00:00"]);
  });

  test("retention removes a task and keeps its deployment; some servers forget the task's id as well", async () => {
    const octopus = await server({ world });

    const found = await as(octopus).get("/deployments?projects=Projects-1&environments=Environments-2&take=2");
    const [forgotten, purged] = each(found, "TaskId");

    expect(forgotten).toBeNull();
    expect((await as(octopus).get(`/tasks/${String(purged)}`)).status).toBe(404);
  });

  const endings: World["projects"] = [
    {
      name: "Web",
      releases: [
        {
          version: "1.0.0",
          deployments: [
            { environment: "Dev", state: "Failed" },
            { environment: "Dev", state: "Canceled" },
            { environment: "Dev", state: "TimedOut" },
            { environment: "Dev", state: "Failed", taskPurged: true },
            { environment: "Dev", state: "Failed", taskIdForgotten: true },
            { environment: "Dev", neverRan: true },
          ],
        },
      ],
    },
  ];

  test("FailureEncountered is false for every deployment that has ended", async () => {
    const octopus = await server({ world: { environments: ["Dev"], projects: endings } });

    const found = await as(octopus).get("/deployments");

    expect(each(found, "FailureEncountered")).toEqual([false, false, false, false, false, false]);
  });

  test("a deployment that never ran has neither task nor targets, and completes no phase", async () => {
    const lifecycles = [{ name: "Two", phases: ["Dev", "Test"] }];
    const octopus = await server({
      world: {
        environments: ["Dev", "Test"],
        lifecycles,
        projects: [
          {
            name: "Web",
            lifecycle: "Two",
            releases: [{ version: "1.0.0", deployments: [{ environment: "Dev", neverRan: true }] }],
          },
        ],
      },
    });
    const { json } = await as(octopus).get("/deployments");
    const template = await as(octopus).get("/releases/Releases-1/deployments/template");

    expect(json["Items"]?.[0]).toMatchObject({ TaskId: null, DeployedToMachineIds: [], FailureEncountered: false });
    expect((await as(octopus).get("/tasks")).json["TotalResults"]).toBe(0);
    expect(template.json["PromoteTo"]).toMatchObject([{ Name: "Dev" }]);
    expect(template.json["PromoteTo"]?.[1]).toBeUndefined();
  });

  test("of one release, in all environments", async () => {
    const octopus = await server({ world });

    const found = await as(octopus).get("/releases/Releases-2/deployments");

    expect(found.json["TotalResults"]).toBe(4);
    expect(found.json["Items"]?.[3]).toMatchObject({
      Comments: "hello",
      SkipActions: ["x"],
      FailureEncountered: false,
    });
  });

  test("old servers ignored taskState", async () => {
    const octopus = await server({ world });
    octopus.simulator.setSwitches({ deploymentsFilteredByTaskState: false });

    expect((await as(octopus).get("/deployments?taskState=Failed")).json["TotalResults"]).toBe(10);
  });
});

describe("tasks", () => {
  test.each([
    ["", 8],
    ["?ids=", 8],
    ["?ids=ServerTasks-1,ServerTasks-2,ServerTasks-99", 2],
    ["?project=Projects-1", 6],
    ["?project=Projects-1&environment=Environments-2", 3],
    ["?environment=Environments-1", 4],
    ["?tenant=Tenants-1", 1],
    ["?name=Deploy", 8],
    ["?name=Health,RunbookRun", 0],
    ["?partialName=epl", 8],
    ["?description=1.0.1", 1],
    ["?states=Success", 5],
    ["?States=success,failed", 6],
    ["?states=New", 1],
    ["?active=true", 2],
    ["?running=true", 1],
    ["?hasWarningsOrErrors=true", 2],
    ["?hasPendingInterruptions=true", 0],
    ["?hasPendingPreconditions=true", 0],
    ["?runbook=Runbooks-1", 0],
    ["?fromCompletedDate=2026-02-05T00:00:00Z", 3],
    ["?toCompletedDate=2026-02-02T00:00:00%2B00:00", 1],
    ["?fromQueueDate=2026-02-09T00:00:00+00:00&toQueueDate=2026-02-09T23:00:00Z", 1],
    ["?fromStartDate=2026-02-10T00:00:00Z", 1],
  ])("%s: %i", async (query, count) => {
    const octopus = await server({ world });

    expect((await as(octopus).get(`/Spaces-1/tasks${query}`)).json["TotalResults"]).toBe(count);
  });

  test("the unscoped list spans every space, or the requested ones", async () => {
    const octopus = await server({ world });
    const total = async (query: string) => (await as(octopus).get(`/tasks${query}`)).json["TotalResults"];

    expect([await total(""), await total("?spaces=all"), await total("?spaces=Spaces-2")]).toEqual([9, 9, 1]);
    octopus.simulator.setSwitches({ unscopedListsHonourSpaces: false });
    expect(await total("?spaces=Spaces-2")).toBe(9);
  });

  test("the list has counts by state", async () => {
    const octopus = await server({ world });

    expect((await as(octopus).get("/Spaces-1/tasks")).json["TotalCounts"]).toEqual({
      Success: 5,
      Failed: 1,
      Executing: 1,
      Queued: 1,
    });
  });

  test("the task of a past deployment has a log of its steps", async () => {
    const octopus = await server({ world });

    const { json } = await as(octopus).get("/tasks/ServerTasks-2/details");

    expect(json["ActivityLogs"]?.[0]).toMatchObject({
      Status: "Failed",
      Children: [{ Name: "Step 1: Deploy", Status: "Failed", LogElements: [{ MessageText: "boom" }] }],
    });
  });

  test("a task that is executing in the world runs until the control API ends it", async () => {
    const octopus = await server({ world });
    const [task] = each(await as(octopus).get("/tasks?states=Executing"), "Id");

    octopus.advance(86_400_000);
    octopus.simulator.task(String(task)).complete({ state: "Success" });

    expect((await as(octopus).get(`/tasks/${String(task)}`)).json).toMatchObject({
      State: "Success",
      StartTime: "2026-02-10T11:30:00.000+00:00",
    });
  });
});

test("of documents of the same instant, the one with the later id comes first", async () => {
  const deployments = ["Dev", "Test"].map((environment) => ({ environment, at: "-1d" }));
  const octopus = await server({
    world: {
      environments: ["Dev", "Test"],
      projects: [
        {
          name: "Web",
          releases: [
            { version: "1", created: "-2d", deployments },
            { version: "2", created: "-2d" },
          ],
        },
      ],
    },
  });

  expect(each(await as(octopus).get("/deployments"), "Id")).toEqual(["Deployments-2", "Deployments-1"]);
  expect(each(await as(octopus).get("/tasks"), "Id")).toEqual(["ServerTasks-2", "ServerTasks-1"]);
  expect(each(await as(octopus).get("/projects/web/releases"), "Id")).toEqual(["Releases-2", "Releases-1"]);
});

test("releases of a project, by version and by channel", async () => {
  const octopus = await server({ world });
  const versions = async (path: string) => each(await as(octopus).get(path), "Version");

  expect(await versions("/projects/web/releases")).toEqual(["1.0.1", "1.1.0", "1.0.0"]);
  expect(await versions("/channels/Channels-2/releases?searchByVersion=1.0")).toEqual(["1.0.1"]);
  expect((await as(octopus).get("/projects/web/releases/1.1.0")).json["Id"]).toBe("Releases-2");
  expect((await as(octopus).get("/projects/web/releases/9.9.9")).status).toBe(404);
  expect((await as(octopus).get("/releases/Releases-2")).json["Version"]).toBe("1.1.0");
});

test("deleting a release deletes its deployments", async () => {
  const octopus = await server({ world });

  const deleted = await as(octopus).delete("/releases/Releases-1");

  expect(deleted.status).toBe(200);
  expect((await as(octopus).get("/releases/Releases-1")).status).toBe(404);
  expect((await as(octopus).get("/deployments/Deployments-1")).status).toBe(404);
});

test("10,000 releases and 50,000 deployments are loaded and queried", async () => {
  const bulk: World = {
    environments: ["A", "B", "C", "D", "E"],
    projects: ["Big"],
    history: [
      {
        project: "Big",
        environment: ["A", "B", "C", "D", "E"],
        count: 10_000,
        every: "5m",
        commits: 50,
        packages: ["Big.Package"],
        version: "2020.1.0.{n}",
      },
    ],
  };
  const octopus = await server({ world: bulk, checkShapes: false });

  const newest = await as(octopus).get(
    "/deployments?projects=Projects-1&environments=Environments-2&channels=Channels-1&taskState=Success&take=1",
  );
  const release = await as(octopus).get("/projects/big/releases/2020.1.0.10000");

  expect(newest.json["TotalResults"]).toBe(10_000);
  expect(newest.json["Items"]?.[0]).toMatchObject({ ReleaseId: release.json["Id"] });
  expect(release.json["BuildInformation"]?.[0]?.["Commits"]).toHaveLength(50);
  expect((await as(octopus).get("/tasks")).json["TotalResults"]).toBe(50_000);
});
