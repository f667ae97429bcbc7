import { NotFoundError } from "./errors.ts";
import type { Named } from "./model.ts";
import { matchName } from "./plan/match-name.ts";

/** Throws the `NotFoundError` for a name that means none or several of what exists. */
export function nameNotFound(wanted: string, what: string, where: string, existing: readonly Named<string>[]): never {
  const match = matchName(wanted, existing);
  if (match.kind === "ambiguous") {
    const names = match.values.map(({ name, id }) => `"${name}" (${id})`).join(", ");
    throw new NotFoundError(
      `The ${what} "${wanted}" could be any of ${names} ${where}.`,
      "Enter the exact name or the id in the step's parameters.",
    );
  }
  const nearest = match.kind === "none" ? match.nearest : [];
  const hint =
    nearest.length === 0
      ? `No ${what} is visible ${where} at all, so perhaps the API key lacks the right to view it.`
      : `The nearest names that exist: ${nearest.map((name) => `"${name}"`).join(", ")}.`;
  throw new NotFoundError(
    `The ${what} "${wanted}" was not found ${where}. ${hint}`,
    "Correct the name in the step's parameters, or give the service account the right to view it.",
  );
}
