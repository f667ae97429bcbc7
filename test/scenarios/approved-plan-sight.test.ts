import { describe, expect, test } from "vitest";
import type { World } from "../octopus-server/world/world.ts";
import {
  approve,
  deploy,
  inProduction,
  overtakeInStaging,
  planAndApprove,
  plannedWorld,
  type Planning,
  planStep,
} from "./planned-world.ts";
import { deployStep, type Parameters, serve } from "./scenario.ts";

type Role = NonNullable<Exclude<NonNullable<World["teams"]>[number], string>["roles"]>[number];

const permissions = ["LifecycleView", "ProjectView", "ReleaseView", "DeploymentView", "TaskView"];
const rights = (permission: string) => ({ name: permission, permissions: [permission] });

const deployer: readonly Role[] = ["Deployment creator", "Environment viewer", "Deployer"];

/** A world whose service account may deploy and has these roles besides. */
function worldFor(roles: readonly Role[], account = deployer): World {
  return plannedWorld({
    userRoles: [
      { name: "Deployer", permissions: [...permissions, "TaskCancel"] },
      rights("InterruptionView"),
      rights("ArtifactView"),
      { name: "Stranger", permissions: ["LifecycleView", "ReleaseView"] },
    ],
    projectGroups: ["Components", "Orchestration"],
    teams: [
      {
        name: "Release Management",
        members: ["release-conductor"],
        roles: [...account, ...roles],
      },
      { name: "QA", roles: ["Project deployer"] },
    ],
  });
}

const all = ["InterruptionView", "ArtifactView"];

interface Case {
  readonly rule: string;
  readonly roles: readonly Role[];
  readonly parameters?: Parameters;
  readonly steps?: Planning["steps"];
  readonly deployed: readonly string[];
  readonly reason: string;
  readonly message?: RegExp;
}

const overtaken = (parameters: Parameters = {}) => [
  planStep(),
  approve(),
  deployStep("Web API", parameters, { name: "Deploy" }),
];

const cases: readonly Case[] = [
  { rule: "sees both: the approved release", roles: all, deployed: ["1.1"], reason: "NewRelease" },
  {
    rule: "sees neither",
    roles: [],
    deployed: [],
    reason: "PermissionMissing",
    message: /lacks the permission InterruptionView for the project "Release Orchestration"/,
  },
  {
    rule: "sees no interruptions",
    roles: ["ArtifactView"],
    deployed: [],
    reason: "PermissionMissing",
    message: /InterruptionView/,
  },
  {
    rule: "sees no artifacts",
    roles: ["InterruptionView"],
    deployed: [],
    reason: "PermissionMissing",
    message: /ArtifactView/,
  },
  {
    rule: "sees interruptions of another environment",
    roles: ["ArtifactView", { role: "InterruptionView", environments: ["Staging"] }],
    deployed: [],
    reason: "PermissionMissing",
  },
  {
    rule: "sees interruptions of another project",
    roles: ["ArtifactView", { role: "InterruptionView", projects: ["Web API"] }],
    deployed: [],
    reason: "PermissionMissing",
  },
  {
    rule: "sees interruptions of another project group",
    roles: ["ArtifactView", { role: "InterruptionView", projectGroups: ["Components"] }],
    deployed: [],
    reason: "PermissionMissing",
  },
  {
    rule: "sees interruptions of the parent's project group",
    roles: ["ArtifactView", { role: "InterruptionView", projectGroups: ["Default Project Group"] }],
    steps: [deployStep("Web API", {}, { name: "Deploy" })],
    deployed: ["1.1"],
    reason: "NewRelease",
  },
  {
    rule: "sees interruptions of the parent only: there was no approval",
    roles: [
      "ArtifactView",
      { role: "InterruptionView", environments: ["Production"], projects: ["Release Orchestration"] },
    ],
    steps: [planStep(), deployStep("Web API", {}, { name: "Deploy" })],
    deployed: ["1.1"],
    reason: "NewRelease",
  },
  {
    rule: "sees no interruptions: there may have been an approval",
    roles: ["ArtifactView"],
    steps: [deployStep("Web API", {}, { name: "Deploy" })],
    deployed: [],
    reason: "PermissionMissing",
  },
  {
    rule: "sees no interruptions, but nothing would be deployed anyway",
    roles: [],
    steps: [deployStep("Web API", { "ChildProject.Release.Number": "1.0" }, { name: "Deploy" })],
    deployed: [],
    reason: "AlreadyCurrent",
  },
  {
    rule: "Warn: a warning, and the release selected now is deployed",
    roles: [],
    steps: overtaken({ "ChildProject.Plan.Policy": "Warn" }),
    deployed: ["1.2"],
    reason: "NewRelease",
  },
  {
    rule: "Fail: the run stops",
    roles: [],
    steps: overtaken({ "ChildProject.Plan.Policy": "Fail" }),
    deployed: [],
    reason: "PermissionMissing",
  },
  {
    rule: "Ignore: approvals are not read",
    roles: [],
    steps: overtaken({ "ChildProject.Plan.Policy": "Ignore" }),
    deployed: ["1.2"],
    reason: "NewRelease",
  },
];

