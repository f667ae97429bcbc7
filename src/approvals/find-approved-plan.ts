import { findApprovalDeployment } from "./approval-deployment.ts";
import { NotOctopusError, RequestRefusedError, ServerUnavailableError, StepError } from "../errors.ts";
import { type Artifact, asId, type Interruption } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { isApproval, type PlanLookup } from "../rules/approved-plan.ts";
import { digestsShown } from "../rules/digest-line.ts";
import type { Order } from "../rules/plan.ts";
import { plural } from "../text/format.ts";
import { recover } from "../recover.ts";
import { lackingPermission, requirePermissions } from "../resolve/require-permissions.ts";
import { type Context, orderOf } from "../resolve/resolve-context.ts";
import type { Settings } from "../settings.ts";
import { planFileName, readPlanArtifact } from "../step/plan-artifact.ts";

/**
 * The approved plan for what this run is about: the newest one that a what-if run of the same parent release left in the approval
 * deployment before the last approval there. Throws `PermissionError` where the API key could not see the plan even if it existed.
 */
export async function findApprovedPlan(context: Context): Promise<PlanLookup> {
  const { whatIf, planPolicy } = context.settings;
  if (whatIf || !heedsPlan(context.settings)) return { kind: "not-asked" };
  if (planPolicy !== "Warn") return await lookUp(context);
  return await recover(lookUp(context), ({ message }) => ({
    kind: "unreadable",
    explanation: `Whether there is an approved plan is not known: ${message}`,
  }));
}

/** Whether an approved plan means anything to a run. What the destination runs already needs none. */
function heedsPlan({ planPolicy, child }: Settings): boolean {
  return planPolicy !== "Ignore" && child.mode !== "Redeploy";
}

async function lookUp(context: Context): Promise<PlanLookup> {
  const approval = await findApprovalDeployment(context);
  switch (approval.kind) {
    case "none":
    case "unreadable":
      return approval;
    case "own-task":
    case "deployment":
      break;
  }
  const { space, taskId } = approval;
  const isElsewhere = approval.kind === "deployment";
  const none = (explanation: string) => ({ kind: "none", isDue: isElsewhere, explanation }) as const;
  const interruptions = await space.interruptionsOf(taskId);
  const approvals = interruptions.filter(isApproval).sort((a, b) => b.created - a.created);
  const [last] = approvals;
  if (last === undefined) {
    const mayBeHidden = interruptions.length === 0;
    // Most parents have no what-if steps: there, the key's rights are asked for once the plan says that something is to be deployed.
    const isAskedLater = !isElsewhere && context.settings.planPolicy === "Use";
    if (mayBeHidden && !isAskedLater) await requireSight("InterruptionView", context);
    return { ...none(`Nobody approved anything in ${taskId}, so no plan was approved there.`), mayBeHidden };
  }
  const order = orderOf(context);
  // The end says what it is about, in ids; what stands before it may have been renamed since.
  const ending = planFileName(order).slice(-23);
  const all = (await space.artifactsOf(taskId)).filter(({ fileName }) => fileName.endsWith(ending));
  const counting = all
    .filter(({ isCollected, created }) => isCollected && created <= last.created)
    .sort((a, b) => b.created - a.created || b.id.length - a.id.length || (a.id < b.id ? 1 : -1));
  const [newest] = counting;
  if (newest === undefined) {
    await requireSight("ArtifactView", context);
    const ignored =
      all.length === 0
        ? ""
        : ` ${plural(all.length, "plan")} there ${all.length === 1 ? "does" : "do"} not count: made after the approval, or uploaded by a person.`;
    const [shown] = shownTo(approvals, order);
    if (shown === undefined)
      return none(`People approved in ${taskId}, but no plan for ${order.project.name}.${ignored}`);
    // What they saw cannot be told any more: nothing else may be deployed in their name.
    const explanation = `People approved the plan ${shown.join(", ")} for ${order.project.name} in ${taskId}, but no such plan is among the artifacts there.${ignored}`;
    return { kind: "unreadable", explanation };
  }
  return await readPlan(context, space, newest, approvals);
}

/** The digests for this child that people were shown, by approval, newest first; approvals that showed none are left out. */
function shownTo(approvals: readonly Interruption[], order: Order): readonly (readonly string[])[] {
  return approvals.map(({ instructions }) => digestsShown(instructions, order)).filter((digests) => digests.length > 0);
}

async function readPlan(
  context: Context,
  space: SpaceGateway,
  { id, fileName, created }: Artifact,
  approvals: readonly Interruption[],
): Promise<PlanLookup> {
  const order = orderOf(context);
  const unreadable = (why: string): PlanLookup => ({
    kind: "unreadable",
    explanation: `The approved plan "${fileName}" (${id}) cannot be relied on. ${why}`,
  });
  const content = await space.artifactContent(id).catch(damaged);
  const stored = content instanceof StepError ? content.message : readPlanArtifact(content, order.identity);
  if (typeof stored === "string") return unreadable(stored);
  const [shown] = shownTo(approvals, order);
  if (shown !== undefined && !shown.includes(stored.digest)) {
    return unreadable(`It has the digest ${stored.digest}, but people were shown ${shown.join(", ")}.`);
  }
  return { kind: "found", approved: { ...stored, made: created } };
}

/** An artifact that is not JSON does not mean that the server is none. */
function damaged(error: unknown): StepError {
  if (error instanceof NotOctopusError) return new NotOctopusError("It is damaged: it is not JSON.", error.remedy);
  if (error instanceof RequestRefusedError || error instanceof ServerUnavailableError) return error;
  throw error;
}

/**
 * Lists leave out what the API key may not see, so that an empty one proves nothing: throws `PermissionError` unless the key has the right
 * in the parent, where people approve.
 */
export async function requireSight(permission: string, context: Context): Promise<void> {
  const parent = approvalRights(context);
  if (parent) await requirePermissions(parent, [parent.environment], [permission], "No approved plan was found");
}

/** The first right that is missing to see later, in the parent, what people approved there. None where no run looks. */
export async function lackingSight(context: Context): Promise<string | undefined> {
  const parent = heedsPlan(context.settings) ? approvalRights(context) : undefined;
  return parent && (await lackingPermission(parent, [parent.environment], ["InterruptionView", "ArtifactView"]));
}

/** The right that is missing to see what people answered in this run's own task, wherever they approved. */
export async function lackingOwnSight(context: Context): Promise<string | undefined> {
  const own = approvalRights({ ...context, approvalPlace: { kind: "own-task" } });
  return own && (await lackingPermission(own, [own.environment], ["InterruptionView"]));
}

/** Where people approve; absent outside Octopus. What is not known of it is covered by grants without limits only. */
function approvalRights({ settings, octopus, approvalPlace }: Context) {
  const { spaceId, projectId, projectGroupId, projectName, environmentId, environmentName, ...parent } =
    settings.parent;
  if (spaceId === undefined) return undefined;
  const project = { id: projectId ?? asId<"Project">(""), projectGroupId, name: projectName ?? "unknown" };
  const { environment, tenant } =
    approvalPlace.kind === "elsewhere"
      ? approvalPlace
      : {
          environment: { id: environmentId ?? asId<"Environment">(""), name: environmentName ?? "unknown" },
          tenant: parent.tenantId && { id: parent.tenantId, name: parent.tenantName ?? parent.tenantId },
        };
  return { space: octopus.inSpace(spaceId), project, tenant, environment };
}
