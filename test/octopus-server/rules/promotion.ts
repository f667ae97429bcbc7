import type { Phase, Tenant } from "../documents/configuration.ts";
import type { Release } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { inSpace } from "../state.ts";
import { environmentsOf, lifecycleOf, previewPhases } from "./lifecycle.ts";

/** The tenant for which a release is promoted; null without a tenant. */
export type Recipient = Tenant | null;

export interface PhaseProgress {
  readonly phase: Phase;
  readonly environmentIds: readonly string[];
  readonly succeededIn: readonly string[];
  readonly required: number;
  readonly isComplete: boolean;
}

/** The environments a release may be deployed to now, in lifecycle order, permissions aside (D26 lifecycles). */
export function promotableEnvironments(core: Core, release: Release, recipient: Recipient): readonly string[] {
  const channel = core.state.channels.get(release.channelId);
  if (channel === undefined) return [];
  if (channel.type === "EphemeralEnvironment") {
    // Ephemeral environments have no deployments for tenants (docs, ephemeral environments).
    if (recipient !== null) return [];
    return inSpace(core.state.environments, release.spaceId)
      .filter(
        ({ type, parentEnvironmentId }) => type === "Ephemeral" && parentEnvironmentId === channel.parentEnvironmentId,
      )
      .map(({ id }) => id);
  }
  const progress = phaseProgress(core, release, recipient);
  if (release.defects.some(({ status }) => status === "Unresolved")) {
    // A release with a defect stays in the phases it has reached.
    const reached = progress.findLastIndex(({ succeededIn }) => succeededIn.length > 0);
    return progress.slice(0, reached + 1).flatMap(({ environmentIds }) => environmentIds);
  }
  const stop = progress.findIndex(({ phase, isComplete }) => !isComplete && !phase.isOptional);
  return (stop < 0 ? progress : progress.slice(0, stop + 1)).flatMap(({ environmentIds }) => environmentIds);
}

/** How far a release has come, phase by phase. */
export function phaseProgress(core: Core, release: Release, recipient: Recipient): readonly PhaseProgress[] {
  const channel = core.state.channels.get(release.channelId);
  const lifecycle = channel === undefined ? undefined : lifecycleOf(core, channel);
  if (lifecycle === undefined) return [];
  const succeeded = successfulEnvironments(core, release, recipient);
  const connected = recipient === null ? undefined : (recipient.projectEnvironments[release.projectId] ?? []);
  return previewPhases(core, lifecycle).map((phase) => {
    const environmentIds = environmentsOf(phase).filter((id) => connected === undefined || connected.includes(id));
    const succeededIn = environmentIds.filter((id) => succeeded.has(id));
    const required =
      phase.minimumBeforePromotion === 0
        ? environmentIds.length
        : Math.min(phase.minimumBeforePromotion, environmentIds.length);
    const isMissed = connected !== undefined && environmentIds.length === 0;
    const isComplete = isMissed ? isMissedPhaseComplete(core, release, phase) : succeededIn.length >= required;
    return { phase, environmentIds, succeededIn, required, isComplete };
  });
}

/** Whether a phase in which a tenant has no environment counts as complete, by the switch `tenantMissesPhase`. */
function isMissedPhaseComplete(core: Core, release: Release, phase: Phase): boolean {
  const { tenantMissesPhase } = core.switches();
  if (tenantMissesPhase !== "needsAnother") return tenantMissesPhase === "skipped";
  const { history } = core.state;
  const deployments = history.deploymentsOf({ releaseId: release.id });
  const done = environmentsOf(phase).filter((id) =>
    deployments.some((deployment) => deployment.environmentId === id && history.stateOf(deployment) === "Success"),
  );
  return done.length >= (phase.minimumBeforePromotion || environmentsOf(phase).length);
}

function successfulEnvironments(core: Core, release: Release, recipient: Recipient): ReadonlySet<string> {
  const { history } = core.state;
  const { promoteToCountsTenantDeployments, failedRedeployUndoesPhase } = core.switches();
  const succeeded = new Set<string>();
  const failedSince = otherTenantsFailures(core, release, recipient);
  // Newest first, so a failure comes before the successes that it undoes.
  for (const deployment of history.deploymentsOf({ releaseId: release.id })) {
    const counts =
      recipient === null
        ? deployment.tenantId === null || promoteToCountsTenantDeployments
        : deployment.tenantId === recipient.id;
    if (!counts) continue;
    const state = history.stateOf(deployment);
    if (state === "Success" && !failedSince.has(deployment.environmentId)) succeeded.add(deployment.environmentId);
    if (state === "Failed" && failedRedeployUndoesPhase) failedSince.add(deployment.environmentId);
  }
  return succeeded;
}

/** Where another tenant's newest deployment of a release failed, on servers where that blocks all tenants. */
function otherTenantsFailures(core: Core, release: Release, recipient: Recipient): Set<string> {
  const stuck = new Set<string>();
  if (recipient === null || !core.switches().otherTenantsFailureBlocks) return stuck;
  const { history } = core.state;
  const seen = new Set<string>();
  for (const deployment of history.deploymentsOf({ releaseId: release.id })) {
    const { environmentId, tenantId } = deployment;
    // A later deployment for this tenant lifts the block for it.
    const place = `${environmentId}/${tenantId === recipient.id ? "" : tenantId}`;
    if (seen.has(place) || seen.has(`${environmentId}/`)) continue;
    seen.add(place);
    if (tenantId === recipient.id || tenantId === null) continue;
    if (["Failed", "Canceled"].includes(history.stateOf(deployment))) stuck.add(environmentId);
  }
  return stuck;
}
