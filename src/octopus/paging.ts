import { NotOctopusError } from "../errors.ts";
import { reportRemedy } from "./failure.ts";
import type { Page } from "./gateway.ts";

/** One page as the server sent it. */
export interface PageAnswer<T> {
  readonly items: readonly T[];
  /** Length of the whole list. Absent means that the server does not tell. */
  readonly total?: number | undefined;
  /** The page size that the server used, which may be smaller than requested. */
  readonly pageSize?: number | undefined;
}

/**
 * Pages of a list, each read when it is needed. Sizes are used in turn, the last one repeatedly. The server's links are not followed, because
 * they may point to an internal address. Repeated items are left out, and a page without a new item ends the list.
 * Throws `NotOctopusError` for a list of more than a thousand pages.
 */
export async function* pages<T extends { readonly id: string }>(
  read: (skip: number, take: number) => Promise<PageAnswer<T>>,
  sizes: readonly number[],
): AsyncGenerator<Page<T>> {
  const known = new Set<string>();
  let skip = 0;
  for (let number = 0; number < mostPages; number++) {
    const take = sizes[Math.min(number, sizes.length - 1)] ?? defaultSize;
    const answer = await read(skip, take);
    const items = answer.items.filter(({ id }) => !known.has(id));
    for (const { id } of items) known.add(id);
    skip += Math.max(answer.items.length, Math.min(answer.pageSize ?? 0, take));
    const isLast =
      items.length === 0 || (answer.total === undefined ? answer.items.length < take : skip >= answer.total);
    yield { items, isLast };
    if (isLast) return;
  }
  throw new NotOctopusError(
    `The Octopus Server does not end a list: ${mostPages} pages of it were read.`,
    reportRemedy,
  );
}

/** Most pages of one list, because a faulty server may always have another page. */
const mostPages = 1000;

const defaultSize = 100;

/**
 * Sizes that begin small, because the first page is often enough, and grow, to read the rest in few requests. A page of 1,000 deployments
 * costs 10 MB more memory.
 */
export function growingFrom(first: number): readonly number[] {
  return [first, ...[30, 100, 300, 700].filter((size) => size > first)];
}

/** The items of all pages. */
export async function allItems<T>(list: AsyncIterable<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const { items } of list) all.push(...items);
  return all;
}
