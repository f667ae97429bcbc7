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
export function releaseCalls({ read, readIfExists, readPages }: Requests): ReleaseCalls {
  const path = "releases/{releaseId}";
  return {
    release: (releaseId) => readIfExists(`reading the release ${releaseId}`, path, Release, { releaseId }),
    releaseChange: (releaseId) =>
      readIfExists(`reading the build information of the release ${releaseId}`, path, ReleaseChange, { releaseId }),
    phasesOfRelease: (releaseId) =>
      read(`asking where the release ${releaseId} was deployed`, `${path}/progression`, ReleaseProgression, {
        releaseId,
      }),
    deploymentPreview: (releaseId, environmentId) =>
      read(
        `asking what deploying the release ${releaseId} would do`,
        `${path}/deployments/preview/{environmentId}`,
        DeploymentPreview,
        { releaseId, environmentId },
      ),
    releasesOfChannel: (channelId, { versionContains: searchByVersion, pageSize = 30 } = {}) =>
      readPages(
        "reading the channel's releases",
        "channels/{channelId}/releases",
        Release,
        { channelId, searchByVersion },
        [pageSize],
      ),
    deploymentTemplate: (releaseId) =>
      readIfExists(`asking where the release ${releaseId} may go`, `${path}/deployments/template`, DeploymentTemplate, {
        releaseId,
      }),
    progressionOf: (projectId, depth) =>
      read("reading the project's progression", "progression/{projectId}", Progression, {
        projectId,
        releaseHistoryCount: Math.min(depth, 100),
      }),
  };
}
