import { createCipheriv, randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Variables } from "./octostache.ts";

/** The directory of one run, laid out as the agent's: the script, the helper functions with the variables, and a file that starts both. */
export interface WorkDirectory {
  readonly path: string;
  /** The name of the file to run, and the key that is its argument. */
  readonly bootstrap: string;
  readonly key: string;
  /** Relative paths of the files the script left behind. */
  leftovers(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** How the directory stores values of variables: with AES-256, with AES-128 as agents before 2025 did, or as plain text. */
export type Encryption = 256 | 128 | "none";

/**
 * Creates the directory of a run, with a new key. Encryption `none` spares tests of other things a process per variable.
 * Windows line ends and a byte order mark in the body are removed.
 */
export async function createWorkDirectory(
  body: string,
  variables: Variables,
  encryption: Encryption,
): Promise<WorkDirectory> {
  const path = await mkdtemp(join(tmpdir(), "octopus-work-"));
  const key = randomBytes((encryption === "none" ? 256 : encryption) / 8);
  const run = randomUUID().slice(10);
  const configure = `Configure.${run}.sh`;
  const bootstrap = `Bootstrap.${run}.Script.sh`;
  await Promise.all([
    writeFile(join(path, "Script.sh"), body.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n")),
    writeFile(join(path, configure), await helperFunctions(variables, key, encryption)),
    writeFile(join(path, bootstrap), startLines(configure)),
  ]);
  return {
    path,
    bootstrap,
    key: key.toString("hex").toUpperCase(),
    leftovers: async () => {
      const own = new Set(["Script.sh", configure, bootstrap]);
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => !entry.isDirectory());
      return files
        .map((file) => join(file.parentPath, file.name).slice(path.length + 1))
        .filter((name) => !own.has(name))
        .sort();
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** The body is sourced, not executed: it runs in the shell of the helpers, and `shift` hides the key from it. */
function startLines(configure: string): string {
  return `#!/bin/bash\nsource "$(pwd)/${configure}"\nshift\nsource "$(pwd)/Script.sh" \n`;
}

async function helperFunctions(variables: Variables, key: Buffer, encryption: Encryption): Promise<string> {
  const source = await readFile(new URL("helper-functions.sh", import.meta.url), "utf8");
  const arms = Object.entries(variables).map(([name, value]) =>
    arm(name, encryption === "none" ? asItIs(value) : encrypted(value, key)),
  );
  return source.replace("KEY_BITS", String(key.length * 8)).replace("VARIABLE_ARMS", () => arms.join("\n"));
}

function arm(name: string, command: string): string {
  const pattern = Buffer.from(name, "utf8").toString("base64");
  return `    "${pattern}")\n   ${command}   ;;\n`;
}

function encrypted(value: string, key: Buffer): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv);
  const text = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]).toString("base64");
  return `decrypt_variable "${text}" "${iv.toString("hex").toUpperCase()}"`;
}

function asItIs(value: string): string {
  return `printf %s '${value.replaceAll("'", "'\\''")}'`;
}
