import type { Run } from "../run.ts";
import type { ChangeLog } from "../monitor/log-on-change.ts";
import type { PlanInForce } from "../rules/approval.ts";
import { type Approvers, findApprovers, type ApproversPlace } from "./find-approvers.ts";

/** The approvers of the parent deployment, read again only when the last list is too old for its purpose. */
export interface ApproverCache {
  /** Fresh enough to leave an intervention to its responsible teams. */
  toRefuse(): Promise<Approvers>;
  /** Fresh enough to approve something. */
  toApprove(): Promise<Approvers>;
}

/**
 * How old the list of approvers may be, in milliseconds: when it is about to approve something (`freshFor`), when it approves nothing
 * (`staleAfter`), and when parts of it could not be read (`incompleteAfter`).
 */
const freshFor = 5_000;
const staleAfter = 900_000;
const incompleteAfter = 180_000;

/**
 * Opens an empty cache. Remarks about the approvers are logged when they change.
 * @param plan the plan that they must have approved. Absent means this run carries out no approved plan
 */
export function openApproverCache(
  context: ApproversPlace,
  plan: PlanInForce | undefined,
  { clock, changes }: Pick<Run, "clock"> & { readonly changes: ChangeLog },
): ApproverCache {
  let known: { readonly at: number; readonly approvers: Approvers } | undefined;

  async function agedAtMost(age: number): Promise<Approvers> {
    const now = clock.elapsed();
    if (known !== undefined && now - known.at <= age) return known.approvers;
    const approvers = await findApprovers(context, plan);
    known = { at: now, approvers };
    changes.log("approvers", approvers.remarks);
    return approvers;
  }

  return {
    toRefuse: () => agedAtMost(known !== undefined && isIncomplete(known.approvers) ? incompleteAfter : staleAfter),
    toApprove: () => agedAtMost(freshFor),
  };
}

/** Whether something about the approvers could not be read. */
function isIncomplete({ remarks }: Approvers): boolean {
  return remarks.some(({ level }) => level === "warning");
}
