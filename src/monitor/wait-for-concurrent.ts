import type { Run } from "../run.ts";
import type { Attempt } from "../model.ts";
import { describeTask } from "../rules/describe-task.ts";
import { durationText, placeText } from "../text/format.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { pollTask } from "./poll-task.ts";

type WaitPlace = Pick<Context, "settings" | "space" | "destination" | "tenant">;

export interface Wait {
  /** Why it is not waited for any longer, in sentences; absent: it ended. */
  readonly unended?: string;
  /** Milliseconds. */
  readonly waited: number;
}

/**
 * Waits for a concurrent deployment, which is never cancelled, approved or retried.
 * The queue limit covers all such waits of a run together: `waited` milliseconds of it are spent.
 */
export async function waitForConcurrent(
  { deployment }: Attempt,
  { context, waited }: { readonly context: WaitPlace; readonly waited: number },
  run: Pick<Run, "step" | "clock">,
): Promise<Wait> {
  if (deployment.taskId === undefined) return { waited: 0 };
  const { space, settings } = context;
  const limit = settings.limits.queue;
  const release = await recover(space.release(deployment.releaseId), () => undefined);
  const version = release?.version ?? deployment.releaseId;
  const subject = `${deployment.id} of ${version} to ${placeText(context)}, created by ${deployment.deployedBy || "somebody else"},`;
  const poller = space.whilePolling();
  const polling = { poller, limits: {}, patience: limit && Math.max(0, limit - waited), subject };
  const polled = await pollTask(deployment.taskId, polling, run);
  if (polled.kind === "finished" || limit === undefined) return { waited: polled.waited };
  const { text } = describeTask(polled.task, subject);
  return { waited: polled.waited, unended: `${text} It did not end within ${durationText(limit)}, the queue limit.` };
}
