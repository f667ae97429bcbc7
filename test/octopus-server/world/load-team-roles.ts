import type { Instance } from "../instance.ts";
import type { Names } from "./names.ts";
import type { SpaceContent } from "./world.ts";

/** Gives the teams of a space their roles. */
export function loadTeamRoles(
  instance: Instance,
  names: Names,
  spaceId: string,
  content: SpaceContent,
  where: string,
): void {
  const { state } = instance;
  content.teams.forEach((team, index) => {
    const teamId = names.needTeam(state, spaceId, team.name, `${where}teams[${index}]`);
    team.roles.forEach((given, number) => {
      const at = `${where}teams[${index}].roles[${number}]`;
      const wanted = given.role.toLowerCase();
      const role = [...state.userRoles.values()].find(
        ({ id, name }) => id.toLowerCase() === wanted || name.toLowerCase() === wanted,
      );
      if (role === undefined) names.problems.push(`${at}: there is no user role '${given.role}'`);
      if (role === undefined || teamId === undefined) return;
      const id = state.nextId("scopeduserroles");
      state.scopedUserRoles.set(id, {
        id,
        teamId,
        userRoleId: role.id,
        spaceId: given.system ? null : spaceId,
        projectIds: names.needAll(state.projects, "project", spaceId, given.projects, at),
        projectGroupIds: names.needAll(state.projectGroups, "project group", spaceId, given.projectGroups, at),
        environmentIds: names.needAll(state.environments, "environment", spaceId, given.environments, at),
        tenantIds: names.needAll(state.tenants, "tenant", spaceId, given.tenants, at),
      });
    });
  });
}
