import type {
  Channel,
  Environment,
  Lifecycle,
  Machine,
  Phase,
  Project,
  ProjectGroup,
  TagSet,
  Tenant,
} from "../documents/configuration.ts";
import type { Core } from "../instance.ts";
import { environmentsInOrder } from "../rules/lifecycle.ts";
import { keepForever, keepThreeDays, resource } from "./common.ts";
import { web } from "./people.ts";

export function environmentResource(core: Core, environment: Environment) {
  const self = `${core.api}/${environment.spaceId}/environments/${environment.id}`;
  return {
    ...resource(environment.id, { Self: self }),
    SpaceId: environment.spaceId,
    Name: environment.name,
    Slug: environment.slug,
    Description: environment.description,
    SortOrder: environment.sortOrder,
    UseGuidedFailure: environment.useGuidedFailure,
    AllowDynamicInfrastructure: true,
    EnvironmentTags: [],
    ExtensionSettings: [],
  };
}

/** An environment as `environments/v2` shows it: with type and parent, without links. */
export function environmentV2Resource(core: Core, environment: Environment): unknown {
  const { Links: _links, ...declared } = environmentResource(core, environment);
  return { ...declared, Type: environment.type, ParentEnvironmentId: environment.parentEnvironmentId };
}

export function lifecycleResource(
  core: Core,
  lifecycle: Lifecycle,
  phases: readonly Phase[] = lifecycle.phases,
): unknown {
  const self = `${core.api}/${lifecycle.spaceId}/lifecycles/${lifecycle.id}`;
  return {
    ...resource(lifecycle.id, { Self: self, Preview: `${self}/preview` }),
    SpaceId: lifecycle.spaceId,
    Name: lifecycle.name,
    Slug: lifecycle.slug,
    Description: lifecycle.description,
    ReleaseRetentionPolicy: keepForever,
    TentacleRetentionPolicy: keepThreeDays,
    Phases: phases.map(phaseResource),
  };
}

export function phaseResource(phase: Phase) {
  return {
    Id: phase.id,
    Name: phase.name,
    AutomaticDeploymentTargets: phase.automaticTargets,
    OptionalDeploymentTargets: phase.optionalTargets,
    MinimumEnvironmentsBeforePromotion: phase.minimumBeforePromotion,
    IsOptionalPhase: phase.isOptional,
    IsPriorityPhase: phase.isPriority,
    ReleaseRetentionPolicy: null,
    TentacleRetentionPolicy: null,
  };
}

export function projectGroupResource(core: Core, group: ProjectGroup): unknown {
  const self = `${core.api}/${group.spaceId}/projectgroups/${group.id}`;
  return {
    ...resource(group.id, { Self: self }),
    SpaceId: group.spaceId,
    Name: group.name,
    Slug: group.slug,
    Description: group.description,
    EnvironmentIds: environmentsInOrder(core, group.spaceId).map(({ id }) => id),
    RetentionPolicyId: null,
  };
}

export function projectResource(core: Core, project: Project): unknown {
  const self = `${core.api}/${project.spaceId}/projects/${project.id}`;
  return {
    ...resource(project.id, {
      Self: self,
      Channels: `${self}/channels{?skip,take,partialName}`,
      Releases: `${self}/releases{/version}{?skip,take,searchByVersion}`,
      DeploymentProcess: `${self}/deploymentprocesses`,
      DeploymentSettings: `${self}/deploymentsettings`,
      Progression: `${self}/progression{?aggregate}`,
      Variables: `${core.api}/${project.spaceId}/variables/variableset-${project.id}`,
      Web: `${web(core)}/${project.spaceId}/projects/${project.id}`,
    }),
    SpaceId: project.spaceId,
    Name: project.name,
    Slug: project.slug,
    Description: project.description,
    IsDisabled: project.isDisabled,
    ProjectGroupId: project.projectGroupId,
    LifecycleId: core.switches().projectsTellLifecycle ? project.lifecycleId : null,
    DeploymentProcessId: `deploymentprocess-${project.id}`,
    VariableSetId: `variableset-${project.id}`,
    IncludedLibraryVariableSetIds: project.libraryVariableSetIds,
    TenantedDeploymentMode: project.tenantedDeploymentMode,
    DefaultGuidedFailureMode: project.guidedFailureMode,
    DiscreteChannelRelease: false,
    IsVersionControlled: project.git !== null,
    PersistenceSettings:
      project.git === null
        ? { Type: "Database" }
        : {
            Type: "VersionControlled",
            Url: project.git.url,
            DefaultBranch: project.git.defaultBranch,
            BasePath: project.git.basePath,
          },
    VersionControlSettings:
      project.git === null
        ? null
        : { Url: project.git.url, DefaultBranch: project.git.defaultBranch, Username: null, Password: null },
    AutoCreateRelease: false,
    AutoDeployReleaseOverrides: [],
    DefaultToSkipIfAlreadyInstalled: false,
    ProjectConnectivityPolicy: {
      SkipMachineBehavior: project.skipMachineBehavior,
      TargetRoles: [],
      AllowDeploymentsToNoTargets: project.allowDeploymentsToNoTargets,
      ExcludeUnhealthyTargets: project.excludeUnhealthyTargets,
    },
    ReleaseCreationStrategy: { ChannelId: null, ReleaseCreationPackage: null },
    VersioningStrategy: { Template: project.versionTemplate, DonorPackage: null },
    ReleaseNotesTemplate: null,
    DeploymentChangesTemplate: null,
    ClonedFromProjectId: null,
    ExtensionSettings: [],
    Templates: [],
    Icon: null,
  };
}

