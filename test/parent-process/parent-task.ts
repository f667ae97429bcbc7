import type { Variables } from "../step-host/octostache.ts";
import type { StepStatus } from "../step-host/print-log.ts";
import type { Artifact } from "../step-host/run-step.ts";
import type { LogLine } from "../step-host/step-log.ts";

/** A manual intervention that waits for an answer. */
export interface Question {
  readonly step: string;
  readonly interruptionId: string;
  /** The evaluated instructions. */
  readonly instructions: string;
  readonly teams: readonly string[];
}

/** An answer to a manual intervention, and the user who gives it. */
export interface Decision {
  /** User name. */
  readonly by: string;
  readonly result: "Proceed" | "Abort";
  readonly notes?: string;
}

export type Person = (question: Question) => Decision | undefined | Promise<Decision | undefined>;

export type Guidance = "Retry" | "Ignore" | "Exclude" | "Fail";

/** A failed step that waits for guidance. */
export interface Failure {
  readonly step: string;
  readonly interruptionId: string;
  readonly error: string;
  /** Number of runs so far. */
  readonly attempts: number;
}

/** Guidance for a failed step, and the user who gives it. */
export interface GuidanceGiven {
  /** User name. */
  readonly by: string;
  readonly guidance: Guidance;
  readonly notes?: string;
}

export type Guide = (failure: Failure) => GuidanceGiven | undefined | Promise<GuidanceGiven | undefined>;

/** A decision as it was submitted to the server. */
export interface Answer {
  readonly result: "Proceed" | "Abort";
  readonly notes: string;
  readonly user: {
    readonly id: string;
    readonly username: string;
    readonly displayName: string;
    readonly emailAddress: string;
  };
}

/** The parent project's own deployment on the server. Everything that is written to it can be read through the public API. */
export interface ParentTask {
  readonly taskId: string;
  readonly deploymentId: string;
  /** Octopus' own variables about this deployment. */
  readonly variables: Variables;
  /** Aborted when a user cancels the task. */
  readonly canceled: AbortSignal;
  readonly write: (step: string, line: LogLine) => void;
  readonly endStep: (step: string, status: StepStatus) => void;
  readonly collect: (artifact: Artifact) => void;
  readonly setOutput: (step: string, name: string, value: string, isSensitive: boolean) => void;
  /** Raises a manual intervention and waits for the answer; undefined when the task was cancelled. */
  readonly ask: (step: string, instructions: string, teams: readonly string[]) => Promise<Answer | undefined>;
  /** Raises a guided failure and waits for the answer; undefined when the task was cancelled. */
  readonly askForGuidance: (step: string, error: string, attempts: number) => Promise<Guidance | undefined>;
  /** Ends the task: without an error as successful, else as failed. */
  readonly complete: (error: string | undefined, warnings: boolean) => void;
  /** Ends a running task: as cancelled if a user cancelled the task, else as failed. */
  readonly close: () => void;
}
