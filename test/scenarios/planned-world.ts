import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import type { ParentStep } from "../parent-process/parent-steps.ts";
import type { Person } from "../parent-process/parent-task.ts";
import { playParent } from "./in-process.ts";
import { type Run, type Parameters, child, created, deployStep, orchestration, parent } from "./scenario.ts";

const open = ["#", "{"].join("");

/** Web API 1.0 is current in Production; 1.1 waits in Staging. Approvals are given in Prod Approval. */
export function plannedWorld(more: Partial<World> = {}): World {
  const environments = ["Development", "Test", "Staging", "Prod Approval", "Production"];
  const at = (day: string, names: readonly string[]) => names.map((environment) => ({ environment, at: day }));
  const releases = [
    { version: "1.0", created: "-9d", deployments: at("-8d", ["Development", "Test", "Staging", "Production"]) },
    { version: "1.1", created: "-3d", deployments: at("-2d", ["Development", "Test", "Staging"]) },
    { version: "1.2", created: "-1d", deployments: at("-12h", ["Development", "Test"]) },
  ];
  const base = orchestration({ projects: [child("Web API", releases)] });
  return {
    ...base,
    environments,
    users: [...(base.users ?? []), { name: "alice", teams: ["QA"] }],
    teams: [...(base.teams ?? []), { name: "QA", roles: ["Project deployer"] }],
    lifecycles: [
      { name: "Child", phases: ["Development", "Test", "Staging", "Production"] },
      { name: "Parent", phases: ["Staging", "Prod Approval", "Production"] },
    ],
    ...more,
  };
}

export const planStep = (parameters: Parameters = {}, name = "Plan"): ParentStep =>
  deployStep(
    "Web API",
    { "ChildProject.WhatIf.Value": "Yes", "ChildProject.Destination.EnvironmentName": "Production", ...parameters },
    { name },
  );

export const approve = (instructions = `${open}Octopus.Action[Plan].Output.ReleaseNotes}`): ParentStep => ({
  kind: "manual-intervention",
  name: "Approve",
  instructions,
  teams: ["QA"],
});

export const sayYes: Person = () => ({ by: "alice", result: "Proceed" });

export interface Planning {
  readonly steps?: readonly ParentStep[];
  readonly people?: Person;
  readonly release?: string;
  readonly environment?: string;
}

/** Runs a deployment of the parent in which the plan is shown and approved. */
export async function planAndApprove(server: OctopusServer, planning: Planning = {}): Promise<Run> {
  const { steps = [planStep(), approve()], people = sayYes, ...rest } = planning;
  const result = await playParent(server, {
    ...parent,
    environment: "Prod Approval",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps,
    people,
    ...rest,
  });
  server.advance(60_000);
  return result;
}

export const evening: Parameters = { "ChildProject.ManualIntervention.EnvironmentToUse": "Prod Approval" };

export function deploy(server: OctopusServer, policy: string, more: Parameters = {}): Promise<Run> {
  return playParent(server, {
    ...parent,
    environment: "Production",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: [deployStep("Web API", { ...evening, "ChildProject.Plan.Policy": policy, ...more })],
  });
}

/** The deployments to Production since the server started. */
export function inProduction(server: OctopusServer): readonly string[] {
  return created(server).filter((text) => text.endsWith(" to Production"));
}

/** Deploys a newer release to Staging, so that a run selects another release from now on. */
export function overtakeInStaging(server: OctopusServer): void {
  const deployments = [{ environment: "Staging", at: new Date(server.now() - 120_000).toISOString(), took: "30s" }];
  server.simulator.addWorld({ projects: [{ name: "Web API", releases: [{ version: "1.2", deployments }] }] });
}

export function releaseNamed(server: OctopusServer, version: string) {
  const found = [...server.simulator.state().history.releases.values()].find(
    (release) => release.version === version && release.projectId !== "",
  );
  if (found === undefined) throw new Error(`There is no release ${version}.`);
  return found;
}

export function planArtifacts(server: OctopusServer) {
  return [...server.simulator.state().artifacts.values()].filter(({ filename }) => filename.endsWith(".plan.json"));
}
