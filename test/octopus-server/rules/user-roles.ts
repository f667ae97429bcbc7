import type { UserRole } from "../documents/configuration.ts";

/**
 * The built-in roles of every Octopus Server, reduced to permissions that a route of this server or a client checks.
 * Source: Octopus documentation, page security/users-and-teams/default-permissions.
 */
export function builtInUserRoles(): readonly UserRole[] {
  return [
    role("systemadministrator", "System administrator", [], [...system, "AdministerSystem"]),
    role("systemmanager", "System manager", [], system),
    role("spacemanager", "Space manager", everything, teamViews),
    role("projectviewer", "Project viewer", projectViews, teamViews),
    role(
      "projectcontributor",
      "Project contributor",
      [...projectViews, ...projectEdits, "InterruptionViewSubmitResponsible"],
      teamViews,
    ),
    role(
      "projectdeployer",
      "Project deployer",
      [
        ...projectViews,
        ...projectEdits,
        "InterruptionViewSubmitResponsible",
        "InterruptionSubmit",
        "DeploymentCreate",
        "TaskCancel",
        "RunbookRunCreate",
      ],
      teamViews,
    ),
    role(
      "projectlead",
      "Project lead",
      [
        ...projectViews,
        ...projectEdits,
        "InterruptionViewSubmitResponsible",
        "ReleaseCreate",
        "ReleaseEdit",
        "ReleaseDelete",
        "ArtifactEdit",
        "ArtifactDelete",
      ],
      teamViews,
    ),
    role(
      "projectinitiator",
      "Project initiator",
      [...projectViews, "ProjectCreate", "ProjectEdit", "ProjectDelete", "DefectReport", "DefectResolve"],
      teamViews,
    ),
    role("deploymentcreator", "Deployment creator", deploymentCreations, []),
    role("releasecreator", "Release creator", releaseCreations, []),
    role("environmentviewer", "Environment viewer", environmentViews, ["TeamView"]),
    role("environmentmanager", "Environment manager", [...environmentViews, ...environmentEdits], ["TeamView"]),
    role("tenantmanager", "Tenant manager", ["TenantCreate", "TenantEdit", "TenantDelete", "TenantView"], []),
    role(
      "buildserver",
      "Build server",
      [...deploymentCreations, ...releaseCreations, "BuildInformationPush", "BuildInformationAdminister"],
      [],
    ),
  ];
}

function role(
  id: string,
  name: string,
  spacePermissions: readonly string[],
  systemPermissions: readonly string[],
): UserRole {
  return {
    id: `userroles-${id}`,
    name,
    description: "",
    isBuiltIn: true,
    spacePermissions: [...new Set(spacePermissions)],
    systemPermissions,
  };
}

const teamViews = ["TeamView", "UserView", "UserRoleView"] as const;

const system = [
  "ConfigureServer",
  "EventRetentionDelete",
  "EventRetentionView",
  "EventView",
  "TeamCreate",
  "TeamView",
  "TeamEdit",
  "TeamDelete",
  "TaskView",
  "TaskCreate",
  "TaskCancel",
  "TaskEdit",
  "SpaceView",
  "SpaceEdit",
  "SpaceCreate",
  "SpaceDelete",
  "UserView",
  "UserInvite",
  "UserRoleView",
  "UserRoleEdit",
  "UserEdit",
] as const;

const projectViews = [
  "ReleaseView",
  "ProjectView",
  "DeploymentView",
  "ProcessView",
  "EnvironmentView",
  "ArtifactView",
  "EventView",
  "ProjectGroupView",
  "LibraryVariableSetView",
  "TeamView",
  "TaskView",
  "InterruptionView",
  "LifecycleView",
  "MachinePolicyView",
  "TenantView",
  "TriggerView",
  "CertificateView",
  "RunbookView",
  "RunbookRunView",
] as const;

const projectEdits = [
  "ArtifactCreate",
  "ActionTemplateView",
  "ProcessEdit",
  "ProjectEdit",
  "FeedView",
  "LibraryVariableSetCreate",
  "LibraryVariableSetEdit",
  "LibraryVariableSetDelete",
  "TaskCreate",
  "MachineView",
  "DefectReport",
  "DefectResolve",
  "VariableView",
  "VariableEdit",
  "TriggerCreate",
  "TriggerDelete",
  "TriggerEdit",
  "RunbookEdit",
] as const;

const deploymentCreations = [
  "DeploymentCreate",
  "DeploymentView",
  "EnvironmentView",
  "LifecycleView",
  "ProcessView",
  "ProjectView",
  "ReleaseView",
  "TaskView",
  "TenantView",
  "LibraryVariableSetView",
  "RunbookView",
  "RunbookRunView",
  "RunbookRunCreate",
] as const;

const releaseCreations = [
  "EnvironmentView",
  "FeedView",
  "ProcessView",
  "ProjectView",
  "ReleaseCreate",
  "ReleaseView",
  "RunbookView",
  "RunbookEdit",
] as const;

const environmentViews = [
  "EnvironmentView",
  "MachineView",
  "TaskView",
  "TeamView",
  "AccountView",
  "MachinePolicyView",
  "CertificateView",
  "ProxyView",
  "WorkerView",
] as const;

const environmentEdits = [
  "EnvironmentCreate",
  "EnvironmentEdit",
  "EnvironmentDelete",
  "MachineCreate",
  "MachineEdit",
  "MachineDelete",
  "TaskCreate",
  "TaskCancel",
  "WorkerEdit",
] as const;

const everything = [
  ...projectViews,
  ...projectEdits,
  ...deploymentCreations,
  ...releaseCreations,
  ...environmentViews,
  ...environmentEdits,
  "ProjectCreate",
  "ProjectDelete",
  "VariableEditUnscoped",
  "VariableViewUnscoped",
  "ReleaseEdit",
  "ReleaseDelete",
  "DeploymentDelete",
  "ArtifactEdit",
  "ArtifactDelete",
  "ProjectGroupCreate",
  "ProjectGroupEdit",
  "ProjectGroupDelete",
  "TeamCreate",
  "TeamEdit",
  "TeamDelete",
  "TaskEdit",
  "InterruptionSubmit",
  "InterruptionViewSubmitResponsible",
  "LifecycleCreate",
  "LifecycleEdit",
  "LifecycleDelete",
  "TenantCreate",
  "TenantEdit",
  "TenantDelete",
  "TagSetCreate",
  "TagSetEdit",
  "TagSetDelete",
  "BuildInformationPush",
  "BuildInformationAdminister",
] as const;

/** Every permission of this server, for administrators. */
export const allSpacePermissions: readonly string[] = [...new Set<string>(everything)];
export const allSystemPermissions: readonly string[] = ["AdministerSystem", ...system];
