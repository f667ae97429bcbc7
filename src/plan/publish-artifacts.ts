import { describePlan } from "../rules/describe.ts";
import type { Plan } from "../rules/plan.ts";
import { childNotes } from "../rules/train-notes.ts";
import type { Run } from "../run.ts";
import type { Settings } from "../settings.ts";
import { planArtifact } from "../step/plan-artifact.ts";
import type { StepRuntime } from "../step/runtime.ts";
import { placeText, stampText } from "../text/format.ts";

/** Says the plan of one child in the log, and hands it over for the output variables. */
export function showPlan(plan: Plan, { step, publish }: Pick<Run, "step" | "publish">): void {
  publish(plan);
  for (const { level, text } of describePlan(plan, planArtifact(plan).digest)) step[level](text);
}

/** Leaves the plan of a what-if run as a file of the parent's task. */
export function publishPlan(plan: Plan, step: Pick<StepRuntime, "publishArtifact">): void {
  if (!plan.order.whatIf) return;
  const { fileName, json } = planArtifact(plan);
  step.publishArtifact(fileName, json);
}

/** Leaves the release notes, where they are wanted, as a file of the parent's task. */
export function publishNotes(
  plan: Plan,
  { saveReleaseNotes }: Pick<Settings, "saveReleaseNotes">,
  step: Pick<StepRuntime, "publishArtifact">,
): void {
  const { order, selected, notes, made } = plan;
  if (!saveReleaseNotes || selected === undefined || notes === "") return;
  const name = `${order.project.name} ${selected.release.version} ${placeText(order)}`;
  step.publishArtifact(`${name}.ReleaseNotes_${stampText(made)}.md`, `${childNotes(plan)}\n`);
}
