import * as z from "zod/mini";
import type { Id, PermissionGrant } from "../model.ts";
import { ids, listOf, optionalId, optional, recordOf, resource, texts } from "./fields.ts";

const Restriction = resource({
  spaceId: optionalId<"Space">(),
  projectIds: ["RestrictedToProjectIds", ids<"Project">()],
  projectGroupIds: ["RestrictedToProjectGroupIds", ids<"ProjectGroup">()],
  environmentIds: ["RestrictedToEnvironmentIds", ids<"Environment">()],
  tenantIds: ["RestrictedToTenantIds", ids<"Tenant">()],
});

/** `users/{id}/permissions`: one entry for each permission and each way in which it was granted. Shape: `UserPermissionSetResource` of Swagger 2020.5. */
export const PermissionSet = resource({
  isPermissionsComplete: optional(z.boolean(), true),
  spacePermissions: recordOf(listOf(Restriction)),
  systemPermissions: texts,
});
export type PermissionSet = z.infer<typeof PermissionSet>;

/** The grants that hold in one space; `undefined` when the server says that it does not tell everything. */
export function grantsIn(space: Id<"Space">, permissions: PermissionSet): readonly PermissionGrant[] | undefined {
  if (!permissions.isPermissionsComplete) return undefined;
  const inSpace = Object.entries(permissions.spacePermissions).flatMap(([permission, restrictions]) =>
    restrictions.flatMap(({ spaceId, ...restricted }) =>
      spaceId === undefined || spaceId === space ? [{ permission, ...restricted }] : [],
    ),
  );
  const everywhere = { projectIds: [], projectGroupIds: [], environmentIds: [], tenantIds: [] };
  return [...inSpace, ...permissions.systemPermissions.map((permission) => ({ permission, ...everywhere }))];
}
