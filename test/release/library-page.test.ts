import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { templateName } from "../../scripts/build/step-template.ts";
import { libraryFile } from "../../scripts/release/library-rules.ts";

const template = fileURLToPath(new URL("../../step-template.json", import.meta.url));
const page = readFileSync(new URL("../../.github/LIBRARY.md", import.meta.url), "utf8");

test("in a checkout of the library the page's command prints the SHA-256 that the script names", () => {
  const library = mkdtempSync(join(tmpdir(), "library-"));
  onTestFinished(() => rmSync(library, { recursive: true }));
  mkdirSync(join(library, "step-templates"));
  copyFileSync(template, join(library, "step-templates", libraryFile(templateName)));
  const [command = ""] = /node -p .*/.exec(page) ?? [];

  const printed = execFileSync("bash", ["-c", command], { cwd: library, encoding: "utf8" });

  expect(printed).toMatch(/^[0-9a-f]{64}\n$/);
  expect(readFileSync(template, "utf8")).toContain(`SHA-256 of the program: ${printed.trim()}`);
});

test("the page names the file, and answers what a reviewer asks", () => {
  expect(page).toContain(libraryFile(templateName));
  const headings = [...page.matchAll(/^## (.*)/gm)].map(([, heading]) => heading);
  expect(headings).toEqual([
    "What the file holds",
    "How to verify it",
    "Why it does not use a package feed",
    "How it differs from the existing template",
    "What has been checked",
  ]);
});
