import { StepError } from "./errors.ts";

/** What work gives, or what takes its place when a `StepError` ends it. Any other error is a defect and goes on. */
export async function recover<T, U>(work: Promise<T>, instead: (error: StepError) => U): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return instead(error);
  }
}
