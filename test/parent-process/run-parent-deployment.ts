import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { statusOf } from "../step-host/print-log.ts";
import { evaluate, VariableLoopError, type Variables } from "../step-host/octostache.ts";
import { runStep } from "../step-host/run-step.ts";
import type { LogLine } from "../step-host/step-log.ts";
import { virtualTime } from "../step-host/virtual-time.ts";
import { openParentTask } from "./open-parent-task.ts";
import type { ParentDeployment } from "./parent-deployment.ts";
import { notRun, type ParentResult, type ParentStepResult } from "./parent-result.ts";
import { inGroups, type ManualInterventionStep, type ParentStep, type ScriptStep } from "./parent-steps.ts";
import type { ParentTask } from "./parent-task.ts";
import { deploymentVariables, reasonToSkip, scriptVariables, stepVariables } from "./step-variables.ts";

/**
 * Runs a process as one deployment of a parent project: the deployment exists on the embedded server, with task log, interruptions,
 * artifacts and output variables; its script steps run here as an agent would run them, in the server's time.
 */
export async function runParentDeployment(server: OctopusServer, deployment: ParentDeployment): Promise<ParentResult> {
  const task = openParentTask(server, deployment);
  const { taskId, deploymentId } = task;
  try {
    const steps = await runAll(server, task, deployment);
    if (task.canceled.aborted) return { taskId, deploymentId, state: "Canceled", steps };
    const error = steps.find(({ status }) => status === "Failed")?.error;
    task.complete(
      error,
      steps.some(({ status }) => status === "Warning"),
    );
    if (error === undefined) return { taskId, deploymentId, state: "Success", steps };
    return { taskId, deploymentId, state: "Failed", error, steps };
  } finally {
    task.close();
  }
}

async function runAll(
  server: OctopusServer,
  task: ParentTask,
  deployment: ParentDeployment,
): Promise<readonly ParentStepResult[]> {
  const finished: ParentStepResult[] = [];
  for (const group of inGroups(deployment.steps)) {
    const results = group.map(async (step) => {
      const result = await runOne(server, task, deployment, {
        step,
        number: deployment.steps.indexOf(step) + 1,
        before: finished,
      });
      task.endStep(step.name, result.status);
      deployment.onStep?.(step.name, result.status);
      return result;
    });
    finished.push(...(await Promise.all(results)));
  }
  return finished;
}

interface Turn<Step extends ParentStep = ParentStep> {
  readonly step: Step;
  /** Its place in the process, from 1. */
  readonly number: number;
  readonly before: readonly ParentStepResult[];
}

async function runOne(
  server: OctopusServer,
  task: ParentTask,
  deployment: ParentDeployment,
  turn: Turn,
): Promise<ParentStepResult> {
  const { step } = turn;
  if (task.canceled.aborted) return notRun(step.name, "Canceled", "The deployment was cancelled.");
  try {
    return await runUnlessSkipped(server, task, deployment, turn);
  } catch (error) {
    if (!(error instanceof VariableLoopError)) throw error;
    const line: LogLine = { level: "fatal", text: error.message };
    task.write(step.name, line);
    deployment.onLine?.(step.name, line);
    return { ...notRun(step.name, "Failed", error.message), log: [line], error: error.message };
  }
}

async function runUnlessSkipped(
  server: OctopusServer,
  task: ParentTask,
  deployment: ParentDeployment,
  turn: Turn,
): Promise<ParentStepResult> {
  const { step, before } = turn;
  const variables = deploymentVariables({ ...deployment.variables, ...task.variables }, before);
  const hasFailed = before.some(({ status }) => status === "Failed");
  const reason = reasonToSkip(step.condition ?? "success", hasFailed, variables);
  if (reason !== undefined) return notRun(step.name, "Skipped", reason);

  deployment.onStep?.(step.name, "Running");
  if (step.kind === "manual-intervention") return intervene(task, deployment, { ...turn, step }, variables);
  return runScript(server, task, deployment, { ...turn, step }, variables);
}

async function runScript(
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
    onLine: (line) => {
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

async function intervene(
  task: ParentTask,
  deployment: ParentDeployment,
  { step, number }: Turn<ManualInterventionStep>,
  known: Variables,
): Promise<ParentStepResult> {
  const log: LogLine[] = [];
  function write(level: LogLine["level"], text: string): void {
    const line = { level, text };
    log.push(line);
    task.write(step.name, line);
    deployment.onLine?.(step.name, line);
  }

  const instructions = evaluate(step.instructions, { ...known, ...stepVariables(step, number) });
  write("wait", "Waiting for manual intervention");
  const answer = await task.ask(step.name, instructions, step.teams ?? []);
  const nothing = { name: step.name, log, sensitiveOutputs: [], artifacts: [], instructions };
  if (answer === undefined) return { ...nothing, status: "Canceled", outputs: {} };

  write("info", `Submitted by: ${answer.user.displayName}`);
  write("info", `Result: ${answer.result}`);
  if (answer.notes !== "") write("info", `Notes: ${answer.notes}`);
  const outputs = {
    "Manual.Notes": answer.notes,
    "Manual.ResponsibleUser.Id": answer.user.id,
    "Manual.ResponsibleUser.Username": answer.user.username,
    "Manual.ResponsibleUser.DisplayName": answer.user.displayName,
    "Manual.ResponsibleUser.EmailAddress": answer.user.emailAddress,
  };
  if (answer.result === "Proceed") return { ...nothing, status: "Success", outputs };
  const error = `${step.name} was aborted by ${answer.user.displayName}`;
  write("fatal", error);
  return { ...nothing, status: "Failed", outputs, error };
}
