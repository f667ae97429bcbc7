import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { evaluate, VariableLoopError, type Variables } from "../step-host/octostache.ts";
import type { LogLine } from "../step-host/step-log.ts";
import { openParentTask } from "./open-parent-task.ts";
import type { ParentDeployment } from "./parent-deployment.ts";
import { notRun, type ParentResult, type ParentStepResult } from "./parent-result.ts";
import { inGroups, type ManualInterventionStep } from "./parent-steps.ts";
import type { ParentTask } from "./parent-task.ts";
import { runScriptStep } from "./run-script-step.ts";
import { deploymentVariables, reasonToSkip, stepVariables } from "./step-variables.ts";
import type { Turn } from "./turn.ts";

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
  return runScriptStep(server, task, deployment, { ...turn, step }, variables);
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
