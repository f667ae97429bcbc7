import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as prettier from "prettier";
import { withShortComments, withoutLoneBraces } from "./shorten-layout.ts";
import { toAscii } from "./to-ascii.ts";

/** Readable, and no larger than that needs: single quotes need no escapes in the template, which is JSON, and each line break is two bytes. */
const layout = {
  printWidth: 199,
  tabWidth: 1,
  semi: false,
  singleQuote: true,
  bracketSpacing: false,
  trailingComma: "none",
  arrowParens: "avoid",
  objectWrap: "collapse",
} as const;

/** Remarks inside functions stay in the sources; what a function promises stands above it in a doc comment, which is shipped. */
const remarks = /^\s*\/\/ (?!-- ).*\n/gm;

/** Blank lines above a doc comment, which stands apart by itself, and between constants of one line. */
const neededByNobody = /\n\n(?=\/\*\*)|(?<=^const .*)\n\n(?=const .*\n(?!\s))/gm;

/** `main.cjs`: our own code in one readable file, after the few lines that load the third-party packages. */
export async function mainProgram(root: string, ownCode: string, thirdPartySha256: string): Promise<string> {
  const [decoder, loader] = await Promise.all(
    ["from-base91.cjs", "load-third-party.cjs"].map((name) => readFile(join(root, "scripts", "build", name), "utf8")),
  );
  const program = [
    '"use strict";',
    decoder?.replace(/^module.exports = .*\n/m, ""),
    loader?.replace(/^\/\/ oxlint.*\n/m, ""),
    `const thirdParty = loadThirdParty("${thirdPartySha256}");`,
    ownCode.replace(remarks, ""),
  ];
  const code = withoutLoneBraces(toAscii(program.join("\n\n")));
  const formatted = await prettier.format(code, { parser: "acorn", ...layout });
  return withShortComments(formatted, layout.printWidth).replace(neededByNobody, "\n");
}
