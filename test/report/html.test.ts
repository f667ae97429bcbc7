import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reportHtml } from "../../src/report/html.ts";
import { reportOf } from "../../src/report/report-data.ts";
import { reportJson } from "../../src/report/report.ts";
import { isLong, randomCases } from "../random-cases.ts";
import { child, ended, hostile, input, large, rolledBack } from "./build.ts";
import { type Tag, tokenizeHtml } from "./tokenize-html.ts";

/** Every element and attribute that a report may have, and the values that the attributes may have. */
const allowed: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  html: { lang: /^en$/ },
  meta: {
    charset: /^utf-8$/,
    name: /^viewport$/,
    "http-equiv": /^Content-Security-Policy$/,
    content: /^width=device-width$|^default-src 'none';style-src 'unsafe-inline'$/,
  },
  title: {},
  style: {},
  header: {},
  main: {},
  footer: {},
  section: { id: /^c\d+$/ },
  h1: {},
  h2: {},
  h3: {},
  p: {},
  b: { class: /^[gry]$/ },
  ul: {},
  li: {},
  code: {},
  pre: {},
  details: { open: /^$/ },
  summary: {},
  a: { href: /^(?:https?:\/\/\S+|#c\d+)$/i },
  table: { role: /^table$/ },
  thead: { role: /^rowgroup$/ },
  tbody: { role: /^rowgroup$/ },
  tr: { role: /^row$/ },
  th: { scope: /^(?:col|row)$/, role: /^(?:columnheader|rowheader)$/ },
  td: { role: /^cell$/, "data-h": /^[A-Z][a-z]+$/ },
  svg: {
    xmlns: /^http:\/\/www\.w3\.org\/2000\/svg$/,
    role: /^img$/,
    "aria-label": /^[\w ]+$/,
    width: /^100%$/,
    height: /^\d+$/,
    "font-size": /^\d+$/,
    fill: /^currentColor$/,
  },
  g: { stroke: /^gray$/, "stroke-width": /^\d+$/ },
  line: {
    x1: /^[\d.]+%$/,
    x2: /^[\d.]+%$/,
    y1: /^\d+$/,
    y2: /^\d+$/,
    class: /^[gry]$/,
    stroke: /^Canvas$/,
    "stroke-dasharray": /^3$/,
  },
  text: {
    x: /^[\d.]+%$/,
    y: /^\d+$/,
    dx: /^\d$/,
    "font-size": /^\d+$/,
    "font-weight": /^bold$/,
    stroke: /^none$/,
    fill: /^Canvas$/,
  },
};

/** The elements, attributes and values in a page that no report has. */
function foreignIn(page: string): readonly string[] {
  const { tags, odd, closed } = tokenizeHtml(page);
  return [...tags.flatMap(foreignInTag), ...odd, ...closed.filter((name) => allowed[name] === undefined)];
}

function foreignInTag({ name, attributes }: Tag): readonly string[] {
  const known = allowed[name];
  if (known === undefined) return [`<${name}>`];
  return [...attributes].flatMap(([key, value]) => (known[key]?.test(value) ? [] : [`<${name} ${key}="${value}">`]));
}

const shapeOf = (page: string) => tokenizeHtml(page).tags.map(({ name, attributes }) => [name, ...attributes.keys()]);
const textOf = (page: string) => tokenizeHtml(page).texts.join("");

const traps = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "</pre></details></style></title>",
  "<!--",
  "-->",
  "]]>",
  "<![CDATA[",
  "##octopus[stdout-warning]",
  ["#", "{Octopus.Project.Name}"].join(""),
  "javascript:alert(1)",
  "data:text/html,<b>",
  "https://a.example/?q=1&r='2'",
  'https://a.example/" onmouseover="alert(1)',
  " onclick=alert(1) ",
  '"onclick=alert(1)//',
  `"'><b>`,
  "&lt;b&gt;&#60;",
  "`",
  "\\",
  "\u202e\u2066\u200f\u061c",
  "\0\u0007\u001b[31m\ud800",
  "\r\n\t",
  "# ",
  "\u6f22 \u0645\u0631\u062d\u0628\u0627 \u{1f600}",
];

