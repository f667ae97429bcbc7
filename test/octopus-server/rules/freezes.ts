import type { Freeze } from "../documents/configuration.ts";
import type { Deployment } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { isEphemeral } from "./environments.ts";
import { occurrenceAt } from "./recurrence.ts";
import type { Occurrence } from "./recurrence.ts";

export interface FreezeScope {
  readonly projectId: string;
  readonly environmentId: string;
  readonly tenantId: string | null;
}

/** The freezes that forbid a deployment to start at an instant, except those that were overridden for it. */
export function activeFreezes(
  core: Core,
  scope: FreezeScope,
  instant: number,
  overriddenIds: readonly string[],
): readonly Freeze[] {
  // Freezes do not apply to ephemeral environments (docs, ephemeral environments).
  if (isEphemeral(core, scope.environmentId)) return [];
  return [...core.state.freezes.values()].filter(
    (freeze) => !overriddenIds.includes(freeze.id) && isActive(freeze, instant) && concerns(freeze, scope),
  );
}

export function prevented({ name }: Freeze): string {
  return `The deployment is prevented by the deployment freeze '${name}'.`;
}

/** Why a deployment that starts now fails: a freeze has begun since it was created (docs, project deployment freezes). */
export function failureByFreeze(core: Core, deployment: Deployment): string | undefined {
  const now = core.timeline.now();
  const [freeze] = activeFreezes(core, deployment, now, deployment.overriddenFreezeIds);
  return freeze === undefined ? undefined : prevented(freeze);
}

export function isActive(freeze: Freeze, instant: number): boolean {
  const { start, end } = occurrenceOf(freeze, instant);
  return start <= instant && instant < end;
}

/** The occurrence that is going on at an instant, else the next one, else the last. */
export function occurrenceOf(freeze: Freeze, instant: number): Occurrence {
  return occurrenceAt(freeze, freeze.recurringSchedule, instant);
}

function concerns(freeze: Freeze, { projectId, environmentId, tenantId }: FreezeScope): boolean {
  if (freeze.projectEnvironments[projectId]?.includes(environmentId) === true) return true;
  return freeze.tenantScopes.some(
    (scope) => scope.projectId === projectId && scope.environmentId === environmentId && scope.tenantId === tenantId,
  );
}
