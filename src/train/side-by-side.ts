/**
 * Does the works in order, so many at a time. Resolves when all are done.
 * @param limit absent: all at the same time
 */
export async function sideBySide<Item>(
  items: readonly Item[],
  limit: number | undefined,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit ?? items.length, items.length) }, lane));
}
