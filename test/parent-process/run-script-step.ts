import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { statusOf } from "../step-host/print-log.ts";
import type { Variables } from "../step-host/octostache.ts";
import { runStep } from "../step-host/run-step.ts";
import type { LogLine } from "../step-host/step-log.ts";
import { virtualTime } from "../step-host/virtual-time.ts";
import type { ParentDeployment } from "./parent-deployment.ts";
import type { ParentStepResult } from "./parent-result.ts";
import type { ScriptStep } from "./parent-steps.ts";
import type { ParentTask } from "./parent-task.ts";
import { scriptVariables } from "./step-variables.ts";
import type { Turn } from "./turn.ts";

/**
 * Runs a script step until it succeeds, or until its retries are used up and no user asks for another attempt. Each attempt is a new run of the
 * script in the same task.
 */
export async function runScriptStep(
  server: OctopusServer,
  task: ParentTask,
  deployment: ParentDeployment,
  turn: Turn<ScriptStep>,
  known: Variables,
): Promise<ParentStepResult> {
  const attempts: ParentStepResult[] = [];
  for (;;) {
    const attempt = await runAttempt(server, task, deployment, turn, known);
    attempts.push(attempt);
    if (attempt.status !== "Failed" || task.canceled.aborted) return joined(attempts);
    if (attempts.length <= (turn.step.retries ?? 0)) continue;
    if (deployment.guidedFailure !== true) return joined(attempts);
    const guidance = await task.askForGuidance(turn.step.name, attempt.error ?? "", attempts.length);
    if (guidance === "Retry") continue;
    const { error: _error, ...rest } = joined(attempts);
    if (guidance === undefined) return { ...rest, status: "Canceled" };
    return guidance === "Fail" ? joined(attempts) : { ...rest, status: "Warning" };
  }
}

/** The result of all attempts: the end of the last one, and the log, outputs and artifacts of all. */
function joined(attempts: readonly ParentStepResult[]): ParentStepResult {
  const [first, ...others] = attempts;
  if (first === undefined) throw new Error("A step without an attempt has no result.");
  return others.reduce(
    (before, attempt) => ({
      ...attempt,
      log: [...before.log, ...attempt.log],
      outputs: { ...before.outputs, ...attempt.outputs },
      sensitiveOutputs: [...new Set([...before.sensitiveOutputs, ...attempt.sensitiveOutputs])],
      artifacts: [...before.artifacts, ...attempt.artifacts],
      attempts: (before.attempts ?? 1) + 1,
    }),
    { ...first, attempts: 1 },
  );
}

async function runAttempt(
  server: OctopusServer,
  task: ParentTask,
  deployment: ParentDeployment,
  { step, number, before }: Turn<ScriptStep>,
  known: Variables,
): Promise<ParentStepResult> {
  const { variables, sensitive } = scriptVariables(step, number, known);
  const secretOutputs = before.flatMap(({ name, sensitiveOutputs }) =>
    sensitiveOutputs.map((output) => `Octopus.Action[${name}].Output.${output}`),
  );
  const script = await (deployment.runScript ?? runStep)({
    scriptBody: step.template.scriptBody,
    variables,
    sensitive: [...sensitive, ...secretOutputs, ...(deployment.sensitive ?? [])],
    environment: { ...virtualTime(server.url, server.now()), ...step.environment },
    signal: task.canceled,
    ...(deployment.encryption === undefined ? {} : { encryption: deployment.encryption }),
    onLine: (line: LogLine) => {
      task.write(step.name, line);
      deployment.onLine?.(step.name, line);
    },
  });
  for (const artifact of script.artifacts) task.collect(artifact);
  for (const [name, value] of Object.entries(script.outputs)) {
    task.setOutput(step.name, name, value, script.sensitiveOutputs.includes(name));
  }
  const { log, outputs, sensitiveOutputs, artifacts } = script;
  const status = statusOf(script);
  const error = script.resultMessage ?? `The remote script failed with exit code ${script.exitCode}`;
  const result = { name: step.name, status, log, outputs, sensitiveOutputs, artifacts, script };
  return status === "Failed" ? { ...result, error } : result;
}
