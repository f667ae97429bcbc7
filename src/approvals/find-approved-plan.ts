import { type ApprovalDeployment, type ApprovalSearch, findApprovalDeployment } from "./approval-deployment.ts";
import { NotOctopusError, RequestRefusedError, ServerUnavailableError, StepError } from "../errors.ts";
import { type Artifact, asId, type Id, type Instant, type Interruption } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { recover } from "../recover.ts";
import { lackingPermission, requirePermissions, type RightsQuestion } from "../resolve/require-permissions.ts";
import { type Context, orderOf } from "../resolve/resolve-context.ts";
import { type Intention, isApproval, type PlanLookup } from "../rules/approved-plan.ts";
import { digestLine, digestsShown, trainDigestLine, trainDigestsShown } from "../rules/digest-line.ts";
import { concerns, isAlone, shapeDifference, type TrainShape } from "../rules/train-plan.ts";
import type { Parent, Settings } from "../settings.ts";
import type { RollBackTarget } from "../rules/undo.ts";
import { planFileName, type ReadPlan, readPlanArtifact, trainFileName } from "../step/plan-artifact.ts";
import { plural } from "../text/format.ts";

/** The children of a run in order, and what happens when one fails. */
export interface RunSubject {
  readonly contexts: readonly [Context, ...Context[]];
  /** Of each child; 1 for the first level. */
  readonly levels: readonly number[];
  readonly policy: string;
}

/** The result of the search for the approved plan of a run. */
export type ApprovedLookup =
  | Exclude<PlanLookup, { readonly kind: "found" }>
  | {
      readonly kind: "found";
      readonly digest: string;
      readonly made: Instant;
      /** Of each child, in order. */
      readonly intentions: readonly Intention[];
      /** Where each child goes back to. */
      readonly rollBacks: readonly (RollBackTarget | null)[];
    };

/** The part of a lookup that is about one child. */
export function lookupOf(lookup: ApprovedLookup, index: number): PlanLookup {
  if (lookup.kind !== "found") return lookup;
  const { digest, made, intentions } = lookup;
  const intention = intentions[index];
  if (intention === undefined) return { kind: "unreadable", explanation: `The approved plan ${digest} lacks a child.` };
  return { kind: "found", approved: { digest, made, intention } };
}

/** The subject of a run for one child. */
export function alone(context: Context): RunSubject {
  return { contexts: [context], levels: [1], policy: "Stop" };
}

/**
 * The approved plan for what this run is about: the newest one that a what-if run of the same parent release left in the approval
 * deployment before the last approval there. Throws `PermissionError` where the API key could not see the plan even if it existed.
 */
export async function findApprovedPlan(subject: RunSubject): Promise<ApprovedLookup> {
  const [{ settings }] = subject.contexts;
  const isOne = subject.contexts.length === 1 && subject.policy === "Stop";
  if (settings.whatIf || !heedsPlan(settings, isOne)) return { kind: "not-asked" };
  if (settings.planPolicy !== "Warn") return await lookUp(subject);
  return await recover(lookUp(subject), ({ message }) => ({
    kind: "unreadable",
    explanation: `It is unknown whether there is an approved plan: ${message}`,
  }));
}

/** Whether the run uses approved plans. Redeploying the current release needs none, unless the run has several children. */
function heedsPlan({ planPolicy, child }: Settings, isOne: boolean): boolean {
  return planPolicy !== "Ignore" && !(isOne && child.mode === "Redeploy");
}

async function lookUp(subject: RunSubject): Promise<ApprovedLookup> {
  const [context] = subject.contexts;
  const approval = await findApprovalDeployment(context);
  if (approval.kind === "none" || approval.kind === "unreadable") return approval;
  const { space, taskId } = approval;
  const interruptions = await space.interruptionsOf(taskId);
  const approvals = interruptions.filter(isApproval).sort((a, b) => b.created - a.created);
  const [last] = approvals;
  if (last === undefined) return await nobodyApproved(context, approval, interruptions.length === 0);
  const about = aboutOf(subject);
  const plans = (await space.artifactsOf(taskId)).filter(({ fileName }) => fileName.endsWith(planEnding));
  const counting = plansAt(last.created, plans);
  // The end of the name is a hash of ids; the names before it may have changed.
  const [newest, ...older] = counting.filter(({ fileName }) => fileName.endsWith(about.ending));
  if (newest !== undefined) return await readPlan([newest, ...older], { about, space, approvals });
  await requireSight("ArtifactView", context);
  const others = await readOthers(counting, about, space);
  if (others.problem !== undefined) return { kind: "unreadable", explanation: others.problem };
  const own = plans.filter(({ fileName }) => fileName.endsWith(about.ending));
  const missing = missingDigests(approvals, about, others.digests);
  return noPlan(about, approval, { missing, ignored: own.length });
}

