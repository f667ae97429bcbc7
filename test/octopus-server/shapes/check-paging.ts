import { isObject, type Report, violate } from "./report.ts";
import type { ServerGeneration } from "./shape-table.ts";

/** The numbers of a page: `perPage` is the `take` in effect, `total` the number of all items. */
interface PageNumbers {
  readonly total: number;
  readonly perPage: number;
  readonly skip: number;
  readonly items: number;
}

const everything = 2_147_483_647;
const linksOf: Readonly<Record<ServerGeneration, readonly string[]>> = {
  current: ["Self", "Template", "Page.All", "Page.Current", "Page.Last"],
  old: ["Self", "Template", "Page.Current"],
};

/** Checks that numbers and links of a page's envelope are right (docs, octopus-rest-api/getting-started; real pages of 2017). */
export function checkPaging(page: unknown, itemDefinition: string, generation: ServerGeneration, report: Report): void {
  if (!isObject(page)) return;
  checkItemType(page["ItemType"], itemDefinition, report);
  checkPageCount(page, report);
  const { Links: links, Items: items, TotalResults: total, ItemsPerPage: perPage } = page;
  if (!isObject(links)) return;
  checkLinkNames(links, generation, report);
  const current = links["Page.Current"];
  if (typeof current !== "string" || !Array.isArray(items) || !isCount(total) || !isCount(perPage)) return;
  const skip = numberIn(current, "skip");
  if (skip === undefined) return violate(report, `has a Page.Current without skip: ${current}.`);
  checkPlace(links, current, { total, perPage, skip, items: items.length }, report);
}

/** Checks the count of pages and the zero-based number of the last one, also in envelopes without links. */
export function checkPageCount(page: unknown, report: Report): void {
  if (!isObject(page)) return;
  const { TotalResults: total, ItemsPerPage: perPage, NumberOfPages: pages, LastPageNumber: last } = page;
  if (isCount(total) && isCount(perPage) && isCount(pages) && perPage > 0) {
    expectNumber(report, "NumberOfPages", pages, Math.max(1, Math.ceil(total / perPage)));
  }
  if (pages === 0) violate(report, "has the NumberOfPages 0, but even nothing is one page.");
  if (isCount(pages) && isCount(last)) expectNumber(report, "LastPageNumber", last, pages - 1);
}

function checkItemType(itemType: unknown, itemDefinition: string, report: Report): void {
  const wanted = itemDefinition === "DeploymentTargetResource" ? "Machine" : itemDefinition.replace(/Resource$/, "");
  if (typeof itemType !== "string" || itemType === wanted) return;
  violate(report, `has the ItemType ${itemType}, not ${wanted}.`);
}

function checkLinkNames(links: Readonly<Record<string, unknown>>, generation: ServerGeneration, report: Report): void {
  for (const name of linksOf[generation]) {
    if (typeof links[name] !== "string") violate(report, `lacks the link ${name}.`);
  }
  if (generation === "old") return;
  for (const name of Object.keys(links)) {
    if (/^Page\.\d+$/.test(name)) violate(report, `has the link ${name}, which only old servers give.`);
  }
}

function checkPlace(
  links: Readonly<Record<string, unknown>>,
  current: string,
  { total, perPage, skip, items }: PageNumbers,
  report: Report,
): void {
  const here = Math.min(perPage, Math.max(0, total - skip));
  if (items !== here) violate(report, `has ${items} Items where ${here} are to be expected.`);
  const take = numberIn(current, "take");
  if (take !== undefined) expectNumber(report, "ItemsPerPage", perPage, take);
  if (perPage === 0) return;
  const expectLink = (name: string, at: number | undefined): void => checkLink(links[name], name, at, current, report);
  expectLink("Page.Next", skip + perPage < total ? skip + perPage : undefined);
  expectLink("Page.Previous", skip > 0 ? Math.max(0, skip - perPage) : undefined);
  if (links["Page.Last"] !== undefined) expectLink("Page.Last", Math.max(0, Math.ceil(total / perPage) - 1) * perPage);
  const all = links["Page.All"];
  if (typeof all === "string" && (numberIn(all, "skip") !== 0 || numberIn(all, "take") !== everything)) {
    violate(report, `has a Page.All that is not skip=0 and take=${everything}.`);
  }
}

/** `at` is the link's `skip`; undefined if the page does not exist and must have no link. */
function checkLink(link: unknown, name: string, at: number | undefined, current: string, report: Report): void {
  if (link === undefined || link === null) {
    if (at !== undefined) violate(report, `lacks the link ${name}.`);
  } else if (at === undefined) {
    violate(report, `has a link ${name}, but there is no such page.`);
  } else if (typeof link === "string" && link !== withSkip(current, at)) {
    violate(report, `has the ${name} ${link}, not ${withSkip(current, at)}.`);
  }
}

function withSkip(link: string, skip: number): string {
  return link.replace(/([?&]skip=)\d+/, `$1${skip}`);
}

function numberIn(link: string, parameter: "skip" | "take"): number | undefined {
  const text = new RegExp(`[?&]${parameter}=(\\d+)`).exec(link)?.[1];
  return text === undefined ? undefined : Number(text);
}

function expectNumber(report: Report, name: string, is: number, wanted: number): void {
  if (is !== wanted) violate(report, `has the ${name} ${is}, not ${wanted}.`);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
