import type { Instant } from "./model.ts";
import { type ActiveFreeze, freezesAt } from "./plan/freezes.ts";
import type { Context } from "./resolve-context.ts";

/**
 * The freezes that forbid a deployment of the child project to its destination to start at an instant. None when the server knows no
 * freezes or does not show them: it still refuses what it must when the deployment is created.
 */
export async function activeFreezes(
  { space, project, tenant, destination }: Pick<Context, "space" | "project" | "tenant" | "destination">,
  start: Instant,
): Promise<readonly ActiveFreeze[]> {
  const freezes = await space.deploymentFreezes(project.id);
  const scope = { projectId: project.id, environmentId: destination.id, tenantId: tenant?.id };
  return freezesAt(freezes ?? [], scope, start);
}
