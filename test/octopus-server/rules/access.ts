import type { User } from "../documents/configuration.ts";
import { missingPermission } from "../http/refusal.ts";
import type { State } from "../state.ts";

/** Where a permission is needed. A property that is left out does not matter; `tenantId: null` stands for an untenanted deployment. */
export interface Place {
  readonly spaceId: string | null;
  readonly projectId?: string | null;
  readonly environmentId?: string | null;
  readonly tenantId?: string | null;
}

/** A permission that a user has through one role of one team. Empty restrictions mean everywhere. */
export interface Grant {
  readonly permission: string;
  /** Null: a permission of the whole server. */
  readonly spaceId: string | null;
  readonly projectIds: readonly string[];
  readonly projectGroupIds: readonly string[];
  readonly environmentIds: readonly string[];
  readonly tenantIds: readonly string[];
}

/** What one user may do. */
export interface Access {
  readonly grants: readonly Grant[];
  readonly teamIds: ReadonlySet<string>;
  may(permission: string, place: Place): boolean;
  /** Throws the 403 that names the permission. */
  demand(permission: string, place: Place): void;
  seesSpace(spaceId: string): boolean;
}

export interface AccessCache {
  of(user: User): Access;
  /** Must be called after every change to users, teams and roles. */
  forget(): void;
}

export const administratorsTeamId = "teams-administrators";
export const everyoneTeamId = "teams-everyone";

/** The restrictions that apply to each permission; the others ignore restrictions. `projects` includes project groups. */
const restrictable: Readonly<Record<string, string>> = {
  ProjectView: "projects",
  ProjectEdit: "projects",
  ProjectDelete: "projects",
  ProcessView: "projects",
  ProcessEdit: "projects",
  ReleaseView: "projects",
  ReleaseCreate: "projects",
  ReleaseEdit: "projects",
  ReleaseDelete: "projects",
  DefectReport: "projects",
  DefectResolve: "projects",
  DeploymentView: "projects environments tenants",
  DeploymentCreate: "projects environments tenants",
  DeploymentDelete: "projects environments tenants",
  TaskView: "projects environments tenants",
  TaskCancel: "projects environments tenants",
  TaskCreate: "projects environments tenants",
  TaskEdit: "projects environments tenants",
  InterruptionView: "projects environments tenants",
  InterruptionSubmit: "projects environments tenants",
  InterruptionViewSubmitResponsible: "projects environments tenants",
  ArtifactView: "projects environments tenants",
  ArtifactCreate: "projects environments tenants",
  ArtifactEdit: "projects environments tenants",
  ArtifactDelete: "projects environments tenants",
  EventView: "projects environments tenants",
  VariableView: "projects environments tenants",
  VariableEdit: "projects environments tenants",
  EnvironmentView: "environments",
  EnvironmentEdit: "environments",
  EnvironmentDelete: "environments",
  MachineView: "environments tenants",
  MachineCreate: "environments tenants",
  MachineEdit: "environments tenants",
  MachineDelete: "environments tenants",
  TenantView: "tenants",
  TenantEdit: "tenants",
  TenantDelete: "tenants",
};

export function createAccessCache(state: State): AccessCache {
  const known = new Map<string, Access>();
  return {
    of: (user) => {
      const access = known.get(user.id) ?? accessOf(user, state);
      known.set(user.id, access);
      return access;
    },
    forget: () => known.clear(),
  };
}

