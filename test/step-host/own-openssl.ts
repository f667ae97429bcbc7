import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

let folder: string | undefined;

/** A folder for PATH with an `openssl` written in Node.js, so that no machine needs a real one. It is removed when this process exits. */
export function folderWithOpenssl(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), "openssl-"));
  const program = fileURLToPath(new URL("openssl.cjs", import.meta.url));
  // The options and certificates of the step's Node.js are not for this one, which would load them or warn about them.
  const withoutOptions = "unset NODE_OPTIONS NODE_EXTRA_CA_CERTS";
  const script = `#!/bin/sh\n${withoutOptions}\nexec '${process.execPath}' '${program}' "$@"\n`;
  writeFileSync(join(made, "openssl"), script, { mode: 0o755 });
  process.on("exit", () => {
    rmSync(made, { recursive: true });
  });
  folder = made;
  return made;
}
