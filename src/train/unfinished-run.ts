import { asId } from "../model.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { isOfSameTask, isOfSameStep, parseMarker } from "../rules/marker.ts";
import type { Plan } from "../rules/plan.ts";

/**
 * The plan, with a warning if the current release was deployed for the same parent release by an earlier task of this step that did not
 * finish, because this task rolls back only its own deployments. If the task cannot be read, there is no warning.
 */
export async function withUnfinishedRun(
  { octopus, settings: { parent }, targetTags }: Context,
  plan: Plan,
): Promise<Plan> {
  const { attempt, release } = plan.current ?? {};
  if (attempt === undefined || parent.spaceId === undefined) return plan;
  const { taskId = "" } = parseMarker(attempt.deployment.comments) ?? {};
  const isEarlier = isOfSameStep(attempt, parent) && !isOfSameTask(attempt, parent);
  if (!isEarlier || targetTags.tasks?.includes(taskId) !== true) return plan;
  const reading = octopus.inSpace(parent.spaceId).tasksById([asId<"ServerTask">(taskId)]);
  const [task] = await recover(reading, () => []);
  if (task === undefined || task.state === "Success") return plan;
  const warning = `${release?.version} was deployed to ${plan.order.destination.name} by the unfinished run ${taskId} of this step and will not be rolled back.`;
  return { ...plan, warnings: [...plan.warnings, warning] };
}
