import { createCipheriv, randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Variables } from "./octostache.ts";

/** One run's directory, laid out as the agent does it: script, helper functions with the encrypted variables, and what starts both. */
export interface WorkDirectory {
  readonly path: string;
  /** The file to run, and the key to run it with. */
  readonly bootstrap: string;
  readonly key: string;
  /** Relative paths of the files the script left behind. */
  leftovers(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** How the values of variables lie in the directory: with AES-256, with AES-128 as agents before 2025 did, or as they are. */
export type Encryption = 256 | 128 | "none";

/**
 * Values are encrypted with a key of this run only, unless for tests of other things, which spare a process per variable that way.
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

/** Our body is sourced, not executed: same shell as the helpers, and the key is shifted out of its sight. */
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
