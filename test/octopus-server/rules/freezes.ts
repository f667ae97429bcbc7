import type { Freeze } from "../documents/configuration.ts";
import type { Core } from "../instance.ts";

export interface FreezeScope {
  readonly projectId: string;
  readonly environmentId: string;
  readonly tenantId: string | null;
}

/** The freezes that forbid a deployment to start at an instant. */
export function activeFreezes(core: Core, scope: FreezeScope, instant: number): readonly Freeze[] {
  return [...core.state.freezes.values()].filter(
    (freeze) => freeze.start <= instant && instant < freeze.end && concerns(freeze, scope),
  );
}

function concerns(freeze: Freeze, { projectId, environmentId, tenantId }: FreezeScope): boolean {
  if (freeze.projectEnvironments[projectId]?.includes(environmentId) === true) return true;
  return freeze.tenantScopes.some(
    (scope) => scope.projectId === projectId && scope.environmentId === environmentId && scope.tenantId === tenantId,
  );
}
