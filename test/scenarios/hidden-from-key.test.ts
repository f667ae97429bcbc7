import { describe, expect, test } from "vitest";
import { walk } from "./in-process.ts";
import { type Run, child, created, orchestration, type Parameters, serve } from "./scenario.ts";

const viewing = ["ProjectView", "ProcessView", "LifecycleView", "EnvironmentView", "ReleaseView", "TaskView"];
const elsewhere = ["Development", "Test"];

/** The account sees everything before Staging. In Staging it may deploy and has these permissions besides. */
function world(inStaging: readonly string[]) {
  const releases = [{ version: "1.0", created: "-2d", deployments: elsewhere }];
  return orchestration({
    projects: [child("Web API", releases)],
    userRoles: [
      { name: "Deployer", permissions: [...viewing, "DeploymentCreate", "TaskCancel"] },
      { name: "Viewer", permissions: ["DeploymentView", "InterruptionView"] },
      { name: "Viewer of Staging", permissions: ["EnvironmentView", ...inStaging] },
    ],
    teams: [
      {
        name: "Release Management",
        members: ["release-conductor"],
        roles: [
          "Deployer",
          { role: "Viewer", environments: elsewhere },
          { role: "Viewer of Staging", environments: ["Staging"] },
        ],
      },
    ],
  });
}

function end({ outputs }: Run): string {
  return `${outputs["Outcome"]} ${outputs["Reason"]}`;
}

describe("resources that the key may not see do not count as absent", () => {
  test("deployments of the destination: the run fails instead of deploying as if there were none", async () => {
    const server = await serve(world([]));

    const walked = await walk(server, { child: "Web API" });

    expect(end(walked), walked.log).toBe("Failed PermissionMissing");
    expect(walked.outputs["Message"]).toContain("the API key lacks the permission DeploymentView");
    expect(created(server)).toEqual([]);
  });

  test.each([
    { rule: "interruptions: the failed deployment may have been aborted, so it is not retried", rights: [], times: 1 },
    {
      rule: "interruptions that the key sees: the failed deployment was not aborted, so it is retried",
      rights: ["InterruptionView"],
      times: 2,
    },
  ])("$rule", async ({ rights, times }) => {
    const server = await serve(world(["DeploymentView", ...rights]));
    server.simulator.addScript({ project: "Web API", result: "Failed" });
    const parameters: Parameters = { "ChildProject.Deployment.Retries": "1", "ChildProject.Plan.Policy": "Ignore" };

    const walked = await walk(server, { child: "Web API", parameters });

    expect(end(walked), walked.log).toBe("Failed NewRelease");
    expect(created(server)).toHaveLength(times);
    if (times === 1) expect(walked.log).toMatch(/Not deployed again: .* lacks the permission InterruptionView/);
  });
});
