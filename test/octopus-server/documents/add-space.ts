import type { Core } from "../instance.ts";
import { addLifecycle, addProjectGroup, slugOf } from "./add-configuration.ts";
import { addTeam } from "./add-people.ts";
import type { Space } from "./configuration.ts";
import type { Given } from "./given.ts";

/** Adds a space with its managers' team, a default lifecycle and a default project group. The first space of a server is the default space. */
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
