import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { ParentDeployment } from "../parent-process/parent-deployment.ts";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";
import { child, created, deployStep, orchestration, parent, type Parameters, runOf, serve } from "./scenario.ts";
import { clockOf, hereUnlessLong, inThisProcess, walk } from "./in-process.ts";

const components = {
  Database: "2021.1.0.11",
  "Web API": "2021.1.0.22",
  "Scheduling Service": "2021.1.0.7",
  "Web UI": "2021.1.0.15",
};

function release2021() {
  const projects = Object.entries(components).map(([name, version]) =>
    child(name, [
      {
        version: "2021.1.0.1",
        created: "-5d",
        deployments: [
          { environment: "Development", at: "-5d" },
          { environment: "Test", at: "-4d" },
          { environment: "Staging", at: "-3d" },
        ],
      },
      {
        version,
        created: "-2d",
        deployments: [
          { environment: "Development", at: "-2d" },
          { environment: "Test", at: "-1d" },
        ],
      },
    ]),
  );
  return orchestration({ projects });
}

/** Through the shipped script, unless `more` says otherwise. */
function promoteAll(server: OctopusServer, parameters: Parameters = {}, more: Partial<ParentDeployment> = {}) {
  return runParentDeployment(server, {
    ...parent,
    environment: "Staging",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    sensitive: ["Orchestration.ApiKey"],
    steps: Object.keys(components).map((name) =>
      deployStep(name, { "ChildProject.Release.Number": "2021.1.0.*", ...parameters }),
    ),
    ...more,
  });
}

describe("promoting a release of four components from Test to Staging", () => {
  test("deploys to each the release last deployed to Test, in the order of the steps, and a second run skips all four", async () => {
    const server = await serve(release2021());

    const first = await promoteAll(server, {}, hereUnlessLong(server));

    expect(first.state).toBe("Success");
    const expected = Object.entries(components).map(([name, version]) => `${name} ${version} to Staging`);
    expect(created(server)).toEqual(expected);
    const api = runOf(first, "Web API");
    expect(api.outputs).toMatchObject({
      ReleaseToPromote: "2021.1.0.22",
      CurrentRelease: "2021.1.0.1",
      ChildReleaseToDeploy: "True",
      Outcome: "Deployed",
      Reason: "NewRelease",
      TaskState: "Success",
    });
    expect(api.log).toContain("highlight: Deploying Web API 2021.1.0.22 to Staging (currently 2021.1.0.1).");

    const second = await promoteAll(server, {}, { runScript: inThisProcess(clockOf(server)) });

    expect(second.state).toBe("Success");
    expect(created(server)).toEqual(expected);
    for (const name of Object.keys(components)) {
      const { outputs, exitCode } = runOf(second, name);
      expect(exitCode).toBe(0);
      expect(outputs).toMatchObject({ ChildReleaseToDeploy: "False", Outcome: "Skipped", Reason: "AlreadyCurrent" });
    }
  });

  test("stops at the first component that fails, with the child's error", async () => {
    const world = release2021();
    const server = await serve({
      ...world,
      scripts: [
        {
          project: "Web API",
          result: "Failed",
          steps: [{ name: "Deploy", result: "Failed", log: [{ text: "disk full", category: "Error" }] }],
        },
      ],
    });

    const result = await promoteAll(server);

    expect(result.state).toBe("Failed");
    expect(created(server)).toEqual(["Database 2021.1.0.11 to Staging", "Web API 2021.1.0.22 to Staging"]);
    const api = runOf(result, "Web API");
    expect(api.exitCode).toBe(1);
    expect(api.outputs).toMatchObject({ Outcome: "Failed", TaskState: "Failed", ChildReleaseToDeploy: "True" });
    expect(api.log).toMatch(/error: .*disk full/);
    expect(api.resultMessage).toContain("Web API 2021.1.0.22 to Staging failed");
    expect(result.steps.map(({ status }) => status)).toEqual(["Success", "Failed", "Skipped", "Skipped"]);
  });

  test("in Redeploy mode deploys the current releases of Staging again", async () => {
    const server = await serve(release2021());

    const result = await promoteAll(
      server,
      { "ChildProject.DeploymentMode.Value": "Redeploy" },
      { runScript: inThisProcess(clockOf(server)) },
    );

    expect(result.state).toBe("Success");
    expect(created(server)).toEqual(Object.keys(components).map((name) => `${name} 2021.1.0.1 to Staging`));
  });
});

test("a child release younger than the parent's release is found", async () => {
  const world = orchestration({
    projects: [
      child("Web API", [
        {
          version: "1.1",
          created: "-10m",
          deployments: [
            { environment: "Development", at: "-9m" },
            { environment: "Test", at: "-5m" },
          ],
        },
      ]),
    ],
  });
  const server = await serve(world);

  const { outputs } = await walk(server, { child: "Web API" });

  expect(outputs).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.1", CurrentRelease: "N/A" });
});

test("only components with a new release are deployed, and the log says why the others are skipped", async () => {
  const both = (version: string, more: readonly string[]) => ({
    version,
    created: "-2d",
    deployments: [
      { environment: "Development", at: "-2d" },
      ...more.map((environment) => ({ environment, at: "-1d" })),
    ],
  });
  const server = await serve(
    orchestration({
      projects: [
        child("Database", [both("1.1", [])]),
        child("Cart Service", [both("1.0", ["Test"])]),
        child("Product Service", [both("1.0", ["Test"])]),
        child("Website", [both("1.1", [])]),
      ],
    }),
  );

  const result = await runParentDeployment(server, {
    ...parent,
    environment: "Test",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: ["Database", "Cart Service", "Product Service", "Website"].map((name) => deployStep(name)),
    runScript: inThisProcess(clockOf(server)),
  });

  expect(result.state).toBe("Success");
  expect(created(server)).toEqual(["Database 1.1 to Test", "Website 1.1 to Test"]);
  expect(runOf(result, "Cart Service").log).toContain("is already deployed to Test. Skipped.");
});

test.each<{ readonly rule: string; readonly lifecycle?: string; readonly ends: string; readonly said: RegExp }>([
  { rule: "the channel's lifecycle counts", lifecycle: "Child", ends: "Deployed", said: /last deployed to Test/ },
  {
    rule: "without one, nothing is promoted",
    ends: "Failed",
    said: /The server tells no lifecycle for the channel "Default" in the project "Web API"\./,
  },
])("a project whose lifecycle the server does not tell: $rule", async ({ lifecycle, ends, said }) => {
  const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-1d" }));
  const channels = [{ name: "Default", isDefault: true, ...(lifecycle === undefined ? {} : { lifecycle }) }];
  const releases = [{ version: "1.0", created: "-2d", deployments }, "1.1"];
  const server = await serve(orchestration({ projects: [child("Web API", releases, { channels })] }));
  server.simulator.setSwitches({ projectsTellLifecycle: false });

  const { outputs, log } = await walk(server, { child: "Web API" });

  expect(outputs["Outcome"], log).toBe(ends);
  expect(log).toMatch(said);
  expect(created(server)).toEqual(ends === "Deployed" ? ["Web API 1.0 to Staging"] : []);
});
