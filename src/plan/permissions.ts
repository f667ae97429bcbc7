import type { Id, PermissionGrant } from "../model.ts";

export interface Place {
  readonly projectId: Id<"Project">;
  readonly environmentIds: readonly Id<"Environment">[];
}

/** The first of the permissions that the grants do not give for the project and every one of the environments. */
export function missingPermission(
  needed: readonly string[],
  place: Place,
  grants: readonly PermissionGrant[],
): string | undefined {
  return needed.find(
    (permission) =>
      !place.environmentIds.every((environmentId) => isGranted(permission, place.projectId, environmentId, grants)),
  );
}

function isGranted(
  permission: string,
  projectId: Id<"Project">,
  environmentId: Id<"Environment">,
  grants: readonly PermissionGrant[],
): boolean {
  return grants.some(
    (grant) =>
      grant.permission === permission &&
      (grant.projectIds.length === 0 || grant.projectIds.includes(projectId)) &&
      (grant.environmentIds.length === 0 || grant.environmentIds.includes(environmentId)),
  );
}
