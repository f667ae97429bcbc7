import { describe, expect, test } from "vitest";
import type { Clock } from "../../src/clock.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { ParentStep } from "../parent-process/parent-steps.ts";
import type { Person } from "../parent-process/parent-task.ts";
import { accountRoles, forQa, teams } from "./approval-world.ts";
import { clockOf, playParent } from "./in-process.ts";
import { approve } from "./planned-world.ts";
import { created, deployStep, type Parameters, parent, type Run, serve } from "./scenario.ts";
import { deployAsAnotherUser, fails, releases, trainWorld } from "./train-failures-world.ts";

const hotfix = { version: "1.0.1", created: "-2d", deployments: ["Development", "Test"] };

/** A roll back to 1.0 of Database has an intervention for QA. The deployment of Web API, or of another project, fails. */
function serveAsking(failing = "Web API"): Promise<OctopusServer> {
  const asks = {
    version: "1.0",
    duration: "10s",
    steps: [{ name: "Ask", interventions: [forQa] }],
  };
  const world = trainWorld({
    Database: { releases: [...releases.slice(0, 1), hotfix, ...releases.slice(1)], scripts: [asks] },
    [failing]: { scripts: [fails] },
  });
  return serve({
    ...world,
    users: [
      { name: "release-conductor", service: true },
      { name: "alice", displayName: "Alice King" },
      { name: "bob" },
      { name: "carol" },
      { name: "dana" },
      { name: "robot", service: true },
    ],
    userRoles: [
      ...(world.userRoles ?? []),
      { name: "Answerer", permissions: ["InterruptionViewSubmitResponsible", "InterruptionView"] },
    ],
    teams: teams(accountRoles),
  });
}

interface Approved {
  readonly policy: string;
  readonly people: Person;
  /** The approval shows no plan. */
  readonly isUnseen?: boolean;
  /** What follows after the deployment. */
  readonly afterwards?: readonly ParentStep[];
  readonly clock?: Clock;
}

/** Plans, approves and deploys in one parent deployment. */
function planAndDeploy(
  server: OctopusServer,
  { policy, people, isUnseen = false, afterwards = [], clock }: Approved,
): Promise<Run> {
  const parameters: Parameters = {
    "ChildProject.Project.Name": "Database\nWeb API",
    "ChildProject.Failure.Policy": policy,
  };
  const plan = deployStep("Train", { ...parameters, "ChildProject.WhatIf.Value": "Yes" }, { name: "Plan" });
  return playParent(
    server,
    {
      ...parent,
      environment: "Staging",
      variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
      steps: [...(isUnseen ? [approve("Go?")] : [plan, approve()]), deployStep("Train", parameters), ...afterwards],
      people,
    },
    clock,
  );
}

const sayYes: Person = () => ({ by: "alice", result: "Proceed" });

test("interventions of an undo are answered on behalf of those who approved a plan that lists it", async () => {
  const server = await serveAsking();

  const { exitCode, outputs, log } = await planAndDeploy(server, { policy: "RollBack", people: sayYes });

  expect(exitCode, log).toBe(1);
  expect(outputs, log).toMatchObject({ RolledBack: "Database\nWeb API", Failed: "Web API" });
});

test("an approval without a plan does not answer interventions of an undo, which ends at the time limit", async () => {
  const server = await serveAsking();

  const { outputs, log } = await planAndDeploy(server, { policy: "RollBack", people: sayYes, isUnseen: true });

  expect(outputs, log).toMatchObject({ "Child[Database].RollBack": "RollBackFailed", RolledBack: "Web API" });
});

test("a plan that says why a child cannot go back does not answer its undo", async () => {
  const server = await serveAsking();
  const { history, projects } = server.simulator.state();
  const database = [...projects.values()].find(({ name }) => name === "Database")?.id;
  const old = [...history.releases.values()].find((each) => each.projectId === database && each.version === "1.0");
  server.simulator.addFault({ method: "GET", route: `releases/${old?.id}/deployments/template`, status: 403 });
  const clock = clockOf(server, () => {
    if (created(server).length > 0) server.simulator.clearFaults();
  });

  const { outputs, log } = await planAndDeploy(server, { policy: "RollBack", people: sayYes, clock });

  expect(log).toMatch(/Database .* not rolled back: It is unknown whether 1\.0 can be deployed again/);
  expect(log).toContain("No approved plan lists this roll back. It waits for QA");
  expect(outputs, log).toMatchObject({ "Child[Database].RollBack": "RollBackFailed", RolledBack: "Web API" });
});

describe("a step of the mode RollBack after a smoke test that failed", () => {
  const undo = deployStep(
    "Undo",
    {
      "ChildProject.Project.Name": "Database\nWeb API",
      "ChildProject.DeploymentMode.Value": "RollBack",
      "ChildProject.CancelDeployment.Seconds": "600",
    },
    { condition: "failure" },
  );
  const smokeTest = deployStep("Web UI", {}, { name: "Smoke test" });
  const question: ParentStep = { ...approve("Does it work?"), name: "Question" };
  const sayNoToQuestion: Person = ({ step }) => ({ by: "alice", result: step === "Question" ? "Abort" : "Proceed" });
  const ofDatabase = "Child[Database].RollBack";

  test.each([
    {
      rule: "the approved plan lists it",
      policy: "RollBack",
      afterwards: [smokeTest, undo],
      people: sayYes,
      end: "RolledBack",
    },
    {
      rule: "the approved plan lists it, and a user aborted the deployment afterwards",
      policy: "RollBack",
      afterwards: [question, undo],
      people: sayNoToQuestion,
      end: "RolledBack",
    },
    {
      rule: "the plan lists no roll back",
      policy: "Stop",
      afterwards: [smokeTest, undo],
      people: sayYes,
      end: "RollBackFailed",
    },
    {
      rule: "there is no plan",
      policy: "RollBack",
      afterwards: [smokeTest, undo],
      people: sayYes,
      isUnseen: true,
      end: "RollBackFailed",
    },
  ])("has its interventions answered as far as approved: $rule: $end", async ({ end, rule: _rule, ...approved }) => {
    const server = await serveAsking("Web UI");

    const { outputs, log } = await planAndDeploy(server, approved);

    expect(outputs, log).toMatchObject({ [ofDatabase]: end, "Child[Web API].RollBack": "RolledBack" });
    if (end === "RollBackFailed") expect(log).toContain("No approved plan lists this roll back. It waits for QA");
  });
});

test.each([
  { policy: "RollBack", deployed: ["Database 1.0.1 to Staging"], outcome: "Failed", reason: "PlanChanged" },
  {
    policy: "RollBack",
    isWaitedFor: true,
    deployed: ["Database 1.0.1 to Staging"],
    outcome: "Failed",
    reason: "PlanChanged",
  },
  {
    policy: "Stop",
    deployed: ["Database 1.0.1 to Staging", "Database 1.1 to Staging", "Web API 1.1 to Staging"],
    outcome: "Failed",
    reason: "NewRelease",
  },
])(
  "another release to go back to than the approved one, under $policy: $reason",
  async ({ policy, isWaitedFor = false, deployed, outcome, reason }) => {
    const server = await serveAsking();
    const people: Person = async () => {
      await deployAsAnotherUser(server, { project: "Database", version: "1.0.1" });
      if (!isWaitedFor) server.advance(300_000);
      return { by: "alice", result: "Proceed" };
    };

    const { outputs, log } = await planAndDeploy(server, { policy, people });

    expect(outputs, log).toMatchObject({ Outcome: outcome, Reason: reason });
    expect(created(server), log).toEqual(deployed);
  },
);
