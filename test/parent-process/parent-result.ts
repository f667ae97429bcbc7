import type { StepStatus } from "../step-host/print-log.ts";
import type { Artifact, StepResult } from "../step-host/run-step.ts";
import type { LogLine } from "../step-host/step-log.ts";

/** How one step of a parent deployment went. */
export interface ParentStepResult {
  readonly name: string;
  readonly status: StepStatus;
  readonly log: readonly LogLine[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly sensitiveOutputs: readonly string[];
  readonly artifacts: readonly Artifact[];
  /** What made the step fail. */
  readonly error?: string;
  /** Number of runs of the script; only of a script step that ran. */
  readonly attempts?: number;
  /** The last run; only of a script step that ran. */
  readonly script?: StepResult;
  /** The evaluated instructions of a manual intervention that was raised. */
  readonly instructions?: string;
}

/** How a parent deployment went. */
export interface ParentResult {
  readonly taskId: string;
  readonly deploymentId: string;
  readonly state: "Success" | "Failed" | "Canceled";
  /** The error of the first step that failed. */
  readonly error?: string;
  /** The results of all steps, in the order of the process. */
  readonly steps: readonly ParentStepResult[];
}

/** The result of one step. Throws when no step has the name. */
export function stepOf(result: ParentResult, name: string): ParentStepResult {
  const step = result.steps.find((candidate) => candidate.name === name);
  if (step === undefined)
    throw new Error(`No step "${name}"; there are ${result.steps.map((one) => one.name).join(", ")}.`);
  return step;
}

/** A step that was not run. */
export function notRun(name: string, status: "Skipped" | "Canceled" | "Failed", because: string): ParentStepResult {
  const log: readonly LogLine[] = [{ level: "verbose", text: because }];
  return { name, status, log, outputs: {}, sensitiveOutputs: [], artifacts: [] };
}
