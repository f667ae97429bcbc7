import type { Environment, Project, Tenant, User } from "../documents/configuration.ts";
import type { Deployment, Release, ServerTask } from "../documents/execution.ts";
import { recordEvent } from "../documents/record-event.ts";
import { invalid, Refusal } from "../http/refusal.ts";
import type { Core, Instance } from "../instance.ts";
import { numberOf } from "../state.ts";
import type { Script } from "../tasks/script.ts";
import { activeFreezes, prevented } from "./freezes.ts";
import { keptComment } from "./comments.ts";
import { destinationOf, guidedFailureByDefault } from "./preview.ts";
import { promotableEnvironments } from "./promotion.ts";
import { askedFor, missingValues, promptedVariables } from "./prompts.ts";
import { targetProblems } from "./target-problems.ts";
import { hasTags } from "./targets.ts";

/** A request for a deployment. Absent values get Octopus' own defaults. */
export interface DeploymentGiven {
  readonly project: Project;
  readonly release: Release;
  readonly environment: Environment;
  readonly tenant: Tenant | null;
  readonly by: User;
  readonly comments?: string | undefined;
  readonly formValues?: Readonly<Record<string, string>> | undefined;
  readonly queueTime?: number | undefined;
  readonly queueTimeExpiry?: number | undefined;
  readonly skipActions?: readonly string[] | undefined;
  readonly specificMachineIds?: readonly string[] | undefined;
  readonly excludedMachineIds?: readonly string[] | undefined;
  readonly specificTargetTagIds?: readonly string[] | undefined;
  readonly excludedTargetTagIds?: readonly string[] | undefined;
  readonly useGuidedFailure?: boolean | undefined;
  readonly forcePackageDownload?: boolean | undefined;
  readonly forcePackageRedeployment?: boolean | undefined;
  readonly priority?: string | undefined;
  /** Freezes that are overridden, by id. */
  readonly overriddenFreezeIds?: readonly string[] | undefined;
  readonly created?: number | undefined;
}

/** Creates a deployment and its task. Throws a refusal with every reason against it (D26 deployments). */
export function createDeployment(instance: Instance, given: DeploymentGiven): Deployment {
  const problems = problemsWith(instance, given);
  if (problems.length > 0) throw invalid(...problems);
  const start = given.queueTime ?? instance.timeline.now();
  const scope = {
    projectId: given.project.id,
    environmentId: given.environment.id,
    tenantId: given.tenant?.id ?? null,
  };
  const reasons = activeFreezes(instance, scope, start, given.overriddenFreezeIds ?? []).map(prevented);
  if (reasons.length > 0)
    throw new Refusal(instance.switches().freezeStatus, "There was a problem with your request.", reasons);
  const prompts = promptedVariables(
    instance,
    given.release,
    destinationOf(given.release, given.environment.id, given.tenant),
  );
  const comments = keptComment(given.comments, instance.switches());
  return enqueueDeployment(instance, { ...given, comments, formValues: askedFor(prompts, given.formValues ?? {}) });
}

/** Creates a deployment without further checks, and lets the engine run it. */
export function enqueueDeployment(instance: Instance, given: DeploymentGiven, script?: Script): Deployment {
  const { deployment, task } = recordDeployment(instance, given);
  instance.engine.enqueue(task, deployment, script);
  recordEvent(instance, {
    category: "DeploymentQueued",
    spaceId: deployment.spaceId,
    user: given.by,
    message: `Deployment queued: ${task.description}`,
    relatedDocumentIds: [
      deployment.id,
      task.id,
      deployment.projectId,
      deployment.releaseId,
      deployment.environmentId,
      deployment.tenantId,
    ],
  });
  instance.engine.supersedeQueued(task);
  return deployment;
}

/** Adds the documents of a deployment and its queued task to the history. */
export function recordDeployment(
  core: Core,
  given: DeploymentGiven,
): { readonly deployment: Deployment; readonly task: ServerTask } {
  const deployment = newDeployment(core, given);
  const task = newTask(given, deployment);
  core.state.history.addDeployment(deployment);
  core.state.history.addTask(task);
  return { deployment, task };
}

type NewDeployment = Deployment & { readonly taskId: string };

