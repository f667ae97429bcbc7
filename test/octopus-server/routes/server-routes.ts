import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space, system } from "../http/route.ts";
import type { Call, Route, SpaceCall } from "../http/route.ts";
import { dateTime, resource } from "../resources/common.ts";

/** The root document, each space's root, and how the server is. */
export const serverRoutes: readonly Route[] = [
  system("GET", "", "RootResource", root),
  space("GET", "", "SpaceRootResource", spaceRoot),
  system("GET", "capabilities", "CapabilitiesResponse", capabilities),
  system("GET", "serverstatus", "ServerStatusResource", serverStatus),
  system("GET", "serverstatus/health", "ServerStatusHealthResource", health),
  system("GET", "octopusservernodes/ping", "OctopusServerNodePing", ping),
  system("GET", "maintenanceconfiguration", "MaintenanceConfigurationResource", maintenance),
];

/** Routes that answer without a credential (D26 home, server-status). */
export const anonymousRoutes: ReadonlySet<string> = new Set(["", "serverstatus/health", "octopusservernodes/ping"]);

function root({ instance }: Call): Reply {
  const { api } = instance;
  const home = [...instance.state.spaces.values()].find(({ isDefault }) => isDefault);
  const inDefaultSpace = home === undefined ? api : `${api}/${home.id}`;
  return ok({
    ...resource(null, {
      Self: api,
      Spaces: `${api}/spaces{/id}{?name,skip,ids,take,partialName}`,
      SpaceHome: `${api}/{spaceId}`,
      CurrentUser: `${api}/users/me`,
      Users: `${api}/users{/id}{?skip,take,ids,filter}`,
      Teams: `${api}/teams{/id}{?skip,take,ids,partialName,spaces,includeSystem}`,
      UserRoles: `${api}/userroles{/id}{?skip,take,ids,partialName}`,
      ScopedUserRoles: `${api}/scopeduserroles{/id}{?skip,take,ids,partialName,spaces,includeSystem}`,
      ServerStatus: `${api}/serverstatus`,
      MaintenanceConfiguration: `${api}/maintenanceconfiguration`,
      DeploymentFreezes: `${api}/deploymentfreezes{/id}{?skip,take,ids,partialName,projectIds,tenantIds,environmentIds,includeComplete,status}`,
      TaskTypes: `${api}/tasks/tasktypes`,
      Tasks: `${api}/tasks{/id}{?skip,active,environment,tenant,runbook,project,name,node,running,states,hasPendingInterruptions,hasWarningsOrErrors,take,ids,partialName,spaces,includeSystem,description,fromCompletedDate,toCompletedDate,fromQueueDate,toQueueDate,fromStartDate,toStartDate}`,
      Events: `${api}/events{/id}{?skip,regarding,regardingAny,user,users,projects,projectGroups,environments,eventGroups,eventCategories,eventAgents,tags,tenants,from,to,internal,fromAutoId,toAutoId,documentTypes,asCsv,take,ids,spaces,includeSystem}`,
      ...spaceLinks(inDefaultSpace),
      Web: `${api.replace(/\/api$/, "")}/app`,
    }),
    Application: "Octopus Deploy",
    Version: instance.switches().version,
    ApiVersion: "3.0.0",
    InstallationId: "6f1c2f0e-0d4e-4f0b-9a51-0c70b5d6e001",
    IsEarlyAccessProgram: false,
    HasLongTermSupport: true,
  });
}

function spaceRoot({ instance, space: { id } }: SpaceCall): Reply {
  return ok(resource(id, { Self: `${instance.api}/${id}`, ...spaceLinks(`${instance.api}/${id}`) }));
}

function spaceLinks(base: string): Readonly<Record<string, string>> {
  return {
    Artifacts: `${base}/artifacts{/id}{?skip,take,regarding,ids,partialName,order}`,
    Channels: `${base}/channels{/id}{?skip,take,ids,partialName}`,
    Dashboard: `${base}/dashboard{?projectId,releaseId,selectedTenants,selectedTags,showAll,highestLatestVersionPerProjectAndEnvironment}`,
    DashboardDynamic: `${base}/dashboard/dynamic{?projects,environments,includePrevious}`,
    DeploymentProcesses: `${base}/deploymentprocesses{/id}{?skip,take,ids}`,
    Deployments: `${base}/deployments{/id}{?skip,take,ids,projects,environments,tenants,channels,taskState,partialName}`,
    Environments: `${base}/environments{/id}{?name,skip,ids,take,partialName}`,
    Interruptions: `${base}/interruptions{/id}{?skip,take,regarding,pendingOnly,ids}`,
    Lifecycles: `${base}/lifecycles{/id}{?skip,take,ids,partialName}`,
    Machines: `${base}/machines{/id}{?skip,take,name,ids,partialName,roles,isDisabled,healthStatuses,commStyles,tenantIds,tenantTags,environmentIds,thumbprint,deploymentId}`,
    ProjectGroups: `${base}/projectgroups{/id}{?skip,take,ids,partialName}`,
    Projects: `${base}/projects{/id}{?name,skip,ids,clone,take,partialName,clonedFromProjectId}`,
    Releases: `${base}/releases{/id}{?skip,ignoreChannelRules,take,ids}`,
    TagSets: `${base}/tagsets{/id}{?skip,take,ids,partialName}`,
    Tenants: `${base}/tenants{/id}{?skip,projectId,name,tags,take,ids,partialName}`,
    TenantsStatus: `${base}/tenants/status`,
    Variables: `${base}/variables{/id}{?ids}`,
  };
}

function capabilities(): Reply {
  return ok({
    Capabilities: [
      "CreateReleaseCommandV1",
      "CreateUntenantedDeploymentCommandV1",
      "CreateTenantedDeploymentCommandV1",
    ],
  });
}

function serverStatus({ instance }: Call): Reply {
  const { maintenanceMode } = instance.switches();
  return ok({
    ...resource("serverstatus", {
      Self: `${instance.api}/serverstatus`,
      Health: `${instance.api}/serverstatus/health`,
    }),
    IsDatabaseEncrypted: true,
    IsInMaintenanceMode: maintenanceMode,
    IsMajorMinorUpgrade: false,
    IsPotentialClone: false,
    IsUpgradeAvailable: false,
    MaintenanceExpires: null,
    MaximumAvailableVersion: instance.switches().version,
    MaximumAvailableVersionCoveredByLicense: instance.switches().version,
  });
}

function health({ instance }: Call): Reply {
  const { maintenanceMode } = instance.switches();
  return ok({
    ...resource(null, { Self: `${instance.api}/serverstatus/health` }),
    IsOperatingNormally: !maintenanceMode,
    Description: maintenanceMode ? "The server is in maintenance mode." : "The server is operating normally.",
    IsEntireClusterReadOnly: maintenanceMode,
    IsEntireClusterDrainingTasks: false,
    IsCompliantWithLicense: true,
  });
}

// A single node does not tell when the whole cluster is in maintenance (issue 7964).
function ping({ instance }: Call): Reply {
  return ok({
    ...resource("OctopusServerNodes-octopus-1", { Self: `${instance.api}/octopusservernodes/ping` }),
    Name: "octopus-1",
    IsInMaintenanceMode: false,
    IsOffline: false,
    LastSeen: dateTime(instance.timeline.now()),
    MaxConcurrentTasks: instance.switches().taskCap,
    Version: instance.switches().version,
  });
}

function maintenance({ instance }: Call): Reply {
  return ok({
    ...resource("maintenance", { Self: `${instance.api}/maintenanceconfiguration` }),
    IsInMaintenanceMode: instance.switches().maintenanceMode,
  });
}
