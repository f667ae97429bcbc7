import type { Interruption } from "../model.ts";

/** The answer of the step to a guided failure, and why, as part of a sentence. */
export type Guidance =
  | { readonly kind: "answer"; readonly guidance: "Retry" | "Ignore" | "Fail"; readonly because: string }
  /** Why the step does not answer, as a sentence. */
  | { readonly kind: "leave"; readonly because: string };

/** The answer that the settings ask for. After the last of the retries the answer is `Fail`. */
export interface GuidanceRule {
  readonly response: "Retry" | "Ignore" | "Fail";
  readonly retries: number;
}

/**
 * The answer to a pending guided failure. Retries are counted among all interruptions of the task, so that a repeated step continues the count.
 * Failures with the same correlation id or the same instructions, which name the step and its target, count together: a retry may have an id of
 * its own.
 */
export function guidanceFor(
  pending: Interruption,
  all: readonly Interruption[],
  { response, retries }: GuidanceRule,
): Guidance {
  const name = `The guided failure "${pending.title}"`;
  if (pending.responsibleUserId !== undefined && !pending.hasResponsibility) {
    return { kind: "leave", because: `${name} is left to ${pending.responsibleUserId}, who took responsibility.` };
  }
  if (!pending.hasResponsibility && !pending.canTakeResponsibility) {
    return { kind: "leave", because: `${name} cannot be answered, because the API key may not take responsibility.` };
  }
  if (response !== "Retry") return { kind: "answer", guidance: response, because: `${response} is set` };
  if (pending.offersNoRetry === true)
    return { kind: "answer", guidance: "Fail", because: "the server offers no further retry" };
  const before = all.filter(
    ({ type, isPending, correlationId, instructions }) =>
      type === "GuidedFailure" &&
      !isPending &&
      (correlationId === pending.correlationId || instructions === pending.instructions),
  ).length;
  if (before < retries) return { kind: "answer", guidance: "Retry", because: `retry ${before + 1} of ${retries}` };
  return { kind: "answer", guidance: "Fail", because: "no retry is left" };
}
