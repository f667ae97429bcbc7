import { FrozenError, InternalError, PermissionError, PlanChangedError, StepError } from "./errors.ts";
import type { Reason } from "./rules/outcome.ts";

/** An error that is not one of ours is a defect of this program; its text may quote anything, so only its kind is told. */
export function asStepError(error: unknown): StepError {
  if (error instanceof StepError) return error;
  const { name, stack = "" } = error instanceof Error ? error : { name: typeof error };
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return new InternalError(`An unexpected error occurred (${name}).`, frames.slice(0, 8));
}

/** The reason in one word, for the output variable. */
export function reasonForError(error: unknown): Reason {
  if (error instanceof FrozenError) return "Frozen";
  if (error instanceof PlanChangedError) return "PlanChanged";
  return error instanceof PermissionError ? "PermissionMissing" : "Blocked";
}

/** What an operator reads about an error: what happened, and what to do. */
export function adviceOf({ message, remedy }: StepError): string {
  return `${message}${message.includes("\n") ? "\n" : " "}${remedy}`;
}
