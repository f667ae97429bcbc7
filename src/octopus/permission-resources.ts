import * as z from "zod/mini";
import type { Id, PermissionGrant } from "../model.ts";
import { ids, optionalId, texts } from "./fields.ts";

const Restriction = z.object({
  SpaceId: optionalId<"Space">(),
  RestrictedToProjectIds: ids<"Project">(),
  RestrictedToProjectGroupIds: ids<"ProjectGroup">(),
  RestrictedToEnvironmentIds: ids<"Environment">(),
  RestrictedToTenantIds: ids<"Tenant">(),
});

/** `users/{id}/permissions`: one entry per permission and way it was granted. Shape: `UserPermissionSetResource` of Swagger 2020.5. */
export const PermissionSet = z.object({
  IsPermissionsComplete: z.nullish(z.boolean()),
  SpacePermissions: z.nullish(z.record(z.string(), z.nullish(z.array(Restriction)))),
  SystemPermissions: texts,
});
export type PermissionSet = z.infer<typeof PermissionSet>;

/** The grants that hold in one space; `undefined` when the server says that it does not tell everything. */
export function grantsIn(space: Id<"Space">, permissions: PermissionSet): readonly PermissionGrant[] | undefined {
  if (permissions.IsPermissionsComplete === false) return undefined;
  const inSpace = Object.entries(permissions.SpacePermissions ?? {}).flatMap(([permission, restrictions]) =>
    (restrictions ?? [])
      .filter(({ SpaceId }) => SpaceId === undefined || SpaceId === space)
      .map((restriction) => ({
        permission,
        projectIds: restriction.RestrictedToProjectIds,
        projectGroupIds: restriction.RestrictedToProjectGroupIds,
        environmentIds: restriction.RestrictedToEnvironmentIds,
        tenantIds: restriction.RestrictedToTenantIds,
      })),
  );
  return [...inSpace, ...permissions.SystemPermissions.map(systemGrant)];
}

function systemGrant(permission: string): PermissionGrant {
  return { permission, projectIds: [], projectGroupIds: [], environmentIds: [], tenantIds: [] };
}
