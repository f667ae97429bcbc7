/** Runs a work when its turn comes. */
export type Lanes = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs at most so many works at a time. The others wait for their turn, in the order in which they came. */
export function openLanes(count: number): Lanes {
  let free = count;
  const waiting: (() => void)[] = [];
  const enter = async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((turn) => waiting.push(turn));
  };
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
