import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import * as timersPromises from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Clock } from "../../src/clock.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { isLong } from "../random-cases.ts";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";
import { runStep as runScript, type StepOptions } from "../step-host/run-step.ts";
import { virtualTime } from "../step-host/virtual-time.ts";
import { clockOf, inThisProcess } from "./in-process.ts";
import { child, deployStep, orchestration, parent, type Parameters, serve, template } from "./scenario.ts";

const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));

function worldWith(script: NonNullable<World["scripts"]>[number]): World {
  const releases = [{ version: "1.0", created: "-3h", deployments }];
  return orchestration({ projects: [child("Web API", releases, { scripts: [script] })] });
}

function variablesFor(server: OctopusServer): Readonly<Record<string, string>> {
  return {
    ...template.defaults,
    "ChildProject.Web.ServerUrl": server.url,
    "ChildProject.Api.Key": server.apiKey,
    "ChildProject.Space.Name": "Default",
    "ChildProject.Project.Name": "Web API",
    "ChildProject.Destination.EnvironmentName": "Staging",
    "ChildProject.ManualIntervention.EnvironmentToUse": "",
  };
}

interface Ending {
  readonly outcome: string | undefined;
  /** Requests, log lines and milliseconds on the server's clock after the end of the run. */
  readonly afterwards: { readonly requests: number; readonly lines: number; readonly milliseconds: number };
}

async function endOf(server: OctopusServer, parameters: Parameters = {}): Promise<Ending> {
  // Each sleep takes a turn of the event loop, as in real life, so that parallel sleeps keep their order.
  const clock: Clock = clockOf(server, () => timersPromises.setImmediate());
  const afterwards = { requests: 0, lines: 0, milliseconds: 0 };
  const { steps } = await runParentDeployment(server, {
    ...parent,
    environment: "Staging",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: [deployStep("Web API", parameters)],
    runScript: async (script) => {
      const result = await inThisProcess(clock)(script);
      const end = { lines: result.log.length, milliseconds: server.now() };
      // Requests that were sent before still arrive.
      await roundTrips(server, 3);
      const requests = server.journal().length;
      await roundTrips(server, 10);
      afterwards.requests = server.journal().length - requests;
      afterwards.lines = result.log.length - end.lines;
      afterwards.milliseconds = server.now() - end.milliseconds;
      return result;
    },
  });
  return { outcome: steps[0]?.outputs["Outcome"], afterwards };
}

/** Waits as long as a run would need for so many more requests, however slow the machine is. They are not in the journal. */
async function roundTrips(server: OctopusServer, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await (await fetch(`${server.url}/simulator/clock`)).text();
}

const nothing = { requests: 0, lines: 0, milliseconds: 0 };

test.each<{
  readonly end: string;
  readonly parameters: Parameters;
  readonly outcome: string;
  readonly result?: "Failed";
}>([
  { end: "bad parameters", parameters: { "ChildProject.Web.ServerUrl": "nowhere" }, outcome: "Failed" },
  { end: "a project that does not exist", parameters: { "ChildProject.Project.Name": "No API" }, outcome: "Failed" },
  { end: "a space that does not exist", parameters: { "ChildProject.Space.Name": "None" }, outcome: "Failed" },
  { end: "a what-if run", parameters: { "ChildProject.WhatIf.Value": "Yes" }, outcome: "WhatIf" },
  { end: "no release", parameters: { "ChildProject.Release.Number": "9.*" }, outcome: "Skipped" },
  {
    end: "a child that is not waited for",
    parameters: { "ChildProject.WaitForFinish.Value": "No" },
    outcome: "Started",
  },
  {
    end: "a child that reaches its time limit",
    parameters: { "ChildProject.CancelDeployment.Seconds": "60" },
    outcome: "TimedOut",
  },
  { end: "a child that failed", parameters: {}, outcome: "Failed", result: "Failed" },
])("a run does nothing more after $end", async ({ parameters, outcome, result }) => {
  const server = await serve(worldWith({ duration: "5m", steps: [{ name: "Deploy", ...(result && { result }) }] }));

  expect(await endOf(server, parameters)).toEqual({ outcome, afterwards: nothing });
});

