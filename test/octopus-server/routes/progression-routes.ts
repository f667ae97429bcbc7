import type { Phase } from "../documents/configuration.ts";
import type { Deployment, Release } from "../documents/execution.ts";
import { badRequest } from "../http/refusal.ts";
import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { resource } from "../resources/common.ts";
import { channelResource, phaseResource } from "../resources/configuration.ts";
import { dashboardItem } from "../resources/dashboard.ts";
import { deploymentResource, releaseResource } from "../resources/execution.ts";
import { taskResource } from "../resources/task.ts";
import { environmentsOf, lifecycleOf, previewPhases } from "../rules/lifecycle.ts";
import { phaseProgress, promotableEnvironments } from "../rules/promotion.ts";
import { taskLeft } from "../rules/retention.ts";
import { deploymentPlace, demandSight, projectOf, releaseOf } from "./lookup.ts";

export const progressionRoutes: readonly Route[] = [
  space("GET", "progression/{id}", "ProgressionResource", "D26 progression", ofProject),
  space("GET", "projects/{id}/progression", "ProgressionResource", "D26 progression", ofProject),
  space("GET", "releases/{id}/progression", "LifecycleProgressionResource", "D26 releases", ofRelease),
];

/** The recent releases of a project, and how far each has come (D26 progression). */
function ofProject(call: SpaceCall): Reply {
  const { instance } = call;
  const project = projectOf(call);
  demandSight(call, "ReleaseView", { spaceId: project.spaceId, projectId: project.id }, project.id);
  const count = call.query.wholeNumber("releaseHistoryCount", 3);
  if (count < 1 || count > 100) throw badRequest("The 'releaseHistoryCount' parameter must be between 1 and 100.");
  const channels = [...instance.state.channels.values()].filter(({ projectId }) => projectId === project.id);
  const environmentsByChannel = new Map(channels.map((channel) => [channel.id, environmentsFor(call, channel.id)]));
  const visible = instance.state.history
    .deploymentsOf({ projectId: project.id })
    .filter((deployment) => call.access.may("DeploymentView", deploymentPlace(deployment)));
  const releases = recentReleases(call, project.id, visible, count);
  const current = newestPerPlace(visible);
  const all = [...new Set([...environmentsByChannel.values()].flat())];
  return ok({
    ...resource(null, { Self: `${instance.api}/${project.spaceId}/progression/${project.id}` }),
    Environments: all.map((id) => reference(call, id)),
    ChannelEnvironments: Object.fromEntries(
      [...environmentsByChannel].map(([id, environments]) => [
        id,
        environments.map((environment) => reference(call, environment)),
      ]),
    ),
    LifecycleEnvironments: Object.fromEntries(
      channels.flatMap((channel) => {
        const lifecycle = lifecycleOf(instance, channel);
        return lifecycle === undefined
          ? []
          : [[lifecycle.id, (environmentsByChannel.get(channel.id) ?? []).map((id) => reference(call, id))]];
      }),
    ),
    Releases: releases.map((release) =>
      releaseProgress(call, release, environmentsByChannel.get(release.channelId) ?? [], current),
    ),
  });
}

function environmentsFor(call: SpaceCall, channelId: string): readonly string[] {
  const channel = call.instance.state.channels.get(channelId);
  const lifecycle = channel === undefined ? undefined : lifecycleOf(call.instance, channel);
  if (lifecycle === undefined) return [];
  return previewPhases(call.instance, lifecycle)
    .flatMap(environmentsOf)
    .filter((environmentId) => call.access.may("EnvironmentView", { spaceId: call.space.id, environmentId }));
}

/** The newest releases deployed per environment, channel and tenant, and the newest releases of each channel; newest first. */
function recentReleases(
  call: SpaceCall,
  projectId: string,
  newestFirst: readonly Deployment[],
  count: number,
): readonly Release[] {
  const { history } = call.instance.state;
  const chosen = new Set<string>();
  const seen = createPlaces(() => new Set<string>());
  for (const deployment of newestFirst) {
    const releases = seen(deployment.environmentId, deployment.channelId, deployment.tenantId);
    if (releases.size >= count) continue;
    releases.add(deployment.releaseId);
    chosen.add(deployment.releaseId);
  }
  const perChannel = new Map<string, number>();
  for (const { id, channelId } of history.releasesOf({ projectId })) {
    const number = (perChannel.get(channelId) ?? 0) + 1;
    perChannel.set(channelId, number);
    if (number <= count) chosen.add(id);
  }
  return [...chosen]
    .map((id) => history.releases.get(id))
    .filter((release) => release !== undefined)
    .sort((a, b) => b.assembled - a.assembled || b.number - a.number);
}

