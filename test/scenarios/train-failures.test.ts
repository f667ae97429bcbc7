import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { playParent, sameTask, walk } from "./in-process.ts";
import { created, deployStep, parent, type Run, serve } from "./scenario.ts";
import { deployAsAnotherUser, fails, killWhen, list, type Script, train, trainWorld } from "./train-failures-world.ts";
import { output } from "./train-world.ts";

function serveWith(scripts: Readonly<Record<string, readonly Script[]>>): Promise<OctopusServer> {
  return serve(
    trainWorld(Object.fromEntries(Object.entries(scripts).map(([name, each]) => [name, { scripts: [...each] }]))),
  );
}

const thereAndBack = [
  ["Database 1.1 to Staging"],
  ["Scheduling Service 1.1 to Staging", "Web API 1.1 to Staging"],
  ["Scheduling Service 1.0 to Staging", "Web API 1.0 to Staging"],
  ["Database 1.0 to Staging"],
];

/** Deployments of the first two levels and their undos, sorted within each level, because those start at the same time. */
function inLevels(all: readonly string[]): readonly (readonly string[])[] {
  return [all.slice(0, 1), all.slice(1, 3).toSorted(), all.slice(3, 5).toSorted(), all.slice(5)];
}

describe("RollBack", () => {
  test("rolls back the deployed children, the last level first, and the step fails", async () => {
    const server = await serveWith({ "Web API": [fails] });

    const { exitCode, outputs, log } = await walk(server, train("RollBack"));

    expect(exitCode, log).toBe(1);
    expect(inLevels(created(server)), log).toEqual(thereAndBack);
    expect(outputs).toMatchObject({
      Outcome: "Failed",
      Deployed: "",
      Failed: "Web API",
      NotStarted: "Web UI",
      RolledBack: "Database\nWeb API\nScheduling Service",
      "Child[Database].RollBack": "RolledBack",
      "Child[Web UI].RollBack": "",
    });
  });

  test("does not wait for the deployment of another user, behind which a child stands that will not be started", async () => {
    const server = await serveWith({
      "Web API": [fails],
      "Scheduling Service": [{ version: "1.0", duration: "50m" }],
    });
    await deployAsAnotherUser(server, { project: "Scheduling Service", version: "1.0" });
    const begin = server.now();

    const { outputs, log } = await walk(server, train("RollBack"));

    expect(outputs, log).toMatchObject({ NotStarted: "Scheduling Service\nWeb UI", RolledBack: "Database\nWeb API" });
    expect(server.now() - begin).toBeLessThan(900_000);
  });

  test("deploys no new release in a repeat of the same task", async () => {
    const server = await serveWith({ "Web API": [fails] });
    const first = await walk(server, train("RollBack"));
    const before = created(server).length;

    const { exitCode, outputs, log } = await walk(server, { ...train("RollBack"), system: sameTask(first) });

    expect(exitCode, log).toBe(1);
    expect(created(server).slice(before), log).toEqual([]);
    expect(outputs).toMatchObject({
      Outcome: "Failed",
      Failed: "Web API",
      RolledBack: "Database\nWeb API\nScheduling Service",
      "Child[Web UI].Message":
        "Web UI was not started: an earlier run of this step in the same task began to roll back.",
    });
    const again: Run = { ...first, outputs };
    const same = ["ReleaseToPromote", "ChildReleaseToDeploy", "DeploymentId", "TaskId", "TaskState", "DeploymentUrl"];
    for (const name of same.flatMap((each) => [each, `Child[Database].${each}`, `Child[Web API].${each}`]))
      expect(output(again, name), name).toBe(output(first, name));
  });

  test("leaves what the run adopted from another task, and the plan says so", async () => {
    const slow: Script = { version: "1.1", duration: "5m" };
    const server = await serveWith({ Database: [slow], "Web API": [fails] });
    await killWhen(
      server,
      train("RollBack", { "ChildProject.Project.Name": "Database" }),
      () => created(server)[0] !== undefined,
    );

    const { outputs, log } = await walk(
      server,
      train("RollBack", { "ChildProject.Project.Name": "Database\n+ Web API" }),
    );

    expect(log).toMatch(/Database .* not rolled back: Another task of this step created the deployment\./);
    expect(outputs, log).toMatchObject({ "Child[Database].RollBack": "NotRolledBack", RolledBack: "Web API" });
  });
});

describe("RerunUntilDone", () => {
  test("deploys failed children again, pass after pass, until all succeed", async () => {
    const server = await serveWith({ Database: [{ ...fails, times: 2 }], "Web API": [fails] });

    const { exitCode, outputs, log } = await walk(server, train("RerunUntilDone"));

    expect(exitCode, log).toBe(0);
    expect(created(server), log).toEqual([
      "Database 1.1 to Staging",
      "Web API 1.1 to Staging",
      "Scheduling Service 1.1 to Staging",
      "Web UI 1.1 to Staging",
      "Database 1.1 to Staging",
      "Web API 1.1 to Staging",
      "Database 1.1 to Staging",
    ]);
    expect(outputs.Outcome).toBe("Deployed");
  });

  test("stops after a pass in which no child succeeds", async () => {
    const server = await serveWith({ Database: [{ ...fails, times: 3 }] });

    const { exitCode, outputs, log } = await walk(server, train("RerunUntilDone"));

    expect(exitCode, log).toBe(1);
    expect(
      created(server).filter((each) => each.startsWith("Database")),
      log,
    ).toHaveLength(2);
    expect(outputs).toMatchObject({ Outcome: "Failed", "Child[Database].Reason": "NoProgress" });
    expect(outputs.Message).toContain("No progress in pass 2: Database still fails.");
  });
});

