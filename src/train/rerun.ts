import { whyNotRepeated } from "../deploy/deploy-with-retries.ts";
import { recover } from "../recover.ts";
import { planMessage } from "../rules/describe.ts";
import { failuresText } from "../rules/train.ts";
import { judgePass } from "../rules/passes.ts";
import { planAnew } from "./check-again.ts";
import type { CheckedTrain, Ends } from "./checked-train.ts";
import type { PlannedMember } from "./planned.ts";
import { sideBySide } from "./side-by-side.ts";

/** A run whose failed children are deployed again. */
interface Rerun extends CheckedTrain {
  readonly ends: Ends;
  readonly levels: readonly (readonly PlannedMember[])[];
}

/**
 * Deploys the failed children again with the same releases and in the same order, pass after pass, until none fails, a pass brings no
 * progress, or the passes are used up. A child that succeeded is not deployed again, nor one that a user or the server stopped.
 */
export async function rerunUntilDone(
  train: Rerun,
  carry: (member: PlannedMember, pass: number) => Promise<void>,
): Promise<void> {
  const { members, ends, passes, levels, parallelLimit, step } = train;
  let tried: readonly PlannedMember[] = members.filter((member) => ends.has(member));
  for (let pass = train.pass; ; pass += 1) {
    const results = tried.flatMap((member) => ends.get(member) ?? []);
    const failed = await repeatable(tried, ends);
    const verdict = judgePass({ results, pass, passes, repeatable: failed.length });
    if (verdict.kind === "done") return;
    if (verdict.kind === "stop") {
      stop(failed, ends, verdict.why);
      return;
    }
    for (const member of failed) member.run.step.warning(ends.get(member)?.outcome.message ?? "");
    step.highlight(`Pass ${pass + 1} of at most ${passes}: ${failed.map(({ name }) => name).join(", ")}`);
    for (const level of levels) {
      const turns = level.filter((member) => failed.includes(member));
      await sideBySide(turns, parallelLimit, (member) => carry(member, pass + 1));
    }
    tried = failed;
  }
}

/** The children whose own deployment failed, so that another try may help. */
async function repeatable(tried: readonly PlannedMember[], ends: Ends): Promise<readonly PlannedMember[]> {
  const asked = await Promise.all(
    tried.map(async (member) => {
      const outcome = ends.get(member)?.outcome;
      if (outcome?.kind !== "Failed" || outcome.besides !== undefined) return [];
      if (outcome.started?.task === undefined || member.kind !== "resolved") return [];
      const why = await recover(whyNotRepeated(member.context, outcome), ({ message }) => message);
      if (why === undefined) return [member];
      if (!(await isCurrentNow(member, ends))) member.run.step.warning(`Not deployed again: ${why}.`);
      return [];
    }),
  );
  return asked.flat();
}

/** Whether another user has deployed the same release successfully since. The child is then skipped. */
async function isCurrentNow(member: Extract<PlannedMember, { kind: "resolved" }>, ends: Ends): Promise<boolean> {
  const { context, plan, run } = member;
  if (plan === undefined) return false;
  const now = await recover(planAnew(context, plan, run), () => undefined);
  const result = ends.get(member);
  if (now?.decision.kind !== "skip" || result === undefined) return false;
  const { reason } = now.decision;
  ends.set(member, { ...result, outcome: { kind: "Skipped", reason, message: planMessage(now), plan: now } });
  return true;
}

function stop(failed: readonly PlannedMember[], ends: Ends, why: string): void {
  const text = `${why}: ${failuresText(failed.map(({ name }) => name))}.`;
  for (const member of failed) {
    const result = ends.get(member);
    if (result === undefined) continue;
    const { outcome } = result;
    ends.set(member, {
      ...result,
      outcome: { ...outcome, reason: "NoProgress", common: text },
    });
  }
}