/** An approval deployment that was found. */
type FoundApproval = Extract<ApprovalDeployment, { kind: "own-task" | "deployment" }>;

/** A plan is expected if the approvals come from another deployment. */
function isPlanDue({ kind }: FoundApproval): boolean {
  return kind === "deployment";
}

/** @param mayBeHidden no interruption was seen at all, which is also the answer to an API key that may see none */
async function nobodyApproved(
  context: Context,
  approval: FoundApproval,
  mayBeHidden: boolean,
): Promise<ApprovedLookup> {
  const isDue = isPlanDue(approval);
  // Most parents have no what-if step. There the key's permissions are read only if the plan deploys something.
  const isAskedLater = !isDue && context.settings.planPolicy === "Use";
  if (mayBeHidden && !isAskedLater) await requireSight("InterruptionView", context);
  const explanation = `No approval was given in ${approval.taskId}, so no plan was approved there.`;
  return { kind: "none", isDue, explanation, mayBeHidden };
}

/** The plans that count, newest first: none that was made after the approval, or uploaded by a person. */
export function plansAt(approved: Instant, artifacts: readonly Artifact[]): readonly Artifact[] {
  return artifacts
    .filter(({ isCollected, created, fileName }) => isCollected && created <= approved && fileName.endsWith(planEnding))
    .sort(newestFirst);
}

function newestFirst(a: Artifact, b: Artifact): number {
  return b.created - a.created || b.id.length - a.id.length || (a.id < b.id ? 1 : -1);
}

/** The result if no plan for this run counts. If approvers were shown one, nothing else may be deployed on their behalf. */
function noPlan(
  { name }: About,
  approval: FoundApproval,
  { missing, ignored }: { readonly missing: readonly string[]; readonly ignored: number },
): ApprovedLookup {
  const others =
    ignored === 0 ? "" : ` Ignored: ${plural(ignored, "plan")} made after the approval, or uploaded by hand.`;
  if (missing.length === 0) {
    const explanation = `The approvals in ${approval.taskId} are for no plan of ${name}.${others}`;
    return { kind: "none", isDue: isPlanDue(approval), explanation };
  }
  const explanation = `The approved plan ${missing.join(", ")} for ${name} is missing from the artifacts of ${approval.taskId}.${others}`;
  return { kind: "unreadable", explanation };
}

const planEnding = ".plan.json";

/** What a run is about, in the terms of artifacts and instructions. */
interface About {
  readonly shape: TrainShape;
  /** The children, as a sentence names them. */
  readonly name: string;
  /** End of the plan's file name: a hash of ids. */
  readonly ending: string;
  /** How the file names begin of plans that may be about one of the children. */
  readonly beginnings: readonly string[];
  readonly lineOf: (digest: string) => string;
  /** Digest lines of plans for one of the children alone. */
  readonly childLines: readonly ((digest: string) => string)[];
}

/** Length of that end. */
const endingLength = 23;

function aboutOf({ contexts, levels, policy }: RunSubject): About {
  const [first] = contexts;
  const orders = contexts.map(orderOf);
  const shape = {
    policy,
    children: orders.map(({ project: { name }, identity }, index) => ({ name, level: levels[index] ?? 1, identity })),
  };
  const order = orderOf(first);
  const isOne = isAlone(shape);
  const fileName = isOne ? planFileName(order) : trainFileName(orders, policy);
  const lineOf = (digest: string) => (isOne ? digestLine(digest, order) : trainDigestLine(digest, orders));
  return {
    shape,
    name: isOne ? order.project.name : orders.map(({ project }) => project.name).join(", "),
    ending: fileName.slice(-endingLength),
    beginnings: orders.map((each) => planFileName(each).slice(0, -endingLength)),
    lineOf,
    childLines: orders.map((each) => (digest) => digestLine(digest, each)),
  };
}

/**
 * Reads plans of other lists. The problem is a whole sentence: one of the plans concerns this run, or may concern it. An unreadable plan of
 * other children does not matter.
 */
async function readOthers(
  artifacts: readonly Artifact[],
  { shape, beginnings }: About,
  space: SpaceGateway,
): Promise<{ readonly problem?: string; readonly digests: readonly string[] }> {
  const digests: string[] = [];
  const problems: string[] = [];
  for (const { id, fileName } of artifacts) {
    const read = await readContent(id, space);
    if (typeof read !== "string") {
      digests.push(read.digest);
      const difference = concerns(read, shape) ? shapeDifference(read, shape) : undefined;
      if (difference !== undefined) problems.push(differsFrom(read, fileName, difference));
    } else if (beginnings.some((names) => fileName.startsWith(names))) {
      problems.push(`The approved plan "${fileName}" (${id}) cannot be used. ${read}`);
    }
  }
  const [problem] = problems;
  return problem === undefined ? { digests } : { problem, digests };
}

