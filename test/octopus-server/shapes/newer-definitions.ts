import { newerParts } from "./newer-parts.ts";

/** A definition the Swagger file of 2020.5 does not have. A property whose name ends in `?` may be absent. */
export interface NewerDefinition {
  /** The page that documents it; the tags are those of `exceptions.ts`. */
  readonly source: string;
  readonly properties: Readonly<Record<string, string>>;
}

const deployments = "D26 deployments.md";
const freezes = "D26 deployment-freeze.md";

/** The definitions of newer answers, and of the parts of these answers and of the extra properties. */
export const newerDefinitions = {
  ...newerParts,

  ErrorResponse: {
    source: "GO pkg/core/api_error.go: a real 500 had the message alone",
    properties: {
      ErrorMessage: "string",
      "Errors?": "string[]",
      "ParsedHelpLinks?": "string[]",
      "HelpText?": "string",
      "HelpLink?": "string",
      "Details?": "any",
      "FullException?": "string",
    },
  },

  CreateDeploymentResponse: { source: deployments, properties: { Deployment: "DeploymentResource" } },
  CreateDeploymentsResponse: { source: deployments, properties: { DeploymentServerTasks: "DeploymentServerTask[]" } },
  CreateDeploymentsCamelCaseResponse: {
    source: "api-client.ts src/features/projects/releases/deployments/deploymentRepository.ts: some servers answer so",
    properties: { DeploymentServerTasks: "DeploymentServerTaskCamelCase[]" },
  },
  CreateReleaseResponse: { source: "D26 releases.md", properties: { ReleaseId: "string", ReleaseVersion: "string" } },
  DeploymentSettingsResource: {
    source: "D26 deployment-settings.md",
    properties: {
      Id: "string",
      SpaceId: "string",
      ProjectId: "string",
      CancelQueuedTasks: "boolean",
      CancelRunningTasks: "boolean",
      ConnectivityPolicy: "ProjectConnectivityPolicy",
      DefaultGuidedFailureMode: "<EnvironmentDefault|Off|On>",
      DefaultToSkipIfAlreadyInstalled: "boolean",
      DeploymentChangesTemplate: "string",
      FailTargetDiscovery: "boolean",
      ForcePackageDownload: "boolean",
      ReleaseNotesTemplate: "string",
      VersioningStrategy: "VersioningStrategyResource",
      Links: "{string}",
      "LastModifiedOn?": "date-time",
      "LastModifiedBy?": "string",
    },
  },

  DeploymentFreezesResponse: {
    source: freezes,
    properties: { Count: "integer", DeploymentFreezes: "DeploymentFreeze[]" },
  },
  DeploymentFreeze: {
    source: `${freezes}; OwnerId: GO pkg/deploymentfreezes`,
    properties: {
      Id: "string",
      Name: "string",
      Description: "string",
      Start: "date-time",
      End: "date-time",
      ProjectEnvironmentScope: "{string[]}",
      TenantProjectEnvironmentScope: "TenantProjectEnvironment[]",
      RecurringSchedule: "RecurringSchedule",
      "OwnerId?": "string",
    },
  },

  EnvironmentsV2Response: {
    source: "D26 environments.md, environments/v2: no id, no links",
    properties: {
      ItemType: "string",
      TotalResults: "integer",
      ItemsPerPage: "integer",
      NumberOfPages: "integer",
      LastPageNumber: "integer",
      Items: "EnvironmentV2Resource[]",
    },
  },
  EnvironmentV2Resource: {
    source: "D26 environments.md; what only static or ephemeral ones have: GO pkg/environments/v2",
    properties: {
      Id: "string",
      SpaceId: "string",
      Name: "string",
      Slug: "string",
      Description: "string",
      Type: "<Static|Parent|Ephemeral>",
      EnvironmentTags: "string[]",
      "SortOrder?": "integer",
      "UseGuidedFailure?": "boolean",
      "AllowDynamicInfrastructure?": "boolean",
      "ExtensionSettings?": "ExtensionSettingsValues[]",
      "ParentEnvironmentId?": "string",
    },
  },

  ServerStatusResource: {
    source: "D26 server-status.md",
    properties: {
      "Id?": "string",
      IsDatabaseEncrypted: "boolean",
      IsInMaintenanceMode: "boolean",
      IsMajorMinorUpgrade: "boolean",
      IsPotentialClone: "boolean",
      IsUpgradeAvailable: "boolean",
      MaintenanceExpires: "string",
      MaximumAvailableVersion: "string",
      MaximumAvailableVersionCoveredByLicense: "string",
      Links: "{string}",
      "LastModifiedOn?": "date-time",
      "LastModifiedBy?": "string",
    },
  },
} satisfies Record<string, NewerDefinition>;
