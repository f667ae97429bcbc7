import type { ServerClock } from "./clock.ts";

/**
 * The planned actions of the server. It has no timers: the next request or movement of the clock carries out every action that is due, in the
 * order of their instants. During an action, `now` is the action's own instant.
 */
export interface Timeline {
  /** Epoch milliseconds. */
  now(): number;
  /** Plans an action. The returned function withdraws it. */
  at(instant: number, action: () => void): () => void;
  /** Carries out every action that is due. */
  settle(): void;
}

interface Entry {
  readonly instant: number;
  readonly order: number;
  readonly action: () => void;
  withdrawn: boolean;
}

export function createTimeline(clock: ServerClock): Timeline {
  const entries: Entry[] = [];
  let order = 0;
  let present: number | undefined;

  function settle(): void {
    // An action that reads the server must not start a second round.
    if (present !== undefined) return;
    const until = clock.now();
    try {
      for (let entry = entries[0]; entry !== undefined && entry.instant <= until; entry = entries[0]) {
        entries.shift();
        if (entry.withdrawn) continue;
        present = entry.instant;
        entry.action();
      }
    } finally {
      present = undefined;
    }
  }

  return {
    now: () => present ?? clock.now(),
    at: (instant, action) => {
      const entry: Entry = { instant: Math.max(instant, present ?? instant), order: order++, action, withdrawn: false };
      entries.splice(placeOf(entry, entries), 0, entry);
      return () => {
        entry.withdrawn = true;
      };
    },
    settle,
  };
}

/** Binary search: first place after all entries that come earlier or were planned earlier for the same instant. */
function placeOf(entry: Entry, entries: readonly Entry[]): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = entries[middle];
    if (other !== undefined && other.instant <= entry.instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
