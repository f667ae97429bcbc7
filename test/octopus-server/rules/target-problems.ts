import type { Environment, Project, Tenant } from "../documents/configuration.ts";
import type { Release } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { destinationOf } from "./preview.ts";
import { targetTagId, withinLimits } from "./target-tags.ts";
import type { TargetLimits } from "./target-tags.ts";
import { machinesFor, plannedActions } from "./targets.ts";
import type { Destination } from "./targets.ts";

interface TargetsGiven {
  readonly project: Project;
  readonly release: Release;
  readonly environment: Environment;
  readonly tenant: Tenant | null;
  readonly specificMachineIds?: readonly string[] | undefined;
  readonly excludedMachineIds?: readonly string[] | undefined;
  readonly specificTargetTagIds?: readonly string[] | undefined;
  readonly excludedTargetTagIds?: readonly string[] | undefined;
}

/** Why a deployment cannot run on the requested targets: some are unknown, or none is left. */
export function targetProblems(core: Core, given: TargetsGiven): readonly string[] {
  const { release, environment, tenant, project } = given;
  const destination = destinationOf(release, environment.id, tenant);
  const problems = [...machineProblems(core, given, destination), ...tagProblems(core, given)];
  if (problems.length > 0) return problems;
  const mayBeNone = !core.switches().deploymentsNeedTargets || project.allowDeploymentsToNoTargets;
  return !mayBeNone && noTargetLeft(core, given, destination)
    ? [`There is no deployment target in the environment '${environment.name}' for any step of the process.`]
    : [];
}

function machineProblems(core: Core, given: TargetsGiven, destination: Destination): readonly string[] {
  const available = new Set(machinesFor(core, destination).map(({ id }) => id));
  return (given.specificMachineIds ?? [])
    .filter((id) => !available.has(id))
    .map((id) => `The deployment target '${id}' is not available in the environment '${given.environment.name}'.`);
}

function tagProblems(core: Core, given: TargetsGiven): readonly string[] {
  if (!core.switches().unknownTargetTagsRefused) return [];
  return [...(given.specificTargetTagIds ?? []), ...(given.excludedTargetTagIds ?? [])]
    .filter((id) => targetTagId(core, given.project.spaceId, id) === undefined)
    .map((id) => `The target tag '${id}' was not found.`);
}

function noTargetLeft(core: Core, given: TargetsGiven, destination: Destination): boolean {
  const actions = plannedActions(core, core.state.processes.get(given.release.processSnapshotId), destination).filter(
    ({ action, roles }) => !action.isDisabled && roles.length > 0,
  );
  const targets = actions.flatMap(({ machines, unavailable }) => [...machines, ...unavailable]);
  return actions.length > 0 && withinLimits(core, limitsOf(given), targets).length === 0;
}

function limitsOf(given: TargetsGiven): TargetLimits {
  return {
    specificMachineIds: given.specificMachineIds ?? [],
    excludedMachineIds: given.excludedMachineIds ?? [],
    specificTargetTagIds: given.specificTargetTagIds ?? [],
    excludedTargetTagIds: given.excludedTargetTagIds ?? [],
  };
}
