import { FrozenError, InternalError, PermissionError, PlanChangedError, StepError } from "./errors.ts";
import type { Reason } from "./rules/outcome.ts";

/** An error that is not a `StepError` is a defect of this program. Its text may quote anything, so only its kind is logged. */
export function asStepError(error: unknown): StepError {
  if (error instanceof StepError) return error;
  const { name, stack = "" } = error instanceof Error ? error : { name: typeof error };
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return new InternalError(`An unexpected error occurred (${name}).`, frames.slice(0, 8));
}

/** The reason in one word, for the output variable `Reason`. */
export function reasonForError(error: unknown): Reason {
  if (error instanceof FrozenError) return "Frozen";
  if (error instanceof PlanChangedError) return "PlanChanged";
  return error instanceof PermissionError ? "PermissionMissing" : "Blocked";
}

/** What to do when a deployment may exist. */
export const runAgain =
  "Run the step again after ten minutes: the step then looks for its own deployment first and never deploys twice.";

/** What an operator reads about an error: what happened, and what to do. */
export function adviceOf(error: StepError, mayExist = false): string {
  return `${error.message}${error.message.includes("\n") ? "\n" : " "}${remedyOf(error, mayExist)}`;
}

/** @param mayExist a deployment may have been created before the error occurred */
export function remedyOf(error: StepError, mayExist: boolean): string {
  const isUnknown = mayExist && error instanceof InternalError;
  return isUnknown ? `${error.remedy} A deployment may have been created. ${runAgain}` : error.remedy;
}

/** Says in the verbose log where in the program a defect occurred. */
export function sayDetails(error: StepError, step: { verbose: (text: string) => void }): void {
  if (error instanceof InternalError) for (const line of error.details) step.verbose(line);
}
