import { StepError } from "./errors.ts";

/**
 * Resolves to the result of the work, or to `instead(error)` when the work ends with a `StepError`. Any other error is a defect of this
 * program and is thrown on.
 */
export async function recover<T, U>(work: Promise<T>, instead: (error: StepError) => U): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return instead(error);
  }
}