function newDeployment(core: Core, given: DeploymentGiven): NewDeployment {
  const { project, release, environment, tenant } = given;
  const id = core.state.nextId("Deployments");
  const window = core.switches().defaultStartWindowMinutes * 60_000;
  return {
    id,
    number: numberOf(id),
    spaceId: project.spaceId,
    projectId: project.id,
    releaseId: release.id,
    channelId: release.channelId,
    environmentId: environment.id,
    tenantId: tenant?.id ?? null,
    taskId: core.state.nextId("ServerTasks"),
    created: given.created ?? core.timeline.now(),
    deployedBy: given.by.username,
    deployedById: given.by.id,
    comments: given.comments ?? "",
    formValues: given.formValues ?? {},
    queueTime: given.queueTime ?? null,
    queueTimeExpiry: given.queueTimeExpiry ?? (given.queueTime === undefined ? null : given.queueTime + window),
    useGuidedFailure: given.useGuidedFailure ?? guidedFailureByDefault(project, environment),
    forcePackageDownload: given.forcePackageDownload ?? false,
    forcePackageRedeployment: given.forcePackageRedeployment ?? false,
    skipActions: given.skipActions ?? [],
    specificMachineIds: given.specificMachineIds ?? [],
    excludedMachineIds: given.excludedMachineIds ?? [],
    specificTargetTagIds: given.specificTargetTagIds ?? [],
    excludedTargetTagIds: given.excludedTargetTagIds ?? [],
    deployedToMachineIds: [],
    failureEncountered: false,
    ended: null,
    priority: given.priority ?? "LifecycleDefault",
    overriddenFreezeIds: given.overriddenFreezeIds ?? [],
    processSnapshotId: release.processSnapshotId,
    outputs: [],
  };
}

function newTask({ project, release, environment, tenant }: DeploymentGiven, deployment: NewDeployment): ServerTask {
  const id = deployment.taskId;
  const forTenant = tenant === null ? "" : ` for ${tenant.name}`;
  return {
    id,
    number: numberOf(id),
    spaceId: project.spaceId,
    name: "Deploy",
    description: `Deploy ${project.name} release ${release.version} to ${environment.name}${forTenant}`,
    deploymentId: deployment.id,
    projectId: project.id,
    environmentId: environment.id,
    tenantId: tenant?.id ?? null,
    state: "Queued",
    queueTime: deployment.queueTime ?? deployment.created,
    queueTimeExpiry: deployment.queueTimeExpiry,
    startTime: null,
    completedTime: null,
    lastUpdatedTime: null,
    errorMessage: "",
    hasWarningsOrErrors: false,
    preconditions: [],
    log: null,
  };
}

function problemsWith(instance: Instance, given: DeploymentGiven): readonly string[] {
  const { project, release, environment, tenant } = given;
  if (project.isDisabled) return [`The project '${project.name}' is disabled and cannot be deployed.`];
  const channel = instance.state.channels.get(release.channelId);
  const problems: string[] = [];
  if (tenant === null && project.tenantedDeploymentMode === "Tenanted") {
    problems.push(`The project '${project.name}' requires a tenant for its deployments.`);
  }
  if (tenant !== null) problems.push(...tenantProblems(given, channel?.tenantTags ?? []));
  if (problems.length > 0) return problems;
  if (!promotableEnvironments(instance, release, tenant).includes(environment.id)) {
    problems.push(
      `The release '${release.version}' cannot be deployed to the environment '${environment.name}'${tenant === null ? "" : ` for the tenant '${tenant.name}'`}: its lifecycle does not allow it now.`,
    );
  }
  problems.push(...scheduleProblems(instance, given));
  const destination = destinationOf(release, environment.id, tenant);
  const missing = missingValues(promptedVariables(instance, release, destination), given.formValues ?? {});
  problems.push(...missing.map((name) => `A value for the prompted variable '${name}' is required.`));
  problems.push(...targetProblems(instance, given));
  return problems;
}

function tenantProblems(
  { project, environment, tenant }: DeploymentGiven,
  channelTags: readonly string[],
): readonly string[] {
  if (tenant === null) return [];
  if (tenant.isDisabled) return [`The tenant '${tenant.name}' is disabled.`];
  if (project.tenantedDeploymentMode === "Untenanted")
    return [`The project '${project.name}' does not support tenanted deployments.`];
  const connected = tenant.projectEnvironments[project.id];
  if (connected === undefined)
    return [`The tenant '${tenant.name}' is not connected to the project '${project.name}'.`];
  if (!connected.includes(environment.id)) {
    return [
      `The tenant '${tenant.name}' is not connected to the environment '${environment.name}' in the project '${project.name}'.`,
    ];
  }
  return hasTags(tenant, channelTags)
    ? []
    : [`The tenant '${tenant.name}' is not allowed in the channel of this release.`];
}

function scheduleProblems(core: Core, { queueTime, queueTimeExpiry }: DeploymentGiven): readonly string[] {
  if (queueTime === undefined) return [];
  const now = core.timeline.now();
  // A minute is tolerated, because the request itself takes time.
  if (queueTime < now - 60_000) return ["The deployment cannot be scheduled in the past."];
  const { maximumScheduleDays } = core.switches();
  if (queueTime > now + maximumScheduleDays * 86_400_000) {
    return [`The deployment cannot be scheduled more than ${maximumScheduleDays} days ahead.`];
  }
  return queueTimeExpiry !== undefined && queueTimeExpiry <= queueTime
    ? ["The queue time expiry must be later than the queue time."]
    : [];
}
