import type { SpaceGateway } from "./gateway.ts";
import {
  DeploymentPreview,
  BlocksOthers,
  ManualSteps,
  ReleaseChange,
  ReleaseProgression,
} from "./preview-resources.ts";
import type { Requests } from "./requests.ts";
import { Defects, DeploymentTemplate, Progression, Release } from "./resources.ts";

type ReleaseCalls = Pick<
  SpaceGateway,
  | "release"
  | "refreshVariables"
  | "releaseChange"
  | "phasesOfRelease"
  | "hasDefect"
  | "deploymentPreview"
  | "manualStepsOf"
  | "blocksOthers"
  | "releasesOfChannel"
  | "deploymentTemplate"
  | "progressionOf"
>;

/** https://octopus.com/docs/api/releases, …/channels, …/progression */
export function releaseCalls({ read, readIfExists, readPages, write }: Requests): ReleaseCalls {
  const path = "releases/{releaseId}";
  return {
    release: (releaseId) => readIfExists(`reading the release ${releaseId}`, path, Release, { releaseId }),
    refreshVariables: ({ id: releaseId, version, snapshotToken }) =>
      write(
        "POST",
        `refreshing the variable snapshot of the release ${version}`,
        `${path}/snapshot-variables`,
        Release,
        { releaseId },
        snapshotToken === undefined ? {} : { VariableSnapshotConcurrencyToken: snapshotToken },
      ),
    releaseChange: (releaseId) =>
      readIfExists(`reading the build information of the release ${releaseId}`, path, ReleaseChange, { releaseId }),
    phasesOfRelease: (releaseId) =>
      read(`asking where the release ${releaseId} was deployed`, `${path}/progression`, ReleaseProgression, {
        releaseId,
      }),
    hasDefect: (releaseId) =>
      read(`asking for defects of the release ${releaseId}`, `${path}/defects`, Defects, { releaseId }),
    deploymentPreview: (releaseId, environmentId, tenantId) =>
      read(
        `asking what deploying the release ${releaseId} would do`,
        `${path}/deployments/preview/{environmentId}${tenantId === undefined ? "" : "/{tenantId}"}`,
        DeploymentPreview,
        { releaseId, environmentId, tenantId },
      ),
    blocksOthers: (processId) =>
      readIfExists("reading the deployment process of a release", "deploymentprocesses/{processId}", BlocksOthers, {
        processId,
      }),
    manualStepsOf: (processId) =>
      readIfExists("reading the release's deployment process", "deploymentprocesses/{processId}", ManualSteps, {
        processId,
      }),
    releasesOfChannel: (channelId, { versionContains: searchByVersion, pageSize = 30 } = {}) =>
      readPages(
        "reading the channel's releases",
        "channels/{channelId}/releases",
        Release,
        { channelId, searchByVersion },
        [pageSize],
      ),
    deploymentTemplate: (releaseId) =>
      readIfExists(
        `asking where the release ${releaseId} may be deployed`,
        `${path}/deployments/template`,
        DeploymentTemplate,
        {
          releaseId,
        },
      ),
    progressionOf: (projectId, depth) =>
      read("reading the project's progression", "progression/{projectId}", Progression, {
        projectId,
        releaseHistoryCount: Math.min(depth, 100),
      }),
  };
}
