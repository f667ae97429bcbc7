/** An address holds some 8,000 characters at most servers and proxies; a hundred ids need less than 3,000. */
const chunkSize = 100;

/**
 * Asks for resources by their ids, a hundred at a time and all at once. Without ids nothing is asked: an empty `ids` would mean all of
 * them. A server that does not know the filter gives other resources as well: those are left out.
 */
export async function inChunks<Id extends string, T extends { readonly id: string }>(
  ids: readonly Id[],
  read: (chunk: readonly Id[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const wanted = [...new Set(ids)];
  const chunks = Array.from({ length: Math.ceil(wanted.length / chunkSize) }, (_, index) =>
    wanted.slice(index * chunkSize, (index + 1) * chunkSize),
  );
  const found = (await Promise.all(chunks.map(read))).flat();
  const names = new Set<string>(wanted);
  return found.filter(({ id }) => names.has(id));
}
