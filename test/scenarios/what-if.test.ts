import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { World } from "../octopus-server/world/world.ts";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";
import { walk } from "./in-process.ts";
import { type Parameters, child, created, deployStep, orchestration, parent, run, serve } from "./scenario.ts";

const whatIf: Parameters = { "ChildProject.WhatIf.Value": "Yes" };

/** Web API 1.0 is current in Staging, 1.1 waits in Test. */
function world(more: Partial<World> = {}, project = {}): World {
  const releases = [
    {
      version: "1.0",
      created: "-5d",
      deployments: ["Development", "Test", "Staging"].map((environment) => ({ environment, at: "-4d" })),
    },
    {
      version: "1.1",
      created: "-2d",
      notes: "Faster.",
      deployments: ["Development", "Test"].map((environment) => ({ environment, at: "-1d" })),
    },
  ];
  return orchestration({ projects: [child("Web API", releases, project)], ...more });
}

test("a what-if creates nothing, and says and stores what a real run would do", async () => {
  const server = await serve(world());

  const { parent: result, outputs, log, exitCode } = await run(server, "Web API", whatIf);

  expect(exitCode).toBe(0);
  expect(created(server)).toEqual([]);
  expect(server.journal().filter(({ method }) => method !== "GET")).toEqual([]);
  expect(outputs).toMatchObject({
    Outcome: "WhatIf",
    Reason: "NewRelease",
    ReleaseToPromote: "1.1",
    CurrentRelease: "1.0",
    ChildReleaseToDeploy: "True",
  });
  const plan = z.record(z.string(), z.unknown()).parse(JSON.parse(outputs.ReleasePlan ?? ""));
  expect(plan).toMatchObject({
    version: 1,
    whatIf: true,
    intention: { decision: "deploy", current: { version: "1.0" }, selected: { version: "1.1" } },
    whereabouts: [expect.stringMatching(/^Development \u2013 Success/), expect.stringMatching(/^Test \u2013 Success/)],
    blockers: [],
  });
  const digest = String(plan["digest"]);
  expect(log).toContain("Test \u2013 Success, 2021-01-13 12:01 UTC");
  expect(log).toContain(`info: Plan ${digest} (Web API to Staging)`);
  expect(outputs.ReleaseNotes?.split("\n\n").slice(0, 5)).toEqual([
    `Plan ${digest} (Web API to Staging)`,
    expect.stringMatching(/^\*\*Web API:\*\* The API key lacks /),
    "### Web API: 1.0 \u2192 1.1",
    "**1.1**",
    "Faster.",
  ]);
  const artifacts = result.steps.flatMap((step) => step.artifacts);
  expect(artifacts.map(({ name }) => name)).toEqual([
    expect.stringMatching(/^Web API Staging [0-9a-f]{12}\.plan\.json$/),
  ]);
  expect(JSON.parse(String(artifacts[0]?.content))).toEqual(plan);
});

test("a what-if that would skip publishes its plan, too, and its notes are one sentence", async () => {
  const server = await serve(world());

  const { parent: result, outputs } = await walk(server, {
    child: "Web API",
    parameters: { ...whatIf, "ChildProject.Release.Number": "1.0" },
  });

  expect(outputs).toMatchObject({ Outcome: "Skipped", Reason: "AlreadyCurrent", ChildReleaseToDeploy: "False" });
  expect(outputs.ReleaseNotes).toBe("Web API 1.0 is already deployed to Staging. Skipped.");
  expect(result.steps.flatMap((step) => step.artifacts)).toHaveLength(1);
});

test("a real run makes the same plan: same digest, nothing stored", async () => {
  const server = await serve(world());
  const planned = await walk(server, { child: "Web API", parameters: whatIf });

  const real = await walk(server, { child: "Web API" });

  const line = /Plan [0-9a-f]{32} \(Web API to Staging\)/;
  expect(real.outputs).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.1" });
  expect(line.exec(real.log)?.[0]).toBe(line.exec(planned.log)?.[0]);
  expect(real.parent.steps.flatMap((step) => step.artifacts)).toEqual([]);
});

