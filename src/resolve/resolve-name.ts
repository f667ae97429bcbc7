import { NotFoundError } from "../errors.ts";
import type { Named } from "../model.ts";
import { matchName } from "../rules/match-name.ts";
import { quotedList } from "../text/format.ts";

/**
 * What a name, slug or id means among those that are likely. Throws `NotFoundError` for none or several.
 * @param all where else it is looked for, and the nearest names
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
  if (match.kind === "found") return match.value;
  if (match.kind === "ambiguous") {
    const names = match.values.map(({ name, id }) => `"${name}" (${id})`).join(", ");
    throw new NotFoundError(
      `The ${what} "${wanted}" could be any of ${names} ${where}.`,
      "Enter the exact name or the id in the step's parameters.",
    );
  }
  const nearest = match.kind === "none" ? quotedList(match.nearest) : "";
  const hint =
    nearest === ""
      ? `No ${what} is visible ${where} at all, so perhaps the API key lacks the right to view it.`
      : `The nearest names that exist: ${nearest}.`;
  throw new NotFoundError(
    `The ${what} "${wanted}" was not found ${where}. ${hint}`,
    "Correct the name in the step's parameters, or give the service account the right to view it.",
  );
}
