import { expect, test } from "vitest";
import { allItems, growingFrom, pages } from "../../src/octopus/paging.ts";
import type { PageAnswer } from "../../src/octopus/paging.ts";

interface Item {
  readonly id: string;
}

function numbered(from: number, to: number): readonly Item[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => ({ id: `Items-${from + index}` }));
}

/** A list on a server, with the requests for it. */
function listOf(answer: (skip: number, take: number) => PageAnswer<Item>) {
  const asked: string[] = [];
  return {
    asked,
    read: async (skip: number, take: number) => {
      asked.push(`${skip}+${take}`);
      return answer(skip, take);
    },
  };
}

function counted(total: number, largest = Infinity) {
  return (skip: number, take: number): PageAnswer<Item> => ({
    items: numbered(skip, Math.min(total, skip + Math.min(take, largest))),
    total,
    pageSize: Math.min(take, largest),
  });
}

test.each<[string, (skip: number, take: number) => PageAnswer<Item>, readonly number[], readonly string[], number]>([
  ["an empty list is one empty page", counted(0), [100], ["0+100"], 0],
  ["a page that holds all is the last one", counted(100), [100], ["0+100"], 100],
  ["one more item needs one more page", counted(101), [100], ["0+100", "100+100"], 101],
  [
    "pages grow, and the last size stays",
    counted(2500),
    growingFrom(30),
    ["0+30", "30+100", "130+300", "430+700", "1130+700", "1830+700"],
    2500,
  ],
  [
    "a server that returns fewer items than requested is asked for the rest",
    counted(25, 10),
    [100],
    ["0+100", "10+100", "20+100"],
    25,
  ],
  [
    "a page that hides what the key may not see is not read again",
    (skip, take) => ({ items: numbered(skip, Math.min(20, skip + take)).slice(0, 3), total: 20, pageSize: take }),
    [10],
    ["0+10", "10+10"],
    6,
  ],
  [
    "without a count, a page that is not full is the last one",
    (skip, take) => ({ items: numbered(skip, Math.min(25, skip + take)) }),
    [10],
    ["0+10", "10+10", "20+10"],
    25,
  ],
  [
    "an empty page ends the list whatever the count says",
    (skip) => ({ items: skip < 10 ? numbered(skip, 10) : [], total: 1000 }),
    [10],
    ["0+10", "10+10"],
    10,
  ],
  [
    "a server that ignores `skip` is not asked for ever",
    () => ({ items: numbered(0, 10), total: 1000 }),
    [10],
    ["0+10", "10+10"],
    10,
  ],
  [
    "an item that moved to the next page meanwhile is returned once",
    (skip, take) => ({ items: numbered(Math.max(0, skip - 1), Math.min(15, skip + take)), total: 15 }),
    [10],
    ["0+10", "10+10"],
    15,
  ],
])("%s", async (_rule, answer, sizes, asked, count) => {
  const list = listOf(answer);

  const items = await allItems(pages(list.read, sizes));

  expect(list.asked).toEqual(asked);
  expect(items).toHaveLength(count);
  expect(new Set(items.map(({ id }) => id)).size).toBe(count);
});

test("nothing is read before the caller asks for it, nor after the caller stops", async () => {
  const list = listOf(counted(500));

  const iterator = pages(list.read, [100])[Symbol.asyncIterator]();
  expect(list.asked).toEqual([]);
  const first = await iterator.next();
  await iterator.return(undefined);

  expect(first.value).toMatchObject({ isLast: false });
  expect(list.asked).toEqual(["0+100"]);
});

test("reading a list without end stops after a thousand pages", async () => {
  const list = listOf((skip, take) => ({ items: numbered(skip, skip + take), total: Infinity }));

  await expect(allItems(pages(list.read, [2]))).rejects.toThrow("does not end a list: 1000 pages of it were read.");
  expect(list.asked).toHaveLength(1000);
});

test("only the last page says that it is the last one", async () => {
  const flags: boolean[] = [];
  for await (const { isLast } of pages(listOf(counted(250)).read, [100])) flags.push(isLast);

  expect(flags).toEqual([false, false, true]);
});

test.each([
  [1, [1, 30, 100, 300, 700]],
  [30, [30, 100, 300, 700]],
  [50, [50, 100, 300, 700]],
  [1000, [1000]],
])("pages that begin with %i grow to 700", (first, sizes) => {
  expect(growingFrom(first)).toEqual(sizes);
});
