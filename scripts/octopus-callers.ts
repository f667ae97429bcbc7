import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { callersOf, recordedCallers, type RecordedRun } from "../test/octopus-server/support/callers.ts";

// Records again which client calls which routes of the embedded server: `node --import tsx scripts/octopus-callers.ts [tests] [demo] [bench]`.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const list = join(root, "test/octopus-server/callers.json");

const vitest = ["node_modules/vitest/vitest.mjs", "run", "--config", "test/vitest.config.ts"];
const runs: Readonly<Record<RecordedRun, readonly string[]>> = {
  tests: [...vitest, "--exclude", "test/start.test.ts"],
  demo: ["--import", "tsx", "scripts/start.ts"],
  bench: ["--import", "tsx", "scripts/bench.ts"],
};

function record(run: RecordedRun): Readonly<Record<string, readonly string[]>> {
  const folder = mkdtempSync(join(tmpdir(), "octopus-calls-"));
  try {
    const file = join(folder, "calls");
    const env = { ...process.env, OCTOPUS_CALLS: file };
    const { status } = spawnSync(process.execPath, runs[run], { cwd: root, env, stdio: "inherit" });
    if (status !== 0) throw new Error(`The run '${run}' failed: a failed run does not call everything.`);
    return callersOf(run, readFileSync(file, "utf8").trim().split("\n"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isRun(name: string): name is RecordedRun {
  return Object.hasOwn(runs, name);
}

const asked = process.argv.slice(2);
const names = asked.length === 0 ? Object.keys(runs) : asked;
let callers = recordedCallers;
for (const name of names) {
  if (!isRun(name)) throw new Error(`There is no run '${name}'. Known: ${Object.keys(runs).join(", ")}.`);
  callers = { ...callers, ...record(name) };
}
writeFileSync(list, `${JSON.stringify(callers, undefined, 2)}\n`);
console.log(`Wrote ${list}. Now run: npm run build`);
