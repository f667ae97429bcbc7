import type { ParentStepResult } from "./parent-result.ts";
import type { ParentStep } from "./parent-steps.ts";

/** A step whose turn it is. */
export interface Turn<Step extends ParentStep = ParentStep> {
  readonly step: Step;
  /** Its place in the process, from 1. */
  readonly number: number;
  readonly before: readonly ParentStepResult[];
}
