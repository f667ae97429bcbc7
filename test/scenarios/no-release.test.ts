import { describe, expect, test } from "vitest";
import { deploy, inProduction, planAndApprove, plannedWorld, planStep } from "./planned-world.ts";
import { walk, playParent } from "./in-process.ts";
import { child, created, deployStep, orchestration, type Parameters, type Project, serve } from "./scenario.ts";

const notAny: Parameters = { "ChildProject.Release.Number": "N/A" };

function at(day: string, ...environments: readonly string[]) {
  return environments.map((environment) => ({ environment, at: day }));
}

/** 1.0 is current in Staging, 2.0 waits in Test. */
function world(project: Partial<Project> = {}, more = {}) {
  const releases = [
    { version: "1.0", created: "-9d", deployments: at("-8d", "Development", "Test", "Staging") },
    { version: "2.0", created: "-3d", deployments: at("-2d", "Development", "Test") },
  ];
  return orchestration({ projects: [child("Web API", releases, project)], ...more });
}

describe("the release number N/A means no release", () => {
  test.each([
    { policy: "Error", ends: "Failed NoMatchingRelease", exitCode: 1 },
    { policy: "Warning", ends: "Skipped NoMatchingRelease", exitCode: 0 },
    { policy: "Skip", ends: "Skipped NoMatchingRelease", exitCode: 0 },
  ])("when no release is found: $policy", async ({ policy, ends, exitCode }) => {
    const server = await serve(world());

    const parameters: Parameters = { ...notAny, "ChildProject.Release.NotFoundError": policy };
    const walked = await walk(server, { child: "Web API", parameters });

    expect(created(server)).toEqual([]);
    expect(`${walked.outputs["Outcome"]} ${walked.outputs["Reason"]}`, walked.log).toBe(ends);
    expect(walked.exitCode).toBe(exitCode);
    expect(walked.outputs).toMatchObject({ ReleaseToPromote: "N/A", ReleaseId: "", CurrentRelease: "1.0" });
    expect(walked.log).toContain("No release of Web API is deployed to Staging: the release number is N/A");
  });

  test.each([
    { rule: "AlwaysLatest", parameters: { "ChildProject.DeploymentMode.Value": "AlwaysLatest" } },
    { rule: "the first phase", parameters: { "ChildProject.Destination.EnvironmentName": "Development" } },
    {
      rule: "machines that get the release of the others",
      parameters: {
        "ChildProject.Deployment.Condition": "SpecificMachines",
        "ChildProject.Target.MachineNames": "staging-01",
      },
    },
  ])("in $rule as well", async ({ parameters }) => {
    const server = await serve(world({}, { machines: [{ name: "staging-01", environments: ["Staging"] }] }));

    const { outputs, log } = await walk(server, { child: "Web API", parameters: { ...notAny, ...parameters } });

    expect(created(server), log).toEqual([]);
    expect(outputs).toMatchObject({ Outcome: "Skipped", Reason: "NoMatchingRelease" });
  });

  test("Redeploy ignores it, and the log says so", async () => {
    const server = await serve(world());

    const parameters: Parameters = { ...notAny, "ChildProject.DeploymentMode.Value": "Redeploy" };
    const { log } = await walk(server, { child: "Web API", parameters });

    expect(created(server), log).toEqual(["Web API 1.0 to Staging"]);
    expect(log).toContain("Release number N/A ignored: Redeploy mode");
  });

  test("a skip that needs no release comes first", async () => {
    const tenants = [{ name: "Contoso", projects: { "Web API": ["Test"] } }];
    const server = await serve(world({ tenanted: "TenantedOrUntenanted" }, { tenants }));

    const parameters: Parameters = { ...notAny, "ChildProject.Tenant.Name": "Contoso" };
    const { outputs, log } = await walk(server, { child: "Web API", parameters });

    expect(outputs, log).toMatchObject({ Outcome: "Skipped", Reason: "TenantNotInEnvironment" });
  });
});

test("a what-if that finds no release hands none to the next step", async () => {
  const releases = [
    { version: "14", created: "-9h", deployments: [...at("-9h", "Development"), ...at("-3h", "Test")] },
    { version: "15", created: "-8h", deployments: [...at("-8h", "Development", "Test"), ...at("-6h", "Staging")] },
    { version: "16", created: "-5h", deployments: at("-2h", "Development", "Test"), defects: ["broken"] },
  ];
  const server = await serve(orchestration({ projects: [child("Web API", releases)] }));
  const bound = ["#", "{Octopus.Action[Plan].Output.ReleaseToPromote}"].join("");

  const { outputs, log } = await playParent(server, {
    project: "Release Orchestration",
    release: "2021.1.0",
    environment: "Staging",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: [
      deployStep("Web API", { "ChildProject.WhatIf.Value": "Yes" }, { name: "Plan" }),
      deployStep("Web API", { "ChildProject.Release.Number": bound }),
    ],
  });

  expect(created(server), log).toEqual([]);
  expect(outputs, log).toMatchObject({ Outcome: "Skipped", Reason: "NoMatchingRelease", ReleaseToPromote: "N/A" });
});

describe("an approved plan takes precedence", () => {
  test.each(["Use", "Fail"])("a plan that deploys a release stops the run, policy %s", async (policy) => {
    const server = await serve(plannedWorld());
    await planAndApprove(server);

    const { outputs, log, exitCode } = await deploy(server, policy, notAny);

    expect(inProduction(server), log).toEqual([]);
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ Outcome: "Failed", Reason: "PlanChanged" });
    expect(log).toMatch(
      /deploys 1\.1, but the release number of this run is N\/A, which means no release\. .*bound to the wrong step/,
    );
  });

  test("a plan that deploys nothing is carried out as a skip", async () => {
    const server = await serve(plannedWorld());
    const steps = [
      planStep({ "ChildProject.Release.Number": "9.*" }),
      { kind: "manual-intervention", name: "Approve", instructions: "Deploy?", teams: ["QA"] } as const,
    ];
    await planAndApprove(server, { steps });

    const { outputs, log } = await deploy(server, "Use", notAny);

    expect(outputs, log).toMatchObject({ Outcome: "Skipped", Reason: "NotInApprovedPlan" });
  });
});
