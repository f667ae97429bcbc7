import { brotliCompressSync, constants } from "node:zlib";
import { describe, expect, test } from "vitest";
import { programBlock } from "../../scripts/build/program-block.ts";
import { toZ85 } from "../../scripts/build/z85.ts";
import { versionProblems } from "../../scripts/release/template-version.ts";

const code = "console.log('a program')".repeat(20);

/** A template with the properties that matter here. */
function template({ Version = 3, help = "x", block = programBlock(code).text } = {}): string {
  return JSON.stringify({ Version, Parameters: [{ HelpText: help }], Body: `a\nprogram='${block}'\nb\n` });
}

const otherwise = toZ85(brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }));

describe("beside the last release the Version of a template", () => {
  test.each([
    ["may stay when nothing has changed", {}],
    ["may stay when only the compression has changed", { block: otherwise }],
    ["has risen with another program", { Version: 4, block: programBlock("1").text }],
    ["has risen with another text", { Version: 4, help: "y" }],
    ["may rise alone", { Version: 4 }],
  ])("%s", (_, change) => {
    expect(versionProblems({ tag: "v1.0.0", template: template() }, template(change))).toEqual([]);
  });

  test.each([
    ["stay with another program", { block: programBlock("1").text }, 3],
    ["stay with another text", { help: "y" }, 3],
    ["fall with another text", { help: "y", Version: 2 }, 2],
    ["fall alone", { Version: 2 }, 2],
    ["stay with a damaged program", { block: "AAAA" }, 3],
  ])("must not %s", (_, change, version) => {
    expect(versionProblems({ tag: "v1.0.0", template: template() }, template(change))).toEqual([
      `step-template.json differs from that of v1.0.0, but its Version is ${version}, and was 3: raise stepTemplate.version in package.json, then run: npm run build`,
    ]);
  });
});
