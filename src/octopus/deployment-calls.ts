import * as z from "zod/mini";
import type * as model from "../model.ts";
import type { Id } from "../model.ts";
import { inChunks } from "./in-chunks.ts";
import type { DeploymentRequest, SpaceGateway } from "./gateway.ts";
import { growingFrom } from "./paging.ts";
import type { FindExisting } from "./retry.ts";
import type { Requests } from "./requests.ts";
import { Deployment } from "./resources.ts";

type DeploymentCalls = Pick<
  SpaceGateway,
  | "deployments"
  | "deploymentsOfAll"
  | "newestDeploymentsOfRelease"
  | "deploymentsOfRelease"
  | "deploymentsById"
  | "deployment"
  | "createDeployment"
>;

/** https://octopus.com/docs/api/deployments */
export function deploymentCalls(spaceId: Id<"Space">, requests: Requests): DeploymentCalls {
  const { readAll, readIfExists, readPages } = requests;
  return {
    deployments: (filter) => {
      const each = [filter, ...(filter.besides ?? [])];
      const args = {
        projects: each.map(({ projectId }) => projectId),
        // The server takes an empty list for "any".
        environments: filter.environmentIds.length === 0 ? undefined : filter.environmentIds,
        channels: filter.channelId && each.flatMap(({ channelId }) => channelId ?? []),
        tenants: filter.tenantId,
      };
      const sizes = growingFrom(filter.firstPage ?? 30);
      return readPages("reading the project's deployments", "deployments", Deployment, args, sizes);
    },
    deploymentsOfAll: () => readPages("reading the newest deployments", "deployments", Deployment, {}, growingFrom(30)),
    async newestDeploymentsOfRelease(releaseId) {
      const purpose = `reading the newest deployments of the release ${releaseId}`;
      const list = readPages(purpose, "releases/{releaseId}/deployments", Deployment, { releaseId }, [10]);
      for await (const page of list) return page;
      return { items: [], isLast: true };
    },
    deploymentsOfRelease: (releaseId) =>
      readAll(
        `reading the deployments of the release ${releaseId}`,
        "releases/{releaseId}/deployments",
        Deployment,
        { releaseId },
        1000,
      ),
    deploymentsById: (ids) =>
      inChunks(ids, (chunk) => readAll("reading deployments", "deployments", Deployment, { ids: chunk }, chunk.length)),
    deployment: (deploymentId) =>
      readIfExists(`reading the deployment ${deploymentId}`, "deployments/{deploymentId}", Deployment, {
        deploymentId,
      }),
    createDeployment: (request, findExisting) => createDeployment({ spaceId, requests, findExisting }, request),
  };
}

interface Creation {
  readonly spaceId: Id<"Space">;
  readonly requests: Requests;
  readonly findExisting: FindExisting<model.Deployment> | undefined;
}

/** The answer to an override is wrapped: https://octopus.com/docs/api/deployment-freeze */
async function createDeployment(
  { spaceId, requests: { write }, findExisting }: Creation,
  { freezeOverride, ...request }: DeploymentRequest,
): Promise<model.Deployment> {
  const body = bodyOf(request);
  const purpose = "creating the deployment";
  if (freezeOverride === undefined) {
    return await write("POST", purpose, "deployments", Deployment, {}, body, findExisting);
  }
  const { freezeIds, reason } = freezeOverride;
  const override = { SpaceId: spaceId, FreezeIds: freezeIds, Reason: reason, CreateDeploymentCommand: body };
  const answer = z.object({ Deployment });
  const findWrapped = async () => {
    const found = await findExisting?.();
    return found && { Deployment: found };
  };
  return (await write("POST", purpose, "deployments/override", answer, {}, override, findWrapped)).Deployment;
}

function bodyOf(request: Omit<DeploymentRequest, "freezeOverride">) {
  const { specificTagIds: tags = [], excludedTagIds: otherTags = [], start } = request;
  return {
    ReleaseId: request.releaseId,
    EnvironmentId: request.environmentId,
    TenantId: request.tenantId ?? null,
    Comments: request.comments,
    UseGuidedFailure: request.useGuidedFailure,
    SkipActions: request.skippedActionIds ?? [],
    SpecificMachineIds: request.specificMachineIds ?? [],
    ExcludedMachineIds: request.excludedMachineIds ?? [],
    ...(tags.length > 0 && { SpecificTargetTagIds: tags }),
    ...(otherTags.length > 0 && { ExcludedTargetTagIds: otherTags }),
    FormValues: request.formValues ?? {},
    ...(start && {
      QueueTime: new Date(start.at).toISOString(),
      QueueTimeExpiry: new Date(start.expires).toISOString(),
    }),
  };
}
