/** Limits how many calls run at the same time. */
export interface Lanes {
  /** Starts the work at once, even if no lane is free. Others wait until its lane is free again. */
  occupy<T>(work: () => Promise<T>): Promise<T>;
  /** Starts the work as soon as a lane is free, in the order of the calls. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** @param limit absent means no limit */
export function openLanes(limit = Infinity): Lanes {
  const waiting: (() => void)[] = [];
  let busy = 0;

  /** Starts the work that has waited longest, if a lane is free. */
  function leave(): void {
    busy -= 1;
    if (busy >= limit) return;
    const next = waiting.shift();
    if (next === undefined) return;
    busy += 1;
    next();
  }

  async function inPlace<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      leave();
    }
  }

  return {
    async occupy(work) {
      busy += 1;
      return inPlace(work);
    },
    async inTurn(work) {
      if (busy < limit) busy += 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      return inPlace(work);
    },
  };
}
