import { describePlan } from "../rules/describe.ts";
import { digestToShow } from "../rules/digest-line.ts";
import type { Plan } from "../rules/plan.ts";
import { childNotes } from "../rules/train-notes.ts";
import type { Run } from "../run.ts";
import type { Settings } from "../settings.ts";
import { planArtifact } from "../step/plan-artifact.ts";
import type { StepRuntime } from "../step/runtime.ts";
import { placeText, stampText } from "../text/format.ts";

/**
 * Logs the plan of one child, and publishes it for the output variables.
 * @param shown lines that were logged already, by an earlier plan of the run
 */
export function showPlan(plan: Plan, { step, publish }: Pick<Run, "step" | "publish">, shown: Set<string>): void {
  publish(plan);
  for (const { level, text } of describePlan(plan, digestToShow(plan, planArtifact(plan).digest))) {
    if (!shown.has(text)) step[level](text);
    shown.add(text);
  }
}

/** Publishes the plan of a what-if run as an artifact of the parent's task. */
export function publishPlan(plan: Plan, step: Pick<StepRuntime, "publishArtifact">): void {
  if (!plan.order.whatIf) return;
  const { fileName, json } = planArtifact(plan);
  step.publishArtifact(fileName, json);
}

/** Publishes the release notes, if the settings say so, as an artifact of the parent's task. */
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
