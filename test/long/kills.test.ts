import { expect, test } from "vitest";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";
import { walk } from "../scenarios/in-process.ts";
import { child, created, deployStep, orchestration, parent, serve } from "../scenarios/scenario.ts";

const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));
const world = orchestration({
  projects: [child("Web API", [{ version: "1.0", created: "-3h", deployments }], { scripts: [{ duration: "10m" }] })],
});

/** Runs the shipped step and kills it as Octopus does, after so many lines of its log. */
async function killAfter(lines: number) {
  const server = await serve(world);
  const killer = new AbortController();
  let said = 0;
  const { state } = await runParentDeployment(server, {
    ...parent,
    environment: "Staging",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: [deployStep("Web API")],
    signal: killer.signal,
    onLine: () => {
      if (++said === lines) killer.abort();
    },
  });
  return { server, isKilled: state === "Canceled" };
}

test("wherever the step is killed, the next run creates the only deployment or continues with the existing one", async () => {
  const doubles: string[] = [];
  let lines = 0;
  for (let isKilled = true; isKilled;) {
    const killed = await killAfter(++lines);
    ({ isKilled } = killed);
    const again = await walk(killed.server, { child: "Web API" });
    const end = `after ${lines} lines: ${again.outputs.Outcome}, ${created(killed.server).join(", ")}`;
    if (created(killed.server).length !== 1 || !/Deployed|Skipped/.test(end)) doubles.push(end);
  }

  expect(doubles).toEqual([]);
  expect(lines).toBeGreaterThan(10);
});
