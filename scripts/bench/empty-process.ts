import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface EmptyProcess {
  /** The largest resident size of Node.js with nothing to do. */
  readonly megabytes: number;
}

/** Runs `node -e 0`, to compare the program's figures with on any machine. */
export function emptyProcess(): EmptyProcess {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const memoryFile = join(folder, "memory");
    const preload = fileURLToPath(new URL("report-memory.cjs", import.meta.url));
    spawnSync("node", ["--require", preload, "-e", "0"], { env: { ...process.env, BENCH_MEMORY_FILE: memoryFile } });
    return { megabytes: Number(readFileSync(memoryFile, "utf8")) / 1024 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
