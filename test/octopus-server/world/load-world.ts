import { readFileSync } from "node:fs";
import {
  addApiKey,
  addEnvironment,
  addLifecycle,
  addMachine,
  addProjectGroup,
  addServerDefaults,
  addSpace,
  addTeam,
  addTenant,
  addUser,
  newPhase,
} from "../documents/add-configuration.ts";
import type { Space } from "../documents/configuration.ts";
import { problemsOf } from "../http/body.ts";
import type { Instance } from "../instance.ts";
import { administratorsTeamId } from "../rules/access.ts";
import { inSpace } from "../state.ts";
import { loadHappenings } from "./load-happenings.ts";
import { loadLibraryVariableSets, loadProjects } from "./load-projects.ts";
import { loadTeamRoles } from "./load-team-roles.ts";
import { momentReader } from "./moment.ts";
import { createNames } from "./names.ts";
import type { Names } from "./names.ts";
import { World } from "./world.ts";
import type { ParsedWorld, SpaceContent } from "./world.ts";

/** A world that cannot be loaded: everything that is wrong with it, and where. */
export class WorldError extends Error {
  override readonly name = "WorldError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(["The world cannot be loaded:", ...problems.map((problem) => `- ${problem}`)].join("\n"));
    this.problems = problems;
  }
}

/** Checks a world as it is written. Throws `WorldError` with every problem. */
export function parseWorld(value: unknown): ParsedWorld {
  const parsed = World.safeParse(value);
  if (!parsed.success) throw new WorldError(problemsOf(parsed.error));
  return parsed.data;
}

