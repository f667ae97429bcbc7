import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportHtml } from "../../src/report/html.ts";
import { hostile, large, rolledBack } from "./build.ts";
import { startChromium } from "./chromium.ts";

/** Screenshots for developers. No test compares them. */
const folder = fileURLToPath(new URL("../../.build/report", import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const words = "A sentence of notes. ".repeat(40);
const longWord = "Nothing.Breaks.This".repeat(20);
const trap = `<script>document.title="ran"</script><img src="https://a.example/x.png" onerror="document.title='ran'">"'>`;

const reports = {
  "1 child": reportHtml(large(1)),
  "4 children, rolled back": reportHtml(rolledBack()),
  "16 children": reportHtml(large(16)),
  "50 children": reportHtml({ ...large(50), nextSteps: [words] }),
  "one long word everywhere": reportHtml(hostile(longWord, { link: `https://octopus.example/${longWord}` })),
  "markup everywhere": reportHtml(hostile(trap)),
};

const cases = Object.entries(reports);

let browser: Browser;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await startChromium();
});
afterAll(() => browser.close());

interface View {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
  readonly media?: "screen" | "print";
  readonly withoutStyle?: boolean;
  /** Takes a screenshot. */
  readonly isShown?: boolean;
}

interface Seen {
  readonly page: Page;
  /** Addresses that the page requested, except for its own. */
  readonly requests: readonly string[];
  /** Messages on the console, for example that a policy stopped something. */
  readonly said: readonly string[];
}

/** Opens a report from a file, as a user does. */
async function openReport<Result>(
  name: string,
  html: string,
  { width = 1200, colorScheme = "light", media = "screen", withoutStyle = false, isShown = false }: View,
  at: (seen: Seen) => Promise<Result>,
): Promise<Result> {
  const file = [name, width, colorScheme, media, ...(withoutStyle ? ["without style"] : [])].join(" ");
  const path = join(folder, `${file}.html`);
  writeFileSync(path, withoutStyle ? html.replace(/<style>[^]*?<\/style>/, "") : html);
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
  try {
    const page = await context.newPage();
    const address = pathToFileURL(path).href;
    const requests: string[] = [];
    const said: string[] = [];
    page.on("request", (request) => void (request.url() === address || requests.push(request.url())));
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    await page.emulateMedia({ media });
    await page.goto(address);
    if (isShown) await page.screenshot({ path: join(folder, `${file}.png`), fullPage: true });
    return await at({ page, requests, said });
  } finally {
    await context.close();
  }
}

describe.each(cases)("%s", (name, html) => {
  test.each([360, 700, 800, 1200])("nothing is wider than a screen of %i pixels", async (width) => {
    const overflow = await openReport(name, html, { width, isShown: width === 360 }, ({ page }) =>
      page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    );
    expect(overflow).toBe(0);
  });

  test.each(["light", "dark"] as const)("axe finds no violation in the %s", async (colorScheme) => {
    const violations = await openReport(name, html, { colorScheme, isShown: true }, async ({ page }) => {
      await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
      await page.evaluate(axe);
      const results = await page.evaluate<AxeResults>("axe.run()");
      return results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
    });
    expect(violations).toEqual([]);
  });

  test("the page requests nothing, runs nothing and logs nothing, even without its content security policy", async () => {
    const seen = await openReport(name, html, {}, async ({ page, requests, said }) => ({
      requests,
      said,
      foreign: await page.evaluate<number>("document.scripts.length + document.images.length"),
      ran: (await page.title()) === "ran",
    }));
    expect(seen).toEqual({ requests: [], said: [], foreign: 0, ran: false });
  });

  test("in print every part is visible", async () => {
    const heights = await openReport(name, html, { media: "print", isShown: true }, ({ page }) =>
      page.evaluate<number[]>(
        "[...document.querySelectorAll('details pre')].map((part) => part.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) ? part.getBoundingClientRect().height : 0)",
      ),
    );
    expect(heights.filter((height) => height === 0)).toEqual([]);
    expect(heights).toHaveLength(html.split("<details").length - 1);
  });
});

const rolled = reports["4 children, rolled back"];

test("on a screen the notes are closed and the errors are open", async () => {
  const open = await openReport("first look", rolled, {}, ({ page }) =>
    page.evaluate<string[]>(
      "[...document.querySelectorAll('details')].map((each) => each.firstChild.textContent + ' ' + each.open)",
    ),
  );
  expect(open).toEqual(["Release notes false", "Error true"]);
});

test("the keyboard reaches every link and opens every part", async () => {
  const reached = await openReport("keyboard", rolled, {}, async ({ page }) => {
    const all = await page.evaluate<string[]>(
      "[...document.querySelectorAll('a, summary')].map((each) => each.textContent)",
    );
    const visited: string[] = [];
    for (const _ of all) {
      await page.keyboard.press("Tab");
      visited.push(await page.evaluate<string>("document.activeElement.textContent"));
      if (visited.at(-1) === "Release notes") await page.keyboard.press("Enter");
    }
    const closed = await page.evaluate<number>("document.querySelectorAll('details:not([open])').length");
    return { visited, all, closed };
  });
  expect(reached.visited).toEqual(reached.all);
  expect(reached.closed).toBe(0);
});

test("without its style sheet the page still has its bars, and those of waiting look different", async () => {
  const strokes = await openReport("without style", rolled, { withoutStyle: true, isShown: true }, ({ page }) =>
    page.evaluate<string[]>(
      "[...document.querySelectorAll('line')].filter((line) => line.getBoundingClientRect().width > 0).map((line) => getComputedStyle(line).stroke)",
    ),
  );
  expect(strokes).toHaveLength(7);
  expect(new Set(strokes).size).toBe(2);
});

test.each([
  ["light", "screen", true],
  ["dark", "screen", false],
  ["dark", "print", true],
] as const)("in the %s, on %s: a white page is %j", async (colorScheme, media, isWhite) => {
  const background = await openReport("background", rolled, { colorScheme, media }, ({ page }) =>
    page.evaluate<string>("getComputedStyle(document.body).backgroundColor"),
  );
  expect(background === "rgb(255, 255, 255)").toBe(isWhite);
});
