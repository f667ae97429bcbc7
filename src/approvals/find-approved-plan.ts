import { type ApprovalDeployment, type ApprovalSearch, findApprovalDeployment } from "./approval-deployment.ts";
import { NotOctopusError, RequestRefusedError, ServerUnavailableError, StepError } from "../errors.ts";
import { type Artifact, asId, type Instant, type Interruption } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { isApproval, type PlanLookup } from "../rules/approved-plan.ts";
import { digestsShown } from "../rules/digest-line.ts";
import type { Order } from "../rules/plan.ts";
import { plural } from "../text/format.ts";
import { recover } from "../recover.ts";
import { lackingPermission, requirePermissions, type RightsQuestion } from "../resolve/require-permissions.ts";
import { type Context, orderOf } from "../resolve/resolve-context.ts";
import type { Parent, Settings } from "../settings.ts";
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
  if (approval.kind === "none" || approval.kind === "unreadable") return approval;
  const interruptions = await approval.space.interruptionsOf(approval.taskId);
  const approvals = interruptions.filter(isApproval).sort((a, b) => b.created - a.created);
  const [last] = approvals;
  if (last === undefined) return await nobodyApproved(context, approval, interruptions.length === 0);
  const order = orderOf(context);
  const plans = plansFor(order, await approval.space.artifactsOf(approval.taskId));
  const [newest] = plans.filter((plan) => countsAt(last.created, plan)).sort(newestFirst);
  const shown = shownTo(approvals, order);
  if (newest !== undefined) return await readPlan(newest, { order, shown, space: approval.space });
  await requireSight("ArtifactView", context);
  return noPlan(order, approval, { shown, ignored: plans.length });
}

/** An approval deployment that was found. */
type FoundApproval = Extract<ApprovalDeployment, { kind: "own-task" | "deployment" }>;

/** By the parent's lifecycle there should be a plan where the approvals are elsewhere. */
function isPlanDue({ kind }: FoundApproval): boolean {
  return kind === "deployment";
}

/** @param mayBeHidden no interruption was seen at all, which is also the answer to an API key that may see none */
async function nobodyApproved(context: Context, approval: FoundApproval, mayBeHidden: boolean): Promise<PlanLookup> {
  const isDue = isPlanDue(approval);
  // Most parents have no what-if steps: there, the key's rights are asked for once the plan says that something is to be deployed.
  const isAskedLater = !isDue && context.settings.planPolicy === "Use";
  if (mayBeHidden && !isAskedLater) await requireSight("InterruptionView", context);
  const explanation = `Nobody approved anything in ${approval.taskId}, so no plan was approved there.`;
  return { kind: "none", isDue, explanation, mayBeHidden };
}

/** The end of a plan's file name says what it is about, in ids; what stands before it may have been renamed since. */
function plansFor(order: Order, artifacts: readonly Artifact[]): readonly Artifact[] {
  const ending = planFileName(order).slice(-23);
  return artifacts.filter(({ fileName }) => fileName.endsWith(ending));
}

/** A plan that was made after the approval, or uploaded by a person, does not count. */
function countsAt(approved: Instant, { isCollected, created }: Artifact): boolean {
  return isCollected && created <= approved;
}

function newestFirst(a: Artifact, b: Artifact): number {
  return b.created - a.created || b.id.length - a.id.length || (a.id < b.id ? 1 : -1);
}

/** The digests for this child that approvers were shown, by approval, newest first; approvals that showed none are left out. */
type ShownDigests = readonly (readonly string[])[];

function shownTo(approvals: readonly Interruption[], order: Order): ShownDigests {
  return approvals.map(({ instructions }) => digestsShown(instructions, order)).filter((digests) => digests.length > 0);
}