/** The newest deployment of each environment and tenant. */
function newestPerPlace(newestFirst: readonly Deployment[]): ReadonlySet<string> {
  const places = createPlaces(() => ({ isTaken: false }));
  const newest = new Set<string>();
  for (const { id, environmentId, tenantId } of newestFirst) {
    const place = places(environmentId, "", tenantId);
    if (!place.isTaken) newest.add(id);
    place.isTaken = true;
  }
  return newest;
}

/** A value per place, made on first use. The maps are nested, because joining keys would take most of the time in long histories. */
function createPlaces<T>(make: () => T): (environmentId: string, channelId: string, tenantId: string | null) => T {
  const environments = new Map<string, Map<string, Map<string | null, T>>>();
  return (environmentId, channelId, tenantId) => {
    const channels = getOrAdd(environments, environmentId, () => new Map<string, Map<string | null, T>>());
    return getOrAdd(
      getOrAdd(channels, channelId, () => new Map<string | null, T>()),
      tenantId,
      make,
    );
  };
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

function releaseProgress(
  call: SpaceCall,
  release: Release,
  environments: readonly string[],
  current: ReadonlySet<string>,
): unknown {
  const { instance } = call;
  const deployments = instance.state.history
    .deploymentsOf({ releaseId: release.id })
    .filter((deployment) => call.access.may("DeploymentView", deploymentPlace(deployment)));
  const channel = instance.state.channels.get(release.channelId);
  const succeeded = new Set(phaseProgress(instance, release, null).flatMap(({ succeededIn }) => succeededIn));
  return {
    Release: releaseResource(instance, release),
    Channel: channel === undefined ? null : channelResource(instance, channel),
    Deployments: Object.fromEntries(
      environments.map((id) => [
        id,
        deployments
          .filter(({ environmentId }) => environmentId === id)
          .map((deployment) =>
            dashboardItem(instance, deployment, { isCurrent: current.has(deployment.id), isPrevious: false }),
          ),
      ]),
    ),
    NextDeployments: promotableEnvironments(instance, release, null).filter((id) => !succeeded.has(id)),
    HasUnresolvedDefect: release.defects.some(({ status }) => status === "Unresolved"),
    ReleaseRetentionPeriod: null,
    TentacleRetentionPeriod: null,
  };
}

function reference(call: SpaceCall, id: string): unknown {
  return { Id: id, Name: call.instance.state.environments.get(id)?.name ?? "" };
}

/** A release's progress through its lifecycle, without regard to tenants (D26 releases). */
function ofRelease(call: SpaceCall): Reply {
  const { instance } = call;
  const release = releaseOf(call);
  const progress = phaseProgress(instance, release, null);
  const blocked = release.defects.some(({ status }) => status === "Unresolved");
  const currentIndex = progress.findIndex(({ isComplete, phase }) => !isComplete && !phase.isOptional);
  const deployments = instance.state.history
    .deploymentsOf({ releaseId: release.id })
    .filter((deployment) => call.access.may("DeploymentView", deploymentPlace(deployment)));
  const succeeded = new Set(progress.flatMap(({ succeededIn }) => succeededIn));
  return ok({
    ...resource(null, { Self: `${instance.api}/${release.spaceId}/releases/${release.id}/progression` }),
    Phases: progress.map((entry, index) => ({
      ...progressPhase(entry.phase),
      Blocked: blocked && index >= currentIndex && currentIndex >= 0,
      Progress: entry.isComplete ? "Complete" : index === currentIndex ? "Current" : "Pending",
      Deployments: deployments
        .filter(({ environmentId }) => entry.environmentIds.includes(environmentId))
        .map((deployment) => {
          const task = taskLeft(instance, deployment);
          return {
            Task: task === undefined ? null : taskResource(instance, task),
            Deployment: deploymentResource(instance, deployment),
          };
        }),
    })),
    NextDeployments: promotableEnvironments(instance, release, null).filter((id) => !succeeded.has(id)),
    NextDeploymentsMinimumRequired: progress[currentIndex]?.required ?? 0,
  });
}

function progressPhase(phase: Phase): object {
  const { ReleaseRetentionPolicy: _release, TentacleRetentionPolicy: _tentacle, ...shown } = phaseResource(phase);
  return shown;
}
