import type {
  Artifact,
  BuildInformation,
  Deployment,
  EventDocument,
  Interruption,
  Release,
  ServerTask,
} from "../documents/execution.ts";
import type { User } from "../documents/configuration.ts";
import type { Core } from "../instance.ts";
import type { Access } from "../rules/access.ts";
import { mayAnswer } from "../rules/responsibility.ts";
import { pendingInterruptions } from "../tasks/interruptions.ts";
import { dateTime, inWords, keepThreeDays, resource, yearOne } from "./common.ts";
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
  const environment = core.state.environments.get(deployment.environmentId);
  return {
    ...resource(id, {
      Self: `${space}/deployments/${id}`,
      ...(deployment.taskId === null
        ? {}
        : { Task: `${core.api}/tasks/${deployment.taskId}`, TaskExecution: `${space}/tasks/${deployment.taskId}` }),
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
    TaskId: deployment.taskId,
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
    SpecificTargetTagIds: [],
    ExcludedTargetTagIds: [],
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

const finalStates = new Set(["Success", "Failed", "Canceled", "TimedOut"]);

export function isCompleted(task: ServerTask): boolean {
  return finalStates.has(task.state);
}

export function taskResource(core: Core, task: ServerTask): object {
  const switches = core.switches();
  const self = `${core.api}/tasks/${task.id}`;
  const completed = isCompleted(task);
  const pending = completed ? [] : pendingInterruptions(core, task.id);
  const waitsForPrecondition = task.state === "Queued" && task.preconditions.length > 0;
  return {
    ...resource(task.id, {
      Self: self,
      Web: `${web(core)}/${task.spaceId}/tasks/${task.id}`,
      Raw: `${self}/raw`,
      Rerun: `${core.api}/tasks/rerun/${task.id}`,
      Cancel: `${self}/cancel`,
      QueuedBehind: `${self}/queued-behind{?skip,take}`,
      Details: `${self}/details{?verbose,tail}`,
      Artifacts: `${core.api}/artifacts?regarding=${task.id}`,
      Interruptions: `${core.api}/interruptions?regarding=${task.id}`,
    }),
    SpaceId: task.spaceId,
    ProjectId: task.projectId,
    Name: task.name,
    Description: task.description,
    Arguments: task.deploymentId === null ? {} : { DeploymentId: task.deploymentId },
    State: task.state,
    Completed: completedText(task),
    QueueTime: dateTime(task.queueTime),
    QueueTimeExpiry: dateTime(task.queueTimeExpiry),
    StartTime: dateTime(task.startTime),
    LastUpdatedTime: switches.yearOneDates ? yearOne : dateTime(task.lastUpdatedTime ?? task.queueTime),
    CompletedTime: dateTime(task.completedTime),
    ServerNode: task.startTime === null ? null : "octopus-1",
    Duration: durationText(core, task),
    ErrorMessage: task.errorMessage,
    HasBeenPickedUpByProcessor: task.startTime !== null,
    IsCompleted: completed,
    FinishedSuccessfully: task.state === "Success",
    HasPendingInterruptions: pending.length > 0,
    HasWarningsOrErrors: task.hasWarningsOrErrors,
    CanRerun: false,
    EstimatedRemainingQueueDurationSeconds: 0,
    ...(switches.pendingTypesOnTasks
      ? {
          PendingInterruptionTypes: [...new Set(pending.map(({ type }) => type))],
          HasPendingPreconditions: waitsForPrecondition,
          PendingPreconditionTypes: waitsForPrecondition ? task.preconditions : [],
        }
      : {}),
  };
}

const longDate = new Intl.DateTimeFormat("en-US", { dateStyle: "full", timeStyle: "short", timeZone: "UTC" });

function completedText(task: ServerTask): string {
  if (task.completedTime === null) return task.startTime === null ? "Queued..." : "Executing...";
  return longDate.format(task.completedTime).replace(" at ", " ");
}

function durationText(core: Core, task: ServerTask): string {
  if (task.startTime === null) return inWords(0);
  return inWords((task.completedTime ?? core.timeline.now()) - task.startTime);
}

export function interruptionResource(core: Core, interruption: Interruption, user: User, access: Access): unknown {
  const self = `${core.api}/${interruption.spaceId}/interruptions/${interruption.id}`;
  const responsible = interruption.responsibleUserId;
  const isManual = interruption.type === "ManualIntervention";
  return {
    ...resource(interruption.id, {
      Self: self,
      Submit: `${self}/submit`,
      Responsible: `${self}/responsible`,
      ...(responsible === null ? {} : { User: `${core.api}/users/${responsible}` }),
    }),
    SpaceId: interruption.spaceId,
    Title: interruption.title,
    ...(core.switches().interruptionTypes ? { Type: interruption.type } : {}),
    Created: dateTime(interruption.created),
    IsPending: interruption.isPending,
    TaskId: interruption.taskId,
    RelatedDocumentIds: interruption.relatedDocumentIds,
    ResponsibleTeamIds: interruption.responsibleTeamIds,
    ResponsibleUserId: responsible,
    CanTakeResponsibility: mayAnswer(core, interruption, access),
    HasResponsibility: responsible === user.id,
    CorrelationId: interruption.correlationId,
    IsLinkedToOtherInterruption: interruption.linkedGroup !== null,
    PullRequests: [],
    Form: { Values: interruption.values, Elements: isManual ? manualForm(interruption) : guidanceForm(interruption) },
  };
}

function manualForm(interruption: Interruption): unknown {
  return [
    element("Instructions", { Type: "Paragraph", Text: interruption.instructions, ResolveLinks: false }),
    element("Notes", { Type: "TextArea", Label: "Notes" }),
    element("Result", { Type: "SubmitButtonGroup", Buttons: [button("Proceed", false), button("Abort", true)] }),
  ];
}

function guidanceForm(interruption: Interruption): unknown {
  const choices = [button("Fail", true), button("Retry", false), button("Ignore", false), button("Exclude", false)];
  return [
    element("Instructions", { Type: "Paragraph", Text: interruption.instructions, ResolveLinks: false }),
    element("Notes", { Type: "TextArea", Label: "Notes" }),
    element("Guidance", { Type: "SubmitButtonGroup", Buttons: choices }),
  ];
}

function element(name: string, control: unknown): unknown {
  return { Name: name, Control: control, IsValueRequired: false };
}

function button(value: string, requiresConfirmation: boolean): unknown {
  return { Text: value, Value: value, RequiresConfirmation: requiresConfirmation };
}

export function eventResource(core: Core, event: EventDocument, withDifference: boolean): unknown {
  return {
    ...resource(event.id, {
      Self: `${core.api}${event.spaceId === null ? "" : `/${event.spaceId}`}/events/${event.id}`,
    }),
    SpaceId: event.spaceId,
    Category: event.category,
    UserId: event.userId,
    Username: event.username,
    IsService: event.isService,
    IdentityEstablishedWith: event.userId === "users-system" ? "" : "API key",
    UserAgent: event.userId === "users-system" ? "Server" : "",
    IpAddress: null,
    ApiKeyId: null,
    ApiKeyHint: null,
    Occurred: dateTime(event.occurred),
    Message: event.message,
    MessageHtml: event.message,
    MessageReferences: event.references.map(({ id, start, length }) => ({
      ReferencedDocumentId: id,
      StartIndex: start,
      Length: length,
    })),
    Comments: null,
    Details: null,
    ChangeDetails: withDifference ? { DocumentContext: null, Differences: null } : null,
    RelatedDocumentIds: event.relatedDocumentIds,
  };
}

export function artifactResource(core: Core, artifact: Artifact): unknown {
  const self = `${core.api}/${artifact.spaceId}/artifacts/${artifact.id}`;
  return {
    ...resource(artifact.id, { Self: self, Content: `${self}/content` }),
    SpaceId: artifact.spaceId,
    Filename: artifact.filename,
    Source: artifact.source,
    ServerTaskId: artifact.serverTaskId,
    Created: dateTime(artifact.created),
    LogCorrelationId: artifact.logCorrelationId,
  };
}
