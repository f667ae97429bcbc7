import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

export interface ThirdPartyBlock {
  /** What `from-base91.cjs` reads, in lines of 200 columns. */
  readonly text: string;
  /** Of the decompressed code, hexadecimal. */
  readonly sha256: string;
}

/**
 * Compresses the third-party code. Another version of Node.js may compress the same code to other bytes, so the earlier block stays as it is
 * while it still holds the same code: that keeps the build reproducible everywhere.
 */
export function thirdPartyBlock(code: string, earlier: string | undefined): ThirdPartyBlock {
  const sha256 = createHash("sha256").update(code).digest("hex");
  if (earlier !== undefined && decompressed(earlier) === code) return { text: earlier, sha256 };
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: code.length,
  };
  const text = toBase91(brotliCompressSync(code, { params }));
  return { text: text.replace(/.{200}(?=.)/g, "$&\n"), sha256 };
}

/** The shipped decoder itself. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- CommonJS has no types
const { fromBase91 } = createRequire(import.meta.url)("./from-base91.cjs") as {
  readonly fromBase91: (text: string) => Buffer;
};

/** A third less to add than base64 has; without the signs that JSON escapes and the one that begins an Octopus expression. */
function toBase91(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let count = 0;
  for (const byte of [...bytes, 0]) {
    bits |= byte << count;
    count += 8;
    if (count < 13) continue;
    text += pairOf(bits & 8191);
    bits >>= 13;
    count -= 13;
  }
  return count > 8 ? text + pairOf(bits) : text;
}

function pairOf(number: number): string {
  return String.fromCharCode(36 + (number % 91), 36 + Math.floor(number / 91)).replaceAll("\\", "!");
}

function decompressed(block: string): string | undefined {
  try {
    return brotliDecompressSync(fromBase91(block)).toString("latin1");
  } catch {
    return undefined;
  }
}
