import { lookForOwn } from "../deploy/own-deployments.ts";
import { PlanChangedError } from "../errors.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { changeSincePlanned, isAsPlanned } from "../rules/change-since-planned.ts";
import type { Plan } from "../rules/plan.ts";
import type { Run } from "../run.ts";
import { findRelease } from "../select/find-release.ts";
import { placeText } from "../text/format.ts";
import { frozen } from "./one-start.ts";

/**
 * Reads the release and the destination once more, right before the deployment is created: whether both are as planned, and which
 * deployments this step has created there.
 */
export async function lookAgain(context: Context, plan: Plan) {
  const { selected } = plan;
  if (plan.decision.kind !== "deploy" || selected === undefined) return undefined;
  const { id } = selected.release;
  const [release, look] = await Promise.all([
    context.space.whilePolling().release(id),
    lookForOwn({ ...context, undo: selected.undo }, id),
  ]);
  return { own: look.own, isAsPlanned: isAsPlanned({ ...plan, selected }, { ...look, release }) };
}

/**
 * Makes a child's plan again with the same release, some time later. Throws `PlanChangedError` where something other than the deployment that
 * was waited for has changed the release or the destination.
 */
export async function checkAgain(context: Context, before: Plan, run: Run): Promise<Plan> {
  const now = await planFrozen(context, before, run);
  const change = changeSincePlanned(before, now);
  if (change !== undefined)
    throw new PlanChangedError(
      `The release was not deployed to ${placeText(context)}, because ${change} since the plan was made.`,
      "Deploy the parent again to make a new plan.",
    );
  // A redeployment to new machines is due whatever release is current.
  const isRepeated = before.decision.kind === "deploy" && before.decision.reason === "Redeploy";
  const decision = isRepeated && now.decision.kind === "skip" ? before.decision : now.decision;
  return { ...now, decision, approval: before.approval };
}

/** The plan of a child that failed, for another try with the same release. Freezes and permissions are read again. */
export async function planAnew(context: Context, before: Plan, run: Run): Promise<Plan> {
  return { ...(await planFrozen(context, before, run)), approval: before.approval };
}

async function planFrozen(context: Context, before: Plan, run: Run): Promise<Plan> {
  const again = frozen(context, before.selected?.release.id ?? null);
  const { plan } = await makePlan(again, { today: findRelease(again), lookup: { kind: "not-asked" } }, run);
  return plan;
}
