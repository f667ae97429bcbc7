import { type ApprovalTask, findApprovalDeployment } from "./approval-deployment.ts";
import { isRefusal } from "./errors.ts";
import type { Id, User } from "./model.ts";
import type { SpaceGateway } from "./octopus/gateway.ts";
import { type Approver, type FirstApproval, firstApprovals, userText, whyNotAnApprover } from "./plan/approval.ts";
import type { Line } from "./plan/describe.ts";
import type { Context } from "./resolve-context.ts";

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
 * The users who answered *Proceed* to a manual intervention of the approval deployment in the parent's space, with their teams in the
 * child's space. Only those whose approval counts are approvers; the remarks say why others are not.
 */
export async function findApprovers(context: Context): Promise<Approvers> {
  const { space } = context;
  const approval = await findApprovalDeployment(context);
  if (approval.kind !== "own-task" && approval.kind !== "deployment") {
    const isOdd = approval.kind !== "none" || approval.isDue;
    return nobody({ level: isOdd ? "warning" : "info", text: approval.explanation });
  }
  const approvals = firstApprovals(await approval.space.interruptionsOf(approval.taskId));
  if (approvals.length === 0) {
    return nobody({
      level: "info",
      text: `Nobody answered Proceed to a manual intervention of ${approval.taskId}, or the API key may not view it (InterruptionView).`,
    });
  }
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
    remarks: found.map(({ remark }) => remark),
  };
}

function nobody(remark: Line): Approvers {
  return { approvers: [], apiUserTeamIds: [], remarks: [remark] };
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
