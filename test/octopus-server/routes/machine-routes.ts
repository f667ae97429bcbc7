import * as z from "zod";
import { addMachine } from "../documents/add-configuration.ts";
import type { Machine } from "../documents/configuration.ts";
import { bodyObject, idList, optionalText, parseBody } from "../http/body.ts";
import { invalid } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Call, Route, SpaceCall } from "../http/route.ts";
import { byName, named, page } from "../resources/collection.ts";
import { machineResource } from "../resources/configuration.ts";
import { registerTargetTags } from "../rules/target-tags.ts";
import { inSpace } from "../state.ts";
import { demandSight, oneOf } from "./lookup.ts";

export const machineRoutes: readonly Route[] = [
  space("GET", "machines", "ResourceCollection_of_DeploymentTargetResource", "D26 deployment-targets", list),
  space("GET", "machines/all", "[DeploymentTargetResource]", "D26 deployment-targets", all),
  space("GET", "machines/{id}", "DeploymentTargetResource", "D26 deployment-targets", (call) =>
    ok(machineResource(call.instance, machineOf(call))),
  ),
  space("POST", "machines", "DeploymentTargetResource", "SW", create),
  space("PUT", "machines/{id}", "DeploymentTargetResource", "SW", modify),
  space("GET", "machineroles/all", undefined, "SW", roles),
];

const MachineBody = bodyObject({
  Name: z.string().min(1),
  EnvironmentIds: idList,
  Roles: idList,
  TenantIds: idList,
  TenantTags: idList,
  TenantedDeploymentParticipation: z.enum(["Untenanted", "Tenanted", "TenantedOrUntenanted"]).optional(),
  IsDisabled: z.boolean().optional(),
  Uri: optionalText,
  Endpoint: bodyObject({ CommunicationStyle: optionalText, Uri: optionalText }).optional(),
});

/** A machine is visible with `MachineView` in one of its environments. */
function maySee(call: Call, machine: Machine): boolean {
  const { spaceId, environmentIds } = machine;
  return environmentIds.some((environmentId) => call.access.may("MachineView", { spaceId, environmentId }));
}

function visibleMachines(call: SpaceCall): readonly Machine[] {
  return byName(inSpace(call.instance.state.machines, call.space.id).filter((machine) => maySee(call, machine)));
}

function machineOf(call: SpaceCall): Machine {
  const machine = oneOf(call, call.instance.state.machines, call.param("id"));
  if (!maySee(call, machine)) demandSight(call, "MachineView", { spaceId: "" }, call.param("id"));
  return machine;
}

function list(call: SpaceCall): Reply {
  const exact = call.query.text("name")?.toLowerCase();
  const environmentIds = call.query.list("environmentIds");
  const wantedRoles = (call.query.list("roles") ?? call.query.list("targetTags"))?.map((role) => role.toLowerCase());
  const tenantIds = call.query.list("tenantIds");
  const tenantTags = call.query.list("tenantTags");
  const isDisabled = call.query.flag("isDisabled");
  const health = call.query.list("healthStatuses")?.map((status) => status.toLowerCase());
  const styles = call.query.list("commStyles");
  const deployment = call.instance.state.history.deployments.get(call.query.text("deploymentId") ?? "");
  const machines = named(call, visibleMachines(call)).filter(
    (machine) =>
      (exact === undefined || machine.name.toLowerCase() === exact) &&
      overlaps(environmentIds, machine.environmentIds) &&
      overlaps(
        wantedRoles,
        machine.roles.map((role) => role.toLowerCase()),
      ) &&
      overlaps(tenantIds, machine.tenantIds) &&
      overlaps(tenantTags, machine.tenantTags) &&
      (isDisabled === undefined || machine.isDisabled === isDisabled) &&
      overlaps(health, [machine.healthStatus.toLowerCase()]) &&
      overlaps(styles, [machine.communicationStyle]) &&
      (deployment === undefined || deployment.deployedToMachineIds.includes(machine.id)),
  );
  return ok(page(call, "Machine", machines, (machine) => machineResource(call.instance, machine)));
}

function overlaps(wanted: readonly string[] | undefined, actual: readonly string[]): boolean {
  return wanted === undefined || wanted.some((entry) => actual.includes(entry));
}

function all(call: SpaceCall): Reply {
  return ok(named(call, visibleMachines(call)).map((machine) => machineResource(call.instance, machine)));
}

function roles(call: SpaceCall): Reply {
  return ok([...new Set(visibleMachines(call).flatMap((machine) => machine.roles))].sort());
}

function create(call: SpaceCall): Reply {
  const body = parseBody(MachineBody, call.body);
  const environmentIds = demandEnvironments(call, body.EnvironmentIds ?? []);
  for (const environmentId of environmentIds)
    call.access.demand("MachineCreate", { spaceId: call.space.id, environmentId });
  if (
    inSpace(call.instance.state.machines, call.space.id).some(
      ({ name }) => name.toLowerCase() === body.Name.toLowerCase(),
    )
  ) {
    throw invalid(`A deployment target with the name '${body.Name}' already exists. Please choose a different name.`);
  }
  const machine = addMachine(call.instance, {
    spaceId: call.space.id,
    name: body.Name,
    environmentIds,
    roles: body.Roles ?? [],
    tenantIds: body.TenantIds ?? [],
    tenantTags: body.TenantTags ?? [],
    isDisabled: body.IsDisabled ?? false,
    communicationStyle: body.Endpoint?.CommunicationStyle ?? "None",
    uri: body.Uri ?? body.Endpoint?.Uri ?? "",
    ...(body.TenantedDeploymentParticipation === undefined
      ? {}
      : { participation: body.TenantedDeploymentParticipation }),
  });
  return created(machineResource(call.instance, machine));
}

function modify(call: SpaceCall): Reply {
  const machine = machineOf(call);
  for (const environmentId of machine.environmentIds) {
    call.access.demand("MachineEdit", { spaceId: call.space.id, environmentId });
  }
  const body = parseBody(MachineBody, call.body);
  machine.name = body.Name;
  machine.environmentIds = demandEnvironments(call, body.EnvironmentIds ?? []);
  machine.roles = body.Roles ?? [];
  registerTargetTags(call.instance, machine.spaceId, machine.roles);
  machine.tenantIds = body.TenantIds ?? [];
  machine.tenantTags = body.TenantTags ?? [];
  machine.isDisabled = body.IsDisabled ?? machine.isDisabled;
  machine.participation = body.TenantedDeploymentParticipation ?? machine.participation;
  return ok(machineResource(call.instance, machine));
}

function demandEnvironments(call: SpaceCall, ids: readonly string[]): string[] {
  if (ids.length === 0) throw invalid("Please select at least one environment for the deployment target.");
  const unknown = ids.filter((id) => call.instance.state.environments.get(id)?.spaceId !== call.space.id);
  if (unknown.length > 0) throw invalid(...unknown.map((id) => `The environment '${id}' was not found.`));
  return [...ids];
}
