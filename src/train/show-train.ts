import { describePlan } from "../rules/describe.ts";
import { mostAttempts } from "../rules/passes.ts";
import { plural } from "../text/format.ts";
import { plainTable, planTable } from "../rules/train.ts";
import type { StepRuntime } from "../step/runtime.ts";
import { adviceOf } from "../failure.ts";
import type { PlannedMember } from "./planned.ts";
import { rollBackText } from "./plan-roll-back.ts";
import type { TrainSettings } from "./train-settings.ts";
import { happensTo } from "./what-happens.ts";

/** The plan of the whole run in the log: a table, then each child that changes or cannot be deployed, then the others in one line. */
export function showTrain(
  planned: readonly PlannedMember[],
  { digestLine, ...passes }: ShownTrain,
  step: Pick<StepRuntime, "info" | "warning">,
): void {
  const rows = planned.map((member) => {
    const { name, level, plan } = member;
    return { name, level, plan, happens: happensTo(member), backTo: rollBackText(member.rollBack) };
  });
  step.info(`The plan for ${plural(planned.length, "child project")}:\n${plainTable(planTable(rows))}`);
  for (const member of planned) {
    const { plan, refusal, run } = member;
    // The run ends with an error that says the same.
    if (refusal !== undefined) run.step.verbose(adviceOf(refusal));
    // The digest belongs to the whole run; a child has none of its own.
    else if (plan !== undefined && isChanging(member))
      for (const { level, text } of describePlan(plan)) run.step[level](text);
  }
  for (const { rollBack, run } of planned) {
    if (rollBack !== undefined && rollBack !== null && "why" in rollBack)
      run.step.warning(`If a child fails, this one cannot be rolled back. ${rollBack.why}`);
  }
  const unchanged = planned.filter((member) => !isChanging(member) && member.refusal === undefined);
  for (const { plan, run } of unchanged) for (const text of plan?.warnings ?? []) run.step.warning(text);
  const each = unchanged.map((member) => `${member.name} (${happensTo(member)})`).join(", ");
  if (unchanged.length > 0) step.info(`Unchanged: ${each}.`);
  if (passes.failurePolicy === "RerunUntilDone") sayAttempts(planned, passes.passes, step);
  if (digestLine !== undefined) step.info(digestLine);
}

interface ShownTrain extends Pick<TrainSettings, "failurePolicy" | "passes"> {
  readonly digestLine: string | undefined;
}

function sayAttempts(
  planned: readonly PlannedMember[],
  passes: number,
  step: Pick<StepRuntime, "info" | "warning">,
): void {
  const changing = planned.filter(isChanging);
  const attempts = mostAttempts(changing.length, passes);
  const most = Math.min(passes, changing.length);
  step.info(
    `Failed child projects are deployed again, in at most ${most === 1 ? "1 pass" : `${most} passes`} with ${plural(attempts, "deployment")} in all.`,
  );
  if (changing.some((member) => member.kind === "resolved" && member.context.settings.retries > 0))
    step.warning("Retries of single deployments are additional. Set them to 0, because each pass tries again.");
}

function isChanging({ plan }: PlannedMember): boolean {
  return plan !== undefined && plan.decision.kind !== "skip";
}
