import * as z from "zod";
import type { Environment, Project } from "../documents/configuration.ts";
import type { Deployment, Release } from "../documents/execution.ts";
import { bodyObject, dateTime, idList, optionalText, parseBody } from "../http/body.ts";
import { invalid } from "../http/refusal.ts";
import { created } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { deploymentResource } from "../resources/execution.ts";
import { createDeployment } from "../rules/create-deployment.ts";
import { targetTagId } from "../rules/target-tags.ts";

export const createDeploymentRoutes: readonly Route[] = [
  space("POST", "deployments", "DeploymentResource", "D26 deployments", create),
  space("POST", "deployments/override", "CreateDeploymentResponse", "D26 deployment-freeze", createOverridingFreezes),
];

// Unknown keys are ignored, so the predecessor's misspelt `ExcludeMachineIds` excludes no machine, as on a real server.
const DeploymentBody = bodyObject({
  ReleaseId: z.string().min(1),
  EnvironmentId: z.string().min(1),
  TenantId: optionalText,
  Comments: optionalText,
  FormValues: z.record(z.string(), z.coerce.string().nullable()).optional(),
  QueueTime: dateTime.optional(),
  QueueTimeExpiry: dateTime.optional(),
  SkipActions: idList,
  SpecificMachineIds: idList,
  ExcludedMachineIds: idList,
  SpecificTargetTagIds: idList,
  ExcludedTargetTagIds: idList,
  UseGuidedFailure: z.boolean().optional(),
  ForcePackageDownload: z.boolean().optional(),
  ForcePackageRedeployment: z.boolean().optional(),
  Priority: optionalText,
});

const OverrideBody = bodyObject({
  SpaceId: z.string(),
  FreezeIds: z.array(z.string()),
  Reason: z.string().min(1, "A reason is required to override a deployment freeze."),
  CreateDeploymentCommand: DeploymentBody,
});

type DeploymentBody = z.output<typeof DeploymentBody>;

function create(call: SpaceCall): Reply {
  return created(deploymentResource(call.instance, make(call, parseBody(DeploymentBody, call.body), [])));
}

function createOverridingFreezes(call: SpaceCall): Reply {
  const body = parseBody(OverrideBody, call.body);
  const unknown = body.FreezeIds.filter((id) => !call.instance.state.freezes.has(id));
  if (unknown.length > 0) throw invalid(...unknown.map((id) => `The deployment freeze '${id}' was not found.`));
  const deployment = make(call, body.CreateDeploymentCommand, body.FreezeIds);
  return created({ Deployment: deploymentResource(call.instance, deployment) });
}

function make(call: SpaceCall, body: DeploymentBody, overriddenFreezeIds: readonly string[]): Deployment {
  const { state } = call.instance;
  const release = state.history.releases.get(body.ReleaseId);
  const environment = state.environments.get(body.EnvironmentId);
  const tenant = body.TenantId === undefined || body.TenantId === "" ? null : state.tenants.get(body.TenantId);
  const { foundRelease, project, foundEnvironment } = demandAll(call, body, release, environment);
  if (tenant === undefined || (tenant !== null && tenant.spaceId !== call.space.id))
    throw invalid(`The tenant '${body.TenantId}' was not found.`);
  call.access.demand("DeploymentCreate", {
    spaceId: call.space.id,
    projectId: project.id,
    environmentId: foundEnvironment.id,
    tenantId: tenant?.id ?? null,
  });
  return createDeployment(call.instance, {
    project,
    release: foundRelease,
    environment: foundEnvironment,
    tenant,
    by: call.user,
    comments: body.Comments,
    formValues: textValues(body.FormValues),
    queueTime: body.QueueTime,
    queueTimeExpiry: body.QueueTimeExpiry,
    skipActions: body.SkipActions,
    specificMachineIds: body.SpecificMachineIds,
    excludedMachineIds: body.ExcludedMachineIds,
    specificTargetTagIds: knownTags(call, body.SpecificTargetTagIds),
    excludedTargetTagIds: knownTags(call, body.ExcludedTargetTagIds),
    useGuidedFailure: body.UseGuidedFailure,
    forcePackageDownload: body.ForcePackageDownload,
    forcePackageRedeployment: body.ForcePackageRedeployment,
    priority: body.Priority,
    overriddenFreezeIds,
  });
}

/** The target tags that a request names. A server without target tags ignores the property, like any unknown one. */
function knownTags(call: SpaceCall, ids: readonly string[] | undefined): readonly string[] | undefined {
  const { targetTags, unknownTargetTagsRefused } = call.instance.switches();
  if (!targetTags) return undefined;
  if (unknownTargetTagsRefused) return ids;
  return ids?.filter((id) => targetTagId(call.instance, call.space.id, id) !== undefined);
}

function demandAll(
  call: SpaceCall,
  body: DeploymentBody,
  release: Release | undefined,
  environment: Environment | undefined,
) {
  const project: Project | undefined = call.instance.state.projects.get(release?.projectId ?? "");
  if (release === undefined || project === undefined || release.spaceId !== call.space.id) {
    throw invalid(`The release '${body.ReleaseId}' was not found.`);
  }
  if (environment === undefined || environment.spaceId !== call.space.id) {
    throw invalid(`The environment '${body.EnvironmentId}' was not found.`);
  }
  return { foundRelease: release, project, foundEnvironment: environment };
}

function textValues(values: Readonly<Record<string, string | null>> | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, value ?? ""]));
}
