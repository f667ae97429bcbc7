import type * as z from "zod/mini";
import { notOctopus, reportRemedy } from "./failure.ts";
import { ExchangeFailure } from "./http.ts";

/** The answer in our terms. Throws an `ExchangeFailure` that names the wrong fields, never their values. */
export function inShape<T>(answer: unknown, shape: z.ZodMiniType<T>): T {
  const parsed = shape.safeParse(answer);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.slice(0, 3).map((issue) => issue.path.map(String).join(".") || "the whole answer");
  const explanation = `it sent JSON that is not what the Octopus API promises (at ${places.join(", ")})`;
  throw new ExchangeFailure(notOctopus(explanation, reportRemedy));
}
