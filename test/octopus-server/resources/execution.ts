import type { BuildInformation, Deployment, Release } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { taskIdOf } from "../rules/retention.ts";
import { dateTime, keepThreeDays, resource } from "./common.ts";
import { web } from "./people.ts";

export function releaseResource(core: Core, release: Release): unknown {
  const self = `${core.api}/${release.spaceId}/releases/${release.id}`;
  return {
    ...resource(release.id, {
      Self: `${self}{?force}`,
      Project: `${core.api}/${release.spaceId}/projects/${release.projectId}`,
      Progression: `${self}/progression`,
      Deployments: `${self}/deployments{?skip,take}`,
      DeploymentTemplate: `${self}/deployments/template`,
      SnapshotVariables: `${self}/snapshot-variables`,
      Defects: `${self}/defects`,
      ReportDefect: `${self}/defects`,
      ResolveDefect: `${self}/defects/resolve`,
      Web: `${web(core)}/${release.spaceId}/releases/${release.id}`,
    }),
    SpaceId: release.spaceId,
    ProjectId: release.projectId,
    ChannelId: release.channelId,
    Version: release.version,
    ReleaseNotes: release.releaseNotes,
    Assembled: dateTime(release.assembled),
    IgnoreChannelRules: release.ignoreChannelRules,
    ProjectDeploymentProcessSnapshotId: release.processSnapshotId,
    ProjectVariableSetSnapshotId: release.variableSnapshotId,
    LibraryVariableSetSnapshotIds: release.librarySnapshotIds,
    VariableSnapshotConcurrencyToken: Buffer.from(release.variableSnapshotId).toString("base64"),
    SelectedPackages: release.packages.map((selected) => ({
      ActionName: selected.actionName,
      StepName: selected.stepName,
      PackageReferenceName: selected.packageReferenceName,
      Version: selected.version,
    })),
    SelectedGitResources: release.gitResources.map((selected) => ({
      ActionName: selected.actionName,
      GitReferenceResource: { GitRef: selected.gitReference, GitCommit: selected.gitCommit },
      GitResourceReferenceName: selected.referenceName,
    })),
    CustomFields: {},
    BuildInformation: release.buildInformation().map(buildInformationResource),
    VersionControlReference:
      release.git === null
        ? null
        : { GitRef: release.git.ref, GitCommit: release.git.commit, VariablesGitCommit: null },
    LastModifiedOn: dateTime(release.lastModifiedOn),
    LastModifiedBy: release.lastModifiedBy,
  };
}

export function buildInformationResource(build: BuildInformation) {
  return {
    PackageId: build.packageId,
    Version: build.version,
    BuildNumber: build.buildNumber,
    BuildUrl: build.buildUrl,
    BuildEnvironment: build.buildEnvironment,
    Branch: build.branch,
    VcsType: build.vcsType,
    VcsRoot: build.vcsRoot,
    VcsCommitNumber: build.vcsCommitNumber,
    VcsCommitUrl: build.vcsCommitUrl,
    IssueTrackerName: build.issueTrackerName,
    WorkItems: build.workItems.map((item) => ({
      Id: item.id,
      LinkUrl: item.linkUrl,
      Description: item.description,
      Source: item.source,
    })),
    Commits: build.commits.map((commit) => ({ Id: commit.id, LinkUrl: commit.linkUrl, Comment: commit.comment })),
  };
}

export function deploymentResource(core: Core, deployment: Deployment): unknown {
  const { spaceId, id } = deployment;
  const space = `${core.api}/${spaceId}`;
  const taskId = taskIdOf(core, deployment);
  const environment = core.state.environments.get(deployment.environmentId);
  return {
    ...resource(id, {
      Self: `${space}/deployments/${id}`,
      ...(taskId === null ? {} : { Task: `${core.api}/tasks/${taskId}`, TaskExecution: `${space}/tasks/${taskId}` }),
      Release: `${space}/releases/${deployment.releaseId}`,
      Interruptions: `${space}/interruptions?regarding=${id}`,
      Web: `${web(core)}/${spaceId}/deployments/${id}`,
    }),
    SpaceId: spaceId,
    Name: `Deploy to ${environment?.name ?? ""}`,
    ProjectId: deployment.projectId,
    ReleaseId: deployment.releaseId,
    ChannelId: deployment.channelId,
    EnvironmentId: deployment.environmentId,
    TenantId: deployment.tenantId,
    TaskId: taskId,
    DeploymentProcessId: deployment.processSnapshotId,
    ManifestVariableSetId: `variableset-${id}`,
    Created: dateTime(deployment.created),
    DeployedBy: deployment.deployedBy,
    DeployedById: deployment.deployedById,
    Comments: deployment.comments,
    FormValues: deployment.formValues,
    QueueTime: dateTime(deployment.queueTime),
    QueueTimeExpiry: dateTime(deployment.queueTimeExpiry),
    UseGuidedFailure: deployment.useGuidedFailure,
    ForcePackageDownload: deployment.forcePackageDownload,
    ForcePackageRedeployment: deployment.forcePackageRedeployment,
    SkipActions: deployment.skipActions,
    SpecificMachineIds: deployment.specificMachineIds,
    ExcludedMachineIds: deployment.excludedMachineIds,
    ...(core.switches().targetTags
      ? {
          SpecificTargetTagIds: deployment.specificTargetTagIds,
          ExcludedTargetTagIds: deployment.excludedTargetTagIds,
        }
      : {}),
    DeployedToMachineIds: deployment.deployedToMachineIds,
    FailureEncountered: deployment.failureEncountered,
    FailTargetDiscovery: false,
    DebugMode: "None",
    Priority: deployment.priority,
    Changes: [],
    ChangesMarkdown: null,
    TentacleRetentionPeriod: keepThreeDays,
    ChangeRequestSettings: [],
    ExecutionPlanLogContext: { Steps: [] },
  };
}
