import { readFile } from "node:fs/promises";
import { onTestFinished } from "vitest";
import type { OutputName } from "../../src/step/outputs.ts";
import type { ParameterName } from "../../src/step/parameter-declarations.ts";
import { type OctopusServer, startOctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { type ParentResult, stepOf } from "../parent-process/parent-result.ts";
import type { ScriptStep } from "../parent-process/parent-steps.ts";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";
import { readStepTemplate } from "../parent-process/step-template.ts";

/** The instant every scenario begins at. */
export const noon = "2021-01-14T12:00:00Z";

export const parent = { project: "Release Orchestration", release: "2021.1.0" };

/** What every scenario shares: four environments, a lifecycle through all of them, a parent, and a service account that may promote. */
export function orchestration(content: Partial<World> = {}): World {
  const environments = ["Development", "Test", "Staging", "Production"];
  return {
    now: noon,
    environments,
    lifecycles: [
      { name: "Child", phases: environments },
      { name: "Parent", phases: [{ name: "Everywhere", environments }] },
    ],
    users: [{ name: "release-conductor", service: true }],
    userRoles: [{ name: "Task canceller", permissions: ["TaskCancel", "VariableView"] }],
    teams: [
      {
        name: "Release Management",
        members: ["release-conductor"],
        roles: ["Deployment creator", "Project viewer", "Environment viewer", "Task canceller"],
      },
    ],
    ...content,
    projects: [
      { name: parent.project, lifecycle: "Parent", releases: [parent.release], scripts: [{ external: true }] },
      ...(content.projects ?? []),
    ],
  };
}

export type Project = Extract<NonNullable<World["projects"]>[number], { name: string }>;

export type Release = Extract<NonNullable<Project["releases"]>[number], { version: string }>;
export type Deployment = Extract<NonNullable<Release["deployments"]>[number], { environment: string }>;

/** A child project on the lifecycle `Child`. */
export function child(name: string, releases: Project["releases"], more: Partial<Project> = {}): Project {
  return { name, lifecycle: "Child", steps: [{ name: "Deploy", packages: [name] }], releases, ...more };
}

const historyAtStart = new WeakMap<OctopusServer, number>();

/** Starts a server for one test, and stops it afterwards. Unknown requests and answers in a wrong shape fail the test. */
export async function serve(world: World, options: { readonly basePath?: string } = {}): Promise<OctopusServer> {
  const server = await startOctopusServer({ world, ...options });
  onTestFinished(() => stop(server));
  historyAtStart.set(server, server.simulator.state().history.deployments.size);
  return server;
}

async function stop(server: OctopusServer): Promise<void> {
  const unknown = server.journal().filter(({ unknownRoute }) => unknownRoute);
  const violations = server.shapeViolations();
  await server.stop();
  if (unknown.length > 0)
    throw new Error(`Unknown routes: ${unknown.map(({ method, path }) => `${method} ${path}`).join(", ")}`);
  if (violations.length > 0) throw new Error(`Answers in the wrong shape: ${violations.join("\n")}`);
}

export type Parameters = Partial<Record<ParameterName, string>>;

const templateFile = new URL("../../step-template.json", import.meta.url);
export const template = readStepTemplate(JSON.parse(await readFile(templateFile, "utf8")));

/** One step of the shipped template, named after its child project unless told otherwise. */
export function deployStep(project: string, parameters: Parameters = {}, more: Partial<ScriptStep> = {}): ScriptStep {
  return {
    kind: "script",
    name: project,
    template,
    parameters: {
      "ChildProject.Project.Name": project,
      "ChildProject.Api.Key": ["#", "{Orchestration.ApiKey}"].join(""),
      ...parameters,
    },
    ...more,
  };
}

export interface Run {
  readonly parent: ParentResult;
  readonly exitCode: number;
  readonly outputs: Readonly<Partial<Record<OutputName, string>>>;
  /** The log as an operator reads it, verbose lines included: `level: text`. */
  readonly log: string;
  readonly resultMessage: string | undefined;
}

export interface RunOptions {
  readonly to?: string;
  /** User whose key the step uses. */
  readonly as?: string;
  readonly key?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the shipped step as the only step of a parent deployment. */
export async function run(
  server: OctopusServer,
  project: string,
  parameters: Parameters = {},
  { to = "Staging", as = "release-conductor", key, environment }: RunOptions = {},
): Promise<Run> {
  const result = await runParentDeployment(server, {
    ...parent,
    environment: to,
    variables: { "Orchestration.ApiKey": key ?? server.keys[as] ?? "" },
    sensitive: ["Orchestration.ApiKey"],
    encryption: "none",
    steps: [deployStep(project, parameters, environment === undefined ? {} : { environment })],
  });
  return runOf(result, project);
}

export function runOf(result: ParentResult, step: string): Run {
  const { script, outputs, log } = stepOf(result, step);
  return {
    parent: result,
    exitCode: script?.exitCode ?? Number.NaN,
    outputs,
    log: log.map(({ level, text }) => `${level}: ${text}`).join("\n"),
    resultMessage: script?.resultMessage,
  };
}

/** The deployments created since the server started, in order: `Web API 2021.1.0.22 to Staging`. Those of the parent are left out. */
export function created(server: OctopusServer): readonly string[] {
  const { history, projects, environments } = server.simulator.state();
  const before = historyAtStart.get(server) ?? 0;
  return [...history.deployments.values()].slice(before).flatMap(({ projectId, releaseId, environmentId }) => {
    const project = projects.get(projectId)?.name;
    const version = history.releases.get(releaseId)?.version;
    return project === parent.project ? [] : [`${project} ${version} to ${environments.get(environmentId)?.name}`];
  });
}
