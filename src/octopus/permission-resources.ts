import * as z from "zod/mini";
import type { Id, PermissionGrant } from "../model.ts";
import { ids, listOf, optionalId, orElse, resource, texts } from "./fields.ts";

const Restriction = resource(
  {
    spaceId: optionalId<"Space">(),
    projectIds: ids<"Project">(),
    projectGroupIds: ids<"ProjectGroup">(),
    environmentIds: ids<"Environment">(),
    tenantIds: ids<"Tenant">(),
  },
  {
    projectIds: "RestrictedToProjectIds",
    projectGroupIds: "RestrictedToProjectGroupIds",
    environmentIds: "RestrictedToEnvironmentIds",
    tenantIds: "RestrictedToTenantIds",
  },
);

/** `users/{id}/permissions`: one entry per permission and way it was granted. Shape: `UserPermissionSetResource` of Swagger 2020.5. */
export const PermissionSet = resource({
  isPermissionsComplete: orElse(z.boolean(), true),
  spacePermissions: orElse(z.record(z.string(), listOf(Restriction)), {}),
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
