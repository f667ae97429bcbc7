import type { ServerClock } from "./clock.ts";

/**
 * What will happen on the server, and when. Nothing runs on timers: the first request or step of the clock makes everything happen that is due,
 * in the order of its instants, and each thing that happens sees its own instant as the present.
 */
export interface Timeline {
  now(): number;
  /** Plans an action; the answer takes it back. */
  at(instant: number, action: () => void): () => void;
  /** Lets everything due happen. */
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
    // An action that looks at the server must not start a second round.
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
