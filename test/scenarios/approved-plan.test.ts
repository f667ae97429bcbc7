import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { ParentStep } from "../parent-process/parent-steps.ts";
import type { Person } from "../parent-process/parent-task.ts";
import { approvalWorld, endings, forQa } from "./approval-world.ts";
import {
  approve,
  deploy,
  evening,
  inProduction,
  overtakeInStaging,
  planAndApprove,
  planArtifacts,
  plannedWorld as world,
  type Planning,
  planStep,
  releaseNamed,
  sayYes,
} from "./planned-world.ts";
import { createParentDeployment } from "../parent-process/create-parent-deployment.ts";
import { runOrWalk } from "./in-process.ts";
import { child, deployStep, parent, serve } from "./scenario.ts";

describe("approve today, deploy tomorrow, while a newer build reaches Staging in between", () => {
  test.each([
    {
      policy: "Use",
      deployed: "1.1",
      outcome: "Deployed",
      reason: "NewRelease",
      log: /Deploying the approved plan [0-9a-f]{32}/,
    },
    {
      policy: "Fail",
      deployed: undefined,
      outcome: "Failed",
      reason: "PlanChanged",
      log: /1\.1 was approved, but this run would deploy 1\.2/,
    },
    {
      policy: "Warn",
      deployed: "1.2",
      outcome: "Deployed",
      reason: "NewRelease",
      log: /warning: .*1\.1 was approved, but this run would deploy 1\.2/,
    },
    {
      policy: "Ignore",
      deployed: "1.2",
      outcome: "Deployed",
      reason: "NewRelease",
      log: /Selected 1\.2, last deployed to Staging/,
    },
  ])("$policy: $outcome $deployed", async ({ policy, deployed, outcome, reason, log: said }) => {
    const server = await serve(world());
    await planAndApprove(server);
    overtakeInStaging(server);

    const { outputs, log } = await deploy(server, policy);

    expect(outputs).toMatchObject({ Outcome: outcome, Reason: reason });
    expect(log).toMatch(said);
    if (policy === "Use") expect(log, "nothing was searched for").not.toMatch(/the newest release|last deployed to/);
    expect(inProduction(server)).toEqual(deployed === undefined ? [] : [`Web API ${deployed} to Production`]);
  });

  test("Use, with nothing else given", async () => {
    const server = await serve(world());
    await planAndApprove(server);
    overtakeInStaging(server);

    const { outputs, exitCode } = await runOrWalk(server, "Web API", evening, { to: "Production" });

    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.1" });
    expect(inProduction(server)).toEqual(["Web API 1.1 to Production"]);
  });

  test("nothing has changed: Fail lets the approved plan pass", async () => {
    const server = await serve(world());
    await planAndApprove(server);

    const { outputs } = await deploy(server, "Fail");

    expect(outputs).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.1" });
  });

  test("the approved plan deploys nothing: nothing is deployed, whatever has reached Staging since", async () => {
    const server = await serve(world());
    await planAndApprove(server, {
      steps: [
        planStep({ "ChildProject.Deployment.Condition": "Higher", "ChildProject.Release.Number": "1.0" }),
        approve(),
      ],
    });
    overtakeInStaging(server);

    const { outputs } = await deploy(server, "Use");

    expect(outputs).toMatchObject({ Outcome: "Skipped", Reason: "NotInApprovedPlan", ChildReleaseToDeploy: "False" });
    expect(inProduction(server)).toEqual([]);
  });
});

describe("the approved plan deploys nothing, and Production still runs 1.0", () => {
  const higher = { "ChildProject.Deployment.Condition": "Higher" };
  const only = { "ChildProject.Release.Number": "1.0" };

  test.each([
    { rule: "the run would select 1.0 again: AlreadyCurrent", parameters: only, reason: "AlreadyCurrent" },
    { rule: "the run would select another release: NotInApprovedPlan", parameters: {}, reason: "NotInApprovedPlan" },
  ])("$rule", async ({ parameters, reason }) => {
    const server = await serve(world());
    await planAndApprove(server, { steps: [planStep({ ...higher, ...only }), approve()] });

    const { outputs } = await deploy(server, "Use", parameters);

    expect(outputs).toMatchObject({ Outcome: "Skipped", Reason: reason, ChildReleaseToDeploy: "False" });
    expect(inProduction(server)).toEqual([]);
  });
});