function differsFrom({ digest }: ReadPlan, fileName: string, difference: string): string {
  return `This run differs from the approved plan ${digest} ("${fileName}"): ${difference}.`;
}

/** Digests that approvers were shown, certainly or perhaps for this run, and whose plan was not found. */
function missingDigests(approvals: readonly Interruption[], about: About, read: readonly string[]): readonly string[] {
  const [own] = shownTo(approvals, about);
  const isOne = isAlone(about.shape);
  const perhaps = approvals.flatMap(({ instructions }) => [
    ...trainDigestsShown(instructions),
    ...(isOne ? [] : about.childLines.flatMap((lineOf) => digestsShown(instructions, lineOf))),
  ]);
  return own ?? [...new Set(perhaps)].filter((digest) => !read.includes(digest));
}

/** The digests for this run that approvers were shown, by approval, newest first; approvals that showed none are left out. */
function shownTo(approvals: readonly Interruption[], { lineOf }: About): readonly (readonly string[])[] {
  return approvals.map(({ instructions }) => digestsShown(instructions, lineOf)).filter(({ length }) => length > 0);
}

/** The newest plan with the right levels, which are not part of its name. @param artifacts newest first */
async function readPlan(
  [{ id, fileName, created }, ...[next, ...older]]: readonly [Artifact, ...Artifact[]],
  where: { readonly about: About; readonly space: SpaceGateway; readonly approvals: readonly Interruption[] },
): Promise<ApprovedLookup> {
  const { about, space, approvals } = where;
  const unreadable = (why: string): ApprovedLookup => ({
    kind: "unreadable",
    explanation: `The approved plan "${fileName}" (${id}) cannot be used. ${why}`,
  });
  const stored = await readContent(id, space);
  if (typeof stored === "string") return unreadable(stored);
  const difference = shapeDifference(stored, about.shape);
  if (difference !== undefined) {
    const fitting = next && (await readPlan([next, ...older], where));
    if (fitting?.kind === "found") return fitting;
    return { kind: "unreadable", explanation: differsFrom(stored, fileName, difference) };
  }
  const [shown] = shownTo(approvals, about);
  if (shown?.some((digest) => digest !== stored.digest) === true) {
    return unreadable(`It has the digest ${stored.digest}, but approvers were shown ${shown.join(", ")}.`);
  }
  return {
    kind: "found",
    digest: stored.digest,
    made: created,
    intentions: stored.intentions,
    rollBacks: stored.rollBacks,
  };
}

/** The stored plan, or why there is none, as whole sentences. */
export async function readContent(id: Id<"Artifact">, space: SpaceGateway): Promise<ReadPlan | string> {
  const content = await space.artifactContent(id).catch(damaged);
  return content instanceof StepError ? content.message : readPlanArtifact(content);
}

/** An artifact that is not JSON is damaged; the server is an Octopus Server all the same. */
function damaged(error: unknown): StepError {
  if (error instanceof NotOctopusError) return new NotOctopusError("It is damaged: it is not JSON.", error.remedy);
  if (error instanceof RequestRefusedError || error instanceof ServerUnavailableError) return error;
  throw error;
}

/**
 * Lists leave out what the API key may not see, so an empty list proves nothing. Throws `PermissionError` unless the key has the permission in
 * the parent, where the approvals are given.
 */
export async function requireSight(permission: string, search: ApprovalSearch): Promise<void> {
  const question = rightsInParent(search, [permission]);
  if (question) await requirePermissions(question, "No approved plan was found");
}

/** The first missing permission to read the approvals in the parent later. None if no run reads them. */
export async function lackingSight(search: ApprovalSearch): Promise<string | undefined> {
  const needed = ["InterruptionView", "ArtifactView"];
  const question = heedsPlan(search.settings, true) ? rightsInParent(search, needed) : undefined;
  return question && (await lackingPermission(question));
}

/** The missing permission to read the answers in the approval deployment. */
export async function lackingAnswers(search: ApprovalSearch): Promise<string | undefined> {
  const question = rightsInParent(search, ["InterruptionView"]);
  return question && (await lackingPermission(question));
}

/** The missing permission to read the answers in this run's own task. */
export async function lackingOwnSight({ settings, octopus }: ApprovalSearch): Promise<string | undefined> {
  return await lackingAnswers({ settings, octopus, approvalPlace: { kind: "own-task" } });
}

/** The place of the approvals; absent outside Octopus. Unknown parts of the place are covered only by unrestricted grants. */
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
