import type { OctopusServer } from "../../test/octopus-server/octopus-server.ts";
import type { ManualInterventionStep, ScriptStep } from "../../test/parent-process/parent-steps.ts";
import type { StepTemplate } from "../../test/parent-process/step-template.ts";

/** The parent project whose release brings one product version to an environment. */
export const parent = { project: "Release Orchestration", release: "2021.1.0.1" };

/** The list of both steps. The two children in the middle start together. */
const childProjects = ["Database", "Web API", "+ Scheduling Service", "Web UI"].join("\n");

/** The same with a database that stays when the others are rolled back. */
export const safeDatabase = childProjects.replace("Database", "Database\n    roll back: never");

type Parameters = NonNullable<ScriptStep["parameters"]>;

/** The first step of the train: plans the deployments, and deploys nothing. */
export function planStep(template: StepTemplate, parameters: Parameters = {}): ScriptStep {
  return trainStep("Plan the release", template, { "ChildProject.WhatIf.Value": "Yes", ...parameters });
}

/** The second step of the train: deploys the same list. */
export function deployStep(template: StepTemplate, parameters: Parameters = {}): ScriptStep {
  return trainStep("Deploy the release", template, parameters);
}

/** Approvers see the plan's digest, a table and the release notes. */
export const approval: ManualInterventionStep = {
  kind: "manual-intervention",
  name: "Approve the release",
  teams: ["Business Owners"],
  instructions: expression("Octopus.Action[Plan the release].Output.ReleaseNotes"),
};

function trainStep(name: string, template: StepTemplate, parameters: Parameters): ScriptStep {
  return {
    kind: "script",
    name,
    template,
    parameters: {
      "ChildProject.Project.Name": childProjects,
      "ChildProject.Release.Number": "2021.1.0.*",
      "ChildProject.Api.Key": expression("Orchestration.ApiKey"),
      ...parameters,
    },
  };
}

/** An expression, put together here because Octopus might resolve a complete one. */
function expression(name: string): string {
  return ["#", `{${name}}`].join("");
}

/** A newer Database is tested and deployed to Staging after the approval. */
export function deployNewerDatabase(server: OctopusServer): void {
  const deployments = ["Development", "Test", "Staging"].map((environment, index) => ({
    environment,
    at: ago(server, 40 - 10 * index),
  }));
  const release = { version: "2021.1.0.12", created: ago(server, 50), notes: "Drops the price table.", deployments };
  server.simulator.addWorld({ projects: [{ name: "Database", releases: [release] }] });
}

/** In Production the Database waits for an approval of its owners before it changes anything. */
export function prepareProduction(server: OctopusServer): void {
  const teams = ["Business Owners", "Release Conductors"];
  const interventions = [{ instructions: "Change the production database?", teams }];
  server.simulator.addScript({
    project: "Database",
    environment: "Production",
    duration: "2m",
    steps: [{ name: "Confirm", interventions }],
  });
}

/** The next release of every component has been tested, but its Web UI fails in Staging. */
export function prepareFailure(server: OctopusServer): void {
  const versions = {
    Database: "2021.1.0.14",
    "Web API": "2021.1.0.24",
    "Scheduling Service": "2021.1.0.8",
    "Web UI": "2021.1.0.17",
  };
  const deployments = ["Development", "Test"].map((environment, index) => ({
    environment,
    at: ago(server, 40 - 10 * index),
  }));
  server.simulator.addWorld({
    projects: Object.entries(versions).map(([name, version]) => ({
      name,
      releases: [{ version, created: ago(server, 50), notes: "Gift vouchers.", deployments }],
    })),
  });
  server.simulator.addScript({
    project: "Web UI",
    version: versions["Web UI"],
    duration: "90s",
    result: "Failed",
    error: "The page of the checkout answers 500 Internal Server Error.",
  });
}

/** A new server appears, and a deployment target trigger deploys the parent to this server only. */
export function addServer(server: OctopusServer): void {
  server.simulator.addWorld({ machines: [{ name: "s-api-03", environments: ["Staging"], roles: ["api"] }] });
}

function ago(server: OctopusServer, minutes: number): string {
  return new Date(server.now() - minutes * 60_000).toISOString();
}
