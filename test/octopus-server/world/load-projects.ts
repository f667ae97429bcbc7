import { createHash } from "node:crypto";
import { addChannel, addProject, addVariableSet } from "../documents/add-configuration.ts";
import type { Project } from "../documents/configuration.ts";
import type { Action, Step, Variable } from "../documents/process.ts";
import type { Instance } from "../instance.ts";
import { changeProcess, changeVariables } from "../rules/snapshots.ts";
import { inSpace } from "../state.ts";
import type { Names } from "./names.ts";
import type { ParsedProject, ParsedStep, ParsedVariable } from "./project-world.ts";
import type { SpaceContent } from "./world.ts";

/** Makes the projects of a space with channels, process and variables; their releases come later, in the order of time. */
export function loadProjects(
  instance: Instance,
  names: Names,
  spaceId: string,
  content: SpaceContent,
  where: string,
): void {
  content.projects.forEach((given, index) => {
    const at = `${where}projects[${index}]`;
    const project = projectFor(instance, names, spaceId, given, at);
    if (project === undefined) return;
    loadChannels(instance, names, project, given, at);
    const process = instance.state.processes.get(`deploymentprocess-${project.id}`);
    if (given.steps.length > 0 && process !== undefined) {
      const steps = given.steps.map((step, number) => stepOf(instance, names, project, step, `${at}.steps[${number}]`));
      changeProcess(instance, process, steps);
    }
    const variables = instance.state.variableSets.get(`variableset-${project.id}`);
    if (given.variables.length > 0 && variables !== undefined) {
      const list = given.variables.map((variable, number) =>
        variableOf(instance, names, spaceId, project.id, variable, `${at}.variables[${number}]`),
      );
      changeVariables(instance, variables, list);
    }
  });
}

function projectFor(
  instance: Instance,
  names: Names,
  spaceId: string,
  given: ParsedProject,
  where: string,
): Project | undefined {
  const { state } = instance;
  const existing = names.find(state.projects, spaceId, given.name);
  if (existing !== undefined) return existing;
  const lifecycle =
    given.lifecycle === undefined
      ? inSpace(state.lifecycles, spaceId)[0]
      : names.need(state.lifecycles, "lifecycle", spaceId, given.lifecycle, `${where}.lifecycle`);
  const group =
    given.group === undefined
      ? inSpace(state.projectGroups, spaceId)[0]
      : names.need(state.projectGroups, "project group", spaceId, given.group, `${where}.group`);
  if (lifecycle === undefined || group === undefined) return undefined;
  return addProject(instance, {
    spaceId,
    name: given.name,
    lifecycleId: lifecycle.id,
    projectGroupId: group.id,
    isDisabled: given.disabled,
    tenantedDeploymentMode: given.tenanted,
    guidedFailureMode: given.guidedFailure,
    git: given.git === undefined ? null : { ...given.git, basePath: ".octopus" },
    allowDeploymentsToNoTargets: given.allowDeploymentsToNoTargets,
    excludeUnhealthyTargets: given.excludeUnhealthyTargets,
    skipMachineBehavior: given.skipUnavailableTargets ? "SkipUnavailableMachines" : "None",
    cancelQueuedTasks: given.cancelQueuedTasks,
    cancelRunningTasks: given.cancelRunningTasks,
    libraryVariableSetIds: names.needAll(
      state.libraryVariableSets,
      "library variable set",
      spaceId,
      given.libraryVariableSets,
      where,
    ),
    ...(given.slug === undefined ? {} : { slug: given.slug }),
  });
}

function loadChannels(instance: Instance, names: Names, project: Project, given: ParsedProject, where: string): void {
  const { state } = instance;
  const { spaceId } = project;
  given.channels.forEach((channel, index) => {
    const at = `${where}.channels[${index}]`;
    const lifecycle =
      channel.lifecycle === undefined
        ? undefined
        : names.need(state.lifecycles, "lifecycle", spaceId, channel.lifecycle, at);
    const parent =
      channel.parentEnvironment === undefined
        ? undefined
        : names.need(state.environments, "environment", spaceId, channel.parentEnvironment, at);
    const details = {
      lifecycleId: channel.type === "EphemeralEnvironment" ? null : (lifecycle?.id ?? null),
      tenantTags: channel.tenantTags,
      type: channel.type,
      parentEnvironmentId: parent?.id ?? null,
    };
    const existing = inSpace(state.channels, spaceId).find(
      ({ projectId, name }) => projectId === project.id && name.toLowerCase() === channel.name.toLowerCase(),
    );
    if (existing === undefined) {
      addChannel(instance, {
        spaceId,
        projectId: project.id,
        name: channel.name,
        isDefault: channel.isDefault,
        ...details,
      });
    } else {
      Object.assign(existing, details);
    }
  });
}

