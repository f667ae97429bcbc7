import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { buildProduct, staleFiles } from "./build/build-product.ts";
import { hazardsIn } from "./hazards.ts";
import { lastRelease } from "./release/git.ts";
import { versionProblems } from "./release/template-version.ts";
import { sizeTable } from "./size-table.ts";

// The whole gate: a change that passes may be merged, and CI runs the same. Stops at the first failure.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const endWithParent = join(root, "scripts", "end-with-parent.cjs");

/** One part of the gate. `run` returns problems, one sentence each. */
interface Check {
  readonly name: string;
  readonly run: () => Promise<readonly string[]>;
}

const checks: readonly Check[] = [
  { name: "types", run: () => tool("typescript/bin/tsc", "--noEmit") },
  {
    name: "types of src/rules, which knows no Node.js",
    run: () => tool("typescript/bin/tsc", "--noEmit", "-p", "src/rules"),
  },
  { name: "lint", run: () => tool("oxlint/bin/oxlint", "src", "test", "scripts") },
  { name: "format", run: () => tool("prettier/bin/prettier.cjs", "--check", "--log-level", "warn", ".") },
  { name: "unused files, exports and dependencies", run: () => tool("knip/bin/knip.js") },
  { name: "generated files", run: generatedFiles },
  { name: "Version of the template", run: templateVersion },
  { name: "budgets of requests, bytes and memory", run: () => script("scripts/bench.ts", "--quick") },
  { name: "tests that need git", run: gitTests },
  { name: "tests", run: () => tool("vitest/vitest.mjs", "run", "--config", "test/vitest.config.ts") },
];

async function check(): Promise<number> {
  for (const { name, run } of checks) {
    console.log(`\n== ${name}`);
    const start = performance.now();
    const problems = await run();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (problems.length > 0) {
      console.error(`== ${name}: failed after ${seconds} s\n- ${problems.join("\n- ")}`);
      return 1;
    }
    console.log(`== ${name}: fine, ${seconds} s`);
  }
  return 0;
}

/** @param file a package's script, started with Node.js itself, because on Windows the commands of packages are not programs */
function tool(file: string, ...args: readonly string[]): Promise<readonly string[]> {
  return toEnd([join(root, "node_modules", file), ...args], [basename(file), ...args].join(" "));
}

function script(...args: readonly string[]): Promise<readonly string[]> {
  return toEnd(["--import", "tsx", ...args], args.join(" "));
}

async function toEnd(args: readonly string[], called: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, ["--require", endWithParent, ...args], { cwd: root, stdio: "inherit" });
  await once(child, "close");
  if (child.exitCode === 0) return [];
  return [`${called} ended with ${child.exitCode === null ? child.signalCode : `exit code ${child.exitCode}`}.`];
}

/** Compares the generated files with a build in memory. Needs no git and changes nothing. */
async function generatedFiles(): Promise<readonly string[]> {
  const product = await buildProduct(root);
  console.log(sizeTable(product));
  const stale = (await staleFiles(root, product)).map(
    (path) => `${path} differs from a fresh build. Run: npm run build`,
  );
  return [...hazardsIn(product), ...stale];
}

/** Without a release to compare with, the check says so and passes. */
async function templateVersion(): Promise<readonly string[]> {
  const last = await lastRelease(root);
  if (typeof last !== "string") return versionProblems(last, await readFile(join(root, "step-template.json"), "utf8"));
  console.log(`Nothing to compare with: ${last}.`);
  return [];
}

async function gitTests(): Promise<readonly string[]> {
  if (spawnSync("git", ["--version"]).status === 0)
    return await tool("vitest/vitest.mjs", "run", "--config", "test/git.config.ts");
  console.log("Left out: there is no git.");
  return [];
}

process.exitCode = await check();
