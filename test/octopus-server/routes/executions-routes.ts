import * as z from "zod";
import type { Project, Tenant } from "../documents/configuration.ts";
import type { Variable } from "../documents/process.ts";
import type { Deployment, Release } from "../documents/execution.ts";
import { bodyObject, dateTime, idList, optionalText, parseBody } from "../http/body.ts";
import { invalid } from "../http/refusal.ts";
import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { createDeployment } from "../rules/create-deployment.ts";
import { destinationOf } from "../rules/preview.ts";
import { promptedVariables } from "../rules/prompts.ts";
import { refreshVariables } from "../rules/snapshots.ts";
import { targetTagId } from "../rules/target-tags.ts";
import { hasTags } from "../rules/targets.ts";
import { byAnyName, inSpace } from "../state.ts";

/** The executions API: deployments by names (D26 deployments). */
export const executionsRoutes: readonly Route[] = [
  space(
    "POST",
    "deployments/create/untenanted/v1",
    "CreateDeploymentsResponse",
    "D26 deployments, TS, GO",
    createUntenanted,
  ),
  space(
    "POST",
    "deployments/create/tenanted/v1",
    "CreateDeploymentsResponse",
    "D26 deployments, TS, GO",
    createTenanted,
  ),
];

const common = {
  ProjectName: optionalText,
  ProjectIdOrName: optionalText,
  ReleaseVersion: z.string().min(1),
  ForcePackageDownload: z.boolean().optional(),
  ForcePackageRedeployment: z.boolean().optional(),
  UpdateVariableSnapshot: z.boolean().optional(),
  SpecificMachineNames: idList,
  ExcludedMachineNames: idList,
  SpecificTargetTagNames: idList,
  ExcludedTargetTagNames: idList,
  SkipStepNames: idList,
  UseGuidedFailure: z.boolean().optional(),
  RunAt: dateTime.optional(),
  NoRunAfter: dateTime.optional(),
  Variables: z.record(z.string(), z.coerce.string()).optional(),
  DeploymentFreezeNames: idList,
  DeploymentFreezeOverrideReason: optionalText,
};

const UntenantedBody = bodyObject({ ...common, EnvironmentNames: idList });
const TenantedBody = bodyObject({ ...common, EnvironmentName: z.string().min(1), Tenants: idList, TenantTags: idList });

type CommonBody = Omit<z.output<typeof UntenantedBody>, "EnvironmentNames">;

function createUntenanted(call: SpaceCall): Reply {
  const body = parseBody(UntenantedBody, call.body);
  const subject = subjectOf(call, body);
  const names = body.EnvironmentNames ?? [];
  return answer(
    call,
    names.map((name) => make(call, body, subject, name, null)),
  );
}

function createTenanted(call: SpaceCall): Reply {
  const body = parseBody(TenantedBody, call.body);
  const subject = subjectOf(call, body);
  return answer(
    call,
    tenantsOf(call, subject.project, body).map((tenant) => make(call, body, subject, body.EnvironmentName, tenant)),
  );
}

interface Subject {
  readonly project: Project;
  readonly release: Release;
}

function subjectOf(call: SpaceCall, body: CommonBody): Subject {
  const { state } = call.instance;
  const name = body.ProjectName ?? body.ProjectIdOrName ?? "";
  const project = byAnyName(inSpace(state.projects, call.space.id), name);
  if (project === undefined) throw invalid(`The project '${name}' was not found.`);
  const release = state.history
    .releasesOf({ projectId: project.id })
    .find(({ id, version }) => [id, version].some((text) => text.toLowerCase() === body.ReleaseVersion.toLowerCase()));
  if (release === undefined)
    throw invalid(`The release '${body.ReleaseVersion}' was not found in the project '${project.name}'.`);
  if (body.UpdateVariableSnapshot === true) {
    call.access.demand("ReleaseEdit", { spaceId: call.space.id, projectId: project.id });
    refreshVariables(call.instance, release, call.user.username);
  }
  return { project, release };
}

function tenantsOf(call: SpaceCall, project: Project, body: z.output<typeof TenantedBody>): readonly Tenant[] {
  const all = inSpace(call.instance.state.tenants, call.space.id);
  const names = body.Tenants ?? [];
  const unknown = names.filter((name) => name !== "*" && byAnyName(all, name) === undefined);
  if (unknown.length > 0) throw invalid(...unknown.map((name) => `The tenant '${name}' was not found.`));
  const connected = all.filter((tenant) => Object.hasOwn(tenant.projectEnvironments, project.id));
  if (names.includes("*")) return connected;
  const tags = body.TenantTags ?? [];
  const chosen = names.map((name) => byAnyName(all, name)).filter((tenant) => tenant !== undefined);
  const tagged = tags.length === 0 ? [] : connected.filter((tenant) => hasTags(tenant, tags));
  return [...new Set([...chosen, ...tagged])];
}

