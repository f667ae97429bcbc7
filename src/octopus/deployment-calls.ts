import type { Id } from "../model.ts";
import { inChunks } from "./in-chunks.ts";
import type { DeploymentFilter, SpaceGateway } from "./gateway.ts";
import { growingFrom } from "./paging.ts";
import type { Requests } from "./requests.ts";
import { Deployment } from "./resources.ts";

type DeploymentCalls = Pick<SpaceGateway, "deployments" | "deploymentsById" | "deployment" | "createDeployment">;

/** https://octopus.com/docs/api/deployments */
export function deploymentCalls(spaceId: Id<"Space">, requests: Requests): DeploymentCalls {
  return {
    deployments: (filter) =>
      requests.readPages(
        {
          purpose: "reading the project's deployments",
          path: "~/api/{spaceId}/deployments{?projects,environments,channels,tenants,taskState,skip,take}",
          args: { spaceId, ...deploymentArgs(filter) },
          shape: Deployment,
        },
        growingFrom(filter.firstPage ?? 30),
      ),
    deploymentsById: (ids) =>
      inChunks(ids, (chunk) =>
        requests.readAll(
          {
            purpose: "reading deployments",
            path: "~/api/{spaceId}/deployments{?ids,skip,take}",
            args: { spaceId, ids: chunk },
            shape: Deployment,
          },
          chunk.length,
        ),
      ),
    deployment: (deploymentId) =>
      requests.readIfExists({
        purpose: `reading the deployment ${deploymentId}`,
        path: "~/api/{spaceId}/deployments/{deploymentId}",
        args: { spaceId, deploymentId },
        shape: Deployment,
      }),
    createDeployment: (request) =>
      requests.write({
        purpose: "creating the deployment",
        method: "POST",
        path: "~/api/{spaceId}/deployments",
        args: { spaceId },
        body: {
          ReleaseId: request.releaseId,
          EnvironmentId: request.environmentId,
          TenantId: request.tenantId ?? null,
          Comments: request.comments,
        },
        shape: Deployment,
      }),
  };
}

function deploymentArgs({ projectId, environmentIds, channelId, tenantId, succeededOnly }: DeploymentFilter) {
  return {
    projects: projectId,
    // The server takes an empty list for "any".
    environments: environmentIds.length === 0 ? undefined : environmentIds,
    channels: channelId,
    tenants: tenantId,
    taskState: succeededOnly === true ? "Success" : undefined,
  };
}
