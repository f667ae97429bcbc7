import type { Call } from "../http/route.ts";

/** One page of a list in the envelope of classic endpoints (docs getting-started). */
export function page<T>(
  call: Call,
  itemType: string,
  items: readonly T[],
  render: (item: T) => unknown,
  defaultTake = 30,
): PageEnvelope {
  const skip = call.query.wholeNumber("skip", 0);
  const take = call.query.wholeNumber("take", defaultTake);
  const perPage = Math.max(take, 1);
  const numberOfPages = Math.max(1, Math.ceil(items.length / perPage));
  const lastSkip = (numberOfPages - 1) * perPage;
  const self = call.instance.api.replace(/\/api$/, "") + call.path;

  function link(to: number, size = take): string {
    const filters = call.query.filters === "" ? "" : `&${call.query.filters}`;
    return `${self}?skip=${to}&take=${size}${filters}`;
  }

  const links = {
    Self: link(skip),
    Template: `${self}{?skip,take}`,
    "Page.Current": link(skip),
    ...(skip > 0 ? { "Page.Previous": link(Math.max(0, skip - take)) } : {}),
    ...(take > 0 && skip + take < items.length ? { "Page.Next": link(skip + take) } : {}),
  };
  const envelope = {
    ItemType: itemType,
    TotalResults: items.length,
    ItemsPerPage: take,
    Items: items.slice(skip, skip + take).map(render),
  };
  if (call.instance.switches().paging === "old") {
    const numbered = Array.from(
      { length: numberOfPages },
      (_, index) => [`Page.${index}`, link(index * perPage)] as const,
    );
    return { ...envelope, IsStale: false, Links: { ...links, ...Object.fromEntries(numbered) } };
  }
  return {
    ...envelope,
    NumberOfPages: numberOfPages,
    LastPageNumber: numberOfPages - 1,
    Links: { ...links, "Page.All": link(0, 2_147_483_647), "Page.Last": link(lastSkip) },
  };
}

export interface PageEnvelope {
  readonly Items: readonly unknown[];
  readonly TotalResults: number;
  readonly [key: string]: unknown;
}

/** Documents whose id is among `ids` and whose name contains `partialName`: the filters of nearly every list. */
export function named<T extends { readonly id: string; readonly name: string }>(
  call: Call,
  documents: readonly T[],
): readonly T[] {
  const ids = call.query.list("ids");
  const part = call.query.text("partialName")?.toLowerCase();
  return documents.filter(
    ({ id, name }) =>
      (ids === undefined || ids.includes(id)) && (part === undefined || name.toLowerCase().includes(part)),
  );
}

/** Sorted by name, as the portal and most lists show them. */
export function byName<T extends { readonly name: string }>(documents: readonly T[]): T[] {
  return [...documents].sort((a, b) => a.name.localeCompare(b.name, "en", { sensitivity: "base", numeric: false }));
}
