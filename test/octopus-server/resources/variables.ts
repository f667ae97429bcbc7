import type { Variable, VariableSet } from "../documents/process.ts";
import type { Deployment } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { environmentsInOrder } from "../rules/lifecycle.ts";
import { inSpace } from "../state.ts";
import { resource } from "./common.ts";

export function variableSetResource(core: Core, set: VariableSet): unknown {
  return {
    ...resource(set.id, { Self: `${core.api}/${set.spaceId}/variables/${set.id}` }),
    SpaceId: set.spaceId,
    OwnerId: set.ownerId,
    Version: set.version,
    Variables: set.variables.map(variableResource),
    ScopeValues: scopeValues(core, set),
  };
}

/** A variable. Sensitive values are never shown. */
function variableResource(variable: Variable): unknown {
  const { prompt } = variable;
  return {
    Id: variable.id,
    Name: variable.name,
    Value: variable.isSensitive ? null : variable.value,
    Description: variable.description,
    Scope: variable.scope,
    IsEditable: true,
    IsSensitive: variable.isSensitive,
    Type: variable.type,
    Prompt:
      prompt === null
        ? null
        : {
            Label: prompt.label,
            Description: prompt.description,
            Required: prompt.required,
            DisplaySettings: prompt.displaySettings,
          },
  };
}

function scopeValues(core: Core, { spaceId, ownerId }: VariableSet): unknown {
  const channels = inSpace(core.state.channels, spaceId).filter(({ projectId }) => projectId === ownerId);
  const machines = inSpace(core.state.machines, spaceId);
  const steps = core.state.processes.get(`deploymentprocess-${ownerId}`)?.steps ?? [];
  const roles = [...new Set(machines.flatMap((machine) => machine.roles))].sort();
  return {
    Actions: steps.flatMap(({ actions }) => actions.map(reference)),
    Channels: channels.map(reference),
    Environments: environmentsInOrder(core, spaceId).map(reference),
    Machines: machines.map(reference),
    Processes: [],
    Roles: roles.map((role) => ({ Id: role, Name: role })),
    TenantTags: inSpace(core.state.tagSets, spaceId).flatMap((set) =>
      set.tags.map(({ name }) => ({ Id: `${set.name}/${name}`, Name: name })),
    ),
  };
}

function reference({ id, name }: { readonly id: string; readonly name: string }): unknown {
  return { Id: id, Name: name };
}

/** The variables a deployment ran with, and its output variables (`Octopus.Action[step].Output.name`). */
export function manifestOf(core: Core, deployment: Deployment): VariableSet {
  const release = core.state.history.releases.get(deployment.releaseId);
  const own = [release?.variableSnapshotId ?? "", ...(release?.librarySnapshotIds ?? [])].flatMap(
    (id) => core.state.variableSets.get(id)?.variables ?? [],
  );
  const prompted = own.map((variable) => {
    const given = deployment.formValues[variable.id];
    return given === undefined ? variable : { ...variable, value: given };
  });
  const known: Readonly<Record<string, string>> = {
    "Octopus.Deployment.Id": deployment.id,
    "Octopus.Environment.Id": deployment.environmentId,
    "Octopus.Project.Id": deployment.projectId,
    "Octopus.Release.Id": deployment.releaseId,
    "Octopus.Release.Number": release?.version ?? "",
  };
  return {
    id: `variableset-${deployment.id}`,
    spaceId: deployment.spaceId,
    ownerId: deployment.id,
    version: 0,
    variables: [
      ...prompted,
      ...Object.entries(known).map(([name, value]) => plain(name, value, false)),
      ...deployment.outputs.map(({ actionName, name, value, isSensitive }) =>
        plain(`Octopus.Action[${actionName}].Output.${name}`, value, isSensitive),
      ),
    ],
  };
}

function plain(name: string, value: string, isSensitive: boolean): Variable {
  return {
    id: name,
    name,
    value,
    description: "",
    isSensitive,
    type: isSensitive ? "Sensitive" : "String",
    scope: {},
    prompt: null,
  };
}