test("what-if, approval and deployment in one parent deployment: the plan of its own task counts", async () => {
  const server = await serve(world());
  const steps = [planStep(), approve(), deployStep("Web API", {}, { name: "Deploy" })];
  const people: Person = () => {
    overtakeInStaging(server);
    return { by: "alice", result: "Proceed" };
  };

  const result = await planAndApprove(server, { steps, people, environment: "Production" });

  expect(result.outputs).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.1" });
  expect(inProduction(server)).toEqual(["Web API 1.1 to Production"]);
});

describe("the approved release cannot be deployed any more", () => {
  const cases: readonly {
    rule: string;
    change: (server: OctopusServer) => Promise<void> | void;
    message: RegExp;
    reason?: string;
    skip?: boolean;
  }[] = [
    {
      rule: "blocked by a defect",
      change: (server) =>
        void releaseNamed(server, "1.1").defects.push({ id: "Defects-1", description: "x", status: "Unresolved" }),
      message: /1\.1 .*may not be deployed: Octopus no longer allows the release in Production/,
    },
    {
      rule: "deleted",
      change: async (server) => {
        const url = `${server.url}/api/releases/${releaseNamed(server, "1.1").id}`;
        await fetch(url, { method: "DELETE", headers: { "X-Octopus-ApiKey": server.apiKey } });
      },
      message: /was deleted/,
    },
    {
      rule: "other packages",
      change: (server) => {
        const release = releaseNamed(server, "1.1");
        release.packages = release.packages.map((each) => ({ ...each, version: "6.6.6" }));
      },
      message: /the packages of 1\.1 were changed/,
    },
    {
      rule: "another variable snapshot",
      change: (server) => void (releaseNamed(server, "1.1").variableSnapshotId = "variableset-other"),
      message: /the snapshots of 1\.1 were updated/,
    },
    {
      rule: "overtaken by a higher one in Production",
      change: (server) => {
        const now = new Date(server.now() - 120_000).toISOString();
        const deployments = ["Staging", "Production"].map((environment) => ({ environment, at: now, took: "30s" }));
        server.simulator.addWorld({ projects: [{ name: "Web API", releases: [{ version: "1.2", deployments }] }] });
      },
      message: /1\.2, which is higher, was deployed to Production since/,
    },
  ];

  test.each(cases)("Use: $rule", async ({ change, message }) => {
    const server = await serve(world());
    await planAndApprove(server);
    await change(server);
    const before = inProduction(server).length;

    const { outputs, exitCode } = await deploy(server, "Use");

    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ Outcome: "Failed", Reason: "PlanChanged", ChildReleaseToDeploy: "False" });
    expect(outputs["Message"]).toMatch(message);
    expect(inProduction(server)).toHaveLength(before);
  });

  test.each(cases)("Fail stops as well, also where nothing is left to deploy: $rule", async ({ change }) => {
    const server = await serve(world());
    await planAndApprove(server);
    await change(server);
    const before = inProduction(server).length;

    const { outputs, log } = await deploy(server, "Fail");

    expect(outputs, log).toMatchObject({ Outcome: "Failed", Reason: "PlanChanged" });
    expect(outputs["Message"]).toMatch(/differs from the approved plan/);
    expect(inProduction(server)).toHaveLength(before);
  });

  test("Warn says that the approved release is not deployed", async () => {
    const server = await serve(world());
    await planAndApprove(server);
    await cases[0]?.change(server);

    const { outputs, log } = await deploy(server, "Warn");

    expect(outputs, log).toMatchObject({ Outcome: "Skipped", Reason: "AlreadyCurrent" });
    expect(log).toMatch(/warning: .*1\.1 was approved, but this run would deploy nothing/);
    expect(log).not.toContain("Using the approved plan");
  });

  test("meanwhile current: skipped as AlreadyCurrent", async () => {
    const server = await serve(world());
    await planAndApprove(server);
    const at = new Date(server.now() - 120_000).toISOString();
    const deployments = [{ environment: "Production", at, took: "30s" }];
    server.simulator.addWorld({ projects: [{ name: "Web API", releases: [{ version: "1.1", deployments }] }] });

    const { outputs } = await deploy(server, "Use");

    expect(outputs).toMatchObject({ Outcome: "Skipped", Reason: "AlreadyCurrent" });
  });

  test.each([
    { rule: "and complete: skipped, even under Always", states: ["Success"], end: "Skipped" },
    { rule: "but the last attempt failed: deployed", states: ["Success", "Failed"], end: "Deployed" },
  ] as const)("meanwhile current $rule", async ({ states, end }) => {
    const server = await serve(world());
    const always = { "ChildProject.Deployment.Condition": "Always" };
    await planAndApprove(server, { steps: [planStep(always), approve()] });
    const deployments = states.map((state, index) => ({
      environment: "Production",
      at: new Date(server.now() - (120 - index * 60) * 1000).toISOString(),
      took: "30s",
      state,
    }));
    server.simulator.addWorld({ projects: [{ name: "Web API", releases: [{ version: "1.1", deployments }] }] });

    const { outputs } = await deploy(server, "Use", always);

    expect(outputs).toMatchObject({ Outcome: end });
  });
});

