import type { Clock } from "./clock.ts";
import { deployChildProject, type LoneChild } from "./deploy-child-project.ts";
import { DeploymentInDoubtError } from "./errors.ts";
import { adviceOf, asStepError, reasonForError, sayDetails } from "./failure.ts";
import { connectToOctopus } from "./octopus/client-gateway.ts";
import { openRecord } from "./report/run-record.ts";
import type { Context } from "./resolve/resolve-context.ts";
import { isSuccess, type Outcome } from "./rules/outcome.ts";
import { leftOut, sizeOf, withinLimit } from "./rules/output-limits.ts";
import { echoesOf } from "./rules/secrets.ts";
import {
  type ChildResult,
  logMessageOf,
  outputKey,
  plainTable,
  resultTable,
  type TrainEnd,
  trainEnd,
} from "./rules/train.ts";
import { plural } from "./text/format.ts";
import { type Publish, type Run, whileRunning } from "./run.ts";
import { childOutputs, emptyOutputs, notesLimitOf, outputsOf, outputsOfTrain, summaryOf } from "./step/outputs.ts";
import type { StepRuntime } from "./step/runtime.ts";
import type { RawVariables } from "./step/system-variables.ts";
import { parseTrain } from "./train/parse-train.ts";
import { isUndoStep, runTrain, type TrainReport, type TrainRun } from "./train/run-train.ts";
import { prepareReport, type RunFacts, type SaveReport } from "./train/save-report.ts";

/** How long failed reads are repeated, in milliseconds. Giving up while polling would leave a deployment running unattended. */
const patience = { planning: 60_000, polling: 600_000 };

/**
 * Runs the step: reads the parameters, does the work, says how it ended and publishes the outputs, whatever happens. Returns the exit code.
 * When it returns, no request, timer or log line of the run is left.
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

/** What is known of a run so far, for a run that ends with an error. */
type Known = { -readonly [Fact in keyof RunFacts]?: RunFacts[Fact] } & {
  outputs: () => EveryOutput;
  /** The only child of the run. Absent means that there are several, or that the list was not read yet. */
  alone?: LoneChild | undefined;
  /** The last published plan and deployment of the only child. */
  published?: Pick<Outcome, "plan" | "started">;
};

/** The only place that catches every error. Only messages are printed, never an error object: those of the HTTP client carry the API key. */
async function endingOf(
  variables: RawVariables | Promise<RawVariables>,
  { step, clock }: Pick<Run, "step" | "clock">,
  run: AbortSignal,
): Promise<Ending> {
  const record = openRecord(clock);
  const known: Known = { outputs: () => [] };
  try {
    const train = parseTrain(await variables);
    const children = train.levels.flat();
    const { server } = train.common;
    const [child] = train.levels[0];
    if (children.length === 1 && train.failurePolicy === "Stop" && !isUndoStep(train)) known.alone = child;
    Object.assign(known, { train, record });
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
    known.octopus = octopus;
    if (known.alone !== undefined) return await runAlone(known.alone, known, { octopus, step, clock, record });
    const report = await runTrain(train, { octopus, step, clock, record }, (soFar) => {
      known.outputs = () => withRelayed(ownOutputs(soFar), soFar);
      Object.assign(known, soFar);
    });
    const saveReport = await prepareReport({ ...known, ...report }, trainEnd(report.results), clock.now());
    return endingWithTrain(report, saveReport);
  } catch (error) {
    const end = { kind: "Failed", reason: reasonForError(error), message: asStepError(error).message } as const;
    const besides = error instanceof DeploymentInDoubtError ? error.known : undefined;
    const facts = failedFacts(known, { ...end, besides });
    return failedWith(error, { ...known, ...facts }, await prepareReport(facts, end, clock.now()));
  }
}

async function runAlone(child: LoneChild, known: Known, { record, ...run }: TrainRun): Promise<Ending> {
  const publish: Publish = (plan, started) => {
    known.published = { plan, started };
    if (started !== undefined) record.saw(plan.order.project.name, started);
  };
  const resolved = (context: Context) => void (known.context = context);
  const outcome = await deployChildProject({ ...child, resolved }, { ...run, publish });
  const result = resultOf(child, known, outcome);
  return endingWith(result, await prepareReport({ ...known, results: [result] }, outcome, run.clock.now()));
}

