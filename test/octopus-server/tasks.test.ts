import { describe, expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import type { ScriptInput } from "./tasks/script.ts";
import { as, each, server, textOf } from "./support/ask.ts";
import type { Json } from "./support/ask.ts";

const start = Date.parse("2026-02-10T12:00:00Z");
const minute = 60_000;

function worldWith(script: ScriptInput, more: World = {}): World {
  return {
    now: "2026-02-10T12:00:00Z",
    environments: ["Dev", "Test"],
    machines: [
      { name: "web-1", environments: ["Dev", "Test"], roles: ["web"] },
      { name: "web-2", environments: ["Dev", "Test"], roles: ["web"] },
    ],
    projects: [
      {
        name: "Web",
        allowDeploymentsToNoTargets: true,
        steps: [{ name: "Build", id: "build" }, { name: "Deploy", roles: ["web"] }, "Smoke test"],
        scripts: [script],
        releases: ["1.0.0", "1.1.0"],
      },
      { name: "Other", releases: ["1.0.0"], scripts: [{ duration: "10m" }] },
    ],
    ...more,
  };
}

interface Started {
  readonly octopus: OctopusServer;
  readonly taskId: string;
  readonly deploymentId: string;
  readonly task: () => Promise<Json>;
}

async function deploy(octopus: OctopusServer, change: Readonly<Record<string, unknown>> = {}): Promise<Started> {
  const body = { ReleaseId: "Releases-1", EnvironmentId: "Environments-1", ...change };
  const { json } = await as(octopus).post("/deployments", body);
  const taskId = textOf(json["TaskId"]);
  return {
    octopus,
    taskId,
    deploymentId: textOf(json["Id"]),
    task: async () => (await as(octopus).get(`/tasks/${taskId}`)).json,
  };
}

async function started(
  script: ScriptInput,
  more?: World,
  change?: Readonly<Record<string, unknown>>,
): Promise<Started> {
  return deploy(await server({ world: worldWith(script, more) }), change);
}

function at(offset: number): string {
  return new Date(start + offset).toISOString().replace("Z", "+00:00");
}

describe("how a deployment goes", () => {
  test("it takes exactly its duration, however late the task is read", async () => {
    const { octopus, task } = await started({ duration: "5m" });

    const early = await task();
    octopus.advance(5 * minute - 1);
    const late = await task();
    octopus.advance(60 * minute);
    const done = await task();

    expect([early["State"], late["State"], done["State"]]).toEqual(["Executing", "Executing", "Success"]);
    expect(early).toMatchObject({ IsCompleted: false, CompletedTime: null, HasBeenPickedUpByProcessor: true });
    expect(done).toMatchObject({
      IsCompleted: true,
      FinishedSuccessfully: true,
      StartTime: at(0),
      CompletedTime: at(5 * minute),
      Duration: "5 minutes",
      ErrorMessage: "",
      HasWarningsOrErrors: false,
    });
  });

  const endings: readonly (readonly [string, ScriptInput, Readonly<Record<string, unknown>>])[] = [
    ["a warning is still a success", { result: "Warning" }, { State: "Success", HasWarningsOrErrors: true }],
    ["a failure without a step", { result: "Failed", error: "boom" }, { State: "Failed", ErrorMessage: "boom" }],
    [
      "a failing step",
      { steps: [{ name: "Deploy", result: "Failed", error: "no disk" }] },
      { State: "Failed", ErrorMessage: "no disk" },
    ],
    [
      "a step with a warning",
      { steps: [{ name: "Deploy", result: "Warning" }] },
      { State: "Success", HasWarningsOrErrors: true },
    ],
    ["superseded by the server", { supersededAfter: "5s", duration: "1m" }, { State: "Canceled" }],
    [
      "a queue time-out of its own",
      { queuedFor: "forever", queueTimeout: "1m" },
      { State: "TimedOut", StartTime: null },
    ],
    [
      "a rejected change request",
      { precondition: { after: "1m", rejected: true } },
      { State: "Failed", StartTime: null },
    ],
  ];

  test.each(endings)("%s", async (_rule, script, expected) => {
    const { octopus, task } = await started(script);

    octopus.advance(2 * minute);

    expect(await task()).toMatchObject({ ...expected, IsCompleted: true });
  });

  test("after a failed step later ones are skipped, the log says why, and FailureEncountered is false in the end", async () => {
    const { octopus, taskId, deploymentId } = await started({
      duration: "30s",
      steps: [{ name: "Deploy", result: "Failed", error: "no disk", log: ["copying"] }],
    });
    octopus.advance(minute);

    const { json: details } = await as(octopus).get(`/tasks/${taskId}/details`);
    const { json: deployment } = await as(octopus).get(`/deployments/${deploymentId}`);

    expect(deployment["FailureEncountered"]).toBe(false);
    expect(details["ActivityLogs"]?.[0]).toMatchObject({
      Status: "Failed",
      Name: "Deploy Web release 1.0.0 to Dev",
      LogElements: [{ Category: "Fatal", MessageText: "no disk" }],
      Children: [
        { Name: "Step 1: Build", Status: "Success" },
        {
          Name: "Step 2: Deploy",
          Status: "Failed",
          Children: [
            {
              Name: "web-1",
              Status: "Failed",
              LogElements: [{ MessageText: "copying" }, { Category: "Error", MessageText: "no disk" }],
            },
            { Name: "web-2", Status: "Failed" },
          ],
        },
        { Name: "Step 3: Smoke test", Status: "Skipped" },
      ],
    });
  });

  test("log lines appear over time, on several targets at the same instant", async () => {
    const log = [
      { text: "hello", target: "*", after: "2s" },
      { text: "detail", category: "Verbose", target: "web-2", after: "4s" },
      "bye",
    ];
    const { octopus, taskId } = await started({ duration: "30s", steps: [{ name: "Deploy", log }] });
    const targets = async (query = "") =>
      (await as(octopus).get(`/tasks/${taskId}/details${query}`)).json["ActivityLogs"]?.[0]?.["Children"]?.[1]?.[
        "Children"
      ];

    octopus.advance(13_000);
    const early = await targets();
    octopus.advance(minute);
    const quiet = await targets();
    const verbose = await targets("?verbose=true");

    expect(early).toMatchObject([
      { LogElements: [{ MessageText: "hello", OccurredAt: at(12_000) }] },
      { LogElements: [{ OccurredAt: at(12_000) }] },
    ]);
    expect(quiet?.[1]?.["LogElements"]).toHaveLength(1);
    expect(verbose?.[1]?.["LogElements"]).toMatchObject([
      { MessageText: "hello" },
      { MessageText: "detail", Category: "Verbose" },
    ]);
  });

  test("tail keeps the last lines of each node and marks the gap", async () => {
    const { octopus, taskId } = await started({ steps: [{ name: "Build", log: ["one", "two", "three"] }] });
    octopus.advance(minute);

    const { json } = await as(octopus).get(`/tasks/${taskId}/details?tail=1`);
    const raw = await as(octopus).get(`/tasks/${taskId}/raw`);

    expect(json["ActivityLogs"]?.[0]?.["Children"]?.[0]?.["Children"]?.[0]?.["LogElements"]).toMatchObject([
      { Category: "Gap" },
      { MessageText: "three", Number: 3 },
    ]);
    expect(json["Progress"]).toMatchObject({ ProgressPercentage: 100 });
    expect(raw.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(raw.text).toMatch(/one\n.*two\n.*three/);
  });

  test("output variables can be read from the deployment's manifest, secrets without their values", async () => {
    const outputs = { Url: "https://web.example", Token: { value: "s3cret", sensitive: true } };
    const { octopus, deploymentId } = await started({ steps: [{ name: "Deploy", outputs }] });
    octopus.advance(minute);

    const { json } = await as(octopus).get(`/deployments/${deploymentId}`);
    const manifest = await as(octopus).get(`/variables/${textOf(json["ManifestVariableSetId"])}`);

    expect(manifest.json["Variables"]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Name: "Octopus.Action[Deploy].Output.Url", Value: "https://web.example" }),
        expect.objectContaining({ Name: "Octopus.Action[Deploy].Output.Token", Value: null, IsSensitive: true }),
      ]),
    );
    expect(manifest.text).not.toContain("s3cret");
  });

  test("skipped steps and excluded machines do not run", async () => {
    const { octopus, taskId, deploymentId } = await started({}, undefined, {
      SkipActions: ["build"],
      ExcludedMachineIds: ["Machines-2"],
    });
    octopus.advance(minute);

    const { json } = await as(octopus).get(`/tasks/${taskId}/details`);
    const deployment = await as(octopus).get(`/deployments/${deploymentId}`);

    expect(json["ActivityLogs"]?.[0]?.["Children"]).toMatchObject([
      { Status: "Skipped" },
      { Children: [{ Name: "web-1" }] },
      { Status: "Success" },
    ]);
    expect(deployment.json["DeployedToMachineIds"]).toEqual(["Machines-1"]);
  });
});