function accessOf(user: User, state: State): Access {
  const teamIds = new Set(
    [...state.teams.values()]
      .filter(
        (team) =>
          team.id === everyoneTeamId || team.memberIds.includes(user.id) || team.externalMemberIds.includes(user.id),
      )
      .map((team) => team.id),
  );
  const isAdministrator = teamIds.has(administratorsTeamId);
  const grants = grantsOf(teamIds, state);
  const byPermission = new Map<string, Grant[]>();
  for (const grant of grants)
    byPermission.set(grant.permission, [...(byPermission.get(grant.permission) ?? []), grant]);
  const everywhere = unrestrictedSpaces(grants);
  const answers = new Map<string, boolean>();

  function decide(permission: string, place: Place): boolean {
    const groupId =
      place.projectId === undefined || place.projectId === null
        ? undefined
        : state.projects.get(place.projectId)?.projectGroupId;
    return (byPermission.get(permission) ?? []).some((grant) => covers(grant, place, groupId));
  }

  function may(permission: string, place: Place): boolean {
    if (isAdministrator || everywhere.get(permission)?.has(place.spaceId) === true) return true;
    // Lists of many deployments ask about the same few places again and again.
    const key = `${permission} ${place.spaceId} ${place.projectId} ${place.environmentId} ${place.tenantId}`;
    const answer = answers.get(key) ?? decide(permission, place);
    answers.set(key, answer);
    return answer;
  }

  return {
    grants,
    teamIds,
    may,
    demand: (permission, place) => {
      if (!may(permission, place)) throw missingPermission(permission);
    },
    seesSpace: (spaceId) =>
      isAdministrator ||
      may("SpaceView", { spaceId: null }) ||
      grants.some((grant) => grant.spaceId === spaceId) ||
      [...teamIds].some((id) => state.teams.get(id)?.spaceId === spaceId),
  };
}

function grantsOf(teamIds: ReadonlySet<string>, state: State): readonly Grant[] {
  const grants: Grant[] = [];
  for (const scoped of state.scopedUserRoles.values()) {
    const role = state.userRoles.get(scoped.userRoleId);
    if (role === undefined || !teamIds.has(scoped.teamId)) continue;
    // A role that a team has in a space grants only its space permissions, one for the whole server only its system permissions.
    if (scoped.spaceId === null) {
      for (const permission of role.systemPermissions) grants.push({ ...unrestricted, permission, spaceId: null });
      continue;
    }
    for (const permission of role.spacePermissions) {
      const by = restrictable[permission] ?? "";
      grants.push({
        permission,
        spaceId: scoped.spaceId,
        projectIds: by.includes("projects") ? scoped.projectIds : [],
        projectGroupIds: by.includes("projects") ? scoped.projectGroupIds : [],
        environmentIds: by.includes("environments") ? scoped.environmentIds : [],
        tenantIds: by.includes("tenants") ? scoped.tenantIds : [],
      });
    }
  }
  return grants;
}

/** The spaces in which a permission is unrestricted, by permission: they answer most questions. */
function unrestrictedSpaces(grants: readonly Grant[]): ReadonlyMap<string, ReadonlySet<string | null>> {
  const spaces = new Map<string, Set<string | null>>();
  for (const { permission, spaceId, projectIds, projectGroupIds, environmentIds, tenantIds } of grants) {
    if (projectIds.length + projectGroupIds.length + environmentIds.length + tenantIds.length > 0) continue;
    spaces.set(permission, (spaces.get(permission) ?? new Set()).add(spaceId));
  }
  return spaces;
}

const unrestricted = { projectIds: [], projectGroupIds: [], environmentIds: [], tenantIds: [] };

function covers(grant: Grant, place: Place, groupId: string | undefined): boolean {
  if (grant.spaceId !== place.spaceId) return false;
  const restrictedToProjects = grant.projectIds.length > 0 || grant.projectGroupIds.length > 0;
  if (restrictedToProjects && typeof place.projectId === "string") {
    if (
      !grant.projectIds.includes(place.projectId) &&
      !(groupId !== undefined && grant.projectGroupIds.includes(groupId))
    ) {
      return false;
    }
  }
  if (grant.environmentIds.length > 0 && typeof place.environmentId === "string") {
    if (!grant.environmentIds.includes(place.environmentId)) return false;
  }
  if (grant.tenantIds.length > 0 && place.tenantId !== undefined) {
    if (place.tenantId === null || !grant.tenantIds.includes(place.tenantId)) return false;
  }
  return true;
}
