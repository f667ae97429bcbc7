/** Room for so many works at the same time. */
export interface Lanes {
  /** Does the work at once, for it is under way already: others wait while it goes on. */
  occupy(work: () => Promise<void>): Promise<void>;
  /** Does the work as soon as there is room. Those that ask first are first. */
  inTurn(work: () => Promise<void>): Promise<void>;
}

/** @param limit absent: there is room for all */
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

  async function inPlace(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } finally {
      leave();
    }
  }

  return {
    async occupy(work) {
      busy += 1;
      await inPlace(work);
    },
    async inTurn(work) {
      if (busy < limit) busy += 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      await inPlace(work);
    },
  };
}

/**
 * Does the works in order, so many at a time. Resolves when all are done.
 * @param limit absent: all at the same time
 */
export async function sideBySide<Item>(
  items: readonly Item[],
  limit: number | undefined,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const lanes = openLanes(limit);
  await Promise.all(items.map((item) => lanes.inTurn(() => work(item))));
}
