import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Folders that are not part of the repository, although they may be in it. */
const generated = [".git", "node_modules", ".build", "coverage"];

/** Files that are kept as they were published, or that are rules about paths. The last one is this file, which names what it searches for. */
const exempt = [
  ".oxlintrc.json",
  "LICENSE",
  "package-lock.json",
  "step-template.json",
  "test/octopus-server/shapes/contract",
  "test/repository.test.ts",
];

/** Texts that refer to documents outside of the repository. */
const references: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a folder beside the repository", /\.\.\/shared\b|\/work\/|\/home\/\w+\//g],
  [
    "a document that is not in the repository",
    /\b(?:acceptance-scenarios|design|design-train|form|house|octopus-api|peers|predecessor|step-runtime|style|toolchain|wording)\.md\b/g,
  ],
  ["a section of such a document", /\b(?:design|peers|reference|scenario)s? (?:section )?(?:\d|[A-D]-\d)[\w.-]*/gi],
  ["a numbered section", /\bsections? \d[\d.]*/g],
  ["a numbered question", /\bopen question|\bquestion \d+/g],
  ["the id of a scenario", /\bAS-(?:\d{3}|X)-\d+/g],
  // T17 is explained where it is used: answers of real servers of 2017.
  ["the id of a rule", /\b(?!T17\b)[A-Z]\d{1,3}(?=: |, [A-Z]\d)|\([A-Z]\d{1,3}\)/g],
];

const files = readdirSync(root, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => relative(root, join(parentPath, name)).replaceAll("\\", "/"))
  .filter((file) => !file.split("/").some((part) => generated.includes(part)))
  .filter((file) => !exempt.some((one) => file === one || file.startsWith(`${one}/`)));

test("nothing in the repository refers to anything outside of it", () => {
  expect(files.length).toBeGreaterThan(300);
  const found = files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return [...referencesIn(text), ...pathsThatLeave(file, text)].map((reference) => `${file}: ${reference}`);
  });
  expect(found).toEqual([]);
});

test.each([
  ["../shared/contract", "a folder beside the repository: ../shared"],
  ["see octopus-api.md", "a document that is not in the repository: octopus-api.md"],
  [
    "the table of design section 5.",
    "a section of such a document: design section 5.",
    "a numbered section: section 5.",
  ],
  ["(reference 4.3)", "a section of such a document: reference 4.3"],
  ["peers B-3", "a section of such a document: peers B-3"],
  ["not stated (open question 4)", "a numbered question: open question"],
  ["AS-001-10: people approve", "the id of a scenario: AS-001-10"],
  ["AS-X-4", "the id of a scenario: AS-X-4"],
  ["M1: only a mismatch", "the id of a rule: M1"],
  ["Q1, Q2: when it starts", "the id of a rule: Q1", "the id of a rule: Q2"],
  ["a tenant without a list (B33)", "the id of a rule: (B33)"],
  ["the design of a form, by reference, in section one, at 5 PM: 1.0-C2"],
])("references outside of the repository are found in %j", (text, ...found) => {
  expect(referencesIn(text)).toEqual(found);
});

test("a path that leaves the repository is found, one that stays in it is not", () => {
  const text = 'new URL("../../other/file.md", here); import "../src/main.ts"; "../every/*"';

  expect(pathsThatLeave("test/some.test.ts", text)).toEqual(["a path out of the repository: ../../other/file.md"]);
});

function referencesIn(text: string): readonly string[] {
  return references.flatMap(([what, pattern]) => [...text.matchAll(pattern)].map(([found]) => `${what}: ${found}`));
}

/** Quoted relative paths and links of Markdown, as seen from the file's own folder. A pattern with a star is no path. */
function pathsThatLeave(file: string, text: string): readonly string[] {
  const paths = [...text.matchAll(/(?<=["'`(])\.\.\/[^"'`)\s*]*(?=["'`)\s])/g)].map(([path]) => path);
  const leaves = (path: string): boolean => !(resolve(root, dirname(file), path) + sep).startsWith(resolve(root) + sep);
  return paths.filter(leaves).map((path) => `a path out of the repository: ${path}`);
}
