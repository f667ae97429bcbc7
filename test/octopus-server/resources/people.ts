import type { ApiKey, ScopedUserRole, Space, Team, User, UserRole } from "../documents/configuration.ts";
import type { Core } from "../instance.ts";
import type { Access } from "../rules/access.ts";
import { allSpacePermissions, allSystemPermissions } from "../rules/user-roles.ts";
import { dateTime, resource } from "./common.ts";

export function spaceResource(core: Core, space: Space): unknown {
  return {
    ...resource(space.id, {
      Self: `${core.api}/spaces/${space.id}`,
      SpaceHome: `${core.api}/${space.id}`,
      Web: `${web(core)}/${space.id}`,
    }),
    Name: space.name,
    Slug: space.slug,
    Description: space.description,
    IsDefault: space.isDefault,
    IsPrivate: space.isPrivate,
    TaskQueueStopped: space.taskQueueStopped,
    SpaceManagersTeams: space.managersTeamIds,
    SpaceManagersTeamMembers: space.managersUserIds,
    ExtensionSettings: [],
    Icon: null,
  };
}

/** The portal's address, with which links to its pages begin. */
export function web(core: Core): string {
  return `${core.api.replace(/\/api$/, "")}/app#`;
}

export function userResource(core: Core, user: User, asking: User): unknown {
  const self = `${core.api}/users/${user.id}`;
  return {
    ...resource(user.id, {
      Self: self,
      Permissions: `${self}/permissions`,
      Teams: `${self}/teams{?spaces,includeSystem}`,
      Spaces: `${self}/spaces`,
    }),
    Username: user.username,
    DisplayName: user.displayName,
    EmailAddress: user.emailAddress,
    IsActive: user.isActive,
    IsService: user.isService,
    IsRequestor: user.id === asking.id,
    CanPasswordBeEdited: !user.isService,
    Password: null,
    Identities: [],
    ServiceAccountType: user.isService ? "Standard" : null,
    Created: dateTime(user.created),
  };
}

/** An API key with the key itself, which the server shows only when it creates it. */
export function apiKeyResource(user: User, apiKey: ApiKey, secret: string): unknown {
  return {
    ...resource(apiKey.id, {}),
    Purpose: apiKey.purpose,
    UserId: user.id,
    ApiKey: secret,
    Created: dateTime(apiKey.created),
    Expires: dateTime(apiKey.expires),
  };
}

export function teamResource(core: Core, team: Team): unknown {
  return {
    ...resource(team.id, {
      Self: `${core.api}/teams/${team.id}`,
      ScopedUserRoles: `${core.api}/teams/${team.id}/scopeduserroles{?skip,take}`,
    }),
    Name: team.name,
    Description: team.description,
    SpaceId: team.spaceId,
    MemberUserIds: team.memberIds,
    ExternalSecurityGroups: externalGroups(team),
    CanBeDeleted: !team.isBuiltIn,
    CanBeRenamed: !team.isBuiltIn,
    CanChangeMembers: team.id !== "teams-everyone",
    CanChangeRoles: !team.isBuiltIn,
  };
}

export function membership(team: Team, user: User): unknown {
  const isDirect = team.memberIds.includes(user.id);
  return {
    UserId: user.id,
    TeamId: team.id,
    TeamName: team.name,
    IsDirectlyAssigned: isDirect,
    ExternalSecurityGroups: isDirect ? [] : externalGroups(team),
    SpaceId: team.spaceId,
  };
}

export function teamReference(team: Team, user: User): unknown {
  return {
    Id: team.id,
    Name: team.name,
    SpaceId: team.spaceId,
    IsDirectlyAssigned: team.memberIds.includes(user.id),
    ExternalSecurityGroups: externalGroups(team),
  };
}

function externalGroups(team: Team): unknown {
  return team.externalGroups.map(({ id, name }) => ({ Id: id, DisplayName: name, DisplayIdAndName: false }));
}

export function userRoleResource(core: Core, role: UserRole): unknown {
  return {
    ...resource(role.id, { Self: `${core.api}/userroles/${role.id}` }),
    Name: role.name,
    Description: role.description,
    CanBeDeleted: !role.isBuiltIn,
    GrantedSpacePermissions: role.spacePermissions,
    GrantedSystemPermissions: role.systemPermissions,
    SpacePermissionDescriptions: [],
    SystemPermissionDescriptions: [],
    SupportedRestrictions: [],
  };
}

export function scopedUserRoleResource(core: Core, scoped: ScopedUserRole): unknown {
  return {
    ...resource(scoped.id, { Self: `${core.api}/scopeduserroles/${scoped.id}` }),
    TeamId: scoped.teamId,
    UserRoleId: scoped.userRoleId,
    SpaceId: scoped.spaceId,
    ProjectIds: scoped.projectIds,
    ProjectGroupIds: scoped.projectGroupIds,
    EnvironmentIds: scoped.environmentIds,
    TenantIds: scoped.tenantIds,
  };
}

/** The permissions of a user, each with the restrictions under which it was granted (D26 user-permissions). */
export function permissionSet(
  core: Core,
  user: User,
  access: Access,
  spaceIds: readonly string[],
  includeSystem: boolean,
): unknown {
  const spacePermissions: Record<string, unknown[]> = {};
  function add(permission: string, where: unknown): void {
    (spacePermissions[permission] ??= []).push(where);
  }
  if (access.may("AdministerSystem", { spaceId: null })) {
    for (const permission of allSpacePermissions) for (const spaceId of spaceIds) add(permission, restriction(spaceId));
  } else {
    for (const grant of access.grants) {
      if (grant.spaceId === null || !spaceIds.includes(grant.spaceId)) continue;
      add(grant.permission, {
        SpaceId: grant.spaceId,
        RestrictedToProjectIds: grant.projectIds,
        RestrictedToProjectGroupIds: grant.projectGroupIds,
        RestrictedToEnvironmentIds: grant.environmentIds,
        RestrictedToTenantIds: grant.tenantIds,
      });
    }
  }
  const teams = [...access.teamIds].map((id) => core.state.teams.get(id)).filter((team) => team !== undefined);
  return {
    ...resource(user.id, { Self: `${core.api}/users/${user.id}/permissions` }),
    SpacePermissions: spacePermissions,
    SystemPermissions: includeSystem
      ? allSystemPermissions.filter((permission) => access.may(permission, { spaceId: null }))
      : [],
    Teams: teams
      .filter(({ spaceId }) => (spaceId === null ? includeSystem : spaceIds.includes(spaceId)))
      .map((team) => teamReference(team, user)),
    IsPermissionsComplete: true,
    IsTeamsComplete: true,
  };
}

function restriction(spaceId: string): unknown {
  return {
    SpaceId: spaceId,
    RestrictedToProjectIds: [],
    RestrictedToProjectGroupIds: [],
    RestrictedToEnvironmentIds: [],
    RestrictedToTenantIds: [],
  };
}