/** What it means that no plan for this child counts. Where approvers were shown one, nothing else may be deployed in their name. */
function noPlan(
  { project: { name } }: Order,
  approval: FoundApproval,
  { shown: [shown], ignored }: { readonly shown: ShownDigests; readonly ignored: number },
): PlanLookup {
  const others =
    ignored === 0
      ? ""
      : ` ${plural(ignored, "plan")} there ${ignored === 1 ? "does" : "do"} not count: made after the approval, or uploaded by a person.`;
  if (shown === undefined) {
    const explanation = `People approved in ${approval.taskId}, but no plan for ${name}.${others}`;
    return { kind: "none", isDue: isPlanDue(approval), explanation };
  }
  const explanation = `People approved the plan ${shown.join(", ")} for ${name} in ${approval.taskId}, but no such plan is among the artifacts there.${others}`;
  return { kind: "unreadable", explanation };
}

interface PlanReading {
  readonly order: Order;
  readonly shown: ShownDigests;
  readonly space: Pick<SpaceGateway, "artifactContent">;
}

async function readPlan(artifact: Artifact, { order, shown, space }: PlanReading): Promise<PlanLookup> {
  const { id, fileName, created } = artifact;
  const unreadable = (why: string): PlanLookup => ({
    kind: "unreadable",
    explanation: `The approved plan "${fileName}" (${id}) cannot be relied on. ${why}`,
  });
  const content = await space.artifactContent(id).catch(damaged);
  const stored = content instanceof StepError ? content.message : readPlanArtifact(content, order.identity);
  if (typeof stored === "string") return unreadable(stored);
  const [last] = shown;
  if (last !== undefined && !last.includes(stored.digest)) {
    return unreadable(`It has the digest ${stored.digest}, but people were shown ${last.join(", ")}.`);
  }
  return { kind: "found", approved: { ...stored, made: created } };
}

/** An artifact that is not JSON does not mean that the server is no Octopus Server. */
function damaged(error: unknown): StepError {
  if (error instanceof NotOctopusError) return new NotOctopusError("It is damaged: it is not JSON.", error.remedy);
  if (error instanceof RequestRefusedError || error instanceof ServerUnavailableError) return error;
  throw error;
}

/**
 * Lists leave out what the API key may not see, so that an empty one proves nothing: throws `PermissionError` unless the key has the right
 * in the parent, where the approvals are given.
 */
export async function requireSight(permission: string, search: ApprovalSearch): Promise<void> {
  const question = rightsInParent(search, [permission]);
  if (question) await requirePermissions(question, "No approved plan was found");
}

/** The first right that is missing to see the approvals in the parent later. None where no run reads them. */
export async function lackingSight(search: ApprovalSearch): Promise<string | undefined> {
  const needed = ["InterruptionView", "ArtifactView"];
  const question = heedsPlan(search.settings) ? rightsInParent(search, needed) : undefined;
  return question && (await lackingPermission(question));
}

/** The right that is missing to see the answers in this run's own task, wherever the approvals are given. */
export async function lackingOwnSight({ settings, octopus }: ApprovalSearch): Promise<string | undefined> {
  const ofOwnTask = { settings, octopus, approvalPlace: { kind: "own-task" } } as const;
  const question = rightsInParent(ofOwnTask, ["InterruptionView"]);
  return question && (await lackingPermission(question));
}

/** The place of the approvals; absent outside Octopus. What is not known of it is covered by grants without limits only. */
function rightsInParent(search: ApprovalSearch, needed: readonly string[]): RightsQuestion | undefined {
  const { settings, octopus, approvalPlace: place } = search;
  const { spaceId, projectId, projectGroupId, projectName } = settings.parent;
  if (spaceId === undefined) return undefined;
  const project = { id: projectId ?? asId<"Project">(""), projectGroupId, name: projectName ?? "unknown" };
  const { environment, tenant } = place.kind === "elsewhere" ? place : ownPlace(settings.parent);
  return { space: octopus.inSpace(spaceId), project, tenant, environments: [environment], needed };
}

function ownPlace({ environmentId, environmentName, tenantId, tenantName }: Parent) {
  return {
    environment: { id: environmentId ?? asId<"Environment">(""), name: environmentName ?? "unknown" },
    tenant: tenantId && { id: tenantId, name: tenantName ?? tenantId },
  };
}