test("a run does nothing more after its end, whichever request is refused while another one is repeated", async () => {
  const world = worldWith({ duration: "5m" });
  const server = await serve(world);
  await endOf(server);
  const reads = server.journal().filter(({ method, route }) => method === "GET" && route !== undefined);
  const routes = [...new Set(reads.map(({ route }) => route?.replace("GET ", "") ?? ""))];
  const restless: string[] = [];
  let cases = 0;
  let tried = 0;
  for (const [place, refused] of routes.entries()) {
    // Only requests at about the same time can outlive each other.
    for (const busy of routes.filter((route, other) => route !== refused && Math.abs(other - place) <= 3)) {
      // In `npm test` every third pair.
      if (cases++ % 3 !== 0 && !isLong) continue;
      tried++;
      server.simulator.loadWorld(world);
      server.simulator.clearFaults();
      server.simulator.addFault({ method: "GET", route: refused, status: 400 });
      server.simulator.addFault({ method: "GET", route: busy, status: 429 });
      const { afterwards } = await endOf(server);
      if (JSON.stringify(afterwards) !== JSON.stringify(nothing)) {
        restless.push(`${refused} refused, ${busy} busy: ${JSON.stringify(afterwards)}`);
      }
    }
  }

  expect(restless).toEqual([]);
  expect(cases).toBeGreaterThan(50);
  expect(tried).toBeGreaterThanOrEqual(isLong ? cases : cases / 3);
}, 900_000);

/** A connection to the server that can be cut off. */
async function wayTo(server: OctopusServer): Promise<{ readonly url: string; readonly cut: () => void }> {
  const { hostname, port } = new URL(server.url);
  const sockets = new Set<Socket>();
  const way = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) sockets.add(socket.on("error", () => undefined));
    near.pipe(far).pipe(near);
  }).listen(0, "127.0.0.1");
  await once(way, "listening");
  const cut = () => {
    way.close();
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(cut);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return { url: `http://127.0.0.1:${(way.address() as AddressInfo).port}`, cut };
}

const noExit = fileURLToPath(new URL("../step-host/no-exit.cjs", import.meta.url));

/** Runs the shipped body as a process of its own, in the server's time, and measures what it does after its last output. */
async function processEndOf(
  server: OctopusServer,
  variables: Readonly<Record<string, string>>,
  onLine: StepOptions["onLine"] = () => undefined,
) {
  let last = { requests: 0, time: server.now() };
  const time = virtualTime(server.url, server.now());
  const { exitCode, outputs, stdout, stderr } = await runScript({
    scriptBody: template.scriptBody,
    variables: { ...variablesFor(server), ...variables },
    environment: { ...time, NODE_OPTIONS: `${time["NODE_OPTIONS"]} --require ${JSON.stringify(noExit)}` },
    onLine,
    onOutput: () => {
      last = { requests: server.journal().length, time: server.now() };
    },
  });
  return {
    exitCode,
    outcome: outputs["Outcome"],
    isForced: `${stdout}${stderr}`.includes("process.exit was called"),
    requests: server.journal().length - last.requests,
    milliseconds: server.now() - last.time,
  };
}

describe("the shipped body ends by itself, at once", () => {
  const peaceful = { exitCode: 1, outcome: "Failed", isForced: false, requests: 0 };

  test.each<{ readonly end: string; readonly parameters: Parameters; readonly result?: "Failed" }>([
    { end: "a bad input", parameters: { "ChildProject.WhatIf.Value": "Perhaps" } },
    { end: "a key that is refused", parameters: { "ChildProject.Api.Key": "API-NOBODYSKEY" } },
    { end: "a child that failed", parameters: {}, result: "Failed" },
  ])("after $end", async ({ parameters, result }) => {
    const server = await serve(worldWith({ duration: "5m", steps: [{ name: "Deploy", ...(result && { result }) }] }));

    const { milliseconds, ...end } = await processEndOf(server, parameters);

    expect(end).toEqual(peaceful);
    expect(milliseconds).toBeLessThan(1000);
  });

  test("after a server that is killed while the child runs", async () => {
    const server = await serve(worldWith({ duration: "30m" }));
    const { url, cut } = await wayTo(server);
    const begin = server.now();

    const { milliseconds, ...end } = await processEndOf(server, { "ChildProject.Web.ServerUrl": url }, ({ text }) => {
      if (text.includes("is executing")) cut();
    });

    expect(end).toEqual(peaceful);
    expect(milliseconds).toBeLessThan(1000);
    expect(server.now() - begin).toBeGreaterThan(600_000);
  });
});
