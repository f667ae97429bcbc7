import type { Id } from "../model.ts";
import type { SpaceGateway } from "./gateway.ts";
import { DeploymentPreview, ReleaseChange, ReleaseProgression } from "./preview-resources.ts";
import type { Requests } from "./requests.ts";
import { DeploymentTemplate, Progression, Release } from "./resources.ts";

type ReleaseCalls = Pick<
  SpaceGateway,
  | "release"
  | "releaseChange"
  | "phasesOfRelease"
  | "deploymentPreview"
  | "releasesOfChannel"
  | "deploymentTemplate"
  | "progressionOf"
>;

/** https://octopus.com/docs/api/releases, …/channels, …/progression */
export function releaseCalls(spaceId: Id<"Space">, requests: Requests): ReleaseCalls {
  return {
    release: (releaseId) =>
      requests.readIfExists({
        purpose: `reading the release ${releaseId}`,
        path: "~/api/{spaceId}/releases/{releaseId}",
        args: { spaceId, releaseId },
        shape: Release,
      }),
    releaseChange: (releaseId) =>
      requests.readIfExists({
        purpose: `reading the build information of the release ${releaseId}`,
        path: "~/api/{spaceId}/releases/{releaseId}",
        args: { spaceId, releaseId },
        shape: ReleaseChange,
      }),
    phasesOfRelease: (releaseId) =>
      requests.read({
        purpose: `asking where the release ${releaseId} was deployed`,
        path: "~/api/{spaceId}/releases/{releaseId}/progression",
        args: { spaceId, releaseId },
        shape: ReleaseProgression,
      }),
    deploymentPreview: (releaseId, environmentId) =>
      requests.read({
        purpose: `asking what deploying the release ${releaseId} would do`,
        path: "~/api/{spaceId}/releases/{releaseId}/deployments/preview/{environmentId}",
        args: { spaceId, releaseId, environmentId },
        shape: DeploymentPreview,
      }),
    releasesOfChannel: (channelId, search = {}) =>
      requests.readPages(
        {
          purpose: "reading the channel's releases",
          path: "~/api/{spaceId}/channels/{channelId}/releases{?searchByVersion,skip,take}",
          args: { spaceId, channelId, searchByVersion: search.versionContains },
          shape: Release,
        },
        [search.pageSize ?? 30],
      ),
    deploymentTemplate: (releaseId) =>
      requests.readIfExists({
        purpose: `asking where the release ${releaseId} may go`,
        path: "~/api/{spaceId}/releases/{releaseId}/deployments/template",
        args: { spaceId, releaseId },
        shape: DeploymentTemplate,
      }),
    progressionOf: (projectId, depth) =>
      requests.read({
        purpose: "reading the project's progression",
        path: "~/api/{spaceId}/progression/{projectId}{?releaseHistoryCount}",
        args: { spaceId, projectId, releaseHistoryCount: Math.min(depth, 100) },
        shape: Progression,
      }),
  };
}
