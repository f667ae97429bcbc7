import { openLanes } from "../octopus/lanes.ts";

/**
 * Starts the work for each item in order, at most `limit` at a time. Resolves when all are done.
 * @param limit absent means all at the same time
 */
export async function sideBySide<Item>(
  items: readonly Item[],
  limit: number | undefined,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const lanes = openLanes(limit);
  await Promise.all(items.map((item) => lanes.inTurn(() => work(item))));
}
