import { describe, expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import { as, each, server, textOf } from "./support/ask.ts";
import type { ScriptInput } from "./tasks/script.ts";

const minute = 60_000;

/** The first deployment follows the script, all later ones take ten minutes. */
function worldWith(script: ScriptInput, more: World = {}): World {
  return {
    environments: [{ name: "Production", guidedFailure: true }],
    projects: [
      {
        name: "Web",
        steps: ["Deploy", "Verify"],
        releases: ["1.0.0"],
        scripts: [{ duration: "10m", times: 1, ...script }, { duration: "10m" }],
      },
    ],
    ...more,
  };
}

const asks = { name: "Verify", duration: "1m", interventions: [{ instructions: "Look at it" }] };

async function deploy(octopus: OctopusServer): Promise<string> {
  const body = { ReleaseId: "Releases-1", EnvironmentId: "Environments-1" };
  return textOf((await as(octopus).post("/deployments", body)).json["TaskId"]);
}

async function answer(octopus: OctopusServer, values: object): Promise<void> {
  await as(octopus).put("/interruptions/Interruptions-1/responsible");
  await as(octopus).post("/interruptions/Interruptions-1/submit", values);
}

/** The state of a deployment, whether it waits for an answer, and the state of a second deployment that was created after the pause. */
async function both(script: ScriptInput, more?: World): Promise<readonly unknown[]> {
  const octopus = await server({ world: worldWith(script, more) });
  const first = await deploy(octopus);
  octopus.advance(10 * minute);
  const second = await deploy(octopus);
  const { json } = await as(octopus).get(`/tasks/${first}`);
  return [json["State"], json["HasPendingInterruptions"], (await as(octopus).get(`/tasks/${second}`)).json["State"]];
}

describe("a deployment frees its place while it waits", () => {
  test("for a manual intervention", async () => {
    expect(await both({ steps: [asks] })).toEqual(["Queued", true, "Executing"]);
  });

  test("for failure guidance", async () => {
    const failing = { name: "Verify", duration: "1m", result: "Failed" } as const;

    expect(await both({ steps: [failing] })).toEqual(["Queued", true, "Executing"]);
  });

  test("for a change request", async () => {
    expect(await both({ precondition: {} })).toEqual(["Queued", false, "Executing"]);
  });

  test("for an intervention raised through the control API", async () => {
    const octopus = await server({ world: worldWith({}) });
    const first = await deploy(octopus);
    octopus.simulator.task(first).raiseIntervention({ instructions: "Stop" });
    const second = await deploy(octopus);

    expect((await as(octopus).get(`/tasks/${second}`)).json["State"]).toBe("Executing");
  });
});

describe("a deployment keeps its place", () => {
  test("when its intervention blocks other deployments", async () => {
    const blocking = { ...asks, interventions: [{ blocksOthers: true }] };

    expect(await both({ steps: [blocking] })).toEqual(["Queued", true, "Queued"]);
  });

  test("when the action in its process blocks other deployments, which the process shows", async () => {
    const projects: World["projects"] = [
      {
        name: "Web",
        steps: [{ name: "Approve", manualIntervention: { instructions: "Go?", blocksOthers: true } }],
        releases: ["1.0.0"],
      },
    ];
    const octopus = await server({ world: worldWith({}, { projects }) });
    const process = await as(octopus).get("/projects/Projects-1/deploymentprocesses");

    expect(await both({}, { projects })).toEqual(["Queued", true, "Queued"]);
    expect(process.json["Steps"]?.[0]?.["Actions"]?.[0]?.["Properties"]).toMatchObject({
      "Octopus.Action.Manual.BlockConcurrentDeployments": "True",
    });
  });

  test("with an intervention in a child step, because it goes on executing", async () => {
    const child = { ...asks, interventions: [{ asChildStep: true }] };

    expect(await both({ steps: [child] })).toEqual(["Executing", true, "Queued"]);
  });

  test("on servers where it goes on executing while it waits for guidance", async () => {
    const octopus = await server({
      world: worldWith({ steps: [{ name: "Verify", duration: "1m", result: "Failed" }] }),
    });
    octopus.simulator.setSwitches({ guidedFailureState: "Executing" });
    await deploy(octopus);
    octopus.advance(10 * minute);
    const second = await deploy(octopus);

    expect((await as(octopus).get(`/tasks/${second}`)).json["State"]).toBe("Queued");
  });
});

describe("a deployment whose intervention is answered", () => {
  test("queues behind the one that executes, and goes on before those that were created later", async () => {
    const octopus = await server({ world: worldWith({ steps: [asks] }) });
    const first = await deploy(octopus);
    octopus.advance(9 * minute);
    const second = await deploy(octopus);
    const third = await deploy(octopus);
    const states = async () =>
      Promise.all([first, second, third].map(async (id) => (await as(octopus).get(`/tasks/${id}`)).json["State"]));

    await answer(octopus, { Result: "Proceed" });
    const answered = await states();
    const ahead = each(await as(octopus).get(`/tasks/${first}/queued-behind`), "Id");
    octopus.advance(10 * minute);
    const resumed = await states();
    octopus.advance(minute);

    expect(answered).toEqual(["Queued", "Executing", "Queued"]);
    expect(ahead).toEqual([second]);
    expect(resumed).toEqual(["Executing", "Success", "Queued"]);
    expect(await states()).toEqual(["Success", "Success", "Executing"]);
  });

  test("fails at its turn when the answer is Abort", async () => {
    const octopus = await server({ world: worldWith({ steps: [asks] }) });
    const first = await deploy(octopus);
    octopus.advance(9 * minute);
    await deploy(octopus);

    await answer(octopus, { Result: "Abort" });
    octopus.advance(10 * minute);

    expect((await as(octopus).get(`/tasks/${first}`)).json["State"]).toBe("Failed");
  });
});
