import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import { dirname, resolve } from "node:path";
import { evaluateScript, type Variables } from "./octostache.ts";
import { folderWithOpenssl } from "./own-openssl.ts";
import { readLines } from "./read-lines.ts";
import { stepLog, type LogLine, type StepLog } from "./step-log.ts";
import { createWorkDirectory, type Encryption, type WorkDirectory } from "./work-directory.ts";

export interface StepOptions {
  readonly scriptBody: string;
  /** Parameters and Octopus' own variables, with the values a script gets to see: evaluated. */
  readonly variables: Variables;
  /** Names of sensitive variables. Values of more than three characters are masked in the log. */
  readonly sensitive?: readonly string[];
  /** Variables in addition to, or in place of, the few of a Tentacle service, which has no `HOME`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Aborting is what Octopus' cancel does: SIGKILL for the whole process group, exit code -43. */
  readonly signal?: AbortSignal;
  readonly onLine?: (line: LogLine) => void;
  /** Called whenever the script has written something, service messages included. */
  readonly onOutput?: () => void;
  readonly encryption?: Encryption;
  /** Which openssl the script finds. `any` (default): the worker's, else one written in Node.js; `own`: the latter; `none`: only one in PATH. */
  readonly openssl?: "any" | "own" | "none";
}

export interface StepResult {
  readonly exitCode: number;
  /** The log as an operator sees it: with levels, masked, without service messages. The order between stdout and stderr is not kept. */
  readonly log: readonly LogLine[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly sensitiveOutputs: readonly string[];
  readonly artifacts: readonly Artifact[];
  readonly progress: readonly { readonly percentage: number; readonly message: string }[];
  readonly resultMessage?: string;
  /** Exactly what the script wrote, unmasked, service messages included. */
  readonly stdout: string;
  readonly stderr: string;
  /** Files the script left in its work directory, as relative paths. The directory itself is gone. */
  readonly leftovers: readonly string[];
}

export interface Artifact {
  readonly name: string;
  readonly content: Buffer;
}

export const canceledExitCode = -43;

/**
 * Runs a Bash script body as Octopus' agent does on Linux: it evaluates the Octostache in the body, makes a new work directory and helper
 * functions with encrypted variables, sources the body, reads stdout and stderr until both end, and never closes the input.
 */
export async function runStep(options: StepOptions): Promise<StepResult> {
  const { variables, scriptBody } = options;
  const log = stepLog(
    (options.sensitive ?? []).map((name) => variables[name] ?? ""),
    options.onLine ?? (() => undefined),
  );
  const own = { "Octopus.Action.Script.ScriptBody": scriptBody, "Octopus.Action.Script.Syntax": "Bash" };
  const all = { ...own, ...variables };
  const directory = await createWorkDirectory(evaluateScript(scriptBody, all), all, options.encryption ?? 256);
  try {
    log.write("verbose", `Performing variable substitution on '${directory.path}/Script.sh'`);
    const run = await runBash(directory, options, log);
    const exitCode = judge(run.exitCode, log, variables);
    const artifacts = await collect(directory.path, log);
    if (exitCode === canceledExitCode) log.write("error", "Script execution canceled.");
    else if (exitCode !== 0) {
      log.write("fatal", log.resultMessage ?? `The remote script failed with exit code ${exitCode}`);
    }
    return {
      ...run,
      exitCode,
      log: log.lines,
      outputs: log.outputs,
      sensitiveOutputs: log.sensitiveOutputs,
      artifacts,
      progress: log.progress,
      ...(log.resultMessage === undefined ? {} : { resultMessage: log.resultMessage }),
      leftovers: await directory.leftovers(),
    };
  } finally {
    await directory.remove();
  }
}

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runBash(directory: WorkDirectory, options: StepOptions, log: StepLog): Promise<Run> {
  const canceled = { exitCode: canceledExitCode, stdout: "", stderr: "" };
  if (options.signal?.aborted === true) return canceled;
  const bash = spawn("bash", [directory.bootstrap, directory.key], {
    cwd: directory.path,
    env: environmentOf(options),
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  bash.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  bash.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  bash.stdout.on("data", () => options.onOutput?.());
  readLines(bash.stdout, log.fromStdout);
  readLines(bash.stderr, log.fromStderr);
  // A write to a script that has ended would fail with EPIPE, but nothing is written here.
  bash.stdin.on("error", () => undefined);

  const exitCode = await ending(bash, options.signal);
  return { exitCode, stdout: Buffer.concat(stdout).toString("utf8"), stderr: Buffer.concat(stderr).toString("utf8") };
}

/** The exit code, when Bash has ended and both pipes are closed, however long a background process keeps them open. A cancel does not wait. */
async function ending(bash: ChildProcess, signal: AbortSignal | undefined): Promise<number> {
  const kill = () => killGroup(bash);
  signal?.addEventListener("abort", kill);
  try {
    await once(bash, "close");
  } finally {
    signal?.removeEventListener("abort", kill);
  }
  if (signal?.aborted === true) return canceledExitCode;
  return bash.exitCode ?? 128 + (bash.signalCode === null ? 0 : constants.signals[bash.signalCode]);
}

function killGroup(bash: ChildProcess): void {
  if (bash.pid === undefined) return;
  try {
    process.kill(-bash.pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
  // The agent closes its ends as well, so a process that left the group cannot keep the step running.
  bash.stdout?.destroy();
  bash.stderr?.destroy();
}

/** A project may ask that any error output fails the step, even though the script ended with 0. */
function judge(exitCode: number, log: StepLog, variables: Variables): number {
  const strict = variables["Octopus.Action.FailScriptOnErrorOutput"]?.toLowerCase() === "true";
  return exitCode === 0 && strict && log.hasErrorOutput ? -1 : exitCode;
}

async function collect(directory: string, log: StepLog): Promise<readonly Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const { name, path } of log.artifacts) {
    try {
      artifacts.push({ name, content: await readFile(resolve(directory, path)) });
    } catch {
      log.write("error", `The artifact "${name}" could not be collected: there is no readable file at ${path}.`);
    }
  }
  return artifacts;
}

function environmentOf({ environment, openssl = "any" }: StepOptions): Record<string, string> {
  const given = { ...serviceEnvironment(), ...environment };
  if (openssl === "none") return given;
  const folders = openssl === "own" ? [folderWithOpenssl(), given.PATH] : [given.PATH, folderWithOpenssl()];
  return { ...given, PATH: folders.join(":") };
}

/** What a process of the Tentacle service inherits: systemd's PATH, with the directory of the present Node.js in front, and no HOME. */
function serviceEnvironment(): Record<"PATH" | "TentacleHome" | "TentacleInstanceName", string> {
  return {
    PATH: `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    TentacleHome: "/etc/octopus/Tentacle",
    TentacleInstanceName: "Tentacle",
  };
}
