import { NotFoundError } from "./errors.ts";
import type { Named } from "./model.ts";
import { matchName } from "./plan/match-name.ts";

/**
 * The resource that a name, slug or id means. Throws `NotFoundError` when none is meant, or several could be.
 * @param what the kind of resource, as messages name it
 * @param where where it was looked for, as messages say it: "in the child's space"
 * @param likely the resources among which it usually is
 * @param all where it is looked for if not, and where the nearest names come from
 */
export async function resolveName<T extends Named<string>>(
  wanted: string,
  what: string,
  where: string,
  likely: readonly T[] | Promise<readonly T[]>,
  all: () => Promise<readonly T[]> = async () => await likely,
): Promise<T> {
  const found = matchName(wanted, await likely);
  if (found.kind === "found") return found.value;
  const match = matchName(wanted, await all());
  if (match.kind === "ambiguous") {
    const names = match.values.map(({ name, id }) => `"${name}" (${id})`).join(", ");
    throw new NotFoundError(
      `The ${what} "${wanted}" could be any of ${names} ${where}.`,
      "Enter the exact name or the id in the step's parameters.",
    );
  }
  const nearest = match.kind === "none" ? match.nearest.map((name) => `"${name}"`).join(", ") : "";
  const hint =
    nearest === ""
      ? `No ${what} is visible ${where} at all, so perhaps the API key lacks the right to view it.`
      : `The nearest names that exist: ${nearest}.`;
  throw new NotFoundError(
    `The ${what} "${wanted}" was not found ${where}. ${hint}`,
    "Correct the name in the step's parameters, or give the service account the right to view it.",
  );
}
