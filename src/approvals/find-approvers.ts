import { type ApprovalSearch, type ApprovalTask, findApprovalDeployment } from "./approval-deployment.ts";
import { isRefusal } from "../errors.ts";
import { lackingAnswers, lackingOwnSight } from "./find-approved-plan.ts";
import type { Id, Interruption, User } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import {
  type Approver,
  type FirstApproval,
  firstApprovals,
  lastRefusal,
  type PlanInForce,
  userText,
  whyNotAnApprover,
  whyNotOfPlan,
} from "../rules/approval.ts";
import { isApproval } from "../rules/approved-plan.ts";
import { listed, sentences } from "../text/format.ts";
import type { Line } from "../text/line.ts";
import type { Context } from "../resolve/resolve-context.ts";

/** What the search for approvers needs: the approval deployment in the parent's space, and the teams of the child's space. */
export type ApproversPlace = ApprovalSearch & Pick<Context, "space" | "undo">;

/** The users whose approval counts, and remarks about all approvals. */
export interface Approvers {
  readonly approvers: readonly Approver[];
  /** The API user's own teams in the child's space. */
  readonly apiUserTeamIds: readonly Id<"Team">[];
  /** The task in which they approved. Absent means that no approval counts. */
  readonly taskId?: Id<"ServerTask"> | undefined;
  readonly remarks: readonly Line[];
}

/**
 * The users who answered *Proceed* to a manual intervention of the approval deployment. The deployment is in the parent's space; the teams
 * that count are those in the child's space.
 * @param plan the plan that they must have approved. Absent means this run carries out no approved plan
 */
export async function findApprovers(context: ApproversPlace, plan?: PlanInForce): Promise<Approvers> {
  const approval = await findApprovalDeployment(context);
  if (approval.kind !== "own-task" && approval.kind !== "deployment") {
    const isOdd = approval.kind !== "none" || approval.isDue;
    return nobody({ level: isOdd ? "warning" : "info", text: approval.explanation });
  }
  const answers = await approval.space.interruptionsOf(approval.taskId);
  const given = answers.filter(isApproval);
  const ignored = ignoredApprovals(given, plan);
  const approvals = firstApprovals(given.filter(({ id }) => !ignored.has(id)));
  if (approvals.length === 0 && given.length > 0) return nobody(...ignored.values());
  if (approvals.length === 0) return nobody(await noProceed(context, approval.taskId, answers.length === 0));
  // The roll back was approved with the plan, so an abort of the deployment afterwards does not forbid it.
  const isApprovedUndo = context.undo !== undefined && plan !== undefined;
  const objection = isApprovedUndo ? undefined : await ownObjection(context, { ...approval, answers });
  if (objection !== undefined) return nobody({ level: "warning", text: objection });
  const excluded = excludedRequesters(context, approval);
  if (excluded === undefined) return nobody(unknownRequester);
  const found = await readApprovers(approvals, excluded, context.space);
  return { ...found, taskId: approval.taskId, remarks: [...ignored.values(), ...found.remarks] };
}

function nobody(...remarks: readonly Line[]): Approvers {
  return { approvers: [], apiUserTeamIds: [], remarks };
}

/** Why no approval was found. An empty list may mean that the key lacks a permission. */
async function noProceed(context: ApprovalSearch, taskId: string, isEmpty: boolean): Promise<Line> {
  const missing = isEmpty ? await lackingAnswers(context) : undefined;
  const why = missing === undefined ? "no manual intervention was answered Proceed" : `the API key lacks ${missing}`;
  return { level: "info", text: `No approval found in the parent (${taskId}): ${why}.` };
}

const unknownRequester: Line = {
  level: "warning",
  text: "No approval counts: the requester's own approval must not, and Octopus does not tell who the requester is.",
};

/** Approvals of another plan, or of none, each with a remark. */
function ignoredApprovals(
  given: readonly Interruption[],
  plan: PlanInForce | undefined,
): ReadonlyMap<Id<"Interruption">, Line> {
  const each = given.flatMap((interruption) => {
    const why = plan && whyNotOfPlan(interruption, plan);
    if (why === undefined) return [];
    const text = `The approval in "${interruption.title}" (${interruption.id}) does not count: it ${why}.`;
    return [[interruption.id, { level: "info", text }] as const];
  });
  return new Map(each);
}

