import type { Deployment } from "../octopus-server/documents/execution.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { Variables } from "../step-host/octostache.ts";

/**
 * Octopus' own variables about a deployment that runs on a worker (docs, projects/variables/system-variables). Those that do not apply are
 * missing, as in Octopus: those of the tenant without a tenant, `SpecificMachines` without specific machines.
 */
export function systemVariables(server: OctopusServer, deployment: Deployment): Variables {
  const state = server.simulator.state();
  const project = found(state.projects.get(deployment.projectId));
  const release = found(state.history.releases.get(deployment.releaseId));
  const channel = found(state.channels.get(deployment.channelId));
  const environment = found(state.environments.get(deployment.environmentId));
  const space = found(state.spaces.get(deployment.spaceId));
  const creator = found(state.users.get(deployment.deployedById));
  const tenant = deployment.tenantId === null ? undefined : found(state.tenants.get(deployment.tenantId));
  const task = found(deployment.taskId ?? undefined);
  return defined({
    "Octopus.Task.Id": task,
    "Octopus.Task.Name": `Deploy release ${release.version} to ${environment.name}`,
    "Octopus.Deployment.Id": deployment.id,
    "Octopus.Deployment.Name": `Deploy to ${environment.name}`,
    "Octopus.Deployment.Comments": deployment.comments,
    "Octopus.Deployment.Created": new Date(deployment.created).toUTCString(),
    "Octopus.Deployment.CreatedBy.Id": creator.id,
    "Octopus.Deployment.CreatedBy.Username": creator.username,
    "Octopus.Deployment.CreatedBy.DisplayName": creator.displayName,
    "Octopus.Deployment.CreatedBy.EmailAddress": creator.emailAddress ?? "",
    "Octopus.Deployment.Tenant.Id": tenant?.id,
    "Octopus.Deployment.Tenant.Name": tenant?.name,
    "Octopus.Deployment.Machines": deployment.deployedToMachineIds.join(","),
    "Octopus.Deployment.SpecificMachines": listed(deployment.specificMachineIds),
    "Octopus.Deployment.ExcludedMachines": listed(deployment.excludedMachineIds),
    "Octopus.Release.Id": release.id,
    "Octopus.Release.Number": release.version,
    "Octopus.Release.Notes": release.releaseNotes,
    "Octopus.Release.Channel.Id": channel.id,
    "Octopus.Release.Channel.Name": channel.name,
    "Octopus.Project.Id": project.id,
    "Octopus.Project.Name": project.name,
    "Octopus.ProjectGroup.Id": project.projectGroupId,
    "Octopus.Environment.Id": environment.id,
    "Octopus.Environment.Name": environment.name,
    "Octopus.Environment.SortOrder": String(environment.sortOrder),
    "Octopus.Space.Id": space.id,
    "Octopus.Space.Name": space.name,
    "Octopus.Web.ServerUri": server.url,
    "Octopus.Web.BaseUrl": server.url,
    "Octopus.Web.ProjectLink": `/app#/${space.id}/projects/${project.slug}`,
    "Octopus.Web.DeploymentLink": `/app#/${space.id}/deployments/${deployment.id}`,
    "Octopus.WorkerPool.Name": "Default Worker Pool",
  });
}

function found<T>(document: T | undefined): T {
  if (document === undefined) throw new Error("A document that a deployment refers to is missing on the server.");
  return document;
}

function listed(ids: readonly string[]): string | undefined {
  return ids.length === 0 ? undefined : ids.join(",");
}

function defined(variables: Readonly<Record<string, string | undefined>>): Variables {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
