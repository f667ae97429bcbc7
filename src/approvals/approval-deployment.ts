import type { ApprovalPlace } from "../resolve/approval-scope.ts";
import type { Deployment, Id } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { isApprovalDue } from "../rules/approval.ts";
import { newestDeployment } from "../rules/attempts.ts";
import { isSpaceOfParent } from "../resolve/parent-server.ts";
import { parentText } from "../resolve/parent-text.ts";
import { placeText } from "../text/format.ts";
import { requirePermissions } from "../resolve/require-permissions.ts";
import type { Context } from "../resolve/resolve-context.ts";
import type { Parent } from "../settings.ts";

/** The task whose manual interventions and artifacts count as approvals. */
export interface ApprovalTask {
  /** The parent's space. */
  readonly space: SpaceGateway;
  readonly taskId: Id<"ServerTask">;
  /** The user who started that task. Absent means that Octopus does not tell. */
  readonly starterId?: Id<"User"> | undefined;
}

/** Where the approvals of this run are read, or why they cannot be read. */
export type ApprovalDeployment =
  /** The parent's own deployment or runbook run. */
  | ({ readonly kind: "own-task" } & ApprovalTask)
  | ({ readonly kind: "deployment" } & ApprovalTask)
  /** No approval counts, and no plan: no such deployment succeeded. The explanation is a whole sentence. */
  | {
      readonly kind: "none";
      readonly explanation: string;
      /** The parent's lifecycle requires a deployment to the approval environment first. */
      readonly isDue: boolean;
      /** That deployment is missing, or it approved nothing. */
      readonly isWithheld?: boolean;
    }
  /** Its task cannot be read. */
  | { readonly kind: "unreadable"; readonly explanation: string };

/** What the search for the approval deployment needs to know. */
export type ApprovalSearch = Pick<Context, "settings" | "octopus" | "approvalPlace">;

/**
 * The newest deployment of the parent's release to the approval environment and tenant, even if it failed: an older one never counts.
 * The default is the parent's own task. Throws `PermissionError` when the API key could not see the deployment even if it existed.
 */
export async function findApprovalDeployment(search: ApprovalSearch): Promise<ApprovalDeployment> {
  const { settings, octopus, approvalPlace: place } = search;
  const { spaceId, taskId, releaseId, starterId } = settings.parent;
  if (spaceId === undefined || taskId === undefined) {
    return none("This run belongs to no parent deployment, so there are no approvals.");
  }
  const space = octopus.inSpace(spaceId);
  if (!(await isSpaceOfParent(space, settings))) {
    return none("The parent's deployment is on another server, so its approvals cannot be read.");
  }
  if (place.kind === "own-task") return { kind: "own-task", space, taskId, starterId };
  if (releaseId === undefined)
    return none("The parent has no release, so no other deployment of it can hold approvals.");
  return await findElsewhere({ space, parent: settings.parent, releaseId, place });
}

function none(explanation: string): ApprovalDeployment {
  return { kind: "none", isDue: true, explanation };
}

function withheld(explanation: string): ApprovalDeployment {
  return { kind: "none", isDue: true, isWithheld: true, explanation };
}

/** The search for a deployment of the parent's release to another environment or tenant. */
interface SearchElsewhere {
  readonly space: SpaceGateway;
  readonly parent: Parent;
  readonly releaseId: Id<"Release">;
  readonly place: Extract<ApprovalPlace, { kind: "elsewhere" }>;
}

async function findElsewhere(search: SearchElsewhere): Promise<ApprovalDeployment> {
  const { space, parent, releaseId, place } = search;
  const { environment, tenant } = place;
  const deployments = await space.deploymentsOfRelease(releaseId);
  const deployment = newestDeployment(
    deployments.filter(({ environmentId, tenantId }) => environmentId === environment.id && tenantId === tenant?.id),
  );
  const what = parentText(parent, placeText({ destination: environment, tenant }));
  if (deployment === undefined) {
    const explanation = `There is no deployment of ${what}, so there are no approvals.`;
    return (await isDueByLifecycle(search)) ? withheld(explanation) : { kind: "none", isDue: false, explanation };
  }
  return await readEnd(deployment, `The deployment of ${what} (${deployment.id})`, space);
}

/**
 * The approval deployment, or why it approves nothing: only a successful one counts.
 * @param its the subject of a sentence about it
 */
async function readEnd(deployment: Deployment, its: string, space: SpaceGateway): Promise<ApprovalDeployment> {
  const task = deployment.taskId === undefined ? undefined : await space.task(deployment.taskId);
  if (task === undefined) {
    const explanation = `${its} has no readable server task: retention removed it, or the API key lacks TaskView.`;
    return { kind: "unreadable", explanation };
  }
  if (!task.isCompleted) return withheld(`${its} has not ended yet, so it approves nothing.`);
  if (task.state !== "Success") return withheld(`${its} ended as ${task.state}, so it approves nothing.`);
  return { kind: "deployment", space, taskId: task.id, starterId: deployment.deployedById };
}

/**
 * Whether the lifecycle of the parent's release demands a deployment to the approval environment first. What cannot be read counts as yes.
 * Throws `PermissionError` when the API key could not see such a deployment.
 */
async function isDueByLifecycle({ space, parent, releaseId, place }: SearchElsewhere): Promise<boolean> {
  const { projectId, projectGroupId, projectName: name = "unknown", environmentId } = parent;
  const { environment, tenant } = place;
  if (projectId === undefined) return true;
  // The permissions are asked for by the parent's ids, because the project itself may be hidden.
  const project = { id: projectId, projectGroupId, name };
  await requirePermissions(
    { space, project, tenant, environments: [environment], needed: ["DeploymentView"] },
    `No deployment of the parent's release to ${environment.name} was found`,
  );
  const [release, projects] = await Promise.all([space.release(releaseId), space.projectsNamed(projectId)]);
  const found = projects.find(({ id }) => id === projectId);
  if (found === undefined || release === undefined) return true;
  const channel = (await space.channelsOf(found.id)).find(({ id }) => id === release.channelId);
  const lifecycle = channel?.lifecycleId ?? found.lifecycleId;
  if (lifecycle === undefined) return true;
  const phases = await space.lifecyclePhases(lifecycle);
  return isApprovalDue(phases, environment.id, environmentId);
}
