import type { Interruption, ServerTask } from "./model.ts";
import type { SpaceGateway } from "./octopus/gateway.ts";

/** One task, as those who watch it and those who answer for it see it. */
export interface LooksInTurn extends Pick<SpaceGateway, "task"> {
  /** All of the task's interruptions, if this look has read them; rejects with a `StepError`. */
  interruptions(): Promise<readonly Interruption[]> | undefined;
}

/** Looks at the task itself between two readings that told nothing, although the task says that it waits for people. */
const looksBetween = 12;

/**
 * Looks at a task that waits for people, and at what it asks them, in turn. While an interruption is pending the task has not ended, so
 * that waiting for people costs one request a look.
 */
export function lookInTurn(space: Pick<SpaceGateway, "task" | "interruptionsOf">): LooksInTurn {
  let last: ServerTask | undefined;
  let reading: Promise<readonly Interruption[]> | undefined;
  let looksLeft = 0;
  return {
    interruptions: () => reading,
    async task(id) {
      reading = undefined;
      if (last?.hasPendingInterruptions === true && looksLeft-- <= 0) {
        reading = space.interruptionsOf(id);
        const isAsking = (await reading.catch(() => [])).some(({ isPending }) => isPending);
        looksLeft = isAsking ? 1 : looksBetween;
        if (isAsking) return last;
      }
      last = await space.task(id);
      if (last?.hasPendingInterruptions !== true) looksLeft = 0;
      return last;
    },
  };
}