describe("Use: there is no approved plan, so the release selected now is deployed", () => {
  const cases: readonly {
    rule: string;
    planning?: Planning;
    after?: (server: OctopusServer) => void;
    /** Absent means that users who approve without plans see no warning. */
    warning?: string;
  }[] = [
    {
      rule: "the approval was refused",
      planning: { people: () => ({ by: "alice", result: "Abort" }) },
      warning: "ended as Failed, so it approves nothing.",
    },
    { rule: "another parent release", planning: { release: "2020.9" }, warning: "There is no deployment of" },
    {
      rule: "another destination",
      planning: { steps: [planStep({ "ChildProject.Destination.EnvironmentName": "Staging" }), approve("Ready?")] },
    },
    {
      rule: "another mode",
      planning: { steps: [planStep({ "ChildProject.DeploymentMode.Value": "Redeploy" }), approve("Ready?")] },
    },
    {
      rule: "made after the approval",
      planning: { steps: [approve("Ready?"), planStep()] },
    },
    {
      rule: "uploaded by a user, and approvers were not shown its digest",
      planning: { steps: [planStep(), approve("Ready?")] },
      after: uploadByHand,
    },
    { rule: "no approval was asked for", planning: { steps: [planStep()] } },
    {
      rule: "another child",
      planning: { steps: [planStep({ "ChildProject.Project.Name": "Database" }), approve()] },
    },
    {
      rule: "another channel",
      planning: { steps: [planStep({ "ChildProject.Channel.Name": "Hotfix" }), approve()] },
    },
    {
      rule: "the approval deployment was made again, and still runs",
      after: (server) => approveAgain(server),
      warning: "has not ended yet, so it approves nothing.",
    },
    {
      rule: "the approval deployment was made again, and failed",
      after: (server) => approveAgain(server, "Failed"),
      warning: "ended as Failed, so it approves nothing.",
    },
    {
      rule: "the approval deployment was made again, and cancelled",
      after: (server) => approveAgain(server, "Canceled"),
      warning: "ended as Canceled, so it approves nothing.",
    },
  ];

  test.each(cases)("$rule", async ({ planning, after, warning }) => {
    const server = await serve(world());
    server.simulator.addWorld({
      projects: [
        { name: parent.project, releases: ["2020.9"] },
        { name: "Web API", channels: ["Hotfix"] },
        child("Database", [{ version: "1.1", deployments: ["Development", "Test", "Staging"] }]),
      ],
    });
    const slow: Planning = planning ?? {};
    const people = slow.people;
    await planAndApprove(server, {
      ...slow,
      people: async (question) => {
        const answer = await (people ?? sayYes)(question);
        server.advance(60_000);
        return answer;
      },
    });
    after?.(server);
    overtakeInStaging(server);

    const { outputs, log } = await deploy(server, "Use");

    expect(outputs).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.2" });
    const warnings = log.split("\n").filter((line) => line.startsWith("warning: "));
    expect(warnings).toEqual(warning === undefined ? [] : [expect.stringContaining(warning)]);
  });

  test("Fail stops the run then", async () => {
    const server = await serve(world());

    const { outputs, exitCode } = await deploy(server, "Fail");

    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ Reason: "PlanChanged" });
    expect(outputs["Message"]).toContain("There is no deployment of Release Orchestration 2021.1.0 to Prod Approval");
  });
});

