import { sentences } from "../text/format.ts";
import type { Parent } from "../settings.ts";

/** A deployment of the parent: `Release Orchestration 2021.1.0 to Production (ServerTasks-7)`. */
export function parentText({ projectName, releaseNumber }: Parent, place?: string, taskId?: string): string {
  const words = sentences(
    projectName ?? "a release orchestration",
    releaseNumber,
    place && `to ${place}`,
    taskId && `(${taskId})`,
  );
  return words.join(" ");
}

/** This step and its deployment, for users who see only the service account. */
export function stepText(parent: Parent): string {
  const own = parentText(parent, parent.environmentName, parent.taskId);
  return parent.stepName === undefined ? own : `the step "${parent.stepName}" of ${own}`;
}
