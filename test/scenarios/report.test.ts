import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { answer, approvalWorld, forQa, proceed } from "./approval-world.ts";
import { type OpenTask, walk } from "./in-process.ts";
import { approve, deploy, planAndApprove, plannedWorld, planStep } from "./planned-world.ts";
import { child, created, type Parameters, serve } from "./scenario.ts";
import { fails, killWhen, list, releases, train, trainWorld } from "./train-failures-world.ts";

/** The reports in the parents' tasks, oldest first. */
function reportsIn(server: OctopusServer): readonly { readonly name: string; readonly report: Report }[] {
  const files = [...server.simulator.state().artifacts.values()];
  return files
    .filter(({ filename }) => filename.endsWith(".report.json"))
    .map(({ filename, content }) => {
      const name = filename.replace(/\.json$/, "");
      const page = String(files.find((each) => each.filename === `${name}.html`)?.content);
      const report: Report = JSON.parse(String(content));
      expect(page, "the page is beside it, and says the same").toContain("<b class=");
      expect(page).toContain(report.verdict.outcome);
      return { name, report };
    });
}

function onlyReport(server: OctopusServer): Report {
  const all = reportsIn(server);
  const [only, ...others] = all;
  expect(others).toEqual([]);
  if (only === undefined) throw new Error("There is no report.");
  return only.report;
}

/** The id of a user. Reports show ids here, because the key may not view users. */
function idOf(server: OctopusServer, name: string): string | undefined {
  return [...server.simulator.state().users.values()].find(({ username }) => username === name)?.id;
}

const childIn = ({ children }: Report, name: string) => children.find((each) => each.name === name);
const attemptsIn = (report: Report, name: string) =>
  childIn(report, name)?.attempts.map(({ kind, number, outcome }) => `${kind} ${number}: ${outcome}`);

