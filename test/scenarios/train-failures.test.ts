import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { sameTask, walk } from "./in-process.ts";
import { child, created, orchestration, type Parameters, type Project, serve } from "./scenario.ts";

const releases: Project["releases"] = [
  { version: "1.0", created: "-3d", deployments: ["Development", "Test", "Staging"] },
  { version: "1.1", created: "-1d", deployments: ["Development", "Test"] },
];

type Script = NonNullable<Project["scripts"]>[number];

const fails: Script = { version: "1.1", times: 1, duration: "2m", steps: [{ name: "Deploy", result: "Failed" }] };

function serveWith(scripts: Readonly<Record<string, readonly Script[]>>): Promise<OctopusServer> {
  const names = ["Database", "Web API", "Scheduling Service", "Web UI"];
  return serve(
    orchestration({
      projects: names.map((name) => child(name, releases, { scripts: [...(scripts[name] ?? []), { duration: "2m" }] })),
    }),
  );
}

const list = "Database\nWeb API\n+ Scheduling Service\nWeb UI";

function train(policy: string, parameters: Parameters = {}) {
  return {
    child: "Train",
    parameters: { "ChildProject.Project.Name": list, "ChildProject.Failure.Policy": policy, ...parameters },
  };
}

describe("RollBack", () => {
  test("takes back what was deployed, the last level first, and the step fails", async () => {
    const server = await serveWith({ "Web API": [fails] });

    const { exitCode, outputs, log } = await walk(server, train("RollBack"));

    expect(exitCode, log).toBe(1);
    expect(created(server), log).toEqual([
      "Database 1.1 to Staging",
      "Web API 1.1 to Staging",
      "Scheduling Service 1.1 to Staging",
      "Scheduling Service 1.0 to Staging",
      "Web API 1.0 to Staging",
      "Database 1.0 to Staging",
    ]);
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

  test("a repeat in the same task deploys nothing forward", async () => {
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
    });
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

  test("stops when a pass helps nobody", async () => {
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
