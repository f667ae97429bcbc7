import { expect, onTestFinished } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { type OctopusServer, startOctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import type { ParentDeployment } from "../parent-process/parent-deployment.ts";
import { type ParentResult, stepOf } from "../parent-process/parent-result.ts";
import type { ParentStep } from "../parent-process/parent-steps.ts";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";
import { clockOf, inThisProcess } from "../scenarios/in-process.ts";
import { template } from "../scenarios/scenario.ts";
import { runStep } from "../step-host/run-step.ts";
import { page, section } from "./page.ts";
import { type OclStep, oclSteps, stepsIn } from "./process.ts";

export const readme = page("README.md");
const twoSteps = section(readme, "A release train in two steps");

/** The process that the README sets up. */
export const trainProcess: readonly OclStep[] = oclSteps(twoSteps);

/** Teams that the text around the process names. */
const teams = [...twoSteps.matchAll(/the team _([^_]+)_/g)].map(([, name = ""]) => name);

/** The steps of a process, by default those that run in Staging. */
export function steps(process: readonly OclStep[], environment = "Staging"): readonly ParentStep[] {
  return stepsIn(process, environment, teams);
}

/** The sample application as it is in `test/worlds`, with changes. */
export function sampleWorld(change: (world: SampleWorld) => World = (world) => world): World {
  const world: SampleWorld = JSON.parse(page("test/worlds/rm.json"));
  return change(world);
}

type SampleWorld = Omit<World, "projects"> & { projects: SampleProject[] };
export type SampleProject = Extract<NonNullable<World["projects"]>[number], { name: string }>;

export async function serve(world: World = sampleWorld()): Promise<OctopusServer> {
  const server = await startOctopusServer({ world });
  onTestFinished(() => server.stop());
  return server;
}

interface Played {
  readonly result: ParentResult;
  /** What approvers saw. */
  readonly instructions: readonly string[];
  /** Child deployments that existed when the approvers were asked. */
  readonly before: readonly string[];
}

interface Timed {
  /** The server's clock, unless it is shared with another deployment that runs at the same time. */
  readonly clock: Clock;
}

/** Deploys the parent of the sample application, with the program in this process. Bob answers Proceed for his team. */
export async function play(
  server: OctopusServer,
  process: readonly ParentStep[],
  { environment = "Staging", variables = {}, clock = clockOf(server), ...more }: Partial<ParentDeployment & Timed> = {},
): Promise<Played> {
  const instructions: string[] = [];
  const before: string[] = [];
  const program = inThisProcess(clock);
  const result = await runParentDeployment(server, {
    runScript: (script) => (script.scriptBody === template.scriptBody ? program : runStep)(script),
    project: "Release Orchestration",
    release: "2021.1.0.1",
    environment,
    people: (question) => {
      expect(question.teams).toEqual(["Business Owners"]);
      instructions.push(question.instructions);
      before.push(...created(server));
      server.advance(60_000);
      return { by: "bob", result: "Proceed" };
    },
    ...more,
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "", ...variables },
    steps: process,
  });
  return { result, instructions, before };
}

/** What the step has created, in order. */
export function created(server: OctopusServer): readonly string[] {
  const { history, projects, environments, tenants, users } = server.simulator.state();
  return [...history.deployments.values()]
    .filter(({ deployedById }) => users.get(deployedById)?.username === "release-conductor")
    .map(({ projectId, releaseId, environmentId, tenantId }) => {
      const version = history.releases.get(releaseId)?.version;
      const tenant = tenantId === null ? "" : ` for ${tenants.get(tenantId)?.name}`;
      return `${projects.get(projectId)?.name} ${version} to ${environments.get(environmentId)?.name}${tenant}`;
    });
}

export function logOf(result: ParentResult, step: string): string {
  return stepOf(result, step)
    .log.map(({ text }) => text)
    .join("\n");
}

/** The sample application, in the order in which it is deployed. The two in the middle start together. */
export function sample(environment: string): readonly string[] {
  return ["Database 2021.1.0.11", "Web API 2021.1.0.22", "Scheduling Service 2021.1.0.7", "Web UI 2021.1.0.15"].map(
    (release) => `${release} to ${environment}`,
  );
}

export const digestOf = (text = "") => /^Plan ([0-9a-f]{32}) \(train of 4: /.exec(text)?.[1] ?? "none";

/** Deployments that start together are created in no particular order. */
export function sorted(list: readonly string[]): readonly string[] {
  return [...list].sort((a, b) => (a < b ? -1 : 1));
}
