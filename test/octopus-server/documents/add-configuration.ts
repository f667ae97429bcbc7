import { createHash, randomUUID } from "node:crypto";
import type { Core } from "../instance.ts";
import { administratorsTeamId, everyoneTeamId } from "../rules/access.ts";
import { builtInUserRoles } from "../rules/user-roles.ts";
import { inSpace } from "../state.ts";
import type {
  ApiKey,
  Channel,
  Environment,
  Lifecycle,
  Machine,
  Phase,
  Project,
  ProjectGroup,
  Space,
  Team,
  Tenant,
  User,
  VariableSet,
} from "./configuration.ts";

/** What a server has before anybody configures anything: roles, teams and the administrator. */
export function addServerDefaults(core: Core): void {
  const { state } = core;
  for (const role of builtInUserRoles()) state.userRoles.set(role.id, role);
  const administrator = addUser(core, { username: "admin", displayName: "Administrator" });
  addTeam(core, {
    id: administratorsTeamId,
    name: "Octopus Administrators",
    memberIds: [administrator.id],
    isBuiltIn: true,
  });
  addTeam(core, { id: everyoneTeamId, name: "Everyone", isBuiltIn: true });
  addTeam(core, { id: "teams-managers", name: "Octopus Managers", isBuiltIn: true });
}

type Given<T, Required extends keyof T> = Pick<T, Required> & Partial<T>;

export function addUser(core: Core, given: Given<User, "username">): User {
  const user: User = {
    id: core.state.nextId("Users"),
    displayName: given.username,
    emailAddress: null,
    isActive: true,
    isService: false,
    created: core.timeline.now(),
    apiKeys: [],
    ...given,
  };
  core.state.users.set(user.id, user);
  // The first key of a user is derived from the name: a stand-alone server gives the same keys at every start.
  if (user.apiKeys.length === 0) addApiKey(core, user, "First key", keyOf(user.username));
  core.access.forget();
  return user;
}

export function addApiKey(core: Core, user: User, purpose: string, key: string, expires: number | null = null): ApiKey {
  const apiKey = { id: core.state.nextId("apikeys"), purpose, key, created: core.timeline.now(), expires };
  user.apiKeys.push(apiKey);
  return apiKey;
}

/** An API key that looks like one: `API-` and capital letters and digits. */
export function keyOf(seed: string): string {
  const digest = createHash("sha256").update(`embedded octopus server ${seed}`).digest("hex");
  return `API-${BigInt(`0x${digest}`).toString(36).toUpperCase().slice(0, 32)}`;
}

export function addTeam(core: Core, given: Given<Team, "name">): Team {
  const team: Team = {
    id: core.state.nextId("Teams"),
    description: "",
    spaceId: null,
    memberIds: [],
    externalMemberIds: [],
    externalGroups: [],
    isBuiltIn: false,
    ...given,
  };
  core.state.teams.set(team.id, team);
  core.access.forget();
  return team;
}

export function addSpace(core: Core, given: Given<Space, "name">): Space {
  const { state } = core;
  const space: Space = {
    id: given.id ?? freeSpaceId(core),
    slug: slugOf(given.name, [...state.spaces.values()]),
    description: "",
    isDefault: state.spaces.size === 0,
    isPrivate: false,
    taskQueueStopped: false,
    managersTeamIds: [],
    managersUserIds: [],
    ...given,
  };
  state.spaces.set(space.id, space);
  const managers = addTeam(core, {
    id: `teams-spacemanagers-${space.id}`,
    name: "Space Managers",
    spaceId: space.id,
    memberIds: [...space.managersUserIds],
    isBuiltIn: true,
  });
  space.managersTeamIds.push(managers.id);
  const roleId = state.nextId("scopeduserroles");
  state.scopedUserRoles.set(roleId, {
    id: roleId,
    teamId: managers.id,
    userRoleId: "userroles-spacemanager",
    spaceId: space.id,
    projectIds: [],
    projectGroupIds: [],
    environmentIds: [],
    tenantIds: [],
  });
  addLifecycle(core, { spaceId: space.id, name: "Default Lifecycle" });
  addProjectGroup(core, { spaceId: space.id, name: "Default Project Group" });
  core.access.forget();
  return space;
}

function freeSpaceId(core: Core): string {
  for (;;) {
    const id = core.state.nextId("Spaces");
    if (!core.state.spaces.has(id)) return id;
  }
}

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

/** A project with its empty process, its variable set and its default channel. */
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
  return machine;
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
