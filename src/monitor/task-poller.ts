import type { Interruption, ServerTask } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";

/** One task, shared by the polling and by the answers to its interruptions. */
export interface TaskPoller extends Pick<SpaceGateway, "task"> {
  /** All of the task's interruptions, if this poll has read them; rejects with a `StepError`. */
  interruptions(): Promise<readonly Interruption[]> | undefined;
}

/**
 * How many polls read only the task after no pending interruption was found although the task waits for one. The API key may not be allowed
 * to see it.
 */
const pollsBetween = 12;

/**
 * Reads a waiting task and its interruptions in turn. While an interruption is pending the task has not ended, so each poll costs only one
 * request.
 */
export function createTaskPoller(space: Pick<SpaceGateway, "task" | "interruptionsOf">): TaskPoller {
  let last: ServerTask | undefined;
  let reading: Promise<readonly Interruption[]> | undefined;
  let pollsLeft = 0;
  return {
    interruptions: () => reading,
    async task(id) {
      reading = undefined;
      if (last?.hasPendingInterruptions === true && pollsLeft-- <= 0) {
        reading = space.interruptionsOf(id);
        const isAsking = (await reading.catch(() => [])).some(({ isPending }) => isPending);
        pollsLeft = isAsking ? 1 : pollsBetween;
        if (isAsking) return last;
      }
      last = await space.task(id);
      if (last?.hasPendingInterruptions !== true) pollsLeft = 0;
      return last;
    },
  };
}
