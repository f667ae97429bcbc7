import type { DeploymentFreeze, FreezeScope, Instant } from "../model.ts";
import { instantText } from "./words.ts";

/** A freeze that forbids deployments to start, and when it ends. */
export interface ActiveFreeze {
  readonly freeze: DeploymentFreeze;
  readonly until: Instant;
}

/**
 * The freezes that hold at an instant in a place: those of its project and environment, for everybody or for its tenant. When a recurring
 * freeze comes again only the server knows for certain: it refuses the deployment then, and the step shows its words.
 */
export function freezesAt(
  freezes: readonly DeploymentFreeze[],
  { projectId, environmentId, tenantId }: FreezeScope,
  instant: Instant,
): readonly ActiveFreeze[] {
  return freezes
    .filter(({ scopes }) =>
      scopes.some(
        (scope) =>
          scope.projectId === projectId &&
          scope.environmentId === environmentId &&
          (scope.tenantId === undefined || scope.tenantId === tenantId),
      ),
    )
    .filter(({ start, end }) => start <= instant && instant < end)
    .map((freeze) => ({ freeze, until: freeze.end }));
}

/** `the deployment freeze "Xmas" until 2027-01-03 00:00 UTC` */
export function freezeText({ freeze, until }: ActiveFreeze): string {
  return `the deployment freeze "${freeze.name}" until ${instantText(until)}`;
}
