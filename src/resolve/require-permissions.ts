import { PermissionError } from "../errors.ts";
import type { Named, Project } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { missingPermission } from "../rules/permissions.ts";
import { quotedList } from "../text/format.ts";

/** The permissions that are needed, and for which project, environments and tenant. */
export interface RightsQuestion {
  readonly space: Pick<SpaceGateway, "ownPermissions">;
  readonly project: Pick<Project, "id" | "projectGroupId" | "name">;
  /** Absent means untenanted. */
  readonly tenant?: Named<"Tenant"> | undefined;
  readonly environments: readonly Named<"Environment">[];
  readonly needed: readonly string[];
}

/** The first permission that the API key lacks in one of the environments. If the server does not tell, none is taken for missing. */
export async function lackingPermission(question: RightsQuestion): Promise<string | undefined> {
  const { space, project, tenant, environments, needed } = question;
  const grants = await space.ownPermissions();
  const place = { project, environmentIds: environments.map(({ id }) => id), tenantId: tenant?.id };
  return grants && missingPermission(needed, place, grants);
}

/**
 * Lists leave out what the API key may not see, so an empty list proves nothing. Reads the permissions of the key and throws
 * `PermissionError` with the first missing one.
 * @param observation the empty list, as the beginning of a sentence. Absent means that the permissions are needed in any case
 */
export async function requirePermissions(question: RightsQuestion, observation?: string): Promise<void> {
  const { project, tenant, environments } = question;
  const missing = await lackingPermission(question);
  if (missing === undefined) return;
  const names = quotedList(environments.map(({ name }) => name));
  const of = tenant === undefined ? "" : ` for the tenant "${tenant.name}"`;
  const lacks = `API key lacks the permission ${missing} for the project "${project.name}" in ${names}${of}.`;
  throw new PermissionError(
    403,
    observation === undefined ? `The ${lacks}` : `${observation}, perhaps only because the ${lacks}`,
    `Give the service account a role with ${missing} for this project and environment, then deploy again.`,
  );
}
