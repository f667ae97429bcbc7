/**
 * Where real answers differ from what the Swagger file of 2020.5 says, each with the source that says so. Sources: CS = OctopusClients,
 * `source/Octopus.Server.Client`; D26 = the API reference of 2026 (`docs`, `src/pages/docs/api/_generated`); GO = go-octopusdeploy;
 * T17 and R19 = answers of real servers of 2017 and 2019 (OctopusClients, `CannedResponses`).
 */
export interface CorrectedType {
  readonly type: string;
  readonly source: string;
}

const permissionNames = { type: "string[]", source: "D26 user-permissions.md: newer servers know more permissions" };
const plainOrSensitive =
  "GO pkg/core/property_value.go: a plain value is a text, a sensitive one says whether there is one";
const listedKeys = "the Swagger file lists the keys of a dictionary";

/** By definition and property. The first ones are dictionaries and open lists of words that the Swagger file writes out. */
export const correctedTypes: Readonly<Record<string, CorrectedType>> = {
  "UserPermissionSetResource.SpacePermissions": {
    type: "{UserPermissionRestriction[]}",
    source: `D26 user-permissions.md; ${listedKeys}`,
  },
  "VariableResource.Scope": { type: "{string[]}", source: `D26 variables.md names further scopes; ${listedKeys}` },
  "UserPermissionSetResource.SystemPermissions": permissionNames,
  "UserRoleResource.GrantedSpacePermissions": permissionNames,
  "UserRoleResource.GrantedSystemPermissions": permissionNames,
  "VariableResource.Type": { type: "string", source: "D26 variables.md: account types are an open list" },
  "EndpointResource.CommunicationStyle": { type: "string", source: "D26 deployment-targets.md names further styles" },
  "DeploymentStepResource.StartTrigger": {
    type: "<StartAfterPrevious|StartWithPrevious|Variable>",
    source: "D26 deployment-processes.md",
  },
  "MachineDeploymentPreview.HealthStatus": {
    type: "<HasWarnings|Healthy|Unavailable|Unhealthy|Unknown>",
    source: "D26 deployment-targets.md",
  },
  "TaskResource.Arguments": { type: "{any}", source: "T17: texts, which the Swagger file takes for objects" },
  "DeploymentActionResource.Properties": { type: "{string or SensitiveValue}", source: plainOrSensitive },
  "DeploymentStepResource.Properties": { type: "{string or SensitiveValue}", source: plainOrSensitive },
  "ActionTemplateParameterResource.DefaultValue": { type: "string or SensitiveValue", source: plainOrSensitive },
};

/** Absent instead of null on every resource. CS Model/Resource.cs; neither T17 nor R19 has them. */
export const absentWhenNull: ReadonlySet<string> = new Set(["LastModifiedOn", "LastModifiedBy"]);

/**
 * Resources that are no documents and hence have no id to show: CS Model/Resource.cs leaves a null id out, R19 has none.
 * Every other definition that declares an id shows it.
 */
export const withoutId: ReadonlySet<string> = new Set([
  "ResourceCollection",
  "DeploymentPreviewResource",
  "DeploymentTemplateResource",
  "EndpointResource",
  "LifecycleProgressionResource",
  "MultiTenancyStatusResource",
  "ProgressionResource",
  "ReleaseTemplateResource",
  "RootResource",
  "ServerStatusResource",
  "TaskDetailsResource",
]);

/** Definitions that may have further properties, each with its source. */
export const openDefinitions: Readonly<Record<string, string>> = {
  EndpointResource: "CS Model/Endpoints: one class per communication style",
  PersistenceSettings: "D26 projects.md: further settings for projects in Git",
  ChangeRequestSetting: "D26 deployments.md: further settings per change management system",
};

/** A form's controls have nothing in common but `Type`; the Swagger file leaves the definition empty. CS Model/Forms. */
export const controlsByType: Readonly<Record<string, string>> = {
  Paragraph: "ParagraphControl",
  SubmitButtonGroup: "SubmitButtonGroupControl",
  TextArea: "TextAreaControl",
  VariableValue: "VariableValueControl",
};

/** What servers before 2020.5 did not answer yet: T17 (before spaces) and R19. */
export const absentFromOldServers: Readonly<Record<string, readonly string[]>> = {
  ResourceCollection: ["NumberOfPages", "LastPageNumber"],
  RootResource: ["IsEarlyAccessProgram", "HasLongTermSupport"],
  TaskResource: ["SpaceId"],
};

/** What only servers before 2020.5 answered: T17. */
export const onlyOnOldServers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ResourceCollection: { IsStale: "boolean" },
};