describe("a what-if finds blockers", () => {
  test.each([
    {
      rule: "an active freeze",
      world: world({
        freezes: [{ name: "Xmas", start: "-1d", end: "+1d", projects: ["Web API"], environments: ["Staging"] }],
      }),
      reason: "Frozen",
      message: /prevented by the deployment freeze "Xmas" until 2021-01-15 12:00 UTC/,
    },
    { rule: "a disabled project", world: world({}, { disabled: true }), reason: "Blocked", message: /is disabled/ },
    {
      rule: "a prompted variable without a value",
      world: world({}, { variables: [{ name: "Approver", prompt: { label: "Who?", required: true } }] }),
      reason: "Blocked",
      message: /"Approver" \(Who\?\)/,
    },
  ])("$rule", async ({ world: given, reason, message }) => {
    const server = await serve(given);

    const { outputs, exitCode, log } = await walk(server, { child: "Web API", parameters: whatIf });

    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({ Outcome: "WhatIf", Reason: reason, ChildReleaseToDeploy: "False" });
    expect(outputs.Message).toMatch(message);
    expect(log).toContain("warning: Blocked: ");
  });
});

test("release notes that cannot be read are a warning, never a failure", async () => {
  const server = await serve(world());
  server.simulator.addFault({ route: "releases/{id}/deployments/preview/{environment}", status: 400 });

  const { outputs, exitCode, log } = await walk(server, { child: "Web API", parameters: whatIf });

  expect([exitCode, outputs.Outcome, outputs.ChildReleaseToDeploy]).toEqual([0, "WhatIf", "True"]);
  expect(log.match(/warning: What the deployment would change could not be read: /g)).toHaveLength(1);
  expect(outputs.ReleaseNotes).toContain("### Web API: 1.0 \u2192 1.1");
});

test("missing permissions that a run may need later are a warning", async () => {
  const server = await serve({
    ...world(),
    teams: [
      {
        name: "Release Management",
        members: ["release-conductor"],
        roles: ["Deployment creator", "Project viewer", "Environment viewer"],
      },
    ],
  });

  const { outputs, log } = await walk(server, { child: "Web API", parameters: whatIf });

  expect(outputs).toMatchObject({ Outcome: "WhatIf", ChildReleaseToDeploy: "True" });
  expect(log).toMatch(/warning: The API key lacks TaskCancel \(to cancel .*\) and InterruptionViewSubmitResponsible/);
});

test.each(["InterruptionView", "ArtifactView"])(
  "a missing %s, without which no run sees approvals, is a warning",
  async (right) => {
    const rights = ["ProjectView", "ProcessView", "LifecycleView", "EnvironmentView", "ReleaseView"];
    const more = ["DeploymentView", "DeploymentCreate", "TaskView", "InterruptionView", "ArtifactView"];
    const server = await serve({
      ...world(),
      userRoles: [{ name: "Account", permissions: [...rights, ...more].filter((permission) => permission !== right) }],
      teams: [{ name: "Release Management", members: ["release-conductor"], roles: ["Account"] }],
    });

    const { outputs, log } = await walk(server, { child: "Web API", parameters: whatIf });

    expect(outputs).toMatchObject({ Outcome: "WhatIf", ChildReleaseToDeploy: "True" });
    expect(log).toContain(`warning: The API key lacks ${right} in the parent project`);
    const ignoring = await walk(server, {
      child: "Web API",
      parameters: { ...whatIf, "ChildProject.Plan.Policy": "Ignore" },
    });
    expect(ignoring.log).not.toContain("in the parent project");
  },
);

