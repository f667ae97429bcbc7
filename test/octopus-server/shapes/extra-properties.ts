import type { SwaggerName } from "./shape-table.ts";

/** Properties a definition of the Swagger file (2020.5) has gained since. Newer servers answer them, older ones do not: each may be absent. */
export interface ExtraProperties {
  readonly of: SwaggerName | "ResourceCollection_of_TaskResource";
  /** The page that documents them; the tags are those of `exceptions.ts`. */
  readonly source: string;
  readonly properties: Readonly<Record<string, string>>;
}

const interruptionTypes =
  "<ManualIntervention|GuidedFailure|PullRequestCompletion|ArgoCDApplicationSync|KubernetesResourceVerification>";

export const extraProperties: readonly ExtraProperties[] = [
  {
    of: "ActivityLogEntry",
    source: "D26 server-status.md, the server's own log",
    properties: { GapLastNumber: "integer", Number: "integer" },
  },
  {
    of: "ApiKeyResource",
    source: "docs octopus-rest-api/how-to-create-an-api-key",
    properties: { Expires: "date-time" },
  },
  {
    of: "ChannelResource",
    source: "D26 channels.md",
    properties: {
      AutomaticEphemeralEnvironmentDeployments: "boolean",
      CustomFieldDefinitions: "CustomFieldDefinition[]",
      EphemeralEnvironmentNameTemplate: "string",
      GitReferenceRules: "string[]",
      GitResourceRules: "GitResourceRule[]",
      ParentEnvironmentId: "string",
      Slug: "string",
      Type: "<Lifecycle|EphemeralEnvironment>",
    },
  },
  {
    of: "ChannelVersionRuleResource",
    source: "D26 channels.md",
    properties: { VersionTagRegex: "string", VersioningStrategy: "string" },
  },
  {
    of: "DashboardItemResource",
    source: "D26 dashboard.md",
    properties: {
      HasPendingPreconditions: "boolean",
      PendingInterruptionTypes: `${interruptionTypes}[]`,
      PendingPreconditionTypes: "string[]",
    },
  },
  {
    of: "DeploymentActionResource",
    source: "CS Model/DeploymentActionResource.cs",
    properties: { GitResource: "any", Inputs: "any", StepPackageVersion: "string" },
  },
  {
    of: "DeploymentResource",
    source: "D26 deployments.md",
    properties: {
      ChangeRequestSettings: "ChangeRequestSetting[]",
      DebugMode: "string",
      ExcludedTargetTagIds: "string[]",
      ExecutionPlanLogContext: "ExecutionPlanLogContext",
      FailTargetDiscovery: "boolean",
      Priority: "string",
      SpecificTargetTagIds: "string[]",
    },
  },
  {
    of: "DeploymentStepResource",
    source: "D26 deployment-processes.md",
    properties: { Slug: "string", Type: "string" },
  },
  {
    of: "DeploymentTargetResource",
    source: "D26 deployment-targets.md",
    properties: {
      Architecture: "string",
      OperatingSystemVersion: "string",
      SkipInitialHealthCheck: "boolean",
      Slug: "string",
    },
  },
  { of: "DeploymentTemplateResource", source: "D26 releases.md", properties: { IsGitResourceModified: "boolean" } },
  { of: "DeploymentTemplateStep", source: "D26 releases.md", properties: { AvailableTagSets: "any[]" } },
  {
    of: "EnvironmentResource",
    source: "D26 environments.md",
    properties: { EnvironmentTags: "string[]", Slug: "string" },
  },
  {
    of: "EventResource",
    source: "D26 events.md",
    properties: { ApiKeyHint: "string", ApiKeyId: "string", IpAddress: "string" },
  },
  {
    of: "InterruptionResource",
    source: "D26 interruptions.md",
    properties: { PullRequests: "InterruptionPullRequest[]", Type: interruptionTypes },
  },
  { of: "LifecycleResource", source: "D26 lifecycles.md", properties: { Slug: "string" } },
  { of: "PhaseResource", source: "D26 lifecycles.md", properties: { IsPriorityPhase: "boolean" } },
  { of: "PhaseProgressionResource", source: "D26 releases.md", properties: { IsPriorityPhase: "boolean" } },
  {
    of: "ProgressionResource",
    source: "D26 progression.md",
    properties: { LifecycleEnvironments: "{ReferenceDataItem[]}" },
  },
  { of: "ProjectGroupResource", source: "D26 project-groups.md", properties: { Slug: "string" } },
  {
    of: "ProjectResource",
    source: "D26 projects.md",
    properties: {
      AllowIgnoreChannelRules: "boolean",
      CombineHealthAndSyncStatusInDashboardLiveStatus: "boolean",
      DefaultPowerShellEdition: "string",
      DeprovisioningRunbookId: "string",
      ExecuteDeploymentsOnEventBasedPipeline: "boolean",
      ForcePackageDownload: "boolean",
      Icon: "Icon",
      IsBadgesEnabled: "boolean",
      PersistenceSettings: "PersistenceSettings",
      ProjectTags: "string[]",
      ProjectTemplateDetails: "ProjectTemplateDetails",
      ProvisioningRunbookId: "string",
    },
  },
  {
    of: "ReleaseResource",
    source: "D26 releases.md",
    properties: {
      CustomFields: "{string}",
      SelectedGitResources: "SelectedGitResource[]",
      VariableSnapshotConcurrencyToken: "string",
    },
  },
  { of: "ReleaseTemplatePackage", source: "D26 deployment-processes.md", properties: { FixedVersion: "string" } },
  {
    of: "ReleaseTemplateResource",
    source: "D26 deployment-processes.md",
    properties: { GitResources: "ReleaseTemplateGitResource[]" },
  },
  {
    of: "ResourceCollection_of_TaskResource",
    source: "CS Model/TaskResourceCollection.cs",
    properties: { TotalCounts: "{integer}", TotalCountsInOtherSpaces: "{integer}" },
  },
  { of: "RetentionPeriod", source: "D26 lifecycles.md", properties: { Strategy: "string" } },
  { of: "SensitiveValue", source: "D26 spaces.md", properties: { Hint: "string" } },
  {
    of: "SpaceResource",
    source: "D26 spaces.md",
    properties: {
      ExtensionSettings: "ExtensionSettingsValues[]",
      Icon: "Icon",
      IsPrivate: "boolean",
      Slug: "string",
    },
  },
  {
    of: "TagSetResource",
    source: "D26 tag-sets.md",
    properties: { IsSystem: "boolean", Scopes: "string[]", Type: "string" },
  },
  {
    of: "TaskResource",
    source: "D26 tasks.md",
    properties: {
      EstimatedRemainingQueueDurationSeconds: "integer",
      HasPendingPreconditions: "boolean",
      PendingInterruptionTypes: `${interruptionTypes}[]`,
      PendingPreconditionTypes: "string[]",
      ProjectId: "string",
    },
  },
  { of: "TeamResource", source: "D26 teams.md", properties: { Slug: "string" } },
  {
    of: "TenantResource",
    source: "D26 tenants.md",
    properties: { CustomFields: "string[]", Icon: "Icon", IsDisabled: "boolean", Slug: "string" },
  },
  {
    of: "UserResource",
    source: "D26 users.md",
    properties: { Created: "date-time", ServiceAccountType: "<Standard|Agent>" },
  },
  {
    of: "VariableScopeValues",
    source: "D26 variables.md",
    properties: {
      EnvironmentParameters: "ReferenceDataItem[]",
      ProcessTemplateSteps: "ReferenceDataItem[]",
      TargetTagParameters: "ReferenceDataItem[]",
      TenantTagParameters: "ReferenceDataItem[]",
    },
  },
  { of: "VersionControlReferenceResource", source: "D26 releases.md", properties: { VariablesGitCommit: "string" } },
];