describe("the script that applies", () => {
  test("is the newest that matches, for its number of times", async () => {
    const octopus = await server({ world: worldWith({ duration: "1s" }) });
    octopus.simulator.addScript({
      project: "web",
      environment: "Dev",
      version: "1.0.*",
      times: 1,
      result: "Failed",
      error: "once",
    });

    const first = await deploy(octopus);
    octopus.advance(minute);
    const second = await deploy(octopus);
    octopus.advance(minute);

    expect([(await first.task())["State"], (await second.task())["State"]]).toEqual(["Failed", "Success"]);
  });

  test("is none for another project, environment or tenant", async () => {
    const octopus = await server({ world: worldWith({ duration: "1s" }) });
    octopus.simulator.addScript({ environment: "Test", result: "Failed" });
    octopus.simulator.addScript({ project: "Other", result: "Failed" });
    octopus.simulator.addScript({ tenant: "Contoso", result: "Failed" });

    const { task } = await deploy(octopus);
    octopus.advance(minute);

    expect((await task())["State"]).toBe("Success");
  });
});

describe("the queue", () => {
  test("deployments of one project to one environment run one after the other, others side by side", async () => {
    const octopus = await server({ world: worldWith({ duration: "1m" }) });
    const first = await deploy(octopus);
    const second = await deploy(octopus, { ReleaseId: "Releases-2" });
    const other = await deploy(octopus, { ReleaseId: "Releases-3" });

    const behind = await as(octopus).get(`/tasks/${second.taskId}/queued-behind`);
    const states = [(await first.task())["State"], (await second.task())["State"], (await other.task())["State"]];
    octopus.advance(minute);

    expect(states).toEqual(["Executing", "Queued", "Executing"]);
    expect(each(behind, "Id")).toEqual([first.taskId]);
    expect(await second.task()).toMatchObject({ State: "Executing", StartTime: at(minute) });
    expect(each(await as(octopus).get(`/tasks/${second.taskId}/queued-behind`), "Id")).toEqual([]);
  });

  test("tenants do not wait for each other", async () => {
    const octopus = await server({
      world: {
        environments: ["Dev"],
        projects: [{ name: "Web", tenanted: "Tenanted", releases: ["1.0.0"], scripts: [{ duration: "1m" }] }],
        tenants: ["A", "B"].map((name) => ({ name, projects: { Web: ["Dev"] } })),
      },
    });
    const first = await deploy(octopus, { TenantId: "Tenants-1" });
    const second = await deploy(octopus, { TenantId: "Tenants-2" });
    const again = await deploy(octopus, { TenantId: "Tenants-2" });

    const states = [await first.task(), await second.task(), await again.task()].map((task) => task["State"]);

    expect(states).toEqual(["Executing", "Executing", "Queued"]);
  });

  test("the task cap holds others back, and they wait behind the tasks that have the slots", async () => {
    const octopus = await server({ world: worldWith({ duration: "1m" }) });
    octopus.simulator.setSwitches({ taskCap: 1 });
    const first = await deploy(octopus);
    const other = await deploy(octopus, { ReleaseId: "Releases-3" });

    const behind = await as(octopus).get(`/tasks/${other.taskId}/queued-behind`);
    octopus.advance(minute);

    expect(each(behind, "Id")).toEqual([first.taskId]);
    expect((await other.task())["State"]).toBe("Executing");
  });

  test("a scheduled deployment starts at its time", async () => {
    const { octopus, task } = await started({ duration: "1m" }, undefined, { QueueTime: "2026-02-10T15:00:00Z" });

    const waiting = await task();
    octopus.advance(181 * minute);

    expect(waiting).toMatchObject({
      State: "Queued",
      StartTime: null,
      QueueTime: "2026-02-10T15:00:00.000+00:00",
      Completed: "Queued...",
    });
    expect(await task()).toMatchObject({ State: "Success", StartTime: "2026-02-10T15:00:00.000+00:00" });
  });

  test("a deployment that cannot start before it expires times out", async () => {
    const octopus = await server({ world: worldWith({ duration: "3h" }) });
    await deploy(octopus);
    const second = await deploy(octopus, {
      QueueTime: "2026-02-10T13:00:00Z",
      QueueTimeExpiry: "2026-02-10T14:00:00Z",
    });

    octopus.advance(4 * 60 * minute);

    expect(await second.task()).toMatchObject({
      State: "TimedOut",
      IsCompleted: true,
      FinishedSuccessfully: false,
      CompletedTime: "2026-02-10T14:00:00.000+00:00",
    });
  });

  test("a stopped queue starts nothing until it is started again", async () => {
    const { octopus, task } = await started({ duration: "1m" }, { space: { name: "Default", taskQueueStopped: true } });
    octopus.advance(minute);
    const stopped = await task();

    const { json: space } = await as(octopus).get("/spaces/Spaces-1");
    await as(octopus).put("/spaces/Spaces-1", { ...space, TaskQueueStopped: false });

    expect(stopped["State"]).toBe("Queued");
    expect((await task())["State"]).toBe("Executing");
  });

  test("a precondition holds a task back until it is approved", async () => {
    const { octopus, task, taskId } = await started({ precondition: { changeRequest: "CHG1" } });

    const waiting = await task();
    octopus.simulator.task(taskId).clearPreconditions();

    expect(waiting).toMatchObject({
      State: "Queued",
      HasPendingPreconditions: true,
      PendingPreconditionTypes: ["Approval"],
    });
    expect(await task()).toMatchObject({ State: "Executing", HasPendingPreconditions: false });
  });
});