describe("the reports of a plan and of its deployment", () => {
  const parameters: Parameters = { "ChildProject.Project.Name": "Web API\nDatabase" };

  test("name the same plan, and that of the deployment names its approver", async () => {
    const at = (environments: readonly string[]) => environments.map((environment) => ({ environment, at: "-2d" }));
    const all = [
      { version: "1.0", created: "-9d", deployments: at(["Development", "Test", "Staging", "Production"]) },
      { version: "1.1", created: "-3d", deployments: at(["Development", "Test", "Staging"]) },
    ];
    const projects = [...(plannedWorld().projects ?? []).slice(0, 1), child("Web API", all), child("Database", all)];
    const server = await serve(plannedWorld({ projects }));
    await planAndApprove(server, { steps: [planStep(parameters), approve()] });
    const run = await deploy(server, "Use", parameters);
    expect(run.exitCode, run.log).toBe(0);

    const [plan, deployed] = reportsIn(server);

    expect(plan?.name).toMatch(/ 2021\.1\.0 Prod Approval Plan\.plan\.report$/);
    expect(plan?.report).toMatchObject({
      mode: "plan",
      verdict: { outcome: "WhatIf" },
      approvals: [],
      nextSteps: ["Have the plan approved, then run the step that deploys it."],
    });
    expect(deployed?.name).toMatch(/ 2021\.1\.0 Production .*\.run\.report$/);
    expect(deployed?.report).toMatchObject({ mode: "run", verdict: { outcome: "Deployed" }, nextSteps: [] });
    expect(deployed?.report.digest).toBe(plan?.report.digest);
    expect(deployed?.report.digest).toMatch(/^[0-9a-f]{32}$/);
    expect(deployed?.report.approvals).toMatchObject([{ by: idOf(server, "alice"), digest: plan?.report.digest }]);
    expect(deployed?.report.parent.url).toMatch(/\/app#\/Spaces-1\/tasks\/ServerTasks-\d+$/);
    for (const name of ["Web API", "Database"]) {
      expect(deployed && childIn(deployed.report, name)).toMatchObject({
        from: "1.0",
        to: "1.1",
        outcome: "Deployed",
        error: null,
      });
      expect(deployed && childIn(deployed.report, name)?.attempts).toMatchObject([
        {
          kind: "deployment",
          number: 1,
          outcome: "Success",
          deploymentId: expect.stringMatching(/^Deployments-/),
          taskId: expect.stringMatching(/^ServerTasks-/),
        },
      ]);
    }
  });
});

describe("the report of a train", () => {
  test("counts the retries", async () => {
    const server = await serve(trainWorld({ Database: { scripts: [fails] } }));
    const run = await walk(server, train("RollBack", { "ChildProject.Deployment.Retries": "1" }));
    expect(run.exitCode, run.log).toBe(0);

    const report = onlyReport(server);

    expect(report).toMatchObject({
      verdict: { outcome: "Deployed" },
      policy: { onFailure: "RollBack", atTheSameTime: 4, passes: null },
    });
    expect(attemptsIn(report, "Database"), run.log).toEqual(["deployment 1: Failed", "retry 1: Success"]);
  });

  test("quotes errors, and shows the roll back and what to do next", async () => {
    const error = 'The "Deploy" step failed: <b>exit code 3</b>';
    const server = await serve(
      trainWorld({ "Web API": { scripts: [{ ...fails, steps: [{ name: "Deploy", result: "Failed", error }] }] } }),
    );
    const run = await walk(server, train("RollBack"));
    expect(run.exitCode, run.log).toBe(1);

    const report = onlyReport(server);

    expect(childIn(report, "Web API"), run.log).toMatchObject({
      outcome: "Failed",
      rollBack: { outcome: "RolledBack", to: "1.0" },
      error: expect.stringContaining(error),
    });
    expect(childIn(report, "Web UI")).toMatchObject({ outcome: "NotStarted", attempts: [], url: null });
    expect(attemptsIn(report, "Web API")).toEqual(["deployment 1: Failed", "undo 1: Success"]);
    expect(attemptsIn(report, "Database")).toEqual(["deployment 1: Success", "undo 1: Success"]);
    expect(report.nextSteps).toEqual([
      "Web API: read the error below and the task log, then fix the cause.",
      "Then deploy again: child projects that are up to date are skipped.",
    ]);
  });

  test("counts the passes", async () => {
    const server = await serve(trainWorld({ Database: { scripts: [{ ...fails, times: 1 }] } }));
    const run = await walk(server, train("RerunUntilDone"));
    expect(run.exitCode, run.log).toBe(0);

    const report = onlyReport(server);

    expect(report.policy).toMatchObject({ onFailure: "RerunUntilDone", passes: 4 });
    expect(attemptsIn(report, "Database"), run.log).toEqual(["deployment 1: Failed", "pass 2: Success"]);
    expect(attemptsIn(report, "Web UI")).toEqual(["deployment 1: Success"]);
  });

  test("has the deployments of a run that was killed, when it is repeated", async () => {
    const server = await serve(trainWorld());
    const isUnderWay = () => created(server).includes("Web API 1.1 to Staging");
    const system = await killWhen(server, train("Continue"), isUnderWay);
    expect(reportsIn(server), "a run that was killed leaves none").toEqual([]);
    server.advance(600_000);
    const run = await walk(server, { ...train("Continue"), system });
    expect(run.exitCode, run.log).toBe(0);

    const report = onlyReport(server);

    expect(childIn(report, "Database"), run.log).toMatchObject({ outcome: "Skipped", reason: "AlreadyCurrent" });
    expect(attemptsIn(report, "Database")).toEqual(["adopted 1: Success"]);
    expect(attemptsIn(report, "Web API")).toEqual(["adopted 1: Success"]);
    expect(attemptsIn(report, "Web UI")).toEqual(["deployment 1: Success"]);
  });

  test("names no plan if one child could not be planned", async () => {
    const server = await serve(trainWorld());
    const listed = { "ChildProject.Project.Name": "Database\nWeb API\n    steps to skip: Nothing" };
    const run = await walk(server, train("Continue", listed));
    expect(run.exitCode, run.log).toBe(1);

    const report = onlyReport(server);

    expect(
      report.children.map(({ to }) => to),
      run.log,
    ).toEqual(["1.1", null]);
    expect(report.digest, "that of one child is none of the run").toBeNull();
  });

  test("names every child if the server was lost", async () => {
    const server = await serve(trainWorld());
    server.simulator.addFault({ route: "projects", status: 503, times: 1000 });
    const run = await walk(server, train("Continue"));
    expect(run.exitCode, run.log).toBe(1);

    const report = onlyReport(server);

    expect(report.verdict).toMatchObject({ outcome: "Failed", reason: "Blocked", message: run.outputs.Message });
    expect(report.children.map(({ name, outcome }) => `${name}: ${outcome}`)).toEqual(
      ["Database", "Web API", "Scheduling Service", "Web UI"].map((name) => `${name}: Failed`),
    );
    expect(report.digest).toBeNull();
  });
});

test("the report shows how long the child waited for an answer", async () => {
  const server = await serve(approvalWorld([[forQa]]));
  const meanwhile = async (minutes: number) => {
    const open = [...server.simulator.state().interruptions.values()].find(({ isPending }) => isPending);
    if (minutes > 10 && open !== undefined) await answer(server, open.id, "alice", { Result: "Proceed" });
  };
  const parameters = { "ChildProject.Report.SaveAsArtifact": "Yes", "ChildProject.CancelDeployment.Seconds": "0" };
  const before = (task: OpenTask) => proceed(server, task, "dana");
  const run = await walk(server, { child: "Web API", parameters, before, meanwhile });
  expect(run.exitCode, run.log).toBe(0);

  const report = onlyReport(server);
  expect(report.approvals).toMatchObject([{ by: "Dana Fox (dana)", digest: null }]);
  const minutes = report.children.flatMap(({ waits }) =>
    waits.map(({ from, to }) => (Date.parse(to ?? "") - Date.parse(from)) / 60_000),
  );
  expect(minutes).toEqual([expect.closeTo(9, 0)]);
});

describe("which runs publish a report", () => {
  const single = { "ChildProject.Project.Name": "Database" };

  test.each<[what: string, parameters: Parameters, number: number]>([
    ["several children", {}, 1],
    ["several children, No", { "ChildProject.Report.SaveAsArtifact": "No" }, 0],
    ["one child", single, 0],
    ["one child, Yes", { ...single, "ChildProject.Report.SaveAsArtifact": "yes" }, 1],
    ["one child under another policy than Stop", { ...single, "ChildProject.Failure.Policy": "Continue" }, 1],
    [
      "a what-if run of one child, Yes",
      { ...single, "ChildProject.WhatIf.Value": "Yes", "ChildProject.Report.SaveAsArtifact": "Yes" },
      1,
    ],
    ["a skip", { ...single, "ChildProject.Release.Number": "N/A", "ChildProject.Report.SaveAsArtifact": "Yes" }, 1],
    ["an error", { ...single, "ChildProject.Channel.Name": "Nowhere", "ChildProject.Report.SaveAsArtifact": "Yes" }, 1],
    ["parameters that cannot be read", { ...single, "ChildProject.Report.SaveAsArtifact": "Always" }, 0],
  ])("%s", async (_, parameters, number) => {
    const server = await serve(trainWorld());
    const { log } = await walk(server, train("Stop", { "ChildProject.Project.Name": list, ...parameters }));

    expect(reportsIn(server), log).toHaveLength(number);
  });

  test("one child that could not be planned", async () => {
    const server = await serve(trainWorld());
    const parameters = {
      ...single,
      "ChildProject.Channel.Name": "Nowhere",
      "ChildProject.Report.SaveAsArtifact": "Yes",
    };
    const run = await walk(server, train("Stop", parameters));

    expect(onlyReport(server)).toMatchObject({
      verdict: { outcome: "Failed", message: run.outputs.Message },
      children: [{ name: "Database", outcome: "Failed", message: run.outputs.Message, to: null }],
    });
  });

  test("one child whose deployment failed, after a lost server too", async () => {
    const server = await serve(trainWorld());
    const parameters = { ...single, "ChildProject.Report.SaveAsArtifact": "Yes" };
    const meanwhile = () => {
      if (created(server).length > 0) server.simulator.addFault({ route: "tasks/{id}", status: 403, times: 1000 });
    };
    const run = await walk(server, { ...train("Stop", parameters), meanwhile });
    expect(run.exitCode, run.log).toBe(1);

    const report = onlyReport(server);

    expect(report.children).toMatchObject([{ name: "Database", outcome: "Failed", from: "1.0", to: "1.1" }]);
    expect(report.children[0]?.attempts).toMatchObject([{ kind: "deployment", to: null }]);
  });
});

test("the report contains no prompted value", async () => {
  const secret = "hunter2-hunter2";
  const server = await serve(
    trainWorld({
      Database: {
        releases,
        variables: [{ name: "Password", prompt: { required: true, control: "Sensitive" } }],
        scripts: [{ ...fails, steps: [{ name: "Deploy", result: "Failed", error: `cannot sign in with ${secret}` }] }],
      },
    }),
  );
  const run = await walk(server, train("Continue", { "ChildProject.Prompted.Variables": `Password::${secret}` }));
  expect(run.exitCode, run.log).toBe(1);

  for (const { content } of server.simulator.state().artifacts.values()) expect(String(content)).not.toContain(secret);
  expect(childIn(onlyReport(server), "Database")?.error).toContain("cannot sign in with");
});
