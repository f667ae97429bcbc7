/** Room for so many works at the same time. */
export interface Lanes {
  /** Does the work at once, for it is under way already: others wait while it goes on. */
  occupy<T>(work: () => Promise<T>): Promise<T>;
  /** Does the work as soon as there is room. Those that ask first are first. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** @param limit absent means that there is room for all */
export function openLanes(limit = Infinity): Lanes {
  const waiting: (() => void)[] = [];
  let busy = 0;

  /** Whoever waited longest takes the place, if there is room now. */
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
