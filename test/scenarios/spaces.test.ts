import { expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { approvalWorld, childSpace, endings } from "./approval-world.ts";
import { playParent } from "./in-process.ts";
import { type Run, created, deployStep, type Parameters, parent, serve } from "./scenario.ts";

/** The parent is in the space Default, the child in Components. Both spaces have a Web API, a Staging and a team QA. */
async function start(): Promise<OctopusServer> {
  return await serve({
    ...approvalWorld([]),
    spaces: [childSpace([{ version: "7.0", created: "-3h", deployments: [{ environment: "Test", at: "-2h" }] }])],
  });
}

async function play(server: OctopusServer, environment: string, parameters: Parameters): Promise<Run> {
  const played = await playParent(server, {
    ...parent,
    environment,
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: [
      deployStep("Web API", {
        "ChildProject.Space.Name": "components",
        "ChildProject.Destination.EnvironmentName": "Staging",
        ...parameters,
      }),
      ...(environment === "Test"
        ? [{ kind: "manual-intervention", name: "Approve", instructions: "Go?", teams: ["Business Owners"] } as const]
        : []),
    ],
    people: () => ({ by: "bob", result: "Proceed" }),
  });
  server.advance(60_000);
  return played;
}

test("plan and approvals are of the parent's space, but release, environment, teams and deployment of the child's", async () => {
  const server = await start();
  await play(server, "Test", { "ChildProject.WhatIf.Value": "Yes" });
  const deployments = [{ environment: "Test", at: new Date(server.now() - 120_000).toISOString(), took: "30s" }];
  const newer = { name: "Web API", releases: [{ version: "7.1", deployments }] };
  server.simulator.addWorld({ spaces: [{ name: "Components", projects: [newer] }] });

  const { outputs, log } = await play(server, "Staging", {
    "ChildProject.ManualIntervention.EnvironmentToUse": "Test",
  });

  expect(outputs, log).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "7.0", ApprovedBy: "Bob Stone (bob)" });
  expect(log).toContain("Deploying the approved plan");
  expect(created(server).at(-1)).toBe("Web API 7.0 to Staging");
  expect(endings(server, outputs["TaskId"])).toEqual(["Step 2: Question 1: Proceed by release-conductor"]);
  const { history, artifacts, spaces } = server.simulator.state();
  const spaceNamed = (name: string) => [...spaces.values()].find((space) => space.name === name)?.id;
  expect(history.deployments.get(outputs["DeploymentId"] ?? "")?.spaceId).toBe(spaceNamed("Components"));
  expect([...artifacts.values()].map(({ spaceId }) => spaceId)).toEqual([spaceNamed("Default")]);
});

test("a plan for the project of the same name in the parent's space is not used", async () => {
  const server = await start();
  await play(server, "Test", { "ChildProject.Space.Name": "Default", "ChildProject.WhatIf.Value": "Yes" });

  const { outputs, log } = await play(server, "Staging", {
    "ChildProject.ManualIntervention.EnvironmentToUse": "Test",
    "ChildProject.Plan.Policy": "Fail",
  });

  expect(outputs, log).toMatchObject({ Outcome: "Failed", Reason: "PlanChanged" });
  expect(outputs["Message"]).toContain("are for no plan of Web API");
  expect(created(server)).toEqual([]);
});

test("a blank child space is the parent's", async () => {
  const server = await serve(approvalWorld([]));

  const { outputs, log } = await play(server, "Staging", { "ChildProject.Space.Name": " " });

  expect(outputs, log).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.0" });
  const [space] = server.simulator.state().spaces.values();
  expect(server.simulator.state().history.deployments.get(outputs["DeploymentId"] ?? "")?.spaceId).toBe(space?.id);
});
