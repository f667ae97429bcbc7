import type { Phase, Tenant } from "../documents/configuration.ts";
import type { Release } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { inSpace } from "../state.ts";
import { environmentsOf, lifecycleOf, previewPhases } from "./lifecycle.ts";

/** For whom a release is promoted: nobody in particular (untenanted) or one tenant. */
export type Recipient = Tenant | null;

export interface PhaseProgress {
  readonly phase: Phase;
  readonly environmentIds: readonly string[];
  readonly succeededIn: readonly string[];
  readonly required: number;
  readonly isComplete: boolean;
}

/** The environments a release may be deployed to now, in lifecycle order, permissions aside (reference section 13, rule 9). */
export function promotableEnvironments(core: Core, release: Release, recipient: Recipient): readonly string[] {
  const channel = core.state.channels.get(release.channelId);
  if (channel === undefined) return [];
  if (channel.type === "EphemeralEnvironment") {
    // Nobody deploys for tenants there (docs, ephemeral environments).
    if (recipient !== null) return [];
    return inSpace(core.state.environments, release.spaceId)
      .filter(
        ({ type, parentEnvironmentId }) => type === "Ephemeral" && parentEnvironmentId === channel.parentEnvironmentId,
      )
      .map(({ id }) => id);
  }
  const progress = phaseProgress(core, release, recipient);
  if (release.defects.some(({ status }) => status === "Unresolved")) {
    // A blocked release stays where it has got to.
    const reached = progress.findLastIndex(({ succeededIn }) => succeededIn.length > 0);
    return progress.slice(0, reached + 1).flatMap(({ environmentIds }) => environmentIds);
  }
  const stop = progress.findIndex(({ phase, isComplete }) => !isComplete && !phase.isOptional);
  return (stop < 0 ? progress : progress.slice(0, stop + 1)).flatMap(({ environmentIds }) => environmentIds);
}

/** How far a release has come, phase by phase. Phases that have none of a tenant's environments do not hold it back. */
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
    return { phase, environmentIds, succeededIn, required, isComplete: succeededIn.length >= required };
  });
}

function successfulEnvironments(core: Core, release: Release, recipient: Recipient): ReadonlySet<string> {
  const { history } = core.state;
  const { promoteToCountsTenantDeployments, failedRedeployUndoesPhase } = core.switches();
  const succeeded = new Set<string>();
  const failedSince = new Set<string>();
  // Newest first: a failure that comes first is the later one.
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