test("a what-if fails if the key may not deploy to the destination", async () => {
  const server = await serve({
    ...world(),
    teams: [
      {
        name: "Developers",
        members: ["release-conductor"],
        roles: [{ role: "Deployment creator", environments: ["Test"] }, "Project viewer", "Environment viewer"],
      },
    ],
  });

  const { outputs, exitCode } = await walk(server, { child: "Web API", parameters: whatIf });

  expect(exitCode).toBe(1);
  expect(outputs).toMatchObject({ Outcome: "Failed", Reason: "PermissionMissing", ChildReleaseToDeploy: "False" });
  expect(outputs.Message).toContain("DeploymentCreate");
});

test("later steps decide by the output of the what-if whether they run", async () => {
  const server = await serve(world());
  const open = ["#", "{"].join("");
  const condition = { expression: `${open}Octopus.Action[Plan].Output.ChildReleaseToDeploy}` };

  const result = await runParentDeployment(server, {
    ...parent,
    environment: "Staging",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: [
      deployStep("Web API", { ...whatIf, "ChildProject.Release.Number": "1.0" }, { name: "Plan" }),
      deployStep("Web API", {}, { name: "Deploy", condition }),
    ],
  });

  expect(result.steps.map(({ status }) => status)).toEqual(["Success", "Skipped"]);
  expect(created(server)).toEqual([]);
});

describe("the child's output variables", () => {
  const script = (result: "Success" | "Failed"): NonNullable<World["scripts"]>[number] => ({
    project: "Web API",
    environment: "Staging",
    result,
    steps: [
      {
        name: "Prepare",
        outputs: { Url: "https://api.example", Password: { value: "hunter2", sensitive: true } },
      },
      { name: "Deploy", result },
    ],
  });

  test.each(["Success", "Failed"] as const)(
    "are passed on after a deployment that ended as %s, secrets never",
    async (end) => {
      const server = await serve({
        ...world(
          { scripts: [script(end)] },
          { steps: [{ name: "Prepare" }, { name: "Deploy", packages: ["Web API"] }] },
        ),
        userRoles: [{ name: "Task canceller", permissions: ["TaskCancel", "VariableView"] }],
      });

      const { outputs, log } = await walk(server, { child: "Web API" });

      expect(outputs).toMatchObject({ TaskState: end, "Deployment[Prepare].Url": "https://api.example" });
      expect(Object.keys(outputs)).not.toContain("Deployment[Prepare].Password");
      expect(JSON.stringify(outputs) + log).not.toContain("hunter2");
    },
  );

  test("that the key may not read are reported as information, and the step succeeds", async () => {
    const userRoles = [{ name: "Task canceller", permissions: ["InterruptionView"] }];
    const server = await serve({ ...world({ scripts: [script("Success")] }), userRoles });

    const { outputs, log, exitCode } = await walk(server, { child: "Web API" });

    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({ Outcome: "Deployed" });
    expect(
      log.match(/info: The child's output variables were not passed on: the API key lacks VariableView\./g),
    ).toHaveLength(1);
    expect(log.match(/info: The API key lacks TaskCancel \(to cancel the child on time-out\)/g)).toHaveLength(1);
    expect(log).not.toContain("warning: ");
  });

  test("that cannot be read are one warning", async () => {
    const server = await serve(world({ scripts: [script("Success")] }));
    server.simulator.addFault({ route: "variables/{id}", status: 400 });

    const { log, exitCode } = await walk(server, { child: "Web API" });

    expect(exitCode).toBe(0);
    expect(log.match(/warning: The child's output variables could not be read: /g)).toHaveLength(1);
  });

  test("are passed on even if another one is too long", async () => {
    const outputs = { A: "short", Big: "x".repeat(200_001), C: "short as well" };
    const steps = [{ name: "Deploy", outputs }];
    const server = await serve(world({ scripts: [{ project: "Web API", environment: "Staging", steps }] }));

    const walked = await walk(server, { child: "Web API" });

    expect(walked.outputs).toMatchObject({ "Deployment[Deploy].A": outputs.A, "Deployment[Deploy].C": outputs.C });
    expect(walked.log).toContain(
      "warning: The output variable Big of the child's step Deploy is too long to be passed on.",
    );
  });
});
