import type { Variables } from "../step-host/octostache.ts";
import type { StepStatus } from "../step-host/print-log.ts";
import type { Artifact } from "../step-host/run-step.ts";
import type { LogLine } from "../step-host/step-log.ts";

/** A manual intervention somebody has to answer. */
export interface Question {
  readonly step: string;
  readonly interruptionId: string;
  /** What people see, evaluated. */
  readonly instructions: string;
  readonly teams: readonly string[];
}

/** What a person says. Without `by` nobody has spoken. */
export interface Decision {
  /** User name. */
  readonly by: string;
  readonly result: "Proceed" | "Abort";
  readonly notes?: string;
}

export type Person = (question: Question) => Decision | undefined | Promise<Decision | undefined>;

export type Guidance = "Retry" | "Ignore" | "Exclude" | "Fail";

/** A failed step somebody has to say something about. */
export interface Failure {
  readonly step: string;
  readonly interruptionId: string;
  readonly error: string;
  /** How often it has been run so far. */
  readonly attempts: number;
}

/** What a person says about it. Without one nobody has spoken. */
export interface GuidanceGiven {
  /** User name. */
  readonly by: string;
  readonly guidance: Guidance;
  readonly notes?: string;
}

export type Guide = (failure: Failure) => GuidanceGiven | undefined | Promise<GuidanceGiven | undefined>;

/** A decision as the server knows it. */
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

/** The parent project's own deployment, as it stands on the server. What it is told can be read there through the public API. */
export interface ParentTask {
  readonly taskId: string;
  readonly deploymentId: string;
  /** Octopus' own variables about this deployment. */
  readonly variables: Variables;
  /** Aborted when somebody cancels the task. */
  readonly canceled: AbortSignal;
  readonly write: (step: string, line: LogLine) => void;
  readonly endStep: (step: string, status: StepStatus) => void;
  readonly collect: (artifact: Artifact) => void;
  readonly setOutput: (step: string, name: string, value: string, isSensitive: boolean) => void;
  /** Raises a manual intervention and waits until somebody has answered; absent: the task was cancelled. */
  readonly ask: (step: string, instructions: string, teams: readonly string[]) => Promise<Answer | undefined>;
  /** Asks for failure guidance and waits until somebody has given it; absent: the task was cancelled. */
  readonly askForGuidance: (step: string, error: string, attempts: number) => Promise<Guidance | undefined>;
  /** Ends the task: without an error it succeeded. */
  readonly complete: (error: string | undefined, warnings: boolean) => void;
  /** Ends what still runs: as cancelled if somebody cancelled the task, else as failed. */
  readonly close: () => void;
}
