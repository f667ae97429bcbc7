import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutMarkdown, type NotedChild, notesLimit, trainNotes } from "../../src/rules/train-notes.ts";
import { randomCases } from "../random-cases.ts";
import { plan } from "./build.ts";

const line = "Plan 0123456789abcdef0123456789abcdef (train of 2: A … to Staging)";
const deploy = { kind: "deploy", reason: "NewRelease" } as const;

function noted(name: string, notes: string, more: Partial<NotedChild> = {}): NotedChild {
  return { name, level: 1, plan: plan(deploy, { notes }), happens: "deployed", backTo: "", obstacles: [], ...more };
}

const unchanged = noted("Z", "", {
  happens: "already current",
  plan: plan({ kind: "skip", reason: "AlreadyCurrent" }),
});

test("the digest comes first, then blockers and warnings, the table, the release notes and the unchanged children", () => {
  const children = [
    noted("A", "### A", { obstacles: ["It is <b>frozen</b>\nuntil Monday."] }),
    noted("B", "### B", { plan: plan(deploy, { notes: "### B", warnings: ["A step back."] }) }),
    unchanged,
  ];

  expect(trainNotes(children, line, "x.md").split("\n\n")).toEqual([
    line,
    "**A will not be deployed:** It is &lt;b>frozen&lt;/b> until Monday.",
    "**B:** A step back.",
    expect.stringMatching(/^\| Level \| Child project \|/),
    "### A",
    "### B",
    "Unchanged: Z (already current).",
  ]);
});

describe("notes of more than 60,000 characters", () => {
  const long = `### A\n\n${"- a [link](https://example.com/a/very/long/address) to read\n\n".repeat(2_000)}`;

  test("keep the digest, the table, and what fits of each child, and say where the rest is", () => {
    const text = trainNotes([noted("A", long), noted("B", "### B\n\nshort"), unchanged], line, "all of it.md");

    expect(text.length).toBeLessThanOrEqual(notesLimit);
    expect(text.startsWith(`${line}\n\n`)).toBe(true);
    expect(text).toContain("| Level |");
    expect(text).toContain("### A\n\n- a [link]");
    expect(text).toContain("### B\n\nshort");
    expect(text).toContain('"all of it.md"');
    expect(text.endsWith("Unchanged: Z (already current).")).toBe(true);
    expect(text.match(/\[link\]/g)?.length).toBe(
      text.match(/\[link\]\(https:\/\/example\.com\/a\/very\/long\/address\)/g)?.length,
    );
  });

  test("are cut as well if there are very many blockers", () => {
    const texts = Array.from({ length: 200 }, () => "It is in the way. ".repeat(30));
    const text = trainNotes([noted("A", "### A", { obstacles: texts }), unchanged], line, "x.md");

    expect(text.length).toBeLessThanOrEqual(notesLimit);
    expect(text.startsWith(`${line}\n\n`)).toBe(true);
    expect(text).toContain("| Level |");
  });
});

describe("a cut", () => {
  test.each([
    ["a short text", "a\n\nb", 100, "a\n\nb"],
    ["between paragraphs", "aaaa\n\nbbbb\n\ncccc", 15, "aaaa\n\nMORE"],
    ["not inside a fence", "aaaa\n\n```\nx\n\ny\n```\n\nbbbb", 22, "aaaa\n\nMORE"],
    ["behind a fence", "```\nx\n\ny\n```\n\nbbbbbbbbbbbbbbbbbb", 26, "```\nx\n\ny\n```\n\nMORE"],
    ["not inside a longer fence", "````\nx\n```\n\ny\n````\n\nbbbbbbbbbbbb", 20, "MORE"],
    ["no paragraph fits", "a".repeat(50), 20, "MORE"],
  ])("%s", (_, text, limit, expected) => {
    expect(cutMarkdown(text, limit, "MORE")).toBe(expected);
  });

  test("is never longer than its limit, and leaves no fence open", () => {
    const part = fc.constantFrom("word", "```js", "```", "~~~", "    ", "[a](b)", "\n", "\n\n", "x ```");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.integer({ min: 10, max: 80 }), (parts, limit) => {
        const text = parts.join("\n");
        const cut = cutMarkdown(text, limit, "MORE");

        expect(cut.length).toBeLessThanOrEqual(Math.max(limit, 4));
        if (cut === text) return;
        expect(cut.endsWith("MORE")).toBe(true);
        expect(text.startsWith(cut.slice(0, -"MORE".length).trimEnd())).toBe(true);
      }),
      randomCases(300, 3),
    );
  });
});
