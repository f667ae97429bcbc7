import type { Run } from "../run.ts";
import type { Attempt, Deployment, ServerTask } from "../model.ts";
import { describeTask } from "../rules/describe-task.ts";
import { durationText, placeText, shortened } from "../text/format.ts";
import { recover } from "../recover.ts";
import { stepText } from "../resolve/parent-text.ts";
import type { Context } from "../resolve/resolve-context.ts";
import type { Settings } from "../settings.ts";
import { pollTask } from "./poll-task.ts";
import { readPauseOf } from "./read-pauses.ts";

type WaitPlace = Pick<Context, "settings" | "octopus" | "space" | "project" | "destination" | "tenant">;

export interface Wait {
  /** Why the wait ended early, in sentences. Absent means that the deployment has ended or paused. */
  readonly unended?: string;
  /** Milliseconds. */
  readonly waited: number;
}

/**
 * Waits for a concurrent deployment to end, or to pause. It is never cancelled, approved or retried.
 * The queue limit covers all such waits of a run together: `waited` milliseconds of it are spent.
 */
export async function waitForConcurrent(
  attempt: Attempt,
  { context, waited }: { readonly context: WaitPlace; readonly waited: number },
  run: Pick<Run, "step" | "clock">,
): Promise<Wait> {
  const { deployment } = attempt;
  if (deployment.taskId === undefined) return { waited: 0 };
  const { space, settings } = context;
  const limit = settings.limits.queue;
  const release = await recover(space.release(deployment.releaseId), () => undefined);
  const version = release?.version ?? deployment.releaseId;
  const subject = `${deployment.id} of ${version} to ${placeText(context)}, created by ${deployment.deployedBy || "another user"},`;
  const polling = {
    poller: space.whilePolling(),
    limits: {},
    patience: limit && Math.max(0, limit - waited),
    enough: untilPaused(attempt, context),
    subject,
  };
  const polled = await pollTask(deployment.taskId, polling, run);
  if (polled.kind !== "out-of-time" || limit === undefined) return { waited: polled.waited };
  const { text } = describeTask(polled.task, subject);
  const gaveUp = `Gave up after ${durationText(limit)} (Queue time limit). ${text}`;
  return { waited: polled.waited, unended: `${gaveUp}${crosswiseText(deployment, settings)}` };
}

/** The two parents that may wait for each other, if a step like this one created the deployment. */
function crosswiseText({ comments }: Deployment, { parent }: Pick<Settings, "parent">): string {
  const [, step] = /Created by (.+)\. \[deploy-child-project /.exec(comments) ?? [];
  return step === undefined ? "" : ` It was created by ${shortened(step)}, which may wait for ${stepText(parent)}.`;
}

/** Ends the polling when the deployment has paused. Reads what the deployment waits for once per change. */
function untilPaused(attempt: Attempt, context: WaitPlace) {
  let asked = "";
  return async (task: ServerTask, waited: number): Promise<{ kind: "paused"; waited: number } | undefined> => {
    const { state, hasPendingInterruptions, hasPendingPreconditions, pendingTypes } = task;
    const wait = JSON.stringify([state, hasPendingInterruptions, hasPendingPreconditions, pendingTypes]);
    // The deployment was found running a moment ago, so the first poll is not checked again.
    if (waited === 0 || wait === asked) return undefined;
    asked = wait;
    return (await readPauseOf({ ...attempt, task }, context)) && { kind: "paused", waited };
  };
}
