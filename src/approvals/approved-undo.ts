import { findApprovalDeployment } from "./approval-deployment.ts";
import { plansAt, readContent } from "./find-approved-plan.ts";
import type { Id } from "../model.ts";
import { recover } from "../recover.ts";
import { type Context, orderOf } from "../resolve/resolve-context.ts";
import { isApproval } from "../rules/approved-plan.ts";
import type { Approval } from "../rules/plan.ts";
import { isSamePlace, isSameRollBack } from "../rules/train-plan.ts";

export const noUndoApproved: Approval = { off: "No approved plan lists this roll back." };

/**
 * The approval of a roll back by a step with the mode RollBack, which has no plan: the newest approved plan with that child must say that the
 * child goes back to this release.
 */
export async function approvedUndo(context: Context, to: Id<"Release">): Promise<Approval> {
  const { useParents } = context.settings.approvals;
  if (!useParents || context.settings.planPolicy === "Ignore") return noUndoApproved;
  return await recover(findUndo(context, to), ({ message }) => ({ off: `${noUndoApproved.off} ${message}` }));
}

async function findUndo(context: Context, to: Id<"Release">): Promise<Approval> {
  const approval = await findApprovalDeployment(context);
  if (approval.kind === "none" || approval.kind === "unreadable") return noUndoApproved;
  const { space, taskId } = approval;
  const approvals = (await space.interruptionsOf(taskId)).filter(isApproval);
  const last = Math.max(...approvals.map(({ created }) => created));
  for (const { id, created } of plansAt(last, await space.artifactsOf(taskId))) {
    const read = await readContent(id, space);
    if (typeof read === "string") return noUndoApproved;
    const child = read.children.findIndex(({ identity }) => isSamePlace(identity, orderOf(context).identity));
    if (child < 0) continue;
    const isListed = isSameRollBack(read.rollBacks[child] ?? null, { to: { id: to, version: "" } });
    return isListed ? { digest: read.digest, made: created } : noUndoApproved;
  }
  return noUndoApproved;
}
