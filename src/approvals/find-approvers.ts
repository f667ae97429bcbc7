import { type ApprovalTask, findApprovalDeployment } from "./approval-deployment.ts";
import { isRefusal } from "../errors.ts";
import { lackingOwnSight } from "./find-approved-plan.ts";
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
import type { Line } from "../text/line.ts";
import type { Context } from "../resolve/resolve-context.ts";

/** Who approved, as far as it counts, and what is to be said about the others. */
export interface Approvers {
  readonly approvers: readonly Approver[];
  /** The API user's own, in the child's space. */
  readonly apiUserTeamIds: readonly Id<"Team">[];
  /** The task they approved in; absent: there is none that counts. */
  readonly taskId?: Id<"ServerTask"> | undefined;
  readonly remarks: readonly Line[];
}

/**
 * People who answered *Proceed* to a manual intervention of the approval deployment. That is in the parent's space; their teams are those in the child's.
 * @param plan what they have to have approved; absent: this run carries out no approved plan
 */
export async function findApprovers(context: Context, plan?: PlanInForce): Promise<Approvers> {
  const { space } = context;
  const approval = await findApprovalDeployment(context);
  if (approval.kind !== "own-task" && approval.kind !== "deployment") {
    const isOdd = approval.kind !== "none" || approval.isDue;
    return nobody({ level: isOdd ? "warning" : "info", text: approval.explanation });
  }
  const answers = await approval.space.interruptionsOf(approval.taskId);
  const given = answers.filter(isApproval);
  const ignored = ignoredApprovals(given, plan);
  const approvals = firstApprovals(given.filter(({ id }) => !ignored.has(id)));
  if (approvals.length === 0) {
    const text = `Nobody answered Proceed to a manual intervention of ${approval.taskId}, or the API key may not view it (InterruptionView).`;
    return nobody(...(given.length > 0 ? ignored.values() : [{ level: "info", text } as const]));
  }
  const objection = approval.kind === "own-task" ? refusalIn(answers) : await ownObjection(context, approval);
  if (objection !== undefined) return nobody({ level: "warning", text: objection });
  const excluded = excludedRequesters(context, approval);
  if (excluded === undefined) {
    return nobody({
      level: "warning",
      text: "The requester's own approval does not count, but Octopus does not tell who the requester is: so no approval counts.",
    });
  }
  const apiUser = await space.ownUser();
  const found = [];
  for (const each of approvals) found.push(await approverOf(each, apiUser, excluded, space));
  return {
    approvers: found.flatMap(({ approver }) => approver ?? []),
    apiUserTeamIds: await space.teamsOf(apiUser.id),
    taskId: approval.taskId,
    remarks: [...ignored.values(), ...found.map(({ remark }) => remark)],
  };
}

function nobody(...remarks: readonly Line[]): Approvers {
  return { approvers: [], apiUserTeamIds: [], remarks };
}

/** Those that approve another plan than this one, or none, each with what is to be said about it. */
function ignoredApprovals(
  given: readonly Interruption[],
  plan: PlanInForce | undefined,
): ReadonlyMap<Id<"Interruption">, Line> {
  const each = given.flatMap((interruption) => {
    const why = plan && whyNotOfPlan(interruption, plan);
    if (why === undefined) return [];
    const text = `The approval in "${interruption.title}" (${interruption.id}) ${why}: it does not count.`;
    return [[interruption.id, { level: "info", text }] as const];
  });
  return new Map(each);
}

/** Why nothing is approved in this run, as a whole sentence: what people answered last in its own task, where they approved elsewhere. */
async function ownObjection(context: Context, { space }: ApprovalTask): Promise<string | undefined> {
  const { taskId } = context.settings.parent;
  if (taskId === undefined) return undefined;
  const answers = await space.interruptionsOf(taskId);
  // An empty list may be one that the key may not see.
  const missing = answers.length === 0 ? await lackingOwnSight(context) : undefined;
  if (missing === undefined) return refusalIn(answers);
  return `Whether somebody aborted this run's own task ${taskId} cannot be seen without ${missing}: nothing is approved in the child for anybody.`;
}

function refusalIn(answers: readonly Interruption[]): string | undefined {
  const refusal = lastRefusal(answers);
  if (refusal === undefined) return undefined;
  const { title, id, result = "nothing" } = refusal;
  return `The last manual intervention that was answered in this run's own task, "${title}" (${id}), was answered ${result} and not Proceed: nothing is approved in the child for anybody.`;
}

/** Who started the approval deployment and who started this one, when they may not approve; `undefined`: nobody knows. */
function excludedRequesters({ settings }: Context, { starterId }: ApprovalTask): readonly Id<"User">[] | undefined {
  if (settings.approvals.requesterMayApprove) return [];
  const own = settings.parent.starterId;
  return starterId === undefined || own === undefined ? undefined : [starterId, own];
}

/** An approver with teams, or why this approval does not count. A user about whom something cannot be read does not count. */
async function approverOf(
  { userId: id, asked }: FirstApproval,
  apiUser: User,
  excluded: readonly Id<"User">[],
  space: SpaceGateway,
): Promise<{ readonly approver?: Approver; readonly remark: Line }> {
  const without = (level: "info" | "warning", text: string) => ({ remark: { level, text } });
  try {
    const user = id === apiUser.id ? apiUser : await space.user(id);
    if (user === undefined)
      return without(
        "warning",
        `The user ${id} approved in the parent, but cannot be viewed (UserView): that approval does not count.`,
      );
    const name = userText(user);
    const why = whyNotAnApprover(user, apiUser.id, excluded);
    if (why !== undefined)
      return without("info", `${name} approved in the parent, but ${why}: that approval does not count.`);
    const teamIds = await space.teamsOf(id);
    return { approver: { user, teamIds, asked }, remark: { level: "info", text: `${name} approved in the parent.` } };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return without(
      "warning",
      `The user ${id} approved in the parent, but that does not count, for the teams cannot be read: ${error.message} ${error.remedy}`,
    );
  }
}
