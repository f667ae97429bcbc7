import { placeText, stampText } from "../text/format.ts";
import type { Plan } from "../rules/plan.ts";
import type { Settings } from "../settings.ts";
import { planArtifact } from "../step/plan-artifact.ts";
import type { StepRuntime } from "../step/runtime.ts";

/** Leaves the plan of a what-if run, and the release notes where they are wanted, as files of the parent's task. */
export function publishPlan(plan: Plan, { whatIf, saveReleaseNotes }: Settings, step: StepRuntime): void {
  const { order, selected, notes, made } = plan;
  if (whatIf) {
    const { fileName, json } = planArtifact(plan);
    step.publishArtifact(fileName, json);
  }
  if (!saveReleaseNotes || selected === undefined || notes === "") return;
  const name = `${order.project.name} ${selected.release.version} ${placeText(order)}`;
  step.publishArtifact(`${name}.ReleaseNotes_${stampText(made)}.md`, `${notes}\n`);
}