function stepOf(instance: Instance, names: Names, project: Project, given: ParsedStep, where: string): Step {
  const { state } = instance;
  const { spaceId } = project;
  const manual = given.manualIntervention;
  const teamIds = (manual?.teams ?? []).flatMap((team) => names.needTeam(state, spaceId, team, where) ?? []);
  const channels = new Map([...state.channels].filter(([, { projectId }]) => projectId === project.id));
  const action: Action = {
    id: given.id ?? guidOf(`${project.id}/${given.name}`),
    name: given.name,
    actionType: manual === undefined ? given.type : "Octopus.Manual",
    notes: null,
    isDisabled: given.disabled,
    isRequired: given.required,
    environmentIds: names.needAll(
      state.environments,
      "environment",
      spaceId,
      given.environments,
      `${where}.environments`,
    ),
    excludedEnvironmentIds: names.needAll(
      state.environments,
      "environment",
      spaceId,
      given.excludedEnvironments,
      `${where}.excludedEnvironments`,
    ),
    channelIds: names.needAll(channels, "channel", spaceId, given.channels, `${where}.channels`),
    tenantTags: given.tenantTags,
    packages: given.packages.map(({ name, packageId }) => ({
      id: guidOf(`${project.id}/${given.name}/${name}`),
      // A name alone is the id of the primary package; beside a package id it is the name of the reference.
      name: packageId === undefined ? "" : name,
      packageId: packageId ?? name,
      feedId: "feeds-builtin",
    })),
    properties:
      manual === undefined
        ? {}
        : {
            "Octopus.Action.Manual.Instructions": manual.instructions,
            "Octopus.Action.Manual.ResponsibleTeamIds": teamIds.join(","),
            "Octopus.Action.Manual.BlockConcurrentDeployments": manual.blocksOthers ? "True" : "False",
            "Octopus.Action.RunOnServer": "true",
          },
    sensitiveProperties: given.secrets,
    canBeUsedForProjectVersioning: given.packages.length > 0,
    workerPoolId: null,
  };
  return {
    id: guidOf(`${project.id}/${given.name}/step`),
    name: given.name,
    condition: "Success",
    startTrigger: "StartAfterPrevious",
    packageRequirement: "LetOctopusDecide",
    properties: given.roles.length === 0 ? {} : { "Octopus.Action.TargetRoles": given.roles.join(",") },
    actions: [action],
  };
}

export function loadLibraryVariableSets(
  instance: Instance,
  names: Names,
  spaceId: string,
  content: SpaceContent,
  where: string,
): void {
  const { state } = instance;
  content.libraryVariableSets.forEach((given, index) => {
    const id = state.nextId("LibraryVariableSets");
    state.libraryVariableSets.set(id, { id, spaceId, name: given.name });
    const set = addVariableSet(instance, spaceId, id);
    const at = `${where}libraryVariableSets[${index}]`;
    changeVariables(
      instance,
      set,
      given.variables.map((variable, number) =>
        variableOf(instance, names, spaceId, id, variable, `${at}.variables[${number}]`),
      ),
    );
  });
}

function variableOf(
  instance: Instance,
  names: Names,
  spaceId: string,
  ownerId: string,
  given: ParsedVariable,
  where: string,
): Variable {
  const { state } = instance;
  const isSensitive = given.sensitive || given.prompt?.control === "Sensitive";
  const environmentIds = names.needAll(state.environments, "environment", spaceId, given.environments, where);
  const channels = new Map([...state.channels].filter(([, { projectId }]) => projectId === ownerId));
  const channelIds = names.needAll(channels, "channel", spaceId, given.channels, where);
  return {
    id: given.id ?? guidOf(`${ownerId}/variable/${given.name}/${environmentIds.join()}`),
    name: given.name,
    value: given.value ?? null,
    description: "",
    isSensitive,
    type: isSensitive ? "Sensitive" : "String",
    scope: {
      ...(environmentIds.length === 0 ? {} : { Environment: environmentIds }),
      ...(channelIds.length === 0 ? {} : { Channel: channelIds }),
      ...(given.tenantTags.length === 0 ? {} : { TenantTag: given.tenantTags }),
    },
    prompt:
      given.prompt === undefined
        ? null
        : {
            label: given.prompt.label,
            description: given.prompt.description,
            required: given.prompt.required,
            displaySettings: {
              "Octopus.ControlType": given.prompt.control,
              ...(given.prompt.options.length === 0
                ? {}
                : { "Octopus.SelectOptions": given.prompt.options.join("\n") }),
            },
          },
  };
}

/** An id that looks like a GUID and is the same in every run. */
function guidOf(seed: string): string {
  const hex = createHash("sha256").update(seed).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