const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...traps), fc.string({ unit: "binary", maxLength: 8 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(""))
  .filter((text) => text !== "");

test("no text adds an element or an attribute to the page, or changes the value of one", () => {
  fc.assert(
    fc.property(hostileText, fc.constantFrom("", "https://a.example/", "HTTP://"), (text, prefix) => {
      const page = reportHtml(hostile(text, { link: `${prefix}${text}` }));
      expect(foreignIn(page)).toEqual([]);
      expect(page).not.toMatch(/##|#\{|[^\P{Cc}\n\r\t]|\p{Bidi_C}/u);
    }),
    randomCases(300, 17),
  );
});

test("a page of hostile texts has the elements of a page of harmless ones", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const harmless = hostile("x".repeat(text.length), { link: "x" });
      expect(shapeOf(reportHtml(hostile(text, { link: "x" })))).toEqual(shapeOf(reportHtml(harmless)));
    }),
    randomCases(200, 18),
  );
});

test.each(traps)("%j is shown as it was written", (text) => {
  const page = reportHtml(hostile(text));
  const shown = text.replace(
    /(?![\t\n\r])[\p{Cc}\p{Cs}\p{Bidi_C}]/gu,
    (character) => `[U+${character.charCodeAt(0).toString(16).padStart(4, "0")}]`,
  );
  expect(textOf(page)).toContain(`Error${shown}Release notes${shown}`);
});

test.each([
  ["https://octopus.example/app#/Spaces-1", true],
  ["HTTP://octopus.example", true],
  ["javascript:alert(1)", false],
  [" https://octopus.example", false],
  ["java\nscript:alert(1)", false],
  ["https://octopus.example/a b", false],
  ["data:text/html,x", false],
  ["//octopus.example", false],
  ["file:///etc/passwd", false],
  [`https://octopus.example/${"x".repeat(3000)}`, false],
])("the address %j is a link: %j", (link, isLink) => {
  const { tags, texts } = tokenizeHtml(reportHtml(hostile("x", { link })));
  const links = tags.filter(({ name, attributes }) => name === "a" && !attributes.get("href")?.startsWith("#"));
  expect(new Set(links.map(({ attributes }) => attributes.get("href")))).toEqual(new Set(isLink ? [link] : []));
  expect(texts.join("").includes(`(${link.slice(0, 200)}`)).toBe(!isLink);
});