describe("the mode RollBack", () => {
  const undoStep = deployStep(
    "Undo",
    { "ChildProject.Project.Name": list, "ChildProject.DeploymentMode.Value": "RollBack" },
    { condition: "failure" },
  );
  const deployingStep = (policy: string) => deployStep("Train", train(policy).parameters);

  test("rolls back what another step of the same task deployed", async () => {
    const server = await serveWith({ "Web API": [fails] });

    const { outputs, log } = await playParent(server, {
      ...parent,
      environment: "Staging",
      variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
      steps: [deployingStep("Stop"), undoStep],
    });

    expect(inLevels(created(server)), log).toEqual(thereAndBack);
    expect(outputs).toMatchObject({
      Outcome: "Deployed",
      RolledBack: "Database\nWeb API\nScheduling Service",
      "Child[Web UI].Reason": "NothingToRollBackTo",
    });
  });

  test.each([
    {
      rule: "fails if an undo fails",
      scripts: { "Web API": [{ ...fails, version: "1.0" }, fails] },
      listed: list,
      end: { Outcome: "Failed", "Child[Web API].Outcome": "Failed", "Child[Web API].RollBack": "RollBackFailed" },
      exitCode: 1,
    },
    {
      rule: "skips a child that is not rolled back, with a warning",
      scripts: { "Web API": [fails] },
      listed: "Database\n  roll back: never",
      end: { Outcome: "Skipped", Reason: "NothingToRollBackTo", "Child[Database].RollBack": "NotRolledBack" },
      exitCode: 0,
    },
  ])("$rule", async ({ scripts, listed, end, exitCode }) => {
    const server = await serveWith(scripts);
    const parameters = { ...undoStep.parameters, "ChildProject.Project.Name": listed };

    const result = await playParent(server, {
      ...parent,
      environment: "Staging",
      variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
      steps: [deployingStep("Stop"), { ...undoStep, parameters }],
    });

    expect(result.exitCode, result.log).toBe(exitCode);
    expect(result.outputs, result.log).toMatchObject(end);
    if (exitCode === 0)
      expect(result.log).toMatch(/^warning: .*Not rolled back\. The list says `roll back: never`\.$/m);
  });

  test("deploys nothing if this task deployed nothing", async () => {
    const server = await serveWith({});
    await walk(server, train("Stop"));
    const before = created(server).length;

    const { exitCode, outputs, log } = await walk(
      server,
      train("Stop", { "ChildProject.DeploymentMode.Value": "RollBack" }),
    );

    expect(exitCode, log).toBe(0);
    expect(created(server)).toHaveLength(before);
    expect(outputs).toMatchObject({ Outcome: "Skipped", Reason: "NothingToRollBackTo" });
  });
});

describe("the mode Previous", () => {
  const previous = {
    child: "Database",
    parameters: { "ChildProject.DeploymentMode.Value": "Previous" },
  };

  test("deploys the release before the current one, and a repeat in the same task adopts it", async () => {
    const server = await serveWith({});
    await walk(server, { child: "Database" });

    const first = await walk(server, previous);
    const second = await walk(server, { ...previous, system: sameTask(first) });

    expect(created(server), second.log).toEqual(["Database 1.1 to Staging", "Database 1.0 to Staging"]);
    expect(first.outputs).toMatchObject({ Outcome: "Deployed" });
    expect(second.outputs).toMatchObject({ Outcome: "Deployed", Reason: "Attached" });
  });

  test("of a list that was killed is finished by a repeat in the same task", async () => {
    const server = await serveWith({});
    await walk(server, train("Stop"));
    const step = train("Stop", { "ChildProject.Project.Name": "Database\nWeb API", ...previous.parameters });
    const before = created(server).length;
    const system = await killWhen(server, step, () => created(server).length > before);

    const { exitCode, outputs, log } = await walk(server, { ...step, system });

    expect(exitCode, log).toBe(0);
    expect(created(server).slice(before)).toEqual(["Database 1.0 to Staging", "Web API 1.0 to Staging"]);
    expect(outputs).toMatchObject({ Deployed: "Database\nWeb API", NotStarted: "" });
    const { deployments } = server.simulator.state().history;
    expect([...deployments.values()].at(-1)?.comments).toMatch(/ undo=Deployments-\d+ /);
  });

  test("never goes forward again: a release that was rolled back is passed over", async () => {
    const server = await serveWith({});
    await walk(server, { child: "Database" });
    await walk(server, previous);

    const { outputs, log } = await walk(server, previous);

    expect(created(server), log).toHaveLength(2);
    expect(outputs).toMatchObject({ Outcome: "Skipped", Reason: "NothingToRollBackTo" });
  });
});
