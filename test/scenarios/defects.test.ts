import { describe, expect, test } from "vitest";
import { walk } from "./in-process.ts";
import { child, created, orchestration, type Parameters, serve } from "./scenario.ts";

/** 1.0 has an unresolved defect and was deployed to Test, whose phase also contains Staging. */
function world() {
  const deployments = [
    { environment: "Development", at: "-4d" },
    { environment: "Test", at: "-3d" },
  ];
  const web = child("Web API", [{ version: "1.0", created: "-5d", deployments, defects: ["broken"] }]);
  return {
    ...orchestration({ projects: [web] }),
    lifecycles: [
      { name: "Child", phases: ["Development", { name: "Quality", environments: ["Test", "Staging"] }, "Production"] },
      { name: "Parent", phases: [{ name: "Everywhere", environments: ["Development", "Test", "Staging"] }] },
    ],
  };
}

describe("an unresolved defect", () => {
  test.each([
    { mode: "Redeploy", to: "Test" },
    { mode: "AlwaysLatest", to: "Test" },
    { mode: "AlwaysLatest", to: "Staging" },
    { mode: "Promote", to: "Staging" },
  ])("that the server allows is a warning in the what-if and in the real run: $mode to $to", async ({ mode, to }) => {
    const server = await serve(world());
    const parameters: Parameters = { "ChildProject.DeploymentMode.Value": mode };
    const warning = `warning: 1.0 has an unresolved defect. Octopus still allows it in ${to}`;

    const whatIf = await walk(server, {
      child: "Web API",
      environment: to,
      parameters: { ...parameters, "ChildProject.WhatIf.Value": "Yes" },
    });
    const real = await walk(server, { child: "Web API", environment: to, parameters });

    expect(whatIf.outputs, whatIf.log).toMatchObject({ Outcome: "WhatIf", ChildReleaseToDeploy: "True" });
    expect(real.outputs, real.log).toMatchObject({ Outcome: "Deployed", Reason: whatIf.outputs["Reason"] });
    expect(created(server)).toEqual([`Web API 1.0 to ${to}`]);
    expect(whatIf.log).toContain(warning);
    expect(real.log).toContain(warning);
  });

  test("that the server does not allow blocks both", async () => {
    const server = await serve(world());
    const parameters: Parameters = { "ChildProject.SourceEnvironment.Name": "Test" };

    for (const whatIf of ["Yes", "No"]) {
      const { outputs, log } = await walk(server, {
        child: "Web API",
        environment: "Staging",
        parameters: {
          ...parameters,
          "ChildProject.WhatIf.Value": whatIf,
          "ChildProject.Destination.EnvironmentName": "Production",
        },
      });
      expect(outputs, log).toMatchObject({ Outcome: "Skipped", Reason: "NoMatchingRelease" });
      expect(log).toContain("1.0 (blocked by a defect)");
    }
    expect(created(server)).toEqual([]);
  });
});

test("a real run does not read defects if the release is new to a phase of one environment", async () => {
  const server = await serve(
    orchestration({ projects: [child("Web API", [{ version: "1.0", deployments: ["Development", "Test"] }])] }),
  );

  const { outputs } = await walk(server, { child: "Web API" });

  expect(outputs).toMatchObject({ Outcome: "Deployed" });
  expect(server.journal().filter(({ path }) => path.includes("progression"))).toEqual([]);
});
