import { NotFoundError } from "../errors.ts";
import type { Named } from "../model.ts";
import { matchName } from "../rules/match-name.ts";
import { quoted, quotedList } from "../text/format.ts";

export interface NameQuestion<T> {
  /** The kind of resource: "child project". */
  readonly what: string;
  /** The end of a sentence: "in the child's space". */
  readonly where: string;
  readonly likely: readonly T[] | Promise<readonly T[]>;
  /** All resources, also for the nearest names. Absent means that `likely` has all of them. */
  readonly all?: () => Promise<readonly T[]>;
}

/** The resource with a name, slug or id. Throws `NotFoundError` for none or several. */
export async function resolveName<T extends Named<string>>(wanted: string, question: NameQuestion<T>): Promise<T> {
  const { what, where, likely, all = async () => await likely } = question;
  const found = matchName(wanted, await likely);
  if (found.kind === "found") return found.value;
  const match = matchName(wanted, await all());
  if (match.kind === "found") return match.value;
  if (match.kind === "ambiguous") {
    const names = match.values.map(({ name, id }) => `"${name}" (${id})`).join(", ");
    throw new NotFoundError(
      `The ${what} ${quoted(wanted)} could be any of ${names} ${where}.`,
      "Enter the exact name or the ID in the step's parameters.",
    );
  }
  const nearest = match.kind === "none" ? quotedList(match.nearest) : "";
  const hint = nearest === "" ? `The API key cannot see any ${what} ${where}.` : `The nearest names: ${nearest}.`;
  throw new NotFoundError(
    `The ${what} ${quoted(wanted)} was not found ${where}. ${hint}`,
    "Correct the name in the step's parameters, or give the service account permission to view it.",
  );
}
