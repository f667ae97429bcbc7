import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { runStep } from "../../src/run-step.ts";
import { stdoutRuntime } from "../../src/step/runtime.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { StepOptions, StepResult } from "../step-host/run-step.ts";
import { stepLog } from "../step-host/step-log.ts";
import { clockOf } from "./recording-step.ts";
import { type Parameters, type Run, run, type RunOptions } from "./scenario.ts";

/**
 * As `run`, without Bash and the bundle around the program: a tenth of the time. For rules of the program; that the shipped body obeys
 * them too is proved by one run of each kind.
 */
export async function runHere(
  server: OctopusServer,
  project: string,
  parameters: Parameters = {},
  options: Omit<RunOptions, "environment"> = {},
): Promise<Run> {
  return run(server, project, parameters, { ...options, runScript: (script) => inThisProcess(server, script) });
}

async function inThisProcess(
  server: OctopusServer,
  { variables, sensitive, onLine }: StepOptions,
): Promise<StepResult> {
  const workingDirectory = await mkdtemp(join(tmpdir(), "run-here-"));
  const log = stepLog(
    (sensitive ?? []).map((name) => variables[name] ?? ""),
    onLine ?? (() => undefined),
  );
  let stdout = "";
  let unread = "";
  function write(text: string): void {
    stdout += text;
    const lines = (unread + text).split("\n");
    unread = lines.pop() ?? "";
    lines.forEach(log.fromStdout);
  }
  try {
    const step = stdoutRuntime({ write, workingDirectory });
    const exitCode = await runStep(new Map(Object.entries(variables)), step, clockOf(server));
    if (exitCode !== 0) log.write("fatal", log.resultMessage ?? "");
    const artifacts = await Promise.all(
      log.artifacts.map(async ({ name, path }) => ({ name, content: await readFile(path) })),
    );
    return {
      exitCode,
      log: log.lines,
      outputs: log.outputs,
      sensitiveOutputs: log.sensitiveOutputs,
      artifacts,
      progress: log.progress,
      ...(log.resultMessage === undefined ? {} : { resultMessage: log.resultMessage }),
      stdout,
      stderr: "",
      leftovers: log.artifacts.map(({ path }) => basename(path)),
    };
  } finally {
    await rm(workingDirectory, { recursive: true });
  }
}
