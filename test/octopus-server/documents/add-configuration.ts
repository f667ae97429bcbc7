import { randomUUID } from "node:crypto";
import type { Core } from "../instance.ts";
import { registerTargetTags } from "../rules/target-tags.ts";
import { inSpace, numberOf } from "../state.ts";
import type {
  Channel,
  Environment,
  Lifecycle,
  Machine,
  Phase,
  Project,
  ProjectGroup,
  TagSet,
  Tenant,
} from "./configuration.ts";
import type { Given } from "./given.ts";
import type { VariableSet } from "./process.ts";

export function addEnvironment(core: Core, given: Given<Environment, "spaceId" | "name">): Environment {
  const siblings = inSpace(core.state.environments, given.spaceId);
  const environment: Environment = {
    id: core.state.nextId("Environments"),
    slug: slugOf(given.name, siblings),
    description: "",
    sortOrder: siblings.reduce((highest, { sortOrder }) => Math.max(highest, sortOrder), -1) + 1,
    useGuidedFailure: false,
    type: "Static",
    parentEnvironmentId: null,
    ...given,
  };
  core.state.environments.set(environment.id, environment);
  return environment;
}

export function addLifecycle(core: Core, given: Given<Lifecycle, "spaceId" | "name">): Lifecycle {
  const lifecycle: Lifecycle = {
    id: core.state.nextId("Lifecycles"),
    slug: slugOf(given.name, inSpace(core.state.lifecycles, given.spaceId)),
    description: "",
    phases: [],
    ...given,
  };
  core.state.lifecycles.set(lifecycle.id, lifecycle);
  return lifecycle;
}

export function newPhase(given: Given<Phase, "name">): Phase {
  return {
    id: randomUUID(),
    automaticTargets: [],
    optionalTargets: [],
    minimumBeforePromotion: 0,
    isOptional: false,
    isPriority: false,
    ...given,
  };
}

export function addProjectGroup(core: Core, given: Given<ProjectGroup, "spaceId" | "name">): ProjectGroup {
  const group: ProjectGroup = {
    id: core.state.nextId("ProjectGroups"),
    slug: slugOf(given.name, inSpace(core.state.projectGroups, given.spaceId)),
    description: "",
    ...given,
  };
  core.state.projectGroups.set(group.id, group);
  return group;
}

type ProjectGiven = Given<Project, "spaceId" | "name" | "lifecycleId" | "projectGroupId">;

/** Adds a project with an empty process, a variable set and a default channel. */
export function addProject(core: Core, given: ProjectGiven): Project {
  const { state } = core;
  const project: Project = {
    id: state.nextId("Projects"),
    slug: slugOf(given.name, inSpace(state.projects, given.spaceId)),
    description: "",
    isDisabled: false,
    tenantedDeploymentMode: "Untenanted",
    guidedFailureMode: "EnvironmentDefault",
    libraryVariableSetIds: [],
    git: null,
    skipMachineBehavior: "None",
    allowDeploymentsToNoTargets: false,
    excludeUnhealthyTargets: false,
    cancelQueuedTasks: false,
    cancelRunningTasks: false,
    versionTemplate: "#{Octopus.Version.LastMajor}.#{Octopus.Version.LastMinor}.#{Octopus.Version.NextPatch}",
    ...given,
  };
  state.projects.set(project.id, project);
  const processId = `deploymentprocess-${project.id}`;
  state.processes.set(processId, {
    id: processId,
    spaceId: project.spaceId,
    projectId: project.id,
    version: 0,
    steps: [],
  });
  addVariableSet(core, project.spaceId, project.id);
  addChannel(core, { spaceId: project.spaceId, projectId: project.id, name: "Default", isDefault: true });
  core.access.forget();
  return project;
}

export function addVariableSet(core: Core, spaceId: string, ownerId: string): VariableSet {
  const set = { id: `variableset-${ownerId}`, spaceId, ownerId, version: 0, variables: [] };
  core.state.variableSets.set(set.id, set);
  return set;
}

export function addChannel(core: Core, given: Given<Channel, "spaceId" | "projectId" | "name">): Channel {
  const siblings = [...core.state.channels.values()].filter(({ projectId }) => projectId === given.projectId);
  const channel: Channel = {
    id: core.state.nextId("Channels"),
    slug: slugOf(given.name, siblings),
    description: "",
    isDefault: false,
    lifecycleId: null,
    tenantTags: [],
    rules: [],
    type: "Lifecycle",
    parentEnvironmentId: null,
    ...given,
  };
  if (channel.isDefault) for (const other of siblings) other.isDefault = false;
  core.state.channels.set(channel.id, channel);
  return channel;
}

export function addTenant(core: Core, given: Given<Tenant, "spaceId" | "name">): Tenant {
  const tenant: Tenant = {
    id: core.state.nextId("Tenants"),
    slug: slugOf(given.name, inSpace(core.state.tenants, given.spaceId)),
    description: "",
    isDisabled: false,
    tags: [],
    projectEnvironments: {},
    ...given,
  };
  core.state.tenants.set(tenant.id, tenant);
  return tenant;
}

export function addMachine(core: Core, given: Given<Machine, "spaceId" | "name">): Machine {
  const machine: Machine = {
    id: core.state.nextId("Machines"),
    slug: slugOf(given.name, inSpace(core.state.machines, given.spaceId)),
    environmentIds: [],
    roles: [],
    tenantIds: [],
    tenantTags: [],
    participation: (given.tenantIds?.length ?? 0) + (given.tenantTags?.length ?? 0) > 0 ? "Tenanted" : "Untenanted",
    isDisabled: false,
    healthStatus: "Healthy",
    communicationStyle: "TentaclePassive",
    uri: `https://${given.name}:10933/`,
    ...given,
  };
  core.state.machines.set(machine.id, machine);
  registerTargetTags(core, machine.spaceId, machine.roles);
  return machine;
}

export function addTagSet(
  core: Core,
  given: Given<TagSet, "spaceId" | "name"> & { readonly tagList?: readonly TagGiven[] },
): TagSet {
  const { tagList = [], ...rest } = given;
  const id = core.state.nextId("TagSets");
  const set: TagSet = {
    id,
    description: "",
    sortOrder: inSpace(core.state.tagSets, given.spaceId).length,
    scopes: ["Tenant"],
    isSystem: false,
    tags: newTags(id, tagList, []),
    ...rest,
  };
  core.state.tagSets.set(id, set);
  return set;
}

/** The tags of a set. A tag whose name the set already has keeps its id; ids of new tags follow the highest one. */
export function newTags(setId: string, given: readonly TagGiven[], existing: TagSet["tags"]): TagSet["tags"] {
  let last = existing.reduce((highest, { id }) => Math.max(highest, numberOf(id)), 0);
  return given.map(({ name, color, description }) => ({
    id: existing.find((tag) => tag.name.toLowerCase() === name.toLowerCase())?.id ?? `${setId}/Tags-${++last}`,
    name,
    color: color ?? "#333333",
    description: description ?? "",
  }));
}

interface TagGiven {
  readonly name: string;
  readonly color?: string | undefined;
  readonly description?: string | undefined;
}

/** A slug as the server makes it: lower case, dashes, unique among its siblings. */
export function slugOf(name: string, siblings: readonly { readonly slug: string }[]): string {
  const plain =
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "") || "unnamed";
  const taken = new Set(siblings.map(({ slug }) => slug));
  let slug = plain;
  for (let number = 1; taken.has(slug); number++) slug = `${plain}-${number}`;
  return slug;
}
