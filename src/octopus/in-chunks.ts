/** Most servers and proxies accept addresses of 8,000 characters; a hundred ids need less than 3,000. */
const chunkSize = 100;

/**
 * Reads resources by their ids, a hundred per request and all requests at once. Without ids no request is sent, because an empty `ids` would
 * mean all resources. Resources that were not asked for are left out, because old servers do not know the filter.
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
