import type { Clock } from "./clock.ts";
import { deployChildProject } from "./deploy-child-project.ts";
import { DeploymentInDoubtError } from "./errors.ts";
import { adviceOf, asStepError, reasonForError } from "./failure.ts";
import { connectToOctopus } from "./octopus/client-gateway.ts";
import { isSuccess, type Outcome } from "./rules/outcome.ts";
import { leftOut, sizeOf, withinLimit } from "./rules/output-limits.ts";
import { echoesOf } from "./rules/secrets.ts";
import { countsOf, plainTable, resultTable, trainEnd } from "./rules/train.ts";
import { type Publish, type Run, whileRunning } from "./run.ts";
import {
  childOutputs,
  copiedOutputs,
  emptyOutputs,
  notesLimitOf,
  type Outputs,
  outputsOf,
  outputsOfPlan,
  outputsOfTrain,
  summaryOf,
} from "./step/outputs.ts";
import type { StepRuntime } from "./step/runtime.ts";
import type { RawVariables } from "./step/system-variables.ts";
import { plural } from "./text/format.ts";
import { parseTrain } from "./train/parse-train.ts";
import { isUndoStep, runTrain, type TrainReport } from "./train/run-train.ts";

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
  let soFar: EveryOutput = [];
  let alone: string | undefined;
  const asOutputs = (outputs: Outputs) => Object.entries(outputs);
  try {
    const train = parseTrain(await variables);
    const children = train.levels.flat();
    const { server } = train.common;
    const isAlone = children.length === 1 && train.failurePolicy === "Stop" && !isUndoStep(train);
    const [child] = train.levels[0];
    if (isAlone) alone = child.settings.child.project;
    const octopus = await connectToOctopus({
      serverUrl: server.url,
      credential: server.credential,
      secrets: children.flatMap(({ settings }) => echoesOf(settings.targeting.promptedValues)),
      clock,
      run,
      userAgent: "deploy-child-project",
      patience,
      onRetry: (message) => step.info(message),
    });
    if (!isAlone) {
      return endingWithTrain(
        await runTrain(train, { octopus, step, clock }, (report) => (soFar = trainOutputs(report))),
      );
    }
    const publish: Publish = (plan, started) => void (soFar = asOutputs(outputsOfPlan(plan, started)));
    return endingWith(await deployChildProject(child, { octopus, step, clock, publish }));
  } catch (error) {
    return failedWith(error, soFar, alone);
  }
}

/** Output variables in the order in which they are set, by name. */
type EveryOutput = readonly (readonly [string, string])[];

function endingWith(outcome: Outcome): Ending {
  const name = outcome.plan?.order.project.name;
  const result = name === undefined ? undefined : { name, level: 1, outcome };
  const outputs = Object.entries({ ...outputsOf(outcome), ...(result && summaryOf([result])) });
  return (step) => {
    setOutputs(step, [...outputs, ...(result === undefined ? [] : childOutputs(result))]);
    if (!isSuccess(outcome)) return fail(step, outcome.message);
    if (outcome.started !== undefined) step.highlight(outcome.message);
    if (outcome.kind === "WhatIf") step.info("This was a what-if run: nothing was created.");
    return 0;
  };
}

function endingWithTrain(report: TrainReport): Ending {
  const { results, isWhatIf } = report;
  const { kind, message } = trainEnd(results);
  return (step) => {
    setOutputs(step, trainOutputs(report));
    step.info(`The end of ${results.length} child projects:\n${plainTable(resultTable(results))}`);
    const left = leftOut(report.relayed, roomFor(report));
    if (left.length > 0)
      step.warning(
        `${plural(left.length, "output variable")} of the children's steps ${left.length === 1 ? "is" : "are"} not passed on, for all outputs of a step together may have ${outputsLimit} characters: ${left.join(", ")}.`,
      );
    if (isWhatIf) step.info("This was a what-if run: nothing was created.");
    if (isSuccess({ kind }) && (report.isUndoStep || results.every(({ rollBack }) => rollBack === undefined))) return 0;
    step.error(`Not every child project succeeded: ${countsOf(results)}.`);
    step.fail(message);
    return 1;
  };
}

/** Characters of all outputs of a run together, for every later step receives them. */
const outputsLimit = 400_000;

function roomFor(report: TrainReport): number {
  return outputsLimit - sizeOf(ownOutputs(report));
}

function ownOutputs(report: TrainReport): EveryOutput {
  const train = { line: report.digestLine ?? "", notesLimit: notesLimitOf(report.results.length) };
  return [
    ...Object.entries(outputsOfTrain(report)),
    ...report.results.flatMap((result) => childOutputs(result, train)),
  ];
}

function trainOutputs(report: TrainReport): EveryOutput {
  const own = ownOutputs(report);
  return [...own, ...withinLimit(report.relayed, roomFor(report))];
}

/** @param alone the one child of the run; absent: there are several, or it is not known */
function failedWith(error: unknown, soFar: EveryOutput, alone: string | undefined): Ending {
  const failure = asStepError(error);
  const { message } = failure;
  const known = new Map<string, string>([...Object.entries(emptyOutputs), ...soFar]);
  const mayExist = known.get("DeploymentId") !== "" || error instanceof DeploymentInDoubtError;
  known.set("ChildReleaseToDeploy", mayExist ? "True" : "False");
  known.set("Outcome", "Failed");
  known.set("Reason", reasonForError(error));
  known.set("Message", message);
  return (step) => {
    setOutputs(step, [...known, ...(alone === undefined ? [] : copiedOutputs(alone, known))]);
    step.error(adviceOf(failure));
    step.fail(message);
    return 1;
  };
}

function fail(step: StepRuntime, message: string): number {
  step.error(message);
  step.fail(message);
  return 1;
}

function setOutputs(step: StepRuntime, outputs: EveryOutput): void {
  for (const [name, value] of outputs) step.setOutput(name, value);
}
