import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as timersPromises from "node:timers/promises";
import { basename, join } from "node:path";
import type { Clock } from "../../src/clock.ts";
import { runStep as runProgram } from "../../src/run-step.ts";
import { stdoutRuntime } from "../../src/step/runtime.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { ParentDeployment } from "../parent-process/parent-deployment.ts";
import type { ParentTask } from "../parent-process/parent-task.ts";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";
import { isLong } from "../random-cases.ts";
import type { Variables } from "../step-host/octostache.ts";
import type { runStep } from "../step-host/run-step.ts";
import { stepLog } from "../step-host/step-log.ts";
import { deployStep, type Parameters, parent, run, type Run, runOf, type RunOptions } from "./scenario.ts";

type RunScript = typeof runStep;

/** The parent's task, while a step of it runs. */
export type OpenTask = Pick<ParentTask, "taskId">;

/** One step of a parent deployment, to Staging unless told otherwise. */
export interface Walk extends Partial<Omit<ParentDeployment, "steps" | "runScript">> {
  readonly child: string;
  readonly parameters?: Parameters;
  readonly key?: string;
  /** The worker's time zone. */
  readonly timeZone?: string | undefined;
  /** Called in the parent's task before the step begins. */
  readonly before?: (task: OpenTask) => Promise<void>;
  /** Called whenever time has passed; minutes since the step began. */
  readonly meanwhile?: (minutes: number) => Promise<void> | void;
  /** The step's clock. Absent means the server's. */
  readonly clock?: Clock;
  /** Octopus' own variables that differ from those of a parent with one step. */
  readonly system?: Variables;
}

/**
 * Like `run`, but with the program in this process instead of Bash and the bundle, which takes a tenth of the time. One run of each kind
 * proves that the shipped body keeps the same rules. The log is not masked.
 */
export async function walk(server: OctopusServer, options: Walk): Promise<Run> {
  const { child, parameters, key, timeZone, before, meanwhile, clock, system, ...more } = options;
  const vain = Object.keys(more.variables ?? {}).filter((name) => name.startsWith("Octopus."));
  if (vain.length > 0) throw new Error(`Octopus' own variables win over the project's: give ${vain.join()} as system.`);
  const runScript: RunScript = async (script) => {
    await before?.({ taskId: script.variables["Octopus.Task.Id"] ?? "" });
    const begin = server.now();
    const servers = { ...clockOf(server, () => meanwhile?.((server.now() - begin) / 60_000)), timeZone };
    return inThisProcess(clock ?? servers)({ ...script, variables: { ...script.variables, ...system } });
  };
  const result = await runParentDeployment(server, {
    ...parent,
    environment: "Staging",
    ...more,
    variables: { "Orchestration.ApiKey": key ?? server.keys["release-conductor"] ?? "", ...more.variables },
    steps: [deployStep(child, parameters)],
    runScript,
  });
  return runOf(result, child);
}

/**
 * Like `walk` in `npm test`, and like `run` in `npm run test:long`, which proves the same rules for the shipped body, through Bash. Every
 * kind of end has a test in `npm test` that runs the shipped body.
 */
export async function runOrWalk(
  server: OctopusServer,
  child: string,
  parameters: Parameters = {},
  options: Pick<RunOptions, "as" | "key" | "to"> = {},
): Promise<Run> {
  if (isLong) return run(server, child, parameters, options);
  const { to = "Staging", as = "release-conductor", key = server.keys[as] ?? "" } = options;
  return walk(server, { child, parameters, environment: to, key });
}

/** For a whole parent deployment: script steps run in this process in `npm test`, and through Bash in `npm run test:long`. */
export function hereUnlessLong(server: OctopusServer): Pick<ParentDeployment, "runScript"> {
  return isLong ? {} : { runScript: inThisProcess(clockOf(server)) };
}

/** A value for `system`: Octopus runs a step of the same task again, for example after a worker was lost. */
export function sameTask({ parent: { taskId, deploymentId } }: Run): Variables {
  return { "Octopus.Task.Id": taskId, "Octopus.Deployment.Id": deploymentId };
}

/** A whole parent deployment whose script steps run in this process. The result is that of the last step that ran. */
export async function playParent(
  server: OctopusServer,
  deployment: ParentDeployment,
  clock: Clock = clockOf(server),
): Promise<Run> {
  const result = await runParentDeployment(server, { ...deployment, runScript: inThisProcess(clock) });
  const last = result.steps.findLast(({ status }) => status !== "Skipped" && status !== "Canceled");
  if (last === undefined) throw new Error("No step has run.");
  return runOf(result, last.name);
}

/**
 * The server's own clock. Each sleep moves the clock, and then `meanwhile` is called. Of parallel sleeps the shortest ends first, and none ends
 * while a request is under way, so that several children take as long as in real life.
 */
export function clockOf(server: OctopusServer, meanwhile?: () => Promise<void> | void): Clock {
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  let waking = false;

  async function wakeInOrder(): Promise<void> {
    waking = true;
    while (sleepers.size > 0) {
      await quiet(server);
      if (sleepers.size === 0) break;
      const next = [...sleepers].reduce((first, other) => (other.until < first.until ? other : first));
      if (server.now() < next.until) server.advance(next.until - server.now());
      sleepers.delete(next);
      next.wake();
    }
    waking = false;
  }

  return {
    now: () => server.now(),
    elapsed: () => server.now(),
    sleep: async (milliseconds, signal) => {
      await new Promise<void>((wake, fail) => {
        const sleeper = { until: server.now() + milliseconds, wake };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => {
          if (sleepers.delete(sleeper)) fail(signal.reason);
        });
        if (!waking) void wakeInOrder();
      });
      await meanwhile?.();
    },
  };
}

/**
 * Waits until no request is under way, and no answer has led to another request. An answer may need a few turns of the event loop until the
 * program sees it, and more on a busy machine.
 */
async function quiet(server: OctopusServer): Promise<void> {
  for (let turns = 0; turns < 20; turns++) {
    await timersPromises.setImmediate();
    if (server.inFlight() > 0) turns = -1;
  }
}

/**
 * Runs the program as an agent runs a script, but masks nothing, so that tests find secrets in the log. Nothing else happens between
 * the program's end and the result's.
 */
export function inThisProcess(clock: Clock): RunScript {
  return async ({ variables, onLine = () => undefined }) => {
    const workingDirectory = mkdtempSync(join(tmpdir(), "in-process-"));
    const log = stepLog([], onLine);
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
      const exitCode = await runProgram(new Map(Object.entries(variables)), step, clock);
      if (exitCode !== 0) log.write("fatal", log.resultMessage ?? "");
      const artifacts = log.artifacts.map(({ name, path }) => ({ name, content: readFileSync(path) }));
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
      rmSync(workingDirectory, { recursive: true });
    }
  };
}