/** Why this run approves nothing, as a whole sentence: the last answer in the run's own task. */
async function ownObjection(
  context: ApprovalSearch,
  approval: ApprovalTask & { readonly answers: readonly Interruption[] },
): Promise<string | undefined> {
  const { taskId } = context.settings.parent;
  if (taskId === approval.taskId) return refusalIn(approval.answers);
  if (taskId === undefined) return undefined;
  const answers = await approval.space.interruptionsOf(taskId);
  // An empty list may mean that the key lacks a permission.
  const missing = answers.length === 0 ? await lackingOwnSight(context) : undefined;
  if (missing === undefined) return refusalIn(answers);
  return `Nothing is approved automatically: without ${missing} the API key cannot see whether this run's own task ${taskId} was aborted.`;
}

function refusalIn(answers: readonly Interruption[]): string | undefined {
  const refusal = lastRefusal(answers);
  if (refusal === undefined) return undefined;
  const { title, id, result = "nothing" } = refusal;
  return `Nothing is approved automatically: the last answer in this run's own task was ${result}, not Proceed: "${title}" (${id}).`;
}

/** The users who started the approval deployment and this one, if they may not approve. `undefined` means that they are unknown. */
function excludedRequesters(
  { settings }: ApprovalSearch,
  { starterId }: ApprovalTask,
): readonly Id<"User">[] | undefined {
  if (settings.approvals.requesterMayApprove) return [];
  const own = settings.parent.starterId;
  return starterId === undefined || own === undefined ? undefined : [starterId, own];
}

/** The users behind the approvals, one after the other, with the teams that they and the API user belong to. */
async function readApprovers(
  approvals: readonly FirstApproval[],
  excluded: readonly Id<"User">[],
  space: SpaceGateway,
): Promise<Approvers> {
  const apiUser = await space.ownUser();
  const found: ReadApprover[] = [];
  for (const each of approvals) found.push(await readApprover(each, { apiUser, excluded, space }));
  const approvers = found.flatMap(({ approver }) => approver ?? []);
  const names = listed(approvers.map(({ user }) => userText(user)));
  return {
    approvers,
    apiUserTeamIds: (await space.teamsOf(apiUser.id)).map(({ id }) => id),
    remarks: [
      ...sentences(names !== "" && `Approvers in the parent: ${names}.`).map(
        (text) => ({ level: "info", text }) as const,
      ),
      ...found.flatMap(({ remark }) => remark ?? []),
    ],
  };
}

/** An approver, or why an approval does not count. */
interface ReadApprover {
  readonly approver?: Approver;
  readonly remark?: Line;
}

interface ApproverQuestion {
  readonly apiUser: User;
  /** Users whose approval does not count. */
  readonly excluded: readonly Id<"User">[];
  readonly space: Pick<SpaceGateway, "user" | "teamsOf">;
}

/** An approver with teams, or why this approval does not count. A user about whom something cannot be read does not count. */
async function readApprover(approval: FirstApproval, question: ApproverQuestion): Promise<ReadApprover> {
  const { userId: id, asked } = approval;
  const { apiUser, excluded, space } = question;
  const without = (level: "info" | "warning", text: string) => ({ remark: { level, text } });
  try {
    const user = id === apiUser.id ? apiUser : await space.user(id);
    if (user === undefined)
      return without("warning", `The approval by the user ${id} does not count: the API key lacks UserView.`);
    const name = userText(user);
    const why = whyNotAnApprover(user, apiUser.id, excluded);
    if (why !== undefined) return without("info", `The approval by ${name} does not count: the user ${why}.`);
    return { approver: { user, teams: await space.teamsOf(id), asked } };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return without(
      "warning",
      `The approval by the user ${id} does not count, because the user's teams cannot be read: ${error.message} ${error.remedy}`,
    );
  }
}
