import { deploymentUrl } from "../resolve/deployment-url.ts";
import type { Attempt, Pause, Release, ServerTask } from "../model.ts";
import { isLive } from "../rules/attempts.ts";
import { pauseOf } from "../rules/concurrent-deployments.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";

type PausePlace = Pick<Context, "octopus" | "space" | "project">;

/**
 * Adds to unfinished deployments what they wait for. Asks only about paused ones; a deployment that cannot be
 * read holds up others as if it ran.
 */
export async function readPauses(attempts: readonly Attempt[], context: PausePlace): Promise<readonly Attempt[]> {
  return await Promise.all(
    attempts.map(async (attempt) => {
      const pause = isLive(attempt) ? await recover(readPause(attempt, context), () => undefined) : undefined;
      return pause === undefined ? attempt : { ...attempt, pause };
    }),
  );
}

async function readPause({ deployment, task }: Attempt, context: PausePlace): Promise<Pause | undefined> {
  if (task?.state !== "Queued" || !(task.hasPendingInterruptions || task.hasPendingPreconditions)) return undefined;
  const release = await context.space.release(deployment.releaseId);
  const waitsFor = task.hasPendingInterruptions ? await readWait(task, release, context) : pauseOf(task, [], undefined);
  if (waitsFor === undefined) return undefined;
  const version = release?.version ?? deployment.releaseId;
  return { waitsFor, version, url: deploymentUrl(context, version, deployment.id) };
}

async function readWait(
  task: ServerTask,
  release: Release | undefined,
  { space }: Pick<PausePlace, "space">,
): Promise<Pause["waitsFor"] | undefined> {
  const interruptions = await space.interruptionsOf(task.id);
  const asksUsers = interruptions.some(({ isPending, type }) => isPending && type === "ManualIntervention");
  const process = asksUsers ? release?.processId : undefined;
  return pauseOf(task, interruptions, process === undefined ? undefined : await space.blocksOthers(process));
}
