import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space, system } from "../http/route.ts";
import type { Call, Route, SpaceCall } from "../http/route.ts";
import { resource } from "../resources/common.ts";

/** The root document, the root of each space, and the server's status. */
export const serverRoutes: readonly Route[] = [
  system("GET", "", "RootResource", "D26 home, R19", root),
  space("GET", "", "SpaceRootResource", "SW", spaceRoot),
  system("GET", "serverstatus", "ServerStatusResource", "D26 server-status", serverStatus),
];

/** Routes that answer without a credential (D26 home). */
export const anonymousRoutes: ReadonlySet<string> = new Set([""]);

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
      DeploymentFreezes: `${api}/deploymentfreezes{/id}{?skip,take,ids,partialName,projectIds,tenantIds,environmentIds,includeComplete,status}`,
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

function serverStatus({ instance }: Call): Reply {
  const { maintenanceMode } = instance.switches();
  return ok({
    ...resource("serverstatus", {
      Self: `${instance.api}/serverstatus`,
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
