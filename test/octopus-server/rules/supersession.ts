import type { Deployment, ServerTask } from "../documents/execution.ts";

/** What the rules know of a deployment that has not ended. */
export interface Contender {
  readonly task: Pick<ServerTask, "number">;
  readonly deployment: Pick<Deployment, Limit>;
}

type Limit =
  "specificMachineIds" | "excludedMachineIds" | "specificTargetTagIds" | "excludedTargetTagIds" | "skipActions";

/**
 * The queued deployments that a new one supersedes (docs superseded-tasks). `ahead` is the queue in front of it, last one first. The first one
 * that does not run the whole process on all targets is kept, and so are those in front of it, because their order matters.
 */
export function supersededInQueue<Queued extends Contender>(
  newest: Contender,
  ahead: readonly Queued[],
): readonly Queued[] {
  if (isPartial(newest)) return [];
  const firstKept = ahead.findIndex(isPartial);
  return firstKept < 0 ? ahead : ahead.slice(0, firstKept);
}

/** The paused deployments that the success of a later one supersedes. Partial deployments are kept, but keep no others. */
export function supersededBySuccess<Paused extends Contender>(
  successful: Contender,
  paused: readonly Paused[],
): readonly Paused[] {
  if (isPartial(successful)) return [];
  return paused.filter((older) => older.task.number < successful.task.number && !isPartial(older));
}

function isPartial({ deployment }: Contender): boolean {
  return [
    deployment.specificMachineIds,
    deployment.excludedMachineIds,
    deployment.specificTargetTagIds,
    deployment.excludedTargetTagIds,
    deployment.skipActions,
  ].some((limits) => limits.length > 0);
}
