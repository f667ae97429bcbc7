import type { ParentStepResult } from "./parent-result.ts";
import type { ParentStep } from "./parent-steps.ts";

/** A step that is about to run. */
export interface Turn<Step extends ParentStep = ParentStep> {
  readonly step: Step;
  /** Its place in the process, from 1. */
  readonly number: number;
  /** The results of the steps before it. */
  readonly before: readonly ParentStepResult[];
}