/** Reads a world file. Throws `WorldError` when it cannot be read or is no world. */
export function readWorldFile(path: string): ParsedWorld {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new WorldError([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
  return parseWorld(value);
}

/** Puts a world onto a server, next to what is there: a name that exists already means the same thing. Throws `WorldError`. */
export function loadWorld(instance: Instance, world: ParsedWorld): void {
  const names = createNames();
  const isNew = instance.state.users.size === 0;
  if (isNew) addServerDefaults(instance);
  const home = homeSpace(instance, world);
  loadUsers(instance, world);
  loadUserRoles(instance, world);
  const contents: [Space, SpaceContent, string][] = [[home, world, ""]];
  world.spaces.forEach((given, index) => {
    const space =
      spaceNamed(instance, given.name) ??
      addSpace(instance, { name: given.name, ...(given.id === undefined ? {} : { id: given.id }) });
    space.taskQueueStopped = given.taskQueueStopped;
    contents.push([space, given, `spaces[${index}].`]);
  });
  for (const [space, content, where] of contents) loadConfiguration(instance, names, space, content, where);
  addMemberships(instance, world, home, names);
  if (names.problems.length > 0) throw new WorldError(names.problems);
  loadHappenings(instance, names, contents);
  if (names.problems.length > 0) throw new WorldError(names.problems);
  // The first script of a list counts most, and the engine asks the newest first.
  for (const [space, content] of contents) {
    for (const script of content.scripts.toReversed()) instance.engine.addScript({ ...script, space: space.id });
    for (const project of content.projects) {
      for (const script of project.scripts.toReversed()) {
        instance.engine.addScript({ ...script, space: space.id, project: project.name });
      }
    }
  }
  instance.access.forget();
}

function homeSpace(instance: Instance, world: ParsedWorld): Space {
  const existing = [...instance.state.spaces.values()].find(({ isDefault }) => isDefault);
  const given = world.space;
  if (existing === undefined) {
    const space = addSpace(instance, {
      name: given?.name ?? "Default",
      isDefault: true,
      ...(given?.id === undefined ? {} : { id: given.id }),
    });
    space.taskQueueStopped = given?.taskQueueStopped ?? false;
    return space;
  }
  return given === undefined
    ? existing
    : (spaceNamed(instance, given.name) ?? addSpace(instance, { name: given.name }));
}

function spaceNamed(instance: Instance, name: string): Space | undefined {
  return [...instance.state.spaces.values()].find((space) => space.name.toLowerCase() === name.toLowerCase());
}

function loadUsers(instance: Instance, world: ParsedWorld): void {
  for (const given of world.users) {
    const existing = userNamed(instance, given.name);
    const user = existing ?? addUser(instance, { username: given.name, isActive: given.active });
    user.displayName = given.displayName ?? user.displayName;
    user.emailAddress = given.email ?? user.emailAddress;
    user.isService = given.service;
    user.isActive = given.active;
    if (given.key !== undefined) {
      user.apiKeys.length = 0;
      addApiKey(instance, user, "World", given.key);
    }
    const administrators = instance.state.teams.get(administratorsTeamId);
    if (given.administrator && administrators?.memberIds.includes(user.id) === false)
      administrators.memberIds.push(user.id);
  }
}

export function userNamed(instance: Instance, name: string) {
  const wanted = name.toLowerCase();
  return [...instance.state.users.values()].find(({ username }) => username.toLowerCase() === wanted);
}

function loadUserRoles(instance: Instance, world: ParsedWorld): void {
  const { userRoles } = instance.state;
  for (const given of world.userRoles) {
    const id = instance.state.nextId("userroles");
    userRoles.set(id, {
      id,
      name: given.name,
      description: "",
      isBuiltIn: false,
      spacePermissions: given.permissions,
      systemPermissions: given.systemPermissions,
    });
  }
}

function loadConfiguration(
  instance: Instance,
  names: Names,
  { id: spaceId }: Space,
  content: SpaceContent,
  where: string,
): void {
  const { state } = instance;
  for (const given of content.environments) {
    if (names.find(state.environments, spaceId, given.name) !== undefined) continue;
    const parent =
      given.parent === undefined
        ? undefined
        : names.need(state.environments, "environment", spaceId, given.parent, `${where}environments`);
    addEnvironment(instance, {
      spaceId,
      name: given.name,
      useGuidedFailure: given.guidedFailure,
      type: given.type,
      parentEnvironmentId: parent?.id ?? null,
    });
  }
  loadLifecycles(instance, names, spaceId, content, where);
  for (const { name } of content.projectGroups) {
    if (names.find(state.projectGroups, spaceId, name) === undefined) addProjectGroup(instance, { spaceId, name });
  }
  for (const { name, tags } of content.tagSets) {
    const id = state.nextId("TagSets");
    state.tagSets.set(id, {
      id,
      spaceId,
      name,
      description: "",
      sortOrder: inSpace(state.tagSets, spaceId).length,
      tags: tags.map((tag, index) => ({ id: `${id}/Tags-${index + 1}`, name: tag, color: "#333333", description: "" })),
    });
  }
  content.teams.forEach((given, index) => {
    const members = usersNamed(instance, names, given.members, `${where}teams[${index}].members`);
    const external = usersNamed(instance, names, given.externalMembers, `${where}teams[${index}].externalMembers`);
    const existing = [...state.teams.values()].find(
      ({ name, spaceId: of }) => name.toLowerCase() === given.name.toLowerCase() && (of === null || of === spaceId),
    );
    const team = existing ?? addTeam(instance, { name: given.name, spaceId: given.system ? null : spaceId });
    team.memberIds = [...new Set([...team.memberIds, ...members])];
    team.externalMemberIds = [...new Set([...team.externalMemberIds, ...external])];
    if (external.length > 0) team.externalGroups = [{ id: `S-1-5-${given.name}`, name: given.name }];
  });
  loadLibraryVariableSets(instance, names, spaceId, content, where);
  loadProjects(instance, names, spaceId, content, where);
  loadTenantsAndMachines(instance, names, spaceId, content, where);
  loadTeamRoles(instance, names, spaceId, content, where);
  loadFreezes(instance, names, spaceId, content, where);
}

function usersNamed(instance: Instance, names: Names, usernames: readonly string[], where: string): string[] {
  return usernames.flatMap((username) => {
    const user = userNamed(instance, username);
    if (user === undefined) names.problems.push(`${where}: there is no user '${username}'`);
    return user === undefined ? [] : [user.id];
  });
}

function loadLifecycles(instance: Instance, names: Names, spaceId: string, content: SpaceContent, where: string): void {
  const { lifecycles, environments } = instance.state;
  content.lifecycles.forEach((given, index) => {
    const phases = given.phases.map((phase, number) => {
      const at = `${where}lifecycles[${index}].phases[${number}]`;
      const implied =
        phase.environments === undefined &&
        phase.automatic.length === 0 &&
        names.find(environments, spaceId, phase.name) !== undefined
          ? [phase.name]
          : [];
      return newPhase({
        name: phase.name,
        optionalTargets: names.needAll(environments, "environment", spaceId, phase.environments ?? implied, at),
        automaticTargets: names.needAll(environments, "environment", spaceId, phase.automatic, at),
        isOptional: phase.optional,
        isPriority: phase.priority,
        minimumBeforePromotion: phase.minimum,
      });
    });
    const existing = names.find(lifecycles, spaceId, given.name);
    if (existing === undefined) addLifecycle(instance, { spaceId, name: given.name, phases });
    else existing.phases = phases;
  });
}

function loadTenantsAndMachines(
  instance: Instance,
  names: Names,
  spaceId: string,
  content: SpaceContent,
  where: string,
): void {
  const { environments, projects, tenants } = instance.state;
  content.tenants.forEach((given, index) => {
    const at = `${where}tenants[${index}]`;
    const connections = Object.entries(given.projects).flatMap(([name, list]) => {
      const project = names.need(projects, "project", spaceId, name, `${at}.projects`);
      const ids = names.needAll(environments, "environment", spaceId, list, `${at}.projects.${name}`);
      return project === undefined ? [] : [[project.id, ids] as const];
    });
    addTenant(instance, {
      spaceId,
      name: given.name,
      tags: given.tags,
      isDisabled: given.disabled,
      projectEnvironments: Object.fromEntries(connections),
    });
  });
  content.machines.forEach((given, index) => {
    const at = `${where}machines[${index}]`;
    addMachine(instance, {
      spaceId,
      name: given.name,
      environmentIds: names.needAll(environments, "environment", spaceId, given.environments, `${at}.environments`),
      roles: given.roles,
      tenantIds: names.needAll(tenants, "tenant", spaceId, given.tenants, `${at}.tenants`),
      tenantTags: given.tenantTags,
      isDisabled: given.disabled,
      healthStatus: given.health,
      ...(given.participation === undefined ? {} : { participation: given.participation }),
    });
  });
}

function loadFreezes(instance: Instance, names: Names, spaceId: string, content: SpaceContent, where: string): void {
  const { state } = instance;
  const moment = momentReader(instance.timeline.now());
  content.freezes.forEach((given, index) => {
    const at = `${where}freezes[${index}]`;
    const projectIds = names.needAll(state.projects, "project", spaceId, given.projects, `${at}.projects`);
    const environmentIds = names.needAll(
      state.environments,
      "environment",
      spaceId,
      given.environments,
      `${at}.environments`,
    );
    const tenantIds = names.needAll(state.tenants, "tenant", spaceId, given.tenants, `${at}.tenants`);
    const pairs = projectIds.flatMap((projectId) =>
      environmentIds.map((environmentId) => ({ projectId, environmentId })),
    );
    const id = state.nextId("DeploymentFreezes");
    state.freezes.set(id, {
      id,
      name: given.name,
      description: null,
      start: moment(given.start),
      end: moment(given.end),
      projectEnvironments:
        tenantIds.length > 0 ? {} : Object.fromEntries(projectIds.map((projectId) => [projectId, environmentIds])),
      tenantScopes: tenantIds.flatMap((tenantId) => pairs.map((pair) => ({ ...pair, tenantId }))),
    });
  });
}

function addMemberships(instance: Instance, world: ParsedWorld, home: Space, names: Names): void {
  world.users.forEach((given, index) => {
    const user = userNamed(instance, given.name);
    for (const name of given.teams) {
      const team = instance.state.teams.get(
        names.needTeam(instance.state, home.id, name, `users[${index}].teams`) ?? "",
      );
      if (user !== undefined && team?.memberIds.includes(user.id) === false) team.memberIds.push(user.id);
    }
  });
}
