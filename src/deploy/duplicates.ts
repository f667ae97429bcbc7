import { cancelTask } from "../monitor/poll-task.ts";
import type { Attempt, Deployment } from "../model.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { newestDeployment } from "../rules/attempts.ts";
import type { Run } from "../run.ts";
import { findOwn } from "./own-deployments.ts";

/** A deployment that was just created, and which deployments of this step would be duplicates. */
export interface DuplicateQuestion {
  readonly context: Context;
  readonly ours: Deployment;
  /** Ids of the deployments that existed before. */
  readonly known: ReadonlySet<string>;
  readonly isDuplicate: (own: Attempt) => boolean;
}

/**
 * A duplicate that this step created for another parent at the same time, if that deployment is older than ours. An error counts as none,
 * because it must not fail a run whose child deployment is under way.
 */
export async function olderDuplicate({
  context,
  ours,
  known,
  isDuplicate,
}: DuplicateQuestion): Promise<Attempt | undefined> {
  const own = await recover(findOwn(context, ours.releaseId, new Set([...known, ours.id])), () => []);
  return own.findLast((each) => isDuplicate(each) && newestDeployment([ours, each.deployment]) === ours);
}

/**
 * Cancels our own deployment in favour of the older one. `false` means that it could not be cancelled. The run then goes on with it, and the
 * server runs both one after the other.
 */
export async function cancelDuplicate(
  { id, taskId }: Deployment,
  { duplicate, context: { space } }: { readonly duplicate: Attempt; readonly context: Pick<Context, "space"> },
  { step, clock }: Pick<Run, "step" | "clock">,
): Promise<boolean> {
  if (taskId === undefined) return false;
  step.warning(
    `Cancelling ${id}, because this step created ${duplicate.deployment.id} earlier for another parent deployment.`,
  );
  const cancelling = cancelTask(taskId, space.whilePolling(), clock);
  const { task, refusal } = await recover(cancelling, ({ message, remedy }) => ({
    task: undefined,
    refusal: `${message} ${remedy}`,
  }));
  if (refusal !== undefined) step.warning(`${id} could not be cancelled and is still running. ${refusal}`);
  return task?.state === "Canceled";
}
