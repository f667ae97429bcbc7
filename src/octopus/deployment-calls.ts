import * as z from "zod/mini";
import type * as model from "../model.ts";
import type { Id } from "../model.ts";
import { inChunks } from "./in-chunks.ts";
import type { DeploymentFilter, DeploymentRequest, SpaceGateway } from "./gateway.ts";
import { growingFrom } from "./paging.ts";
import type { Requests } from "./requests.ts";
import { Deployment } from "./resources.ts";

type DeploymentCalls = Pick<
  SpaceGateway,
  "deployments" | "deploymentsOfRelease" | "deploymentsById" | "deployment" | "createDeployment"
>;

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
    deploymentsOfRelease: (releaseId) =>
      requests.readAll(
        {
          purpose: `reading the deployments of the release ${releaseId}`,
          path: "~/api/{spaceId}/releases/{releaseId}/deployments{?skip,take}",
          args: { spaceId, releaseId },
          shape: Deployment,
        },
        1000,
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
    createDeployment: (request) => createDeployment(spaceId, requests, request),
  };
}

/** The answer to an override is wrapped: https://octopus.com/docs/api/deployment-freeze */
async function createDeployment(
  spaceId: Id<"Space">,
  requests: Requests,
  { freezeOverride, ...request }: DeploymentRequest,
): Promise<model.Deployment> {
  const body = {
    ReleaseId: request.releaseId,
    EnvironmentId: request.environmentId,
    TenantId: request.tenantId ?? null,
    Comments: request.comments,
    UseGuidedFailure: request.useGuidedFailure,
    SkipActions: request.skippedActionIds ?? [],
  };
  const purpose = "creating the deployment";
  const command = { purpose, method: "POST", path: "~/api/{spaceId}/deployments", args: { spaceId } } as const;
  if (freezeOverride === undefined) return await requests.write({ ...command, body, shape: Deployment });
  const { freezeIds, reason } = freezeOverride;
  const { Deployment: deployment } = await requests.write({
    ...command,
    path: `${command.path}/override`,
    body: { SpaceId: spaceId, FreezeIds: freezeIds, Reason: reason, CreateDeploymentCommand: body },
    shape: z.object({ Deployment }),
  });
  return deployment;
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
