import type { Surroundings } from "../run.ts";
import type { Attempt } from "../model.ts";
import { describeTask } from "../rules/describe-task.ts";
import { durationText, placeText } from "../text/format.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { watchTask } from "./poll-task.ts";

export interface Wait {
  /** Why it is not waited for any longer, in sentences; absent: it ended. */
  readonly unended?: string;
  /** Milliseconds. */
  readonly waited: number;
}

/**
 * Waits for somebody else's deployment, which is never cancelled, approved or retried.
 * The queue limit covers all such waits of a run together: `waited` milliseconds of it are spent.
 */
export async function waitForOthers(
  { deployment }: Attempt,
  { context, waited }: { readonly context: Context; readonly waited: number },
  surroundings: Surroundings,
): Promise<Wait> {
  if (deployment.taskId === undefined) return { waited: 0 };
  const { space, settings } = context;
  const limit = settings.limits.queue;
  const release = await recover(space.release(deployment.releaseId), () => undefined);
  const version = release?.version ?? deployment.releaseId;
  const subject = `${deployment.id} of ${version} to ${placeText(context)}, created by ${deployment.deployedBy || "somebody else"},`;
  const watch = { limits: {}, patience: limit && Math.max(0, limit - waited), subject };
  const watched = await watchTask(deployment.taskId, watch, space.whileWatching(), surroundings);
  if (watched.kind === "finished" || limit === undefined) return { waited: watched.waited };
  const { text } = describeTask(watched.task, subject);
  return { waited: watched.waited, unended: `${text} It did not end within ${durationText(limit)}, the queue limit.` };
}
