import { createHash } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { fromZ85, toZ85, z85Digit } from "./z85.ts";

export interface ProgramBlock {
  /** The compressed program in Z85, in lines of 120 columns. */
  readonly text: string;
  /** SHA-256 of the program, hexadecimal. */
  readonly sha256: string;
}

export function programBlock(code: string): ProgramBlock {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    // The smallest result of all values, by up to 0.2 %. It may be another one after larger changes.
    [constants.BROTLI_PARAM_NDIRECT]: 4,
    [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(code),
  };
  const text = toZ85(brotliCompressSync(code, { params }));
  return {
    text: text.replace(/.{120}(?=.)/g, "$&\n"),
    sha256: createHash("sha256").update(code).digest("hex"),
  };
}

const block = new RegExp(`^program='((?:${z85Digit}|\\n)*)'$`, "m");

/** The program inside a script body or a step template. Throws if the program is missing or damaged. */
export function programIn(text: string): string {
  const found = block.exec(text.replaceAll("\\n", "\n"))?.[1];
  if (found === undefined) throw new Error("There is no program in it.");
  return brotliDecompressSync(fromZ85(found)).toString("utf8");
}

/**
 * Whether two script bodies or step templates have the same program and the same text around it. The compressed bytes may differ, because another
 * version of Node.js may compress the program differently.
 */
export function isSameBuild(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    return around(a) === around(b) && programIn(a) === programIn(b);
  } catch {
    return false;
  }
}

function around(text: string): string {
  return text
    .replaceAll("\\n", "\n")
    .replace(block, "")
    .replace(/(?<=block\.length !== )\d+/, "");
}
