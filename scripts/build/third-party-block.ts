import { createHash } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

export interface ThirdPartyBlock {
  /** base64 in lines of 190 columns. */
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
  const base64 = brotliCompressSync(code, { params }).toString("base64");
  return { text: base64.replace(/.{190}(?=.)/g, "$&\n"), sha256 };
}

function decompressed(block: string): string | undefined {
  try {
    return brotliDecompressSync(Buffer.from(block, "base64")).toString("latin1");
  } catch {
    return undefined;
  }
}
