import type { Id, PermissionGrant, Project } from "../model.ts";

export interface Place {
  readonly project: Pick<Project, "id" | "projectGroupId">;
  readonly environmentIds: readonly Id<"Environment">[];
  /** Absent means untenanted. */
  readonly tenantId?: Id<"Tenant"> | undefined;
}

/**
 * The first of the permissions that the grants do not give for the project in every one of the environments. `undefined` means that they give all.
 */
export function missingPermission(
  needed: readonly string[],
  place: Place,
  grants: readonly PermissionGrant[],
): string | undefined {
  return needed.find(
    (permission) =>
      !place.environmentIds.every((environmentId) => isGranted(permission, { ...place, environmentId }, grants)),
  );
}

function isGranted(
  permission: string,
  { project, tenantId, environmentId }: Omit<Place, "environmentIds"> & { readonly environmentId: Id<"Environment"> },
  grants: readonly PermissionGrant[],
): boolean {
  return grants.some(
    (grant) =>
      grant.permission === permission &&
      coversProject(grant, project) &&
      // A grant for some tenants says nothing about untenanted deployments.
      (grant.tenantIds.length === 0 || (tenantId !== undefined && grant.tenantIds.includes(tenantId))) &&
      (grant.environmentIds.length === 0 || grant.environmentIds.includes(environmentId)),
  );
}

function coversProject(grant: PermissionGrant, { id, projectGroupId }: Place["project"]): boolean {
  const isUnrestricted = grant.projectIds.length === 0 && grant.projectGroupIds.length === 0;
  const coversGroup = projectGroupId !== undefined && grant.projectGroupIds.includes(projectGroupId);
  return isUnrestricted || grant.projectIds.includes(id) || coversGroup;
}
