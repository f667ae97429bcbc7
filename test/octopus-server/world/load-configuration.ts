import {
  addEnvironment,
  addLifecycle,
  addMachine,
  addProjectGroup,
  addTagSet,
  addTenant,
  newPhase,
} from "../documents/add-configuration.ts";
import { addTeam } from "../documents/add-people.ts";
import type { Space } from "../documents/configuration.ts";
import type { Instance } from "../instance.ts";
import { loadFreezes } from "./load-freezes.ts";
import { usersNamed } from "./load-people.ts";
import { loadLibraryVariableSets, loadProjects } from "./load-projects.ts";
import { loadTeamRoles } from "./load-team-roles.ts";
import type { Names } from "./names.ts";
import type { SpaceContent } from "./world.ts";

/** Loads everything of a space but its releases and deployments. */
export function loadConfiguration(
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
  for (const { name, tags, scopes } of content.tagSets) {
    addTagSet(instance, { spaceId, name, scopes, tagList: tags.map((tag) => ({ name: tag })) });
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
