import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

let folder: string | undefined;

/** A folder for PATH with an `openssl` written in Node.js, so that no machine needs a real one. It goes when this process goes. */
export function folderWithOpenssl(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), "openssl-"));
  const program = fileURLToPath(new URL("openssl.cjs", import.meta.url));
  writeFileSync(join(made, "openssl"), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
  process.on("exit", () => {
    rmSync(made, { recursive: true });
  });
  folder = made;
  return made;
}
