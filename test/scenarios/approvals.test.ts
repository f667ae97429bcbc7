import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { ParentDeployment } from "../parent-process/parent-deployment.ts";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";
import { runStep } from "../step-host/run-step.ts";
import { approvalWorld, askInParent, endings, forDba, forQa, notesOf, people, submissions } from "./approval-world.ts";
import { hereUnlessLong } from "./in-process.ts";
import { deployStep, type Parameters, parent, type Run, runOf, serve } from "./scenario.ts";

/** A parent deployment in which these teams approve and then the step deploys: in this process, unless `more` or the long job differ. */
async function deploy(
  server: OctopusServer,
  asked: readonly string[],
  parameters: Parameters = {},
  more: Partial<ParentDeployment> = {},
): Promise<Run> {
  const result = await runParentDeployment(server, {
    ...parent,
    environment: "Staging",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    sensitive: ["Orchestration.ApiKey"],
    steps: [...asked.map(askInParent), deployStep("Web API", parameters)],
    people,
    ...hereUnlessLong(server),
    ...more,
  });
  return runOf(result, "Web API");
}

describe("users approve once, in the parent", () => {
  test("the shipped script answers the child's intervention on behalf of approvers in its team, and the note says so", async () => {
    const server = await serve(approvalWorld([[forQa]]));

    const run = await deploy(server, ["QA", "Business Owners"], {}, { runScript: runStep });

    expect(run.exitCode, run.log).toBe(0);
    expect(run.outputs).toMatchObject({ Outcome: "Deployed", ApprovedBy: "Alice King (alice)" });
    expect(endings(server, run.outputs.TaskId)).toEqual(["Step 2: Question 1: Proceed by release-conductor"]);
    expect(notesOf(server, run.outputs.TaskId)).toEqual([
      `Approved by Alice King (alice), asked 2021-01-14 12:00 UTC, in Release Orchestration 2021.1.0 to Staging (${run.parent.taskId}), for Web API 1.0 to Staging. ` +
        `Submitted on their behalf by the step "Web API" of Release Orchestration 2021.1.0 to Staging (${run.parent.taskId}). ` +
        `${server.url}/app#/Spaces-1/tasks/${run.parent.taskId}`,
    ]);
    expect(run.log).toContain("info: Approvers in the parent: Alice King (alice) and Bob Stone (bob).");
    expect(run.log).toMatch(/info: Approved ".*Question 1" \(Interruptions-\d+\) on behalf of Alice King \(alice\)\./);
  });

  test("approved today in another environment of the parent, deployed tomorrow", async () => {
    const world = approvalWorld([[forQa]], {
      environments: ["Development", "Test", "Staging", "Prod Approval", "Production"],
    });
    const [first] = world.projects ?? [];
    const server = await serve({
      ...world,
      lifecycles: [
        { name: "Child", phases: ["Development", "Test", "Staging", "Production"] },
        { name: "Parent", phases: ["Staging", "Prod Approval", "Production"] },
      ],
      projects: [
        first ?? "",
        {
          name: "Web API",
          lifecycle: "Child",
          steps: ["Deploy"],
          releases: [{ version: "1.0", deployments: ["Development", "Test", "Staging"] }],
          scripts: [{ duration: "2m", steps: [{ name: "Question 1", interventions: [forQa] }] }],
        },
      ],
    });
    await runParentDeployment(server, { ...parent, environment: "Prod Approval", steps: [askInParent("QA")], people });
    server.advance(8 * 3_600_000);

    const run = await deploy(
      server,
      [],
      { "ChildProject.ManualIntervention.EnvironmentToUse": "Prod Approval" },
      { environment: "Production" },
    );

    expect(run.outputs, run.log).toMatchObject({ Outcome: "Deployed", ApprovedBy: "Alice King (alice)" });
    expect(notesOf(server, run.outputs.TaskId)[0]).toContain("Release Orchestration 2021.1.0 to Prod Approval (");
  });

  test("an intervention whose team did not approve is left to that team, and the child is cancelled at the time limit", async () => {
    const server = await serve(approvalWorld([[forDba]]));

    const run = await deploy(server, ["QA"]);

    expect(run.exitCode).toBe(1);
    expect(run.outputs).toMatchObject({ Outcome: "TimedOut", TaskState: "Canceled", ApprovedBy: "" });
    expect(submissions(server)).toBe(0);
    expect(run.log.match(/Not approved automatically/g)).toHaveLength(1);
    expect(run.log).toMatch(
      /wait: Not approved automatically: ".*" \(Interruptions-\d+\)\. It needs an approver from DBA\. Alice King \(alice\) \[QA\] approved in the parent\. \[Answer it in Octopus\]\(http/,
    );
  });

  test("with automatic approval off, no approvals are read and no intervention is answered", async () => {
    const server = await serve(approvalWorld([[forQa]]));

    const run = await deploy(server, ["QA"], {
      "ChildProject.ManualInterventions.UseApprovalsFromParent": "No",
      "ChildProject.CancelDeployment.Seconds": "5m",
    });

    expect(run.outputs.Outcome).toBe("TimedOut");
    expect(submissions(server)).toBe(0);
    expect(run.log).toContain("The step's parameters switch automatic approval off.");
    expect(server.journal().some(({ path }) => path.includes("teammembership"))).toBe(false);
  });

  test("a deployment that differs from the approved plan is not approved automatically", async () => {
    const server = await serve(approvalWorld([[forQa]]));
    const newer = { version: "1.1", deployments: ["Development", "Test"] };

    const run = await deploy(
      server,
      [],
      {},
      {
        steps: [
          deployStep("Web API", { "ChildProject.WhatIf.Value": "Yes" }, { name: "Plan" }),
          { ...askInParent("QA"), instructions: ["#", "{Octopus.Action[Plan].Output.ReleaseNotes}"].join("") },
          deployStep("Web API", {
            "ChildProject.Plan.Policy": "Warn",
            "ChildProject.CancelDeployment.Seconds": "5m",
          }),
        ],
        people: (question) => {
          server.advance(60_000);
          server.simulator.addWorld({ projects: [{ name: "Web API", releases: [newer] }] });
          return people(question);
        },
      },
    );

    expect(run.outputs, run.log).toMatchObject({ ReleaseToPromote: "1.1", Outcome: "TimedOut", ApprovedBy: "" });
    expect(submissions(server)).toBe(0);
    expect(run.log).toMatch(/Not approved automatically: .*plan/);
  });
});
