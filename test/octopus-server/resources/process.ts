import type { Action, Process, Step } from "../documents/process.ts";
import type { Core } from "../instance.ts";
import { defaultChannel } from "../rules/create-release.ts";
import { snapshotProcess } from "../rules/snapshots.ts";
import { nextVersion } from "../rules/versions.ts";
import { resource } from "./common.ts";

export function processResource(core: Core, process: Process): unknown {
  const self = `${core.api}/${process.spaceId}/deploymentprocesses/${process.id}`;
  const project = core.state.projects.get(process.projectId);
  return {
    ...resource(process.id, {
      Self: self,
      Project: `${core.api}/${process.spaceId}/projects/${process.projectId}`,
      Template: `${self}/template{?channel,releaseId}`,
    }),
    SpaceId: process.spaceId,
    ProjectId: process.projectId,
    Version: process.version,
    LastSnapshotId: project === undefined ? null : snapshotProcess(core, project),
    Steps: process.steps.map(stepResource),
  };
}

function stepResource(step: Step): unknown {
  return {
    Id: step.id,
    Name: step.name,
    Slug: slug(step.name),
    PackageRequirement: step.packageRequirement,
    Properties: step.properties,
    Condition: step.condition,
    StartTrigger: step.startTrigger,
    Actions: step.actions.map(actionResource),
  };
}

function actionResource(action: Action): unknown {
  const secrets = (action.sensitiveProperties ?? []).map((name) => [name, { HasValue: true, NewValue: null }] as const);
  return {
    ...resource(action.id, {}),
    Name: action.name,
    Slug: slug(action.name),
    ActionType: action.actionType,
    Notes: action.notes,
    IsDisabled: action.isDisabled,
    IsRequired: action.isRequired,
    CanBeUsedForProjectVersioning: action.canBeUsedForProjectVersioning,
    WorkerPoolId: action.workerPoolId,
    WorkerPoolVariable: null,
    Container: { Image: null, FeedId: null },
    Environments: action.environmentIds,
    ExcludedEnvironments: action.excludedEnvironmentIds,
    Channels: action.channelIds,
    TenantTags: action.tenantTags,
    Packages: action.packages.map((reference) => ({
      Id: reference.id,
      Name: reference.name,
      PackageId: reference.packageId,
      FeedId: reference.feedId,
      AcquisitionLocation: "Server",
      Properties: {},
    })),
    Condition: "Success",
    Properties: { ...action.properties, ...Object.fromEntries(secrets) },
  };
}

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

/** What a new release of a process needs: packages by step and action, and the next version (D26 deployment-processes). */
export function templateResource(core: Core, process: Process, channelId: string | undefined): unknown {
  const project = core.state.projects.get(process.projectId);
  const channel = channelId ?? (project === undefined ? undefined : defaultChannel(core, project)?.id);
  const releases = core.state.history.releasesOf({ projectId: process.projectId });
  const last = releases.find((release) => release.channelId === channel);
  const packages = process.steps.flatMap((step) =>
    step.actions.flatMap((action) => action.packages.map((reference) => ({ step, action, reference }))),
  );
  return {
    ...resource(`${process.id}-template`, {
      Self: `${core.api}/${process.spaceId}/deploymentprocesses/${process.id}/template`,
    }),
    DeploymentProcessId: process.id,
    LastReleaseVersion: releases[0]?.version ?? null,
    NextVersionIncrement: nextVersion(releases.map(({ version }) => version)),
    VersioningPackageStepName: null,
    VersioningPackageReferenceName: null,
    Packages: packages.map(({ step, action, reference }) => ({
      StepName: step.name,
      ActionName: action.name,
      PackageId: reference.packageId,
      FeedId: reference.feedId,
      FeedName: "Octopus Server (built-in)",
      PackageReferenceName: reference.name,
      IsResolvable: true,
      ProjectName: project?.name ?? null,
      VersionSelectedLastRelease:
        last?.packages.find(
          ({ actionName, packageReferenceName }) =>
            actionName === action.name && packageReferenceName === reference.name,
        )?.version ?? null,
      NuGetPackageId: reference.packageId,
      NuGetFeedId: reference.feedId,
      NuGetFeedName: "Octopus Server (built-in)",
      FixedVersion: null,
    })),
    GitResources: [],
  };
}