/** Makes the approved plan look as if a user had uploaded it. */
function uploadByHand(server: OctopusServer): void {
  const { artifacts } = server.simulator.state();
  for (const artifact of planArtifacts(server))
    artifacts.set(artifact.id, { ...artifact, source: null, logCorrelationId: null });
}

function removePlan(server: OctopusServer): void {
  for (const { id } of planArtifacts(server)) server.simulator.state().artifacts.delete(id);
}

function makeLate(server: OctopusServer): void {
  const { artifacts } = server.simulator.state();
  for (const artifact of planArtifacts(server)) artifacts.set(artifact.id, { ...artifact, created: server.now() });
}

describe("the plan whose digest was approved is gone", () => {
  const rules = [
    { rule: "deleted", change: removePlan, said: /is missing from the artifacts of ServerTasks-\d+\.$/ },
    { rule: "uploaded by a user", change: uploadByHand, said: /\. Ignored: 1 plan made after/ },
    { rule: "made after the approval", change: makeLate, said: /\. Ignored: 1 plan made after/ },
  ];

  test.each(rules.flatMap((each) => ["Use", "Fail"].map((policy) => ({ ...each, policy }))))(
    "$rule: $policy stops, and nothing is created",
    async ({ policy, change, said }) => {
      const server = await serve(world());
      await planAndApprove(server);
      change(server);
      overtakeInStaging(server);

      const { outputs, exitCode } = await deploy(server, policy);

      expect(exitCode).toBe(1);
      expect(outputs).toMatchObject({ Outcome: "Failed", Reason: "PlanChanged", ChildReleaseToDeploy: "False" });
      expect(outputs["Message"]).toMatch(
        /^The approved plan [0-9a-f]{32} for Web API is missing from the artifacts of ServerTasks-\d+/,
      );
      expect(outputs["Message"]).toMatch(said);
      expect(inProduction(server)).toEqual([]);
    },
  );

  test("from the run's own task, where plan, approval and deployment follow each other", async () => {
    const server = await serve(world());
    const people: Person = () => {
      removePlan(server);
      return { by: "alice", result: "Proceed" };
    };
    const steps = [planStep(), approve(), deployStep("Web API", {}, { name: "Deploy" })];

    const { outputs } = await planAndApprove(server, { steps, people, environment: "Production" });

    expect(outputs).toMatchObject({ Outcome: "Failed", Reason: "PlanChanged" });
    expect(inProduction(server)).toEqual([]);
  });

  test("but it belongs to another child, so that this run goes on", async () => {
    const server = await serve(world());
    server.simulator.addWorld({
      projects: [child("Database", [{ version: "3.0", deployments: ["Development", "Test", "Staging"] }])],
    });
    await planAndApprove(server, { steps: [planStep({ "ChildProject.Project.Name": "Database" }), approve()] });
    removePlan(server);

    const { outputs } = await deploy(server, "Use");

    expect(outputs).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.1" });
  });
});

describe("the run asks for a release number of its own", () => {
  test.each([
    { rule: "the approved version", number: "1.1", deployed: ["Web API 1.1 to Production"] },
    { rule: "a pattern that matches it", number: "1.*", deployed: ["Web API 1.1 to Production"] },
  ])("$rule: deployed", async ({ number, deployed }) => {
    const server = await serve(world());
    await planAndApprove(server);
    overtakeInStaging(server);

    await deploy(server, "Use", { "ChildProject.Release.Number": number });

    expect(inProduction(server)).toEqual(deployed);
  });

  test.each([
    { rule: "another version", number: "1.2" },
    { rule: "a version that does not exist", number: "9.9" },
    { rule: "a range without it", number: ">=1.2" },
  ])("$rule: the approved release is not deployed instead", async ({ number }) => {
    const server = await serve(world());
    await planAndApprove(server);
    overtakeInStaging(server);

    const { outputs, exitCode } = await deploy(server, "Use", { "ChildProject.Release.Number": number });

    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ Outcome: "Failed", Reason: "PlanChanged", ChildReleaseToDeploy: "False" });
    expect(outputs["Message"]).toMatch(
      /The approved release 1\.1 \(plan [0-9a-f]{32}\) is not deployed: the release number/,
    );
    expect(outputs["Message"]).toContain(`the release number of this run, ${number}, excludes that release`);
    expect(inProduction(server)).toEqual([]);
  });
});

