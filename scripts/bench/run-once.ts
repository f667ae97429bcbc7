import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { performance } from "node:perf_hooks";
import type { JournalEntry, OctopusServer } from "../../test/octopus-server/octopus-server.ts";
import type { StepTemplate } from "../../test/parent-process/step-template.ts";
import { runStep, type StepResult } from "../../test/step-host/run-step.ts";
import { virtualTime } from "../../test/step-host/virtual-time.ts";

export interface Measured {
  readonly result: StepResult;
  readonly requests: number;
  /** The longest chain of requests that each began after the one before had ended, up to the decision: looking ahead comes after it. */
  readonly roundTrips: number;
  /** Decoded bodies. */
  readonly bytes: number;
  /** From the start of Bash to the first request, in multiples of starting Node.js with nothing to do. */
  readonly startUp: number;
  /** The program's largest resident size. */
  readonly megabytes: number;
  readonly journal: readonly JournalEntry[];
}

/** Runs the shipped script body once, in the server's time, and counts what it asked. */
export async function runOnce(
  template: StepTemplate,
  server: OctopusServer,
  parameters: Readonly<Record<string, string>>,
  counted: (journal: readonly JournalEntry[]) => readonly JournalEntry[] = (journal) => journal,
): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    server.clearJournal();
    const memoryFile = join(folder, "memory");
    const time = virtualTime(server.url, server.now());
    const preload = fileURLToPath(new URL("report-memory.cjs", import.meta.url));
    const start = Date.now();
    const result = await runStep({
      scriptBody: template.scriptBody,
      variables: { ...variables(template, server), ...parameters },
      environment: {
        PATH: process.env["PATH"] ?? "",
        ...time,
        NODE_OPTIONS: `${time["NODE_OPTIONS"] ?? ""} --require ${JSON.stringify(preload)}`,
        BENCH_MEMORY_FILE: memoryFile,
      },
    });
    const journal = counted(server.journal());
    return {
      result,
      journal,
      requests: journal.length,
      roundTrips: longestChain(journal.filter(({ path }) => !/\/(preview\/|deploymentfreezes)/.test(path))),
      bytes: journal.reduce((sum, { bytes }) => sum + bytes, 0),
      startUp: ((journal[0]?.start ?? Number.NaN) - start) / nodeStart(),
      megabytes: Number(await readFile(memoryFile, "utf8")) / 1024,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A step as somebody adds it, in an untenanted deployment of a parent in the same space. */
function variables(template: StepTemplate, server: OctopusServer): Record<string, string> {
  return {
    ...template.defaults,
    "ChildProject.Web.ServerUrl": server.url,
    "ChildProject.Api.Key": server.apiKey,
    "ChildProject.Space.Name": "Default",
    "ChildProject.Project.Name": "Web API",
    "ChildProject.Destination.EnvironmentName": "Staging",
    "ChildProject.ManualIntervention.EnvironmentToUse": "Staging",
    "Octopus.Web.ServerUri": server.url,
    "Octopus.Space.Id": "Spaces-1",
    "Octopus.Space.Name": "Default",
    "Octopus.Environment.Name": "Staging",
    "Octopus.Project.Id": "Projects-999",
    "Octopus.Project.Name": "Release Orchestration",
    "Octopus.Release.Number": "2021.1.0",
    "Octopus.Action.Id": "bench",
    "Octopus.Step.Name": "Web API",
    "Octopus.Task.Id": "ServerTasks-999999999",
  };
}

function longestChain(journal: readonly JournalEntry[]): number {
  const depths: { readonly end: number; readonly depth: number }[] = [];
  for (const { start, end } of [...journal].sort((a, b) => a.start - b.start)) {
    const before = depths.filter((each) => each.end <= start).map(({ depth }) => depth);
    depths.push({ end: end ?? start, depth: Math.max(0, ...before) + 1 });
  }
  return Math.max(0, ...depths.map(({ depth }) => depth));
}

let measuredNodeStart: number | undefined;

/** Milliseconds `node -e 0` takes on this machine: the median of five. */
function nodeStart(): number {
  measuredNodeStart ??= median(
    Array.from({ length: 5 }, () => {
      const start = performance.now();
      spawnSync("node", ["-e", "0"]);
      return performance.now() - start;
    }),
  );
  return measuredNodeStart;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