export function channelResource(core: Core, channel: Channel): unknown {
  const self = `${core.api}/${channel.spaceId}/channels/${channel.id}`;
  return {
    ...resource(channel.id, {
      Self: self,
      Releases: `${self}/releases{?skip,take,searchByVersion}`,
      Project: `${core.api}/${channel.spaceId}/projects/${channel.projectId}`,
    }),
    SpaceId: channel.spaceId,
    ProjectId: channel.projectId,
    Name: channel.name,
    Slug: channel.slug,
    Description: channel.description,
    IsDefault: channel.isDefault,
    LifecycleId: channel.lifecycleId,
    TenantTags: channel.tenantTags,
    Rules: channel.rules.map((rule) => ({
      ...resource(rule.id, {}),
      VersionRange: rule.versionRange,
      Tag: rule.tag,
      ActionPackages: rule.actionPackages.map(({ action, packageReference }) => ({
        DeploymentAction: action,
        PackageReference: packageReference,
      })),
    })),
    GitReferenceRules: [],
    GitResourceRules: [],
    Type: channel.type,
    CustomFieldDefinitions: [],
    ParentEnvironmentId: channel.parentEnvironmentId,
    EphemeralEnvironmentNameTemplate: null,
    AutomaticEphemeralEnvironmentDeployments: false,
  };
}

export function tenantResource(core: Core, tenant: Tenant): unknown {
  return {
    ...resource(tenant.id, { Self: `${core.api}/${tenant.spaceId}/tenants/${tenant.id}` }),
    SpaceId: tenant.spaceId,
    Name: tenant.name,
    Slug: tenant.slug,
    Description: tenant.description,
    IsDisabled: tenant.isDisabled,
    TenantTags: tenant.tags,
    ProjectEnvironments: tenant.projectEnvironments,
    ClonedFromTenantId: null,
    CustomFields: null,
    Icon: null,
  };
}

export function tagSetResource(core: Core, tagSet: TagSet): unknown {
  return {
    ...resource(tagSet.id, { Self: `${core.api}/${tagSet.spaceId}/tagsets/${tagSet.id}` }),
    SpaceId: tagSet.spaceId,
    Name: tagSet.name,
    Description: tagSet.description,
    SortOrder: tagSet.sortOrder,
    ...(core.switches().targetTags ? { Scopes: tagSet.scopes, IsSystem: tagSet.isSystem, Type: "MultiSelect" } : {}),
    Tags: tagSet.tags.map((tag, index) => ({
      Id: tag.id,
      Name: tag.name,
      CanonicalTagName: `${tagSet.name}/${tag.name}`,
      Color: tag.color,
      Description: tag.description,
      SortOrder: index,
    })),
  };
}

export function machineResource(core: Core, machine: Machine): unknown {
  return {
    ...resource(machine.id, { Self: `${core.api}/${machine.spaceId}/machines/${machine.id}` }),
    SpaceId: machine.spaceId,
    Name: machine.name,
    Slug: machine.slug,
    EnvironmentIds: machine.environmentIds,
    Roles: machine.roles,
    TenantIds: machine.tenantIds,
    TenantTags: machine.tenantTags,
    TenantedDeploymentParticipation: machine.participation,
    IsDisabled: machine.isDisabled,
    IsInProcess: false,
    HealthStatus: machine.healthStatus,
    Status: machine.isDisabled ? "Disabled" : machine.healthStatus === "Unavailable" ? "Offline" : "Online",
    HasLatestCalamari: true,
    StatusSummary: "",
    MachinePolicyId: "MachinePolicies-1",
    Thumbprint: null,
    Uri: machine.uri,
    OperatingSystem: "Linux",
    ShellName: "Bash",
    ShellVersion: "5.2",
    Architecture: "x64",
    Endpoint: {
      ...resource(null, {}),
      CommunicationStyle: machine.communicationStyle,
      Uri: machine.uri,
      Thumbprint: null,
    },
    SkipInitialHealthCheck: false,
  };
}