/** The newest deployment of the parent's release is the only one that counts. */
function approveAgain(server: OctopusServer, state?: "Failed" | "Canceled"): void {
  const { taskId } = createParentDeployment(server, { ...parent, environment: "Prod Approval", steps: [] });
  if (state !== undefined) server.simulator.task(taskId ?? "").complete({ state });
}

describe("the approved plan is limited to some deployment targets", () => {
  const machines = ["web-1", "web-2"].map((name) => ({ name, environments: ["Production"], roles: ["web"] }));
  const onWeb1 = { "ChildProject.Target.MachineNames": "web-1" };

  async function approvedForWeb1() {
    const steps = [{ name: "Deploy", packages: ["Web API"], roles: ["web"] }];
    const { projects = [], ...planned } = world({ machines });
    const server = await serve({
      ...planned,
      projects: projects.flatMap((each) => (typeof each === "string" ? [] : [{ ...each, steps }])),
    });
    await planAndApprove(server, { steps: [planStep(onWeb1), approve()] });
    return server;
  }

  test.each(["Use", "Fail"])("%s: a run for all targets stops", async (policy) => {
    const server = await approvedForWeb1();

    const run = await deploy(server, policy);

    expect([run.exitCode, run.outputs["Reason"]], run.log).toEqual([1, "PlanChanged"]);
    expect(run.outputs["Message"]).toContain("it is limited to some deployment targets");
    expect(inProduction(server)).toEqual([]);
  });

  test("Use: a run for the approved target deploys", async () => {
    const server = await approvedForWeb1();

    const run = await deploy(server, "Use", onWeb1);

    expect([run.exitCode, run.outputs["Outcome"]], run.log).toEqual([0, "Deployed"]);
    expect(inProduction(server)).toEqual(["Web API 1.1 to Production"]);
  });
});

describe("Warn: interventions of a deployment that was not approved are not answered automatically", () => {
  test.each([
    {
      rule: "the run deploys the approved plan: answered",
      change: () => undefined,
      end: "Proceed by release-conductor",
    },
    { rule: "the run deploys another release: left to users", change: overtakeInStaging, end: "unanswered" },
    {
      rule: "the plan is gone: left to users",
      change: (server: OctopusServer) => {
        removePlan(server);
        overtakeInStaging(server);
      },
      end: "unanswered",
    },
    {
      rule: "the plan was tampered with: left to users",
      change: (server: OctopusServer) => {
        for (const artifact of planArtifacts(server)) artifact.content = Buffer.from("[]");
      },
      end: "unanswered",
    },
  ])("$rule", async ({ change, end }) => {
    const { users, userRoles, teams } = approvalWorld([]);
    const server = await serve(world({ users, userRoles, teams }));
    const steps = [{ name: "Question", interventions: [{ ...forQa }] }];
    server.simulator.addScript({ project: "Web API", environment: "Production", duration: "2m", steps });
    await planAndApprove(server);
    change(server);

    const { outputs, log } = await deploy(server, "Warn", { "ChildProject.CancelDeployment.Seconds": "5m" });

    expect(endings(server, outputs["TaskId"]), log).toEqual([expect.stringContaining(`Question: ${end}`)]);
  });
});