describe("approvals that the key may not see never count as absent", () => {
  test.each(cases)("$rule", async ({ roles, steps = overtaken(), deployed, reason, message }) => {
    const server = await serve(worldFor(roles));

    const { outputs, log } = await planAndApprove(server, {
      environment: "Production",
      steps,
      people: () => {
        overtakeInStaging(server);
        return { by: "alice", result: "Proceed" };
      },
    });

    expect(outputs, log).toMatchObject({ Reason: reason });
    expect(inProduction(server)).toEqual(deployed.map((version) => `Web API ${version} to Production`));
    if (message !== undefined) expect(outputs["Message"]).toMatch(message);
    if (reason === "PermissionMissing")
      expect(outputs).toMatchObject({ Outcome: "Failed", ChildReleaseToDeploy: "False" });
  });

  test("in another deployment of the parent", async () => {
    const server = await serve(worldFor(["ArtifactView", { role: "InterruptionView", environments: ["Production"] }]));
    await planAndApprove(server);
    overtakeInStaging(server);

    const { outputs } = await deploy(server, "Use");

    expect(outputs).toMatchObject({ Reason: "PermissionMissing" });
    expect(outputs["Message"]).toContain("InterruptionView");
    expect(inProduction(server)).toEqual([]);
  });

  test("if neither the parent nor its deployments can be seen", async () => {
    const projects = ["Web API"];
    const ofChild = ["Deployment creator", "Deployer"].map((role) => ({ role, projects }));
    const server = await serve(worldFor([...all, "Stranger"], ["Environment viewer", ...ofChild]));
    await planAndApprove(server);
    overtakeInStaging(server);

    const { outputs, log } = await deploy(server, "Use");

    expect(outputs, log).toMatchObject({ Reason: "PermissionMissing" });
    expect(outputs["Message"]).toContain("DeploymentView");
    expect(inProduction(server)).toEqual([]);
  });

  test("a run that sees interruptions does not read its permissions", async () => {
    const server = await serve(worldFor(all));

    await planAndApprove(server, { environment: "Production", steps: overtaken() });

    const asked = server
      .journal()
      .filter(({ path, user }) => user === "release-conductor" && path.includes("/permissions"));
    // Only the what-if run reads its permissions: those for the child and those in the parent.
    expect(asked).toHaveLength(2);
  });
});

test.each(["Use", "Fail"])("under %s a redeployment needs no plan, and none is read", async (policy) => {
  const server = await serve(worldFor(all));

  const { outputs } = await deploy(server, policy, { "ChildProject.DeploymentMode.Value": "Redeploy" });

  expect(outputs).toMatchObject({ Outcome: "Deployed", Reason: "Redeploy", ReleaseToPromote: "1.0" });
  expect(server.journal().filter(({ path }) => path.includes("/artifacts"))).toEqual([]);
});
