import type { Surroundings } from "./dependencies.ts";
import { RequestRefusedError, StepError } from "./errors.ts";
import type { Id, ServerTask } from "./model.ts";
import type { SpaceGateway } from "./octopus/gateway.ts";
import { describeTask } from "./plan/describe-task.ts";
import { hasStarted, judgeTask, pauseBeforeNextLook, type TimeLimits } from "./plan/judge-task.ts";

/** How the wait for a server task ended. */
export type Watched =
  | {
      readonly kind: "finished";
      readonly end: "Success" | "Failed" | "Canceled" | "TimedOut";
      readonly task: ServerTask;
    }
  | {
      readonly kind: "out-of-time";
      readonly limit: "queue" | "run";
      readonly milliseconds: number;
      readonly task: ServerTask;
    };

/** Somebody who is shown the task at every look and may act on it: answer an interruption, relay the log. */
export interface Attendant {
  attend(task: ServerTask): Promise<void>;
}

/** How long a cancelled task may take to end. */
const cancellationLimit = 60_000;
const cancellationPause = 2_000;

/**
 * Looks at a server task until it ends or its time is up. Logs what changes, never that it looked. Time is counted on our own clock:
 * the queue limit until the deployment first started, the run limit from then on.
 */
export async function watchTask(
  id: Id<"ServerTask">,
  limits: TimeLimits,
  space: SpaceGateway,
  { step, clock }: Surroundings,
  attendants: readonly Attendant[] = [],
): Promise<Watched> {
  const begin = clock.now();
  let started: number | undefined;
  let said = "";
  for (;;) {
    const task = await readTask(id, space);
    const now = clock.now();
    if (started === undefined && hasStarted(task)) started = now;
    const spent = { queued: (started ?? now) - begin, running: started === undefined ? 0 : now - started };

    const words = describeTask(task);
    if (words.text !== said) step[words.level](words.text);
    said = words.text;
    for (const attendant of attendants) await attendant.attend(task);

    const judgement = judgeTask(task, started !== undefined, spent, limits);
    if (judgement.kind === "finished") return { ...judgement, task };
    if (judgement.kind === "out-of-time") return { ...judgement, task };
    await clock.sleep(pauseBeforeNextLook(spent));
  }
}

export interface Cancelled {
  /** As last seen; perhaps not finished yet. */
  readonly task: ServerTask;
  /** Why the server did not take the order, if it did not. */
  readonly refusal?: string;
}

/**
 * Cancels our own child and waits up to a minute for its end. A refusal is returned rather than thrown, for the run has failed already and
 * what it says about the child must not get lost.
 */
export async function cancelTask(
  id: Id<"ServerTask">,
  space: SpaceGateway,
  clock: Surroundings["clock"],
): Promise<Cancelled> {
  const begin = clock.now();
  try {
    let task = await space.cancelTask(id);
    while (!task.isCompleted && clock.now() - begin < cancellationLimit) {
      await clock.sleep(cancellationPause);
      task = await readTask(id, space);
    }
    return { task };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return { task: await readTask(id, space), refusal: `${error.message} ${error.remedy}` };
  }
}

async function readTask(id: Id<"ServerTask">, space: SpaceGateway): Promise<ServerTask> {
  const task = await space.task(id);
  if (task !== undefined) return task;
  throw new RequestRefusedError(
    404,
    `The server task ${id} does not exist any more, or the API key may not view it.`,
    "Look at the child project's deployments in the Octopus portal, and give the service account the right to view tasks (TaskView).",
  );
}