function make(
  call: SpaceCall,
  body: CommonBody,
  { project, release }: Subject,
  environmentName: string,
  tenant: Tenant | null,
): Deployment {
  const { instance } = call;
  const environment = byAnyName(inSpace(instance.state.environments, call.space.id), environmentName);
  if (environment === undefined) throw invalid(`The environment '${environmentName}' was not found.`);
  call.access.demand("DeploymentCreate", {
    spaceId: call.space.id,
    projectId: project.id,
    environmentId: environment.id,
    tenantId: tenant?.id ?? null,
  });
  const prompts = promptedVariables(instance, release, destinationOf(release, environment.id, tenant));
  return createDeployment(instance, {
    project,
    release,
    environment,
    tenant,
    by: call.user,
    formValues: formValues(prompts, body.Variables ?? {}),
    queueTime: body.RunAt,
    queueTimeExpiry: body.NoRunAfter,
    // Unknown names of steps are ignored, those of machines are refused (D26 deployments).
    skipActions: actionIds(call, release, body.SkipStepNames ?? []),
    specificMachineIds: machineIds(call, body.SpecificMachineNames ?? []),
    excludedMachineIds: machineIds(call, body.ExcludedMachineNames ?? []),
    specificTargetTagIds: tagIds(call, body.SpecificTargetTagNames ?? []),
    excludedTargetTagIds: tagIds(call, body.ExcludedTargetTagNames ?? []),
    useGuidedFailure: body.UseGuidedFailure,
    forcePackageDownload: body.ForcePackageDownload,
    forcePackageRedeployment: body.ForcePackageRedeployment,
    overriddenFreezeIds: freezeIds(call, body),
  });
}

function formValues(
  prompts: readonly Variable[],
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const byName = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const pairs = prompts.map(({ id, name }) => [id, byName.get(name.toLowerCase())] as const);
  return Object.fromEntries(pairs.flatMap(([id, value]) => (value === undefined ? [] : [[id, value]])));
}

function actionIds(call: SpaceCall, release: Release, names: readonly string[]): readonly string[] {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const steps = call.instance.state.processes.get(release.processSnapshotId)?.steps ?? [];
  return steps.flatMap(({ actions }) =>
    actions.filter(({ name }) => wanted.has(name.toLowerCase())).map(({ id }) => id),
  );
}

function machineIds(call: SpaceCall, names: readonly string[]): readonly string[] {
  const machines = inSpace(call.instance.state.machines, call.space.id);
  return names.map((name) => {
    const machine = byAnyName(machines, name);
    if (machine === undefined) throw invalid(`The deployment target '${name}' was not found.`);
    return machine.id;
  });
}

function tagIds(call: SpaceCall, names: readonly string[]): readonly string[] {
  const { targetTags, unknownTargetTagsRefused } = call.instance.switches();
  if (!targetTags) return [];
  return names.flatMap((name) => {
    const id = targetTagId(call.instance, call.space.id, name);
    if (id === undefined && unknownTargetTagsRefused) throw invalid(`The target tag '${name}' was not found.`);
    return id ?? [];
  });
}

function freezeIds(call: SpaceCall, body: CommonBody): readonly string[] {
  const names = body.DeploymentFreezeNames ?? [];
  if (names.length === 0) return [];
  if ((body.DeploymentFreezeOverrideReason ?? "") === "")
    throw invalid("A reason is required to override a deployment freeze.");
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return [...call.instance.state.freezes.values()]
    .filter(({ name }) => wanted.has(name.toLowerCase()))
    .map(({ id }) => id);
}

function answer(call: SpaceCall, deployments: readonly Deployment[]): Reply {
  const pairs = deployments.map(({ id, taskId }) => ({ DeploymentId: id, ServerTaskId: taskId }));
  return ok(
    call.instance.switches().executionsAnswer === "camelCase"
      ? {
          DeploymentServerTasks: pairs.map((pair) => ({
            deploymentId: pair.DeploymentId,
            serverTaskId: pair.ServerTaskId,
          })),
        }
      : { DeploymentServerTasks: pairs },
  );
}
