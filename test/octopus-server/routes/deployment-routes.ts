import type { Deployment } from "../documents/execution.ts";
import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { page } from "../resources/collection.ts";
import { deploymentResource } from "../resources/execution.ts";
import { taskLeft } from "../rules/retention.ts";
import { taskState } from "../rules/task-states.ts";
import { deploymentOf, deploymentPlace } from "./lookup.ts";

export const deploymentRoutes: readonly Route[] = [
  space("GET", "deployments", "ResourceCollection_of_DeploymentResource", "D26 deployments", list),
  space("GET", "deployments/{id}", "DeploymentResource", "D26 deployments", (call) =>
    ok(deploymentResource(call.instance, deploymentOf(call))),
  ),
];

/** Newest created first. A deployment matches one value of each filter (D26 deployments). */
function list(call: SpaceCall): Reply {
  const { query, access, instance } = call;
  const ids = query.list("ids");
  const projects = query.list("projects");
  const environments = query.list("environments");
  const tenants = query.list("tenants");
  const channels = query.list("channels");
  const name = query.text("partialName")?.toLowerCase();
  const state = instance.switches().deploymentsFilteredByTaskState ? query.text("taskState") : undefined;
  const wantedState = state === undefined ? undefined : taskState(state);
  const found = candidates(call, ids, projects, environments).filter(
    (deployment) =>
      deployment.spaceId === call.space.id &&
      (ids === undefined || ids.includes(deployment.id)) &&
      (projects === undefined || projects.includes(deployment.projectId)) &&
      (environments === undefined || environments.includes(deployment.environmentId)) &&
      (tenants === undefined || (deployment.tenantId !== null && tenants.includes(deployment.tenantId))) &&
      (channels === undefined || channels.includes(deployment.channelId)) &&
      (state === undefined || taskLeft(instance, deployment)?.state === wantedState) &&
      (name === undefined || nameOf(call, deployment).toLowerCase().includes(name)) &&
      access.may("DeploymentView", deploymentPlace(deployment)),
  );
  return ok(page(call, "Deployment", found, (deployment) => deploymentResource(instance, deployment)));
}

/** The shortest indexed list that has every match, because histories are long. */
function candidates(
  call: SpaceCall,
  ids: readonly string[] | undefined,
  projects: readonly string[] | undefined,
  environments: readonly string[] | undefined,
): readonly Deployment[] {
  const { history } = call.instance.state;
  if (ids !== undefined) {
    const known = ids.map((id) => history.deployments.get(id)).filter((deployment) => deployment !== undefined);
    return [...new Set(known)].sort((a, b) => b.created - a.created || b.number - a.number);
  }
  const [projectId, otherProject] = projects ?? [];
  const [environmentId, otherEnvironment] = environments ?? [];
  if (projectId !== undefined && otherProject === undefined) {
    return environmentId !== undefined && otherEnvironment === undefined
      ? history.deploymentsOf({ projectId, environmentId })
      : history.deploymentsOf({ projectId });
  }
  return environmentId !== undefined && otherEnvironment === undefined
    ? history.deploymentsOf({ environmentId })
    : history.deploymentsOf({ spaceId: call.space.id });
}

function nameOf(call: SpaceCall, { environmentId }: Deployment): string {
  return `Deploy to ${call.instance.state.environments.get(environmentId)?.name ?? ""}`;
}