/** The child has the name of its project, or the one in the list if the project was not found. */
function resultOf({ settings }: LoneChild, { context }: Pick<Known, "context">, outcome: Outcome): ChildResult {
  return { name: context?.project.name ?? settings.child.project, level: 1, outcome };
}

/** A run for one child and its child end alike. Of several children, some may have ended well. */
function failedFacts(
  { alone, published, ...known }: Known,
  end: TrainEnd & Pick<Outcome, "besides">,
): Partial<RunFacts> {
  const outcome = { ...published, ...end, isHeldUp: published?.started === undefined };
  return alone === undefined ? known : { ...known, results: [resultOf(alone, known, outcome)] };
}

/** Output variables in the order in which they are set, by name. */
type EveryOutput = readonly (readonly [string, string])[];

function outputsOfOne(result: ChildResult): EveryOutput {
  return [...Object.entries({ ...outputsOf(result.outcome), ...summaryOf([result]) }), ...childOutputs(result)];
}

function endingWith(result: ChildResult, saveReport: SaveReport): Ending {
  const { outcome } = result;
  return (step) => {
    setOutputs(step, outputsOfOne(result));
    saveReport(step);
    if (!isSuccess(outcome)) return fail(step, outcome.message);
    if (outcome.started !== undefined) step.highlight(outcome.message);
    if (outcome.kind === "WhatIf") step.info("This was a what-if run. No deployment was created.");
    return 0;
  };
}

function endingWithTrain(report: TrainReport, saveReport: SaveReport): Ending {
  const { results, isWhatIf } = report;
  const { kind } = trainEnd(results);
  return (step) => {
    const own = ownOutputs(report);
    setOutputs(step, withRelayed(own, report));
    saveReport(step);
    const keys = results.map(({ name }) => `Child[${outputKey(name)}]`).join(", ");
    step.info(`The output variables of each child project begin with ${keys}.`);
    step.info(`Result of ${plural(results.length, "child project")}:\n${plainTable(resultTable(results))}`);
    const left = leftOut(report.relayed, roomBeside(own));
    if (left.length > 0)
      step.warning(
        `Not passed on, because the outputs of a step may have at most ${outputsLimit} characters: ${left.join(", ")}.`,
      );
    if (isWhatIf) step.info("This was a what-if run. No deployment was created.");
    if (isSuccess({ kind }) && (report.isUndoStep || results.every(({ rollBack }) => rollBack === undefined))) return 0;
    step.fail(logMessageOf(results));
    return 1;
  };
}

/** Most characters of all outputs of a run together, because every later step receives them. */
const outputsLimit = 400_000;

function roomBeside(own: EveryOutput): number {
  return outputsLimit - sizeOf(own);
}

function withRelayed(own: EveryOutput, { relayed }: Pick<TrainReport, "relayed">): EveryOutput {
  return [...own, ...withinLimit(relayed, roomBeside(own))];
}

function ownOutputs(report: TrainReport): EveryOutput {
  const { results, digestLine: line = "" } = report;
  const own: EveryOutput = Object.entries(outputsOfTrain(report));
  const ofChildren = (notesLimit: number) => results.flatMap((result) => childOutputs(result, { line, notesLimit }));
  const room = Math.floor(roomBeside([...own, ...ofChildren(0)]) / results.length);
  return [...own, ...ofChildren(Math.min(room, notesLimitOf(results.length)))];
}

function failedWith(error: unknown, { outputs, alone, train, results = [] }: Known, saveReport: SaveReport): Ending {
  const failure = asStepError(error);
  const { message } = failure;
  const own = alone === undefined ? outputs() : results.flatMap(outputsOfOne);
  const known = new Map<string, string>([...Object.entries(emptyOutputs), ...own]);
  const mayExist = known.get("DeploymentId") !== "" || error instanceof DeploymentInDoubtError;
  known.set("ChildReleaseToDeploy", mayExist ? "True" : "False");
  known.set("Outcome", "Failed");
  known.set("Reason", reasonForError(error));
  known.set("Message", message);
  return (step) => {
    setOutputs(step, [...known]);
    saveReport(step);
    sayDetails(failure, step);
    // Without a plan nothing was created.
    step.fail(adviceOf(failure, known.get("ReleasePlan") !== "" && train?.common.whatIf !== true));
    return 1;
  };
}

function fail(step: StepRuntime, message: string): number {
  step.fail(message);
  return 1;
}

function setOutputs(step: StepRuntime, outputs: EveryOutput): void {
  for (const [name, value] of outputs) step.setOutput(name, value);
}
