import { describe, expect, test } from "vitest";
import { emptyOutputs } from "../../src/step/outputs.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { walk } from "./in-process.ts";
import { child, orchestration, type Parameters, serve } from "./scenario.ts";

interface Case {
  readonly rule: string;
  readonly parameters?: Parameters;
  readonly before?: (server: OctopusServer) => void;
  readonly exitCode: number;
  readonly outputs: Readonly<Partial<Record<keyof typeof emptyOutputs, unknown>>>;
}

const nothingPlanned = { Outcome: "Failed", Reason: "Blocked", ReleaseToPromote: "N/A", ChildReleaseToDeploy: "False" };
const created = {
  DeploymentId: expect.stringMatching(/./),
  TaskId: expect.stringMatching(/./),
  DeploymentUrl: expect.stringMatching(/^http/),
};

const cases: readonly Case[] = [
  {
    rule: "a parameter is wrong",
    parameters: { "ChildProject.WhatIf.Value": "Perhaps" },
    exitCode: 1,
    outputs: { ...nothingPlanned, Message: expect.stringContaining("Perhaps") },
  },
  {
    rule: "the server refuses the key",
    before: (server) => server.simulator.addFault({ status: 401 }),
    exitCode: 1,
    outputs: { ...nothingPlanned, Reason: "PermissionMissing" },
  },
  {
    rule: "a name is unknown",
    parameters: { "ChildProject.Destination.EnvironmentName": "Stagging" },
    exitCode: 1,
    outputs: { ...nothingPlanned, Message: expect.stringContaining('"Staging"') },
  },
  {
    rule: "no release is found",
    parameters: { "ChildProject.Release.Number": "9.*", "ChildProject.Release.NotFoundError": "Error" },
    exitCode: 1,
    outputs: { Outcome: "Failed", Reason: "NoMatchingRelease", ReleaseToPromote: "N/A", CurrentRelease: "0.9" },
  },
  {
    rule: "no release is found, which is no error",
    parameters: { "ChildProject.Release.Number": "9.*", "ChildProject.Release.NotFoundError": "Skip" },
    exitCode: 0,
    outputs: { Outcome: "Skipped", Reason: "NoMatchingRelease", ChildReleaseToDeploy: "False" },
  },
  {
    rule: "the server refuses the deployment",
    before: (server) => server.simulator.addFault({ method: "POST", route: "deployments", status: 403 }),
    exitCode: 1,
    outputs: {
      Outcome: "Failed",
      Reason: "PermissionMissing",
      ReleaseToPromote: "1.0",
      CurrentRelease: "0.9",
      ChildReleaseToDeploy: "False",
      DeploymentId: "",
    },
  },
  {
    rule: "the deployment was created, and its task cannot be read",
    before: (server) => server.simulator.addFault({ route: "tasks/{id}", status: 404 }),
    exitCode: 1,
    outputs: { Outcome: "Failed", ReleaseToPromote: "1.0", ChildReleaseToDeploy: "True", ...created },
  },
  {
    rule: "the child is not waited for",
    parameters: { "ChildProject.WaitForFinish.Value": "No" },
    exitCode: 0,
    outputs: { Outcome: "Started", ChildReleaseToDeploy: "True", ...created },
  },
  {
    rule: "the child fails",
    before: (server) => server.simulator.addScript({ project: "Web API", result: "Failed" }),
    exitCode: 1,
    outputs: { Outcome: "Failed", TaskState: "Failed", ChildReleaseToDeploy: "True", ...created },
  },
  {
    rule: "the child takes too long",
    parameters: { "ChildProject.CancelDeployment.Seconds": "5" },
    exitCode: 1,
    outputs: { Outcome: "TimedOut", TaskState: "Canceled", ChildReleaseToDeploy: "True", ...created },
  },
];

/** Outputs that only the step has, for all of its children. */
const ofStepOnly = ["ReleasePlan", "Summary", "Deployed", "Failed", "Skipped", "NotStarted", "RolledBack"];

describe("every output variable is set, whatever happens", () => {
  test.each(cases)("$rule", async ({ rule, parameters, before, exitCode, outputs: expected }) => {
    const at = (environments: readonly string[], day: string) =>
      environments.map((environment) => ({ environment, at: day }));
    const releases = [
      { version: "0.9", created: "-5d", deployments: at(["Development", "Test", "Staging"], "-4d") },
      { version: "1.0", created: "-2d", deployments: at(["Development", "Test"], "-1d") },
    ];
    const server = await serve(orchestration({ projects: [child("Web API", releases)] }));
    before?.(server);

    const {
      exitCode: ended,
      outputs,
      log,
    } = await walk(server, { child: "Web API", ...(parameters === undefined ? {} : { parameters }) });

    expect(ended, log).toBe(exitCode);
    // A list that cannot be read names no child.
    const isRead = rule !== "a parameter is wrong";
    const ofChild = [...Object.keys(emptyOutputs), "RollBack"].filter((name) => !ofStepOnly.includes(name));
    expect(Object.keys(outputs).sort()).toEqual(
      [...Object.keys(emptyOutputs), ...(isRead ? ofChild.map((name) => `Child[Web API].${name}`) : [])].sort(),
    );
    expect(outputs).toMatchObject(expected);
    expect(outputs["Message"]).not.toBe("");
    const isFailed = isRead && ["Failed", "TimedOut"].includes(outputs.Outcome ?? "");
    expect(outputs.Failed).toBe(isFailed ? "Web API" : "");
    expect(outputs.Summary === "").toBe(!isRead);
  });

  test("a project that does not exist is skipped", async () => {
    const server = await serve(orchestration());

    const { outputs } = await walk(server, { child: "Web API\n    if missing: skip" });

    expect(outputs).toMatchObject({ Skipped: "Web API", "Child[Web API].Reason": "ProjectMissing" });
  });

  test("a child that is entered by its slug has the name of its project, also after an error", async () => {
    const server = await serve(orchestration({ projects: [child("Web API", [])] }));
    server.simulator.addFault({ route: "deployments", status: 403 });

    const { outputs, exitCode } = await walk(server, { child: "web-api" });

    expect([exitCode, outputs.Failed], outputs.Message).toEqual([1, "Web API"]);
    expect(outputs).toHaveProperty(["Child[Web API].Outcome"], "Failed");
  });
});
