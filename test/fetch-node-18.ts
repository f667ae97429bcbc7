import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { arch } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import * as z from "zod";

/** The oldest Node.js that the shipped step supports, for tests: the folder with `node`, or why there is none. */
export type Node18 = { readonly folder: string } | { readonly problem: string };

/** The folder with `node`. Throws, in the test that needs it, when Node.js 18 could not be fetched. */
export function folderOf(node: Node18): string {
  if ("problem" in node) throw new Error(node.problem);
  return node.folder;
}

declare module "vitest" {
  interface ProvidedContext {
    node18: Node18;
  }
}

/** Vitest's global set-up, once per run. It never fails a run: only the tests that need Node.js 18 fail, with one sentence. */
export async function setup({ provide }: TestProject): Promise<void> {
  provide("node18", await fetchNode18(fileURLToPath(new URL("../.build", import.meta.url))));
}

const manifestFolder = new URL("node-18/", import.meta.url);
const Manifest = z.object({ optionalDependencies: z.record(z.string(), z.string()) });

/** Fetches Node.js 18 from the npm registry into a folder, once: later runs find it there, because `npm ci` leaves that folder alone. */
export async function fetchNode18(store: string): Promise<Node18> {
  const manifest = Manifest.parse(JSON.parse(await readFile(new URL("package.json", manifestFolder), "utf8")));
  const name = `node-linux-${arch()}`;
  const home = join(store, `${name}-${manifest.optionalDependencies[name]}`);
  if (!existsSync(home)) await install(name, home);
  if (existsSync(home)) return { folder: join(home, "bin") };
  const remedy =
    "Connect to the registry, then run the tests again. To see why: npm ci --prefix test/node-18 --verbose";
  return { problem: `This test needs Node.js 18, and npm could not fetch ${name} from its registry. ${remedy}` };
}

/** Installs into a folder beside `home` and moves the result, so that neither an interruption nor a second run of the tests leaves half of it. */
async function install(name: string, home: string): Promise<void> {
  await mkdir(dirname(home), { recursive: true });
  const beside = await mkdtemp(join(dirname(home), "node-18-"));
  try {
    for (const file of ["package.json", "package-lock.json", ".npmrc"])
      await cp(fileURLToPath(new URL(file, manifestFolder)), join(beside, file));
    const options = ["--include=optional", "--prefer-offline", "--no-audit", "--no-fund"];
    await once(spawn("npm", ["ci", "--prefix", beside, ...options], { stdio: "ignore" }), "close");
    await rename(join(beside, "node_modules", name), home);
  } catch {
    // The result is checked afterwards, because npm ignores optional packages that it cannot fetch, and another run may have been faster.
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
