import type { Clock } from "./clock.ts";
import { type Publish, type Run, whileRunning } from "./run.ts";
import { deployChildProject } from "./deploy-child-project.ts";
import {
  DeploymentInDoubtError,
  FrozenError,
  InternalError,
  PermissionError,
  PlanChangedError,
  StepError,
} from "./errors.ts";
import { connectToOctopus } from "./octopus/client-gateway.ts";
import { isSuccess, type Outcome } from "./rules/outcome.ts";
import { echoesOf } from "./rules/secrets.ts";
import { emptyOutputs, type Outputs, outputsOf, outputsOfPlan } from "./step/outputs.ts";
import type { RawVariables } from "./step/system-variables.ts";
import type { StepRuntime } from "./step/runtime.ts";
import { parseTrain } from "./train/parse-train.ts";

/** How long reads are repeated: while planning nothing is lost by giving up, while polling a deployment would run on without us. */
const patience = { planning: 60_000, polling: 600_000 };

/**
 * One whole run: reads the parameters, does the work, says how it ended and publishes the outputs, whatever happens. Returns the exit code.
 * When the end is said, nothing of the run goes on.
 */
export async function runStep(
  variables: RawVariables | Promise<RawVariables>,
  step: StepRuntime,
  clock: Clock,
): Promise<number> {
  const run = new AbortController();
  const ending = await endingOf(variables, whileRunning({ step, clock }, run.signal), run.signal);
  run.abort();
  return ending(step);
}

/** Says how a run ended, and returns its exit code. */
type Ending = (step: StepRuntime) => number;

/** The one place that catches: only messages are printed, never an error object, for those of the HTTP client carry the API key. */
async function endingOf(
  variables: RawVariables | Promise<RawVariables>,
  { step, clock }: Pick<Run, "step" | "clock">,
  run: AbortSignal,
): Promise<Ending> {
  let outputs = emptyOutputs;
  try {
    // The one place that takes one child for the whole list: the list is read completely, and its first child is deployed.
    const { settings } = parseTrain(await variables).levels[0][0];
    const octopus = await connectToOctopus({
      serverUrl: settings.server.url,
      credential: settings.server.credential,
      secrets: echoesOf(settings.targeting.promptedValues),
      clock,
      run,
      userAgent: "deploy-child-project",
      patience,
      onRetry: (message) => step.info(message),
    });
    const publish: Publish = (plan, started) => void (outputs = outputsOfPlan(plan, started));
    return endingWith(await deployChildProject(settings, { octopus, step, clock, publish }));
  } catch (error) {
    return failedWith(error, outputs);
  }
}

function endingWith(outcome: Outcome): Ending {
  return (step) => {
    setOutputs(step, outputsOf(outcome));
    if (!isSuccess(outcome)) return fail(step, outcome.message);
    if (outcome.started !== undefined) step.highlight(outcome.message);
    if (outcome.kind === "WhatIf") step.info("This was a what-if run: nothing was created.");
    return 0;
  };
}

function failedWith(error: unknown, outputs: Outputs): Ending {
  const { message, remedy } = asStepError(error);
  const mayExist = outputs.DeploymentId !== "" || error instanceof DeploymentInDoubtError;
  const ChildReleaseToDeploy = mayExist ? "True" : "False";
  const end = { ChildReleaseToDeploy, Outcome: "Failed", Reason: reasonFor(error), Message: message } as const;
  return (step) => {
    setOutputs(step, { ...outputs, ...end });
    return fail(step, message, `${message.includes("\n") ? "\n" : " "}${remedy}`);
  };
}

function reasonFor(error: unknown): Outcome["reason"] {
  if (error instanceof FrozenError) return "Frozen";
  if (error instanceof PlanChangedError) return "PlanChanged";
  return error instanceof PermissionError ? "PermissionMissing" : "Blocked";
}

function fail(step: StepRuntime, message: string, advice = ""): number {
  step.error(message + advice);
  step.fail(message);
  return 1;
}

function setOutputs(step: StepRuntime, outputs: Outputs): void {
  for (const [name, value] of Object.entries(outputs)) step.setOutput(name, value);
}

/** An error that is not one of ours is a defect of this program; its text may quote anything, so only its kind is told. */
function asStepError(error: unknown): StepError {
  if (error instanceof StepError) return error;
  const { name, stack = "" } = error instanceof Error ? error : { name: typeof error };
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return new InternalError(`Something unforeseen happened (${name}).`, frames.slice(0, 8));
}