test("colours and sizes of the style sheet are no expression of Octopus", () => {
  expect(reportHtml(rolledBack())).not.toMatch(/#\{|##/);
});

describe("size", () => {
  const characters = [
    ["an ordinary character", "x"],
    ["one that is shown by its number", "\u202e"],
    ["one that is escaped", '"'],
    ["one of three bytes", "\u6f22"],
  ] as const;

  // Each page takes seconds, so `npm test` tries only the characters that become shortest and longest in the page.
  test.each(isLong ? characters : characters.slice(0, 2))(
    "a megabyte of %s in every text of 50 children",
    (_, character) => {
      const page = reportHtml(hostile(character.repeat(1_000_000), { count: 50 }));
      expect(Buffer.byteLength(page)).toBeLessThan(300_000);
      expect(foreignIn(page)).toEqual([]);
      expect(textOf(page)).toMatch(/\u2026 \[9\d{5} more\]/);
    },
  );

  const withNotes = (count: number, length: number) => {
    const report = large(count);
    return { ...report, children: report.children.map((each) => ({ ...each, notes: "n".repeat(length) })) };
  };

  test("notes of 100 KB each are cut and say by how much, and names are not cut", () => {
    const report = withNotes(50, 100_000);
    const page = reportHtml(report);
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
    const kept = tokenizeHtml(page).texts.filter((text) => text.startsWith("nnn"));
    expect(kept).toHaveLength(50);
    for (const text of kept) {
      const [, notes = "", left] = /^(n+)\u2026 \[(\d+) more\]$/.exec(text) ?? [];
      expect(notes.length).toBeGreaterThan(2000);
      expect(notes.length + Number(left)).toBe(100_000);
    }
    for (const { name } of report.children) expect(textOf(page).split(name).length).toBeGreaterThan(3);
    expect(textOf(page)).toContain("The JSON file of the same name has all of it.");
  });

  test("notes that fit are not cut", () => {
    expect(textOf(reportHtml(withNotes(4, 50_000)))).not.toMatch(/\[\d+ more\]/);
  });

  test("of very many attempts the latest are shown, with the number of earlier ones", () => {
    const report = hostile("x", { count: 50, attempts: 100 });
    const page = reportHtml(report);
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
    expect(textOf(page)).toMatch(/\u2026 \[\d+ more\]pass 2: x/);
  });

  test.each([1, 4, 16, 50])("%i children are far below the limit", (count) => {
    expect(Buffer.byteLength(reportHtml(large(count)))).toBeLessThan(2500 * count + 4000);
  });
});

describe("the page shows", () => {
  const page = reportHtml(rolledBack());
  const text = textOf(page);

  test.each([
    ["title", "Release Orchestration 2021.1.1 to Production \u2013 Failed"],
    ["verdict", "Failed: 1 of 4 child projects failed"],
    ["approval with its digest", "Paul Oliver approved plan 0a1b2c3d4e5f60718293a4b5c6d7e8f9"],
    ["from and to", "2021.1.0.3 \u2192 2021.1.1.1"],
    ["roll back", "Failed; RolledBack: back to 2021.1.0.11"],
    ["why there was none", "NotRolledBack: not rolled back (The list says `roll back: never`.)"],
    ["reason", "SiblingFailed: Not started, because Scheduling Service in level 2 failed."],
    ["duration", "22 min"],
    ["retry", "retry 2: Failed, 2021-01-14 19:16:00 UTC, 19 min Deployments-104"],
    ["undo", "roll back 1: Success, 2021-01-14 19:36:00 UTC, 12 min Deployments-106"],
    ["waiting", "Waited for an approval by DBA: 2021-01-14 19:08:00 UTC, 12 min"],
    ["next step", "Scheduling Service: read the error below and the task log, then fix the cause."],
    ["error as it was", "exit code 1\n  at Service.Start <line 12> & more"],
    ["warning", "Warning: 2021.1.1.1 was rolled back in Production before."],
  ])("%s", (_, said) => {
    expect(text).toContain(said);
  });

  test("bars of the timeline: colour, place, stripes and marks", () => {
    const { tags } = tokenizeHtml(page);
    const bars = tags.filter(({ name }) => name === "line").map(({ attributes }) => attributes);
    expect(bars.map((bar) => [bar.get("class") ?? "striped", bar.get("x1"), bar.get("x2")])).toEqual([
      ["g", "0.0%", "12.4%"],
      ["g", "12.4%", "57.8%"],
      ["g", "74.3%", "86.6%"],
      ["striped", "16.5%", "41.3%"],
      ["r", "12.4%", "28.9%"],
      ["r", "33.0%", "72.2%"],
      ["g", "74.3%", "99.0%"],
    ]);
    const [drawing = ""] = /<svg[^]*<\/svg>/.exec(page) ?? [];
    expect(tokenizeHtml(drawing).texts).toEqual([
      "Level 1",
      "Database: Deployed, NotRolledBack",
      "Level 2",
      "Web API: Deployed, RolledBack",
      "back",
      "Scheduling Service: Failed, RolledBack",
      "2",
      "back",
      "Level 3",
      "Web UI: NotStarted",
    ]);
  });

  test("headings skip no level, and every table cell has a header", () => {
    const { tags } = tokenizeHtml(page);
    const levels = tags.flatMap(({ name }) => (/^h\d$/.test(name) ? [Number(name[1])] : []));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
    expect(tags.filter(({ name }) => name === "tr")).toHaveLength(5);
    expect(tags.filter(({ attributes }) => attributes.get("scope") === "col")).toHaveLength(7);
    expect(tags.filter(({ attributes }) => attributes.get("scope") === "row")).toHaveLength(4);
  });

  test("a plan without approvals and deployments has no timeline, and says that no approval was found", () => {
    const planned = child("Web API", {
      attempts: [],
      outcome: { ...ended("WhatIf", "NewRelease", "2021.1.1.1 would be deployed."), started: undefined },
      rollBack: { outcome: null, to: "2021.1.0.11", why: null },
    });
    const plan = textOf(reportHtml(reportOf(input([planned], { mode: "plan", approvals: [] }))));
    expect(plan).toContain("Plan of Release Orchestration 2021.1.1 to Production \u2013 WhatIf");
    expect(plan).toContain("if a child fails: back to 2021.1.0.11");
    expect(plan).toContain("ApprovalsNo approval was found.");
    expect(plan).not.toContain("Timeline");
  });
});

test("the example in the repository is what the code writes: run this test with --update to write it again", async () => {
  const folder = "../../src/report/";
  await expect(reportHtml(rolledBack())).toMatchFileSnapshot(`${folder}example.html`);
  await expect(reportJson(rolledBack())).toMatchFileSnapshot(`${folder}example.json`);
});
