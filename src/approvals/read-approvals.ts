import { type ApprovalSearch, findApprovalDeployment } from "./approval-deployment.ts";
import type { Id, Instant } from "../model.ts";
import { recover } from "../recover.ts";
import { taskUrl } from "../resolve/deployment-url.ts";
import { inOrderOfAsking, userText } from "../rules/approval.ts";
import { isApproval } from "../rules/approved-plan.ts";
import { allDigestsShown } from "../rules/digest-line.ts";

/** One *Proceed* that was given in the parent, whether or not it counts for a child. */
export interface GivenApproval {
  /** The name of the approver; an id if the API key may not view the user. */
  readonly by: string;
  /** Digests of the plans that the instructions show. */
  readonly digests: readonly string[];
  /** When the parent asked for the approval: the API does not tell when it was given. */
  readonly asked: Instant;
  /** The page of the task that asked. */
  readonly url: string;
}

/** The approvals of this run, for the report; none if they cannot be read. */
export async function readApprovals(search: ApprovalSearch): Promise<readonly GivenApproval[]> {
  const approval = await recover(findApprovalDeployment(search), () => undefined);
  if (approval?.kind !== "own-task" && approval?.kind !== "deployment") return [];
  const { space, taskId } = approval;
  const nameOf = async (id: Id<"User"> | undefined) => {
    const user = id && (await recover(space.user(id), () => undefined));
    return user === undefined ? (id ?? "unknown") : userText(user);
  };
  const answers = await recover(space.interruptionsOf(taskId), () => []);
  return await Promise.all(
    answers
      .filter(isApproval)
      .sort(inOrderOfAsking)
      .map(async ({ responsibleUserId, instructions, created }) => ({
        by: await nameOf(responsibleUserId),
        digests: allDigestsShown(instructions),
        asked: created,
        url: taskUrl(search.octopus, space.spaceId, taskId),
      })),
  );
}
