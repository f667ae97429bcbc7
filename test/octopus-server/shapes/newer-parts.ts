import type { NewerDefinition } from "./newer-definitions.ts";

const deployments = "D26 deployments.md";
const freezes = "D26 deployment-freeze.md";

/** Definitions newer than the Swagger file that occur only inside other ones. */
export const newerParts = {
  ChangeRequestSetting: { source: deployments, properties: { Type: "string" } },
  ExecutionPlanLogContext: { source: deployments, properties: { Steps: "ExecutionPlanStep[]" } },
  ExecutionPlanStep: { source: deployments, properties: { CorrelationId: "string", Slug: "string" } },
  TenantProjectEnvironment: {
    source: freezes,
    properties: { TenantId: "string", ProjectId: "string", EnvironmentId: "string" },
  },
  RecurringSchedule: {
    source: `${freezes}; days and months: GO pkg/deploymentfreezes`,
    properties: {
      Type: "<Daily|Weekly|Monthly|Annually>",
      Unit: "integer",
      UserUtcOffsetInMinutes: "integer",
      EndType: "<Never|OnDate|AfterOccurrences>",
      "StartDate?": "date-time",
      "EndDate?": "date-time",
      "EndOnDate?": "date-time",
      "EndAfterOccurrences?": "integer",
      "MonthlyScheduleType?": "string",
      "DateOfMonth?": "string",
      "DayNumberOfMonth?": "string",
      "DaysOfWeek?": "string[]",
      "DayOfWeek?": "string",
    },
  },
  DeploymentServerTask: { source: deployments, properties: { DeploymentId: "string", ServerTaskId: "string" } },
  DeploymentServerTaskCamelCase: {
    source: "api-client.ts src/features/projects/releases/deployments/deploymentRepository.ts",
    properties: { deploymentId: "string", serverTaskId: "string" },
  },

  ParagraphControl: {
    source: "CS Model/Forms/Paragraph.cs",
    properties: { Type: "string", Text: "string", ResolveLinks: "boolean" },
  },
  TextAreaControl: { source: "CS Model/Forms/TextArea.cs", properties: { Type: "string", Label: "string" } },
  SubmitButtonGroupControl: {
    source: "CS Model/Forms/SubmitButtonGroup.cs",
    properties: { Type: "string", Buttons: "ButtonControl[]" },
  },
  ButtonControl: {
    source: "CS Model/Forms/Button.cs",
    properties: { Text: "string", Value: "string", RequiresConfirmation: "boolean" },
  },
  VariableValueControl: {
    source: "GO pkg/deployments/deployment_preview.go; IsSecure, on older servers: CS Model/Forms/VariableValue.cs",
    properties: {
      Type: "string",
      Name: "string",
      Label: "string",
      Description: "string",
      Required: "boolean",
      DisplaySettings: "{string}",
      "IsSecure?": "boolean",
    },
  },

  CustomFieldDefinition: { source: "D26 channels.md", properties: { Description: "string", FieldName: "string" } },
  GitResourceRule: {
    source: "D26 channels.md",
    properties: { Id: "string", GitDependencyActions: "GitDependencyAction[]", Rules: "string[]" },
  },
  GitDependencyAction: {
    source: "D26 channels.md",
    properties: { DeploymentActionSlug: "string", GitDependencyName: "string" },
  },
  GitReference: { source: "D26 releases.md", properties: { GitCommit: "string", GitRef: "string" } },
  SelectedGitResource: {
    source: "D26 releases.md",
    properties: { ActionName: "string", GitReferenceResource: "GitReference", GitResourceReferenceName: "string" },
  },
  ReleaseTemplateGitResource: {
    source: "D26 deployment-processes.md",
    properties: {
      ActionName: "string",
      Name: "string",
      RepositoryUri: "string",
      DefaultBranch: "string",
      FilePathFilters: "string[]",
      GitCredentialId: "string",
      GitHubConnectionId: "string",
      GitResourceSelectedLastRelease: "GitReference",
      IsResolvable: "boolean",
    },
  },
  Icon: { source: "D26 spaces.md", properties: { Color: "string", Id: "string" } },
  InterruptionPullRequest: {
    source: "D26 interruptions.md",
    properties: {
      Id: "string",
      InterruptionId: "string",
      Number: "integer",
      RepositoryUrl: "string",
      Status: "<Unknown|Open|Merged|Closed|UnknownGitVendor>",
      Title: "string",
      Url: "string",
    },
  },
  PersistenceSettings: { source: "D26 projects.md", properties: { Type: "<Database|VersionControlled>" } },
  ProjectTemplateDetails: {
    source: "D26 projects.md",
    properties: { IsShared: "boolean", Slug: "string", VersionMask: "string" },
  },
} satisfies Record<string, NewerDefinition>;