describe("Use: an approval counts only for the plan that is deployed", () => {
  const shown = ["#", "{Octopus.Action[Plan].Output.ReleaseNotes}"].join("");
  const ask = (instructions: string): ParentStep => ({
    kind: "manual-intervention",
    name: "Approve",
    instructions,
    teams: ["QA", "DBA"],
  });
  const databasePlan = planStep({ "ChildProject.Project.Name": "Database" }, "Plan Database");
  const databaseShown = ["#", "{Octopus.Action[Plan Database].Output.ReleaseNotes}"].join("");

  test.each([
    { rule: "asked for after the plan: counts", steps: [planStep(), ask(shown)], by: ["alice"], end: "Proceed" },
    {
      rule: "asked for after the plan, without its digest: counts",
      steps: [planStep(), ask("Go?")],
      by: ["alice"],
      end: "Proceed",
    },
    {
      rule: "asked for before the plan was made: does not count",
      steps: [ask("Begin?"), planStep(), ask(shown)],
      by: ["alice", "dana"],
      end: "unanswered",
    },
    {
      rule: "the same user once before and once after: counts",
      steps: [ask("Begin?"), planStep(), ask(shown)],
      by: ["alice", "alice"],
      end: "Proceed",
    },
    {
      rule: "shown the plan of another child alone: does not count",
      steps: [databasePlan, planStep(), ask(databaseShown), ask(shown)],
      by: ["alice", "dana"],
      end: "unanswered",
    },
  ])("$rule", async ({ steps, by, end }) => {
    const { users, userRoles, teams } = approvalWorld([]);
    const server = await serve(world({ users, userRoles, teams }));
    server.simulator.addWorld({
      projects: [child("Database", [{ version: "3.0", deployments: ["Development", "Test", "Staging"] }])],
    });
    const questions = [{ name: "Question", interventions: [{ ...forQa }] }];
    server.simulator.addScript({ project: "Web API", environment: "Production", duration: "2m", steps: questions });
    let asked = 0;
    await planAndApprove(server, {
      steps,
      people: () => {
        server.advance(60_000);
        return { by: by[asked++] ?? "", result: "Proceed" };
      },
    });

    const { outputs, log } = await deploy(server, "Use", { "ChildProject.CancelDeployment.Seconds": "5m" });

    expect(endings(server, outputs["TaskId"]), log).toEqual([expect.stringContaining(`Question: ${end}`)]);
    expect(outputs["ReleaseToPromote"]).toBe("1.1");
    expect(outputs["ApprovedBy"]).toBe(end === "Proceed" ? "Alice King (alice)" : "");
  });
});

describe("several what-if runs of the same child", () => {
  const again = planStep({}, "Plan again");
  const shown = ["#", "{Octopus.Action[Plan again].Output.ReleaseNotes}"].join("");

  test.each([
    {
      rule: "the newest approved plan counts, not a plan made after the approval",
      steps: [planStep(), approve(), again],
      deployed: "1.1",
    },
    {
      rule: "the newest plan counts if it was approved as well",
      steps: [planStep(), approve(), again, approve(shown)],
      deployed: "1.2",
    },
    {
      rule: "the newest plan counts if both were approved at once",
      steps: [approve("Begin?"), planStep({ "ChildProject.Release.Number": "1.1" }), again, approve(shown)],
      deployed: "1.2",
    },
  ])("$rule", async ({ steps, deployed }) => {
    const server = await serve(world());
    let asked = 0;

    await planAndApprove(server, {
      steps,
      people: () => {
        if (asked++ === 0) overtakeInStaging(server);
        server.advance(60_000);
        return { by: "alice", result: "Proceed" };
      },
    });
    const { outputs, log } = await deploy(server, "Use");

    expect(outputs, log).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: deployed });
  });
});