describe("cancelling", () => {
  test("a queued task is canceled at once, a running one goes through Cancelling", async () => {
    const octopus = await server({ world: worldWith({ duration: "10m", cancelTakes: "20s" }) });
    const running = await deploy(octopus);
    const queued = await deploy(octopus);
    await running.task();

    const first = await as(octopus).post(`/tasks/${queued.taskId}/cancel`, {});
    const second = await as(octopus).post(`/Spaces-1/tasks/${running.taskId}/cancel`);
    octopus.advance(19_000);
    const still = (await running.task())["State"];
    octopus.advance(1000);

    expect([first.json["State"], second.json["State"], still]).toEqual(["Canceled", "Cancelling", "Cancelling"]);
    expect(await running.task()).toMatchObject({ State: "Canceled", IsCompleted: true });
  });

  test("a finished task stays as it is; a switch makes that an error", async () => {
    const { octopus, taskId } = await started({ duration: "1s" });
    octopus.advance(minute);

    const unchanged = await as(octopus).post(`/tasks/${taskId}/cancel`);
    octopus.simulator.setSwitches({ cancelOfFinishedTask: "400" });
    const refused = await as(octopus).post(`/tasks/${taskId}/cancel`);

    expect(unchanged.json["State"]).toBe("Success");
    expect(refused.status).toBe(400);
  });

  test("cancelling requires TaskCancel", async () => {
    const viewer: World = { users: ["eve"], teams: [{ name: "V", members: ["eve"], roles: ["Project viewer"] }] };
    const { octopus, taskId } = await started({ duration: "10m" }, viewer);

    expect((await as(octopus, "eve").post(`/tasks/${taskId}/cancel`)).json["ErrorMessage"]).toMatch(
      /Missing permission: TaskCancel$/,
    );
  });
});

describe("clocks", () => {
  test("a fast clock ends a deployment while a client polls", async () => {
    const octopus = await server({ world: worldWith({ duration: "10m" }), clock: { speed: 100_000 } });
    const { task } = await deploy(octopus);

    await expect.poll(async () => (await task())["State"], { interval: 5 }).toBe("Success");
  });

  test("a real clock is the machine's", async () => {
    const octopus = await server({ clock: "real" });

    expect(Math.abs(octopus.now() - Date.now())).toBeLessThan(1000);
  });

  test("a virtual clock starts at the given instant and stands still", async () => {
    const octopus = await server({ now: "2021-01-14T09:00:00Z" });

    expect(new Date(octopus.now()).toISOString()).toBe("2021-01-14T09:00:00.000Z");
  });
});
