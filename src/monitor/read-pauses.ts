import { deploymentUrl } from "../resolve/deployment-url.ts";
import type { Attempt, Instant, Pause, Release, ServerTask } from "../model.ts";
import { isLive } from "../rules/attempts.ts";
import { dependsOnProcess, mayBeSuperseded, pauseOf, supersededWhen } from "../rules/concurrent-deployments.ts";
import type { DeploymentScope } from "../rules/deployment-scope.ts";
import type { Findings } from "../rules/findings.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";

type PausePlace = Pick<Context, "octopus" | "space" | "project">;

/**
 * Adds to unfinished deployments what they wait for, and their version. Reads only what is needed: interruptions of paused tasks, and unknown
 * versions. A deployment about which too little can be read counts as running.
 */
export async function readPauses(
  { inDestination: attempts, found, current }: Pick<Findings, "inDestination" | "found" | "current">,
  context: PausePlace,
): Promise<readonly Attempt[]> {
  const known = [current?.release, found.kind === "selected" ? found.release : undefined];
  return await Promise.all(
    attempts.map(async (attempt) => {
      if (!isLive(attempt)) return attempt;
      const pause = await readPauseOf(attempt, context);
      if (pause !== undefined) return { ...attempt, pause };
      const { releaseId } = attempt.deployment;
      const isKnown = known.some((release) => release?.id === releaseId);
      const release = isKnown ? undefined : await recover(context.space.release(releaseId), () => undefined);
      return { ...attempt, version: release?.version };
    }),
  );
}

/**
 * Adds to unfinished deployments what makes the server cancel them in favour of a newer one of this scope. Reads the project's settings only
 * if there is such a deployment.
 */
export async function readSupersession(
  attempts: readonly Attempt[],
  { scope, now }: { readonly scope: DeploymentScope; readonly now: Instant },
  { space, project }: PausePlace,
): Promise<readonly Attempt[]> {
  if (!attempts.some((each) => mayBeSuperseded(each, now))) return attempts;
  const supersession = await recover(space.supersessionOf(project.id), () => undefined);
  if (supersession === undefined) return attempts;
  return attempts.map((each) =>
    mayBeSuperseded(each, now) ? { ...each, supersededWhen: supersededWhen(each, scope, supersession) } : each,
  );
}

/** What a deployment waits for. `undefined` means that it counts as running. */
export async function readPauseOf(attempt: Attempt, context: PausePlace): Promise<Pause | undefined> {
  return await recover(readPause(attempt, context), () => undefined);
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
  // An API key that may not view interruptions may still see their types in the task.
  const interruptions = await recover(space.interruptionsOf(task.id), () => []);
  const process = dependsOnProcess(task, interruptions) ? release?.processId : undefined;
  return pauseOf(task, interruptions, process === undefined ? undefined : await space.blocksOthers(process));
}
