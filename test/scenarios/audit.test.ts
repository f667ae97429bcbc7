import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { approvalWorld, forQa, notesOf, proceed } from "./approval-world.ts";
import { evening, planAndApprove, planArtifacts, plannedWorld } from "./planned-world.ts";
import { playParent, walk } from "./in-process.ts";
import { child, created, deployStep, type Parameters, parent, serve } from "./scenario.ts";

const StoredPlan = z.object({
  digest: z.string(),
  made: z.string(),
  project: z.string(),
  destination: z.string(),
  intention: z.object({ current: z.object({ version: z.string() }), selected: z.object({ version: z.string() }) }),
});

/** The requests of a user in the server's own journal. */
function submittedBy(server: OctopusServer, name: string): readonly string[] {
  return server
    .journal()
    .filter(({ user, method, path }) => user === name && method === "POST" && path.endsWith("/submit"))
    .map(({ body }) => z.object({ Result: z.string() }).parse(body).Result);
}

test("artifact, outputs and the child's notes tell who approved what, which versions, and when", async () => {
  const { users, userRoles, teams } = approvalWorld([]);
  const server = await serve(plannedWorld({ users, userRoles, teams }));
  server.simulator.addScript({
    project: "Web API",
    environment: "Production",
    duration: "2m",
    steps: [{ name: "Question", interventions: [{ ...forQa }] }],
  });
  const asked = new Date(server.now()).toISOString().slice(0, 16).replace("T", " ");
  await planAndApprove(server);
  const approvalTask = [...server.simulator.state().history.tasks.values()].at(-1)?.id ?? "";
  server.advance(7 * 3_600_000);

  const { outputs } = await playParent(server, {
    ...parent,
    environment: "Production",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: [deployStep("Web API", evening)],
  });

  const plan = StoredPlan.parse(JSON.parse(String(planArtifacts(server)[0]?.content)));
  const deployment = server.simulator.state().history.deployments.get(outputs["DeploymentId"] ?? "");
  const [note = ""] = notesOf(server, outputs["TaskId"]);
  // Which versions, and where.
  expect(plan).toMatchObject({ project: "Web API", destination: "Production" });
  expect(plan.intention).toMatchObject({ current: { version: "1.0" }, selected: { version: "1.1" } });
  expect(outputs).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.1", CurrentRelease: "1.0" });
  // Who approved it, in which task, and which account answered on her behalf.
  expect(outputs["ApprovedBy"]).toBe("Alice King (alice)");
  expect(note).toContain(`Approved by Alice King (alice), asked ${asked} UTC, in Release Orchestration 2021.1.0`);
  expect(note).toContain(
    `to Prod Approval (${approvalTask}), for Web API 1.1 to Production. Submitted on their behalf by`,
  );
  expect(note).toContain(`Plan: ${plan.digest}.`);
  expect(JSON.parse(outputs["ReleasePlan"] ?? "")).toMatchObject({ approvedPlan: plan.digest });
  expect(deployment?.comments).toMatch(
    /^Created by the step ".+" of Release Orchestration 2021\.1\.0 to Production \(ServerTasks-\d+\)\. /,
  );
  // The server's journal says the same.
  expect(submittedBy(server, "alice")).toEqual(["Proceed"]);
  expect(submittedBy(server, "release-conductor")).toEqual(["Proceed"]);
  expect(Date.parse(plan.made)).toBeLessThan(deployment?.created ?? 0);
});

test("outputs name the approvers and the last known state of the task even if the task cannot be read any more", async () => {
  const server = await serve(approvalWorld([[forQa]]));

  const { outputs, log } = await walk(server, {
    child: "Web API",
    before: (task) => proceed(server, task, "alice"),
    meanwhile: () => {
      if (submittedBy(server, "release-conductor").length > 0)
        server.simulator.addFault({ route: "tasks/{id}", status: 404 });
    },
  });

  expect(outputs, log).toMatchObject({ Outcome: "Failed", ApprovedBy: "Alice King (alice)", TaskState: "Queued" });
});

describe("steps of the child are skipped only where the parameter names them", () => {
  const world = () =>
    plannedWorld({
      projects: [
        { name: parent.project, lifecycle: "Parent", releases: [parent.release], scripts: [{ external: true }] },
        child("Web API", [{ version: "1.0", deployments: ["Development", "Test"] }], {
          steps: [{ name: "Deploy", packages: ["Web API"] }, { name: "Approve" }],
        }),
      ],
    });
  const skipped = (server: OctopusServer) =>
    server
      .journal()
      .filter(({ method, path }) => method === "POST" && path.endsWith("/deployments"))
      .map(({ body }) => z.object({ SkipActions: z.array(z.string()).default([]) }).parse(body).SkipActions.length);
  const skip: Parameters = { "ChildProject.Skip.StepNames": "approve" };

  test.each([
    { rule: "not named: none is skipped", parameters: {}, count: 0 },
    { rule: "named: that step is skipped", parameters: skip, count: 1 },
  ])("$rule", async ({ parameters, count }) => {
    const server = await serve(world());

    const { outputs, log } = await walk(server, { child: "Web API", parameters });

    expect(outputs, log).toMatchObject({ Outcome: "Deployed" });
    expect(skipped(server)).toEqual([count]);
  });

  test("if the server refuses to skip steps, its message is quoted and nothing is deployed", async () => {
    const server = await serve(world());
    const message = "You do not have permission to skip steps of this deployment.";
    server.simulator.addFault({ method: "POST", route: "deployments", status: 403, message });

    const { outputs, exitCode } = await walk(server, { child: "Web API", parameters: skip });

    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ Reason: "PermissionMissing", ChildReleaseToDeploy: "False" });
    expect(outputs["Message"]).toContain(message);
    expect(skipped(server)).toEqual([1]);
    expect(created(server)).toEqual([]);
  });
});

describe("each permission that the service account lacks is named", () => {
  test.each([
    {
      rule: "three built-in roles are enough to promote",
      roles: ["Deployment creator", "Project viewer", "Environment viewer"],
      outputs: { Outcome: "Deployed" },
      message: /succeeded/,
    },
    {
      rule: "without permission to view environments and tasks, the first refused call is named",
      roles: [{ role: "Deployment creator", environments: ["Development"] }],
      outputs: { Outcome: "Failed" },
      message: /Staging/,
    },
    {
      rule: "without permission to deploy to Staging, that permission is named",
      roles: [{ role: "Deployment creator", environments: ["Test"] }, "Project viewer", "Environment viewer"],
      outputs: { Outcome: "Failed", Reason: "PermissionMissing" },
      message: /DeploymentCreate/,
    },
  ])("$rule", async ({ roles, outputs: expected, message }) => {
    const { teams, users } = approvalWorld([]);
    const [conductor, ...others] = teams ?? [];
    if (conductor === undefined || typeof conductor === "string") throw new Error("The account has no team.");
    const server = await serve(approvalWorld([], { users: users ?? [], teams: [{ ...conductor, roles }, ...others] }));

    const { outputs, log } = await walk(server, { child: "Web API" });

    expect(outputs, log).toMatchObject(expected);
    expect(outputs["Message"]).toMatch(message);
  });
});
