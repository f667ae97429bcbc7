import type { Channel, Environment, Project } from "../documents/configuration.ts";
import type { Deployment, Release, ServerTask } from "../documents/execution.ts";
import { missingPermission, notFound } from "../http/refusal.ts";
import type { Call, MixedCall, SpaceCall } from "../http/route.ts";
import type { Place } from "../rules/access.ts";
import { isPurged } from "../rules/retention.ts";
import { inSpace } from "../state.ts";

/** Demands the permission to see a resource. No source says whether the answer is 404 or 403 without it, so a switch decides. */
export function demandSight(call: Call, permission: string, place: Place, id: string): void {
  if (call.access.may(permission, place)) return;
  throw call.instance.switches().invisibleResource === "403" ? missingPermission(permission) : notFound(id);
}

/** A document of the call's space by id or slug. Throws the 404. */
export function oneOf<T extends { readonly id: string; readonly spaceId: string; readonly slug?: string }>(
  call: SpaceCall,
  documents: Map<string, T>,
  identifier: string,
): T {
  const direct = documents.get(identifier);
  const found =
    direct ??
    inSpace(documents, call.space.id).find(
      ({ id, slug }) => slug === identifier.toLowerCase() || id.toLowerCase() === identifier.toLowerCase(),
    );
  if (found === undefined || found.spaceId !== call.space.id) throw notFound(identifier);
  return found;
}

export function projectOf(call: SpaceCall, parameter = "id"): Project {
  const identifier = call.param(parameter);
  const project = oneOf(call, call.instance.state.projects, identifier);
  demandSight(call, "ProjectView", projectPlace(project), identifier);
  return project;
}

export function environmentOf(call: SpaceCall, identifier: string): Environment {
  const environment = oneOf(call, call.instance.state.environments, identifier);
  demandSight(call, "EnvironmentView", environmentPlace(environment), identifier);
  return environment;
}

export function channelOf(call: SpaceCall, identifier: string): Channel {
  const channel = oneOf(call, call.instance.state.channels, identifier);
  demandSight(call, "ProcessView", { spaceId: channel.spaceId, projectId: channel.projectId }, identifier);
  return channel;
}

export function releaseOf(call: SpaceCall, identifier = call.param("id")): Release {
  const release = call.instance.state.history.releases.get(identifier);
  if (release === undefined || release.spaceId !== call.space.id) throw notFound(identifier);
  demandSight(call, "ReleaseView", { spaceId: release.spaceId, projectId: release.projectId }, identifier);
  return release;
}

export function deploymentOf(call: SpaceCall): Deployment {
  const identifier = call.param("id");
  const deployment = call.instance.state.history.deployments.get(identifier);
  if (deployment === undefined || deployment.spaceId !== call.space.id) throw notFound(identifier);
  demandSight(call, "DeploymentView", deploymentPlace(deployment), identifier);
  return deployment;
}

export function taskOf(call: MixedCall, identifier = call.param("id")): ServerTask {
  const task = call.instance.state.history.tasks.get(identifier);
  const isElsewhere = call.space !== undefined && task?.spaceId !== call.space.id;
  if (task === undefined || isElsewhere || isPurged(call.instance, task)) throw notFound(identifier);
  demandSight(call, "TaskView", taskPlace(task), identifier);
  return task;
}

export function projectPlace(project: Project): Place {
  return { spaceId: project.spaceId, projectId: project.id };
}

export function environmentPlace(environment: Environment): Place {
  return { spaceId: environment.spaceId, environmentId: environment.id };
}

// A deployment has the properties of a place: making an object for each of 50,000 would take longer than the rest of a request.
export function deploymentPlace(deployment: Deployment): Place {
  return deployment;
}

/** A task's place. Only a deployment without a tenant is "untenanted"; other tasks are not about tenants. */
export function taskPlace(task: ServerTask): Place {
  if (task.deploymentId !== null) return task;
  return { spaceId: task.spaceId, projectId: task.projectId, environmentId: task.environmentId };
}
