import type { Machine, Tenant } from "../documents/configuration.ts";
import type { Action, Process, Step } from "../documents/process.ts";
import type { Core } from "../instance.ts";
import { scopesOf } from "./environments.ts";
import { inSpace } from "../state.ts";

/** Where and for whom a process would run. */
export interface Destination {
  readonly spaceId: string;
  readonly projectId: string;
  readonly channelId: string;
  readonly environmentId: string;
  readonly tenant: Tenant | null;
}

/** An action of a process that applies to a destination, with the targets it would run on. */
export interface PlannedAction {
  readonly step: Step;
  readonly action: Action;
  /** `2`, or `2.1` in a step of several actions. */
  readonly number: string;
  readonly roles: readonly string[];
  readonly machines: readonly Machine[];
  readonly unavailable: readonly Machine[];
  readonly excluded: readonly Machine[];
}

export function plannedActions(
  core: Core,
  process: Process | undefined,
  destination: Destination,
): readonly PlannedAction[] {
  const machines = machinesFor(core, destination);
  const project = core.state.projects.get(destination.projectId);
  return (process?.steps ?? []).flatMap((step, index) =>
    step.actions
      .map((action, part): PlannedAction => {
        const roles = rolesOf(step, action);
        const matching = machines.filter((machine) => machine.roles.some((role) => includesText(roles, role)));
        const unhealthy = (machine: Machine) =>
          project?.excludeUnhealthyTargets === true && machine.healthStatus === "Unhealthy";
        const unavailable = matching.filter(({ healthStatus }) => healthStatus === "Unavailable");
        return {
          step,
          action,
          number: step.actions.length === 1 ? `${index + 1}` : `${index + 1}.${part + 1}`,
          roles,
          machines: matching.filter((machine) => machine.healthStatus !== "Unavailable" && !unhealthy(machine)),
          unavailable,
          excluded: matching.filter(unhealthy),
        };
      })
      .filter(({ action }) => appliesTo(core, action, destination)),
  );
}

/** The enabled deployment targets of an environment for deployments of a tenant, or without a tenant. */
export function machinesFor(core: Core, destination: Destination): readonly Machine[] {
  const scopes = scopesOf(core, destination.environmentId);
  return inSpace(core.state.machines, destination.spaceId).filter(
    (machine) =>
      !machine.isDisabled &&
      machine.environmentIds.some((id) => scopes.includes(id)) &&
      takesPart(machine, destination.tenant),
  );
}

function takesPart(machine: Machine, tenant: Tenant | null): boolean {
  if (tenant === null) return machine.participation !== "Tenanted";
  if (machine.participation === "Untenanted") return false;
  return (
    machine.tenantIds.includes(tenant.id) || (machine.tenantTags.length > 0 && hasTags(tenant, machine.tenantTags))
  );
}

/** Whether a tenant has, for each tag set in `tags`, at least one of the set's tags there. Without tags every tenant has. */
export function hasTags(tenant: Tenant, tags: readonly string[]): boolean {
  const bySet = new Map<string, string[]>();
  for (const tag of tags) {
    const set = tag.slice(0, tag.indexOf("/"));
    bySet.set(set, [...(bySet.get(set) ?? []), tag]);
  }
  return [...bySet.values()].every((alternatives) => alternatives.some((tag) => includesText(tenant.tags, tag)));
}

export function rolesOf(step: Step, action: Action): readonly string[] {
  const text = step.properties["Octopus.Action.TargetRoles"] ?? action.properties["Octopus.Action.TargetRoles"] ?? "";
  return text
    .split(",")
    .map((role) => role.trim())
    .filter((role) => role !== "");
}

function appliesTo(core: Core, action: Action, { environmentId, channelId, tenant }: Destination): boolean {
  const scopes = scopesOf(core, environmentId);
  if (action.environmentIds.length > 0 && !action.environmentIds.some((id) => scopes.includes(id))) return false;
  if (action.excludedEnvironmentIds.some((id) => scopes.includes(id))) return false;
  if (action.channelIds.length > 0 && !action.channelIds.includes(channelId)) return false;
  return action.tenantTags.length === 0 || (tenant !== null && hasTags(tenant, action.tenantTags));
}

function includesText(list: readonly string[], text: string): boolean {
  return list.some((entry) => entry.toLowerCase() === text.toLowerCase());
}
