import type { FreezeScope, Instant } from "../model.ts";
import { type ActiveFreeze, freezesAt, freezesMeant } from "../rules/freezes.ts";
import type { Context } from "../resolve/resolve-context.ts";

type Place = Pick<Context, "space" | "project" | "tenant" | "destination">;

/**
 * The freezes that prevent a deployment of the child project to its destination from starting at an instant. None if the server knows no
 * freezes or does not show them: the server still refuses the deployment when it is created. A recurring freeze counts only if the server
 * tells an occurrence: one that does not know the instant lists the freeze between two of them as well.
 */
export async function activeFreezes(place: Place, start: Instant): Promise<readonly ActiveFreeze[]> {
  const freezes = await place.space.deploymentFreezes({ projectIds: [place.project.id], at: start });
  return freezesAt(freezes ?? [], scopeOf(place), start).filter(({ until }) => until !== undefined);
}

/**
 * The freezes because of which the server refused to create a deployment. All freezes are read, because the server alone decides which ones
 * apply to a project.
 * @param start when the deployment was to start. Absent means at once, by the server's clock
 */
export async function freezesBehind(
  place: Place,
  refusal: { readonly start: Instant | undefined; readonly now: Instant; readonly words: string },
): Promise<readonly ActiveFreeze[]> {
  const { start, now, words } = refusal;
  const freezes = await place.space.deploymentFreezes({ at: start });
  return freezesMeant(freezes ?? [], scopeOf(place), { instant: start ?? now, words });
}

function scopeOf({ project, destination, tenant }: Place): FreezeScope {
  return { projectId: project.id, environmentId: destination.id, tenantId: tenant?.id };
}
