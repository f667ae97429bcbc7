import { describe, expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import { supersededBySuccess, supersededInQueue } from "./rules/supersession.ts";
import type { Contender } from "./rules/supersession.ts";
import { as, server, textOf } from "./support/ask.ts";
import type { ScriptInput } from "./tasks/script.ts";

const minute = 60_000;

/** The number of a task, and whether its deployment is limited to machines. */
type Given = readonly [number: number, isLimited?: boolean];

describe("the rules", () => {
  test.each<[string, Given, readonly Given[], readonly number[]]>([
    ["all in front are superseded", [4], [[3], [2], [1]], [3, 2, 1]],
    ["a limited one is kept, and so are those in front of it", [4], [[3], [2, true], [1]], [3]],
    ["a limited one supersedes none", [4, true], [[3], [2]], []],
    ["an empty queue has none to supersede", [4], [], []],
  ])("of the queue: %s", (_rule, newest, ahead, superseded) => {
    expect(numbersOf(supersededInQueue(contender(newest), ahead.map(contender)))).toEqual(superseded);
  });

  test.each<[string, Given, readonly Given[], readonly number[]]>([
    ["older paused ones are superseded", [3], [[1], [2]], [1, 2]],
    ["newer ones are not", [2], [[1], [3]], [1]],
    ["limited ones are kept", [4], [[1], [2, true], [3]], [1, 3]],
    ["a limited one supersedes none", [3, true], [[1], [2]], []],
  ])("of a success: %s", (_rule, successful, paused, superseded) => {
    expect(numbersOf(supersededBySuccess(contender(successful), paused.map(contender)))).toEqual(superseded);
  });

  test.each([
    "specificMachineIds",
    "excludedMachineIds",
    "specificTargetTagIds",
    "excludedTargetTagIds",
    "skipActions",
  ])("%s is a limit", (limit) => {
    const { task, deployment } = contender([1]);

    expect(supersededInQueue(contender([2]), [{ task, deployment: { ...deployment, [limit]: ["one"] } }])).toEqual([]);
  });
});

describe("queued deployments", () => {
  test("are cancelled by a newer one, whatever their number", async () => {
    const octopus = await busyServer({});
    await as(octopus).put("/projects/Projects-1/deploymentsettings", { CancelQueuedTasks: true });
    const first = await deploy(octopus);
    const second = await deploy(octopus);
    const third = await deploy(octopus);

    expect([await stateOf(octopus, first), await stateOf(octopus, second), await stateOf(octopus, third)]).toEqual([
      `Canceled: Superseded by ${second}.`,
      `Canceled: Superseded by ${third}.`,
      "Queued: ",
    ]);
  });

  test("leave their place in the queue to the newer one", async () => {
    const octopus = await server({ world: worldWith({ cancelQueuedTasks: true }, [{ duration: "1m" }]) });
    octopus.simulator.setSwitches({ taskCap: 1 });
    await deploy(octopus, { EnvironmentId: "Environments-2" });
    octopus.advance(0);
    await deploy(octopus);
    const other = await deploy(octopus, { ReleaseId: "Releases-2" });
    const newer = await deploy(octopus);
    octopus.advance(minute);

    expect([await stateOf(octopus, other), await stateOf(octopus, newer)]).toEqual(["Queued: ", "Executing: "]);
  });

  test("stay without the setting", async () => {
    const octopus = await busyServer({});
    const first = await deploy(octopus);
    await deploy(octopus);

    expect(await stateOf(octopus, first)).toBe("Queued: ");
  });

  test("stay when the newer one leaves out a step", async () => {
    const octopus = await busyServer({ cancelQueuedTasks: true });
    const first = await deploy(octopus);
    await deploy(octopus, { SkipActions: ["build"] });

    expect(await stateOf(octopus, first)).toBe("Queued: ");
  });

  test("of other projects and environments stay, so children of one train do not supersede each other", async () => {
    const octopus = await busyServer({ cancelQueuedTasks: true, cancelRunningTasks: true });
    const api = await deploy(octopus);
    const ui = await deploy(octopus, { ReleaseId: "Releases-2" });
    const elsewhere = await deploy(octopus, { EnvironmentId: "Environments-2" });
    await deploy(octopus);

    expect([await stateOf(octopus, api), await stateOf(octopus, ui), await stateOf(octopus, elsewhere)]).toEqual([
      expect.stringMatching(/^Canceled: /),
      "Queued: ",
      "Queued: ",
    ]);
  });

  test.each([
    [false, "Queued: "],
    [true, "Canceled: Superseded by ServerTasks-2."],
  ])("scheduledDeploymentsSupersede %s: by one that starts later they end as %s", async (switched, state) => {
    const octopus = await busyServer({ cancelQueuedTasks: true });
    octopus.simulator.setSwitches({ scheduledDeploymentsSupersede: switched });
    const first = await deploy(octopus);
    await deploy(octopus, { QueueTime: new Date(octopus.now() + minute).toISOString() });

    expect(await stateOf(octopus, first)).toBe(state);
  });

  test("stay when they start later than the newer one", async () => {
    const octopus = await busyServer({ cancelQueuedTasks: true });
    const later = await deploy(octopus, { QueueTime: new Date(octopus.now() + minute).toISOString() });
    await deploy(octopus);

    expect(await stateOf(octopus, later)).toBe("Queued: ");
  });
});

describe("paused deployments", () => {
  const asks: ScriptInput = { times: 1, steps: [{ name: "Build", interventions: [{}] }] };

  test("are cancelled when a newer one has succeeded, not before", async () => {
    const octopus = await server({ world: worldWith({ cancelRunningTasks: true }, [asks, { duration: "1m" }]) });
    const first = await deploy(octopus);
    octopus.advance(1000);
    const second = await deploy(octopus);
    const meanwhile = await stateOf(octopus, first);
    octopus.advance(2 * minute);

    expect([meanwhile, await stateOf(octopus, first)]).toEqual(["Queued: ", `Canceled: Superseded by ${second}.`]);
  });

  test.each<[string, { readonly cancelRunningTasks?: boolean }, ScriptInput]>([
    ["the newer one failed", { cancelRunningTasks: true }, { result: "Failed" }],
    ["the project does not say so", {}, {}],
  ])("stay when %s", async (_rule, settings, script) => {
    const octopus = await server({ world: worldWith(settings, [asks, script]) });
    const first = await deploy(octopus);
    octopus.advance(1000);
    await deploy(octopus);
    octopus.advance(minute);

    expect(await stateOf(octopus, first)).toBe("Queued: ");
  });

  test("are cancelled, but not an older one that has yet to start", async () => {
    const octopus = await server({ world: worldWith({ cancelRunningTasks: true }, [{ duration: "1m" }]) });
    const later = await deploy(octopus, { QueueTime: new Date(octopus.now() + 60 * minute).toISOString() });
    await deploy(octopus);
    octopus.advance(2 * minute);

    expect(await stateOf(octopus, later)).toBe("Queued: ");
  });

  test("are cancelled, but not one that executes while a newer one waits", async () => {
    const octopus = await server({ world: worldWith({ cancelRunningTasks: true }, [{ duration: "10m" }]) });
    const first = await deploy(octopus);
    octopus.advance(1000);
    await deploy(octopus);
    octopus.advance(minute);

    expect(await stateOf(octopus, first)).toBe("Executing: ");
  });
});

interface Settings {
  readonly cancelQueuedTasks?: boolean;
  readonly cancelRunningTasks?: boolean;
}

function worldWith(settings: Settings, scripts: readonly ScriptInput[]): World {
  return {
    now: "2026-02-10T12:00:00Z",
    environments: ["Test", "Production"],
    lifecycles: [{ name: "Any", phases: [{ name: "Any", environments: [], minimum: 1 }] }],
    projects: ["API", "UI"].map((name) => ({
      name,
      lifecycle: "Any",
      steps: [{ name: "Build", id: "build" }],
      releases: ["1.0.0"],
      scripts: [...scripts],
      ...settings,
    })),
  };
}

/** A server on which no deployment starts. */
async function busyServer(settings: Settings): Promise<OctopusServer> {
  return server({ world: worldWith(settings, [{ queuedFor: "forever" }]) });
}

/** Deploys the API to Test, unless `change` says otherwise. Returns the task's id. */
async function deploy(octopus: OctopusServer, change: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const body = { ReleaseId: "Releases-1", EnvironmentId: "Environments-1", ...change };
  return textOf((await as(octopus).post("/deployments", body)).json["TaskId"]);
}

async function stateOf(octopus: OctopusServer, taskId: string): Promise<string> {
  const { json } = await as(octopus).get(`/tasks/${taskId}`);
  return `${textOf(json["State"])}: ${textOf(json["ErrorMessage"])}`;
}

function contender([number, isLimited = false]: Given): Contender {
  const limits = { excludedMachineIds: [], specificTargetTagIds: [], excludedTargetTagIds: [], skipActions: [] };
  return { task: { number }, deployment: { ...limits, specificMachineIds: isLimited ? ["Machines-1"] : [] } };
}

function numbersOf(contenders: readonly Contender[]): readonly number[] {
  return contenders.map(({ task }) => task.number);
}