describe("an unusable approved plan is never ignored", () => {
  const rewrite = (change: (plan: Record<string, unknown>) => unknown) => (content: string) => {
    const changed = change(z.record(z.string(), z.unknown()).parse(JSON.parse(content)));
    return typeof changed === "string" ? changed : JSON.stringify(changed);
  };
  test.each([
    { rule: "not JSON", change: () => "<html>", message: /not JSON/ },
    { rule: "another JSON", change: () => "[]", message: /damaged/ },
    {
      rule: "of a newer version",
      change: rewrite((plan) => ({ ...plan, version: 3 })),
      message: /made by a newer step/,
    },
    {
      rule: "of a child that calls itself one of several",
      change: rewrite((plan) => ({ ...plan, version: 2 })),
      message: /damaged/,
    },
    { rule: "huge", change: rewrite((plan) => ({ ...plan, more: "x".repeat(1_000_001) })), message: /too long/ },
    {
      rule: "tampered with",
      change: rewrite((plan) => JSON.stringify(plan).replaceAll('"1.1"', '"1.2"')),
      message: /changed after it was made/,
    },
  ])("$rule", async ({ change, message }) => {
    const server = await serve(world());
    await planAndApprove(server);
    for (const artifact of planArtifacts(server)) artifact.content = Buffer.from(change(String(artifact.content)));

    const { outputs, exitCode } = await deploy(server, "Use");

    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ Outcome: "Failed", Reason: "PlanChanged" });
    expect(outputs["Message"]).toMatch(message);
    expect(inProduction(server)).toEqual([]);
  });

  test.each([
    { rule: "may not be read", fault: { status: 403, missingPermission: "ArtifactView" }, reason: "PermissionMissing" },
    { rule: "is gone", fault: { status: 404 }, reason: "PlanChanged" },
    { rule: "cannot be read", fault: { status: 500 }, reason: "PlanChanged" },
  ])("its content $rule", async ({ fault, reason }) => {
    const server = await serve(world());
    await planAndApprove(server);
    overtakeInStaging(server);
    server.simulator.addFault({ route: "artifacts/{id}/content", ...fault });

    const stopped = await deploy(server, "Use");
    const warned = await deploy(server, "Warn");

    expect(stopped.outputs).toMatchObject({ Outcome: "Failed", Reason: reason, ChildReleaseToDeploy: "False" });
    expect(warned.outputs).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.2" });
    expect(inProduction(server)).toEqual(["Web API 1.2 to Production"]);
  });

  test("the plan of a child that was renamed since is found", async () => {
    const server = await serve(world());
    await planAndApprove(server);
    overtakeInStaging(server);
    for (const project of server.simulator.state().projects.values()) {
      if (project.name === "Web API") project.name = "Web Service";
    }

    const { outputs } = await deploy(server, "Use", { "ChildProject.Project.Name": "Web Service" });

    expect(outputs).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.1" });
  });

  test("the run stops if approvers were shown another digest", async () => {
    const server = await serve(world());
    await planAndApprove(server, { steps: [planStep(), approve(`Plan ${"0".repeat(32)} (Web API to Production)`)] });

    const { outputs } = await deploy(server, "Use");

    expect(outputs).toMatchObject({ Reason: "PlanChanged" });
    expect(outputs["Message"]).toContain(`but approvers were shown ${"0".repeat(32)}`);
  });

  test("the run stops if approvers were shown another digest beside that of the plan", async () => {
    const server = await serve(world());
    const notes = ["#", "{Octopus.Action[Plan].Output.ReleaseNotes}"].join("");
    const forged = `Plan ${"0".repeat(32)} (Web API to Production)`;
    await planAndApprove(server, { steps: [planStep(), approve(`${notes}\n${forged}`)] });

    const { outputs } = await deploy(server, "Use");

    expect(outputs).toMatchObject({ Reason: "PlanChanged" });
    expect(outputs["Message"]).toMatch(/but approvers were shown [0-9a-f]{32}, 0{32}\./);
  });

  test("the run stops if the key may not see artifacts", async () => {
    const server = await serve({
      ...world(),
      userRoles: [{ name: "Reader of approvals", permissions: ["InterruptionView", "LifecycleView"] }],
      teams: [
        {
          name: "Release Management",
          members: ["release-conductor"],
          roles: ["Deployment creator", "Environment viewer", "Reader of approvals"],
        },
        { name: "QA", roles: ["Project deployer"] },
      ],
    });
    await planAndApprove(server);

    const { outputs, exitCode } = await deploy(server, "Use");

    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ Reason: "PermissionMissing" });
    expect(outputs["Message"]).toContain("ArtifactView");
  });
});

test("an approval environment that does not exist is an error before anything is created", async () => {
  const server = await serve(world());

  const { outputs, exitCode } = await deploy(server, "Use", {
    "ChildProject.ManualIntervention.EnvironmentToUse": "Prod Aproval",
  });

  expect(exitCode).toBe(1);
  expect(outputs["Message"]).toContain('"Prod Approval"');
  expect(inProduction(server)).toEqual([]);
});
