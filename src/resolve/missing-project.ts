import { PermissionError } from "../errors.ts";
import type { OctopusGateway } from "../octopus/gateway.ts";
import { matchName } from "../rules/match-name.ts";
import type { Settings } from "../settings.ts";
import { quoted } from "../text/format.ts";
import { resolveSpace } from "./resolve-context.ts";

/**
 * Whether the child's project does not exist. Lists leave out what the API key may not see: throws `PermissionError` unless the key sees all
 * projects of the space.
 */
export async function isMissing(settings: Settings, octopus: OctopusGateway): Promise<boolean> {
  const { project, space: spaceName } = settings.child;
  const space = octopus.inSpace(await resolveSpace(settings, octopus));
  if (matchName(project, await space.projectsNamed(project)).kind !== "none") return false;
  const grants = await space.ownPermissions();
  const seesAll = grants?.some(
    ({ permission, projectIds, projectGroupIds, environmentIds, tenantIds }) =>
      permission === "ProjectView" &&
      [projectIds, projectGroupIds, environmentIds, tenantIds].every(({ length }) => length === 0),
  );
  if (seesAll === false)
    throw new PermissionError(
      403,
      `The project ${quoted(project)} was not found in the space ${quoted(spaceName)}, but the API key cannot see all projects there (ProjectView).`,
      `Give the service account a role with ProjectView for all projects of the space, or remove "if missing" from the list.`,
    );
  return true;
}
