import type * as z from "zod/mini";
import type { Named } from "../model.ts";
import { matchName } from "../rules/match-name.ts";
import { quoted } from "../text/format.ts";
import { ifValid } from "./fields.ts";
import type { Requests } from "./requests.ts";

export interface NamedList<T> {
  /** The kind of resource: "project". */
  readonly noun: string;
  readonly path: string;
  readonly shape: z.ZodMiniType<T>;
}

/**
 * Finds everything whose name contains the text, with one request. If nothing has exactly this name and the text could be an id or a slug, a
 * second request looks for the resource with that id or slug.
 */
export async function findByName<T extends Named<string>>(
  text: string,
  { noun, path, shape }: NamedList<T>,
  { readAll, readIfExists }: Pick<Requests, "readAll" | "readIfExists">,
): Promise<readonly T[]> {
  const wanted = text.trim();
  const purpose = `looking for the ${noun} ${quoted(wanted)}`;
  const found = await readAll(purpose, path, shape, { partialName: wanted });
  if (matchName(wanted, found).kind !== "none" || !/^[\w-]+$/.test(wanted)) return found;

  // Words such as "all" are routes of their own, so an answer that is not a single resource with a name is ignored.
  const single = await readIfExists(purpose, `${path}/{idOrSlug}`, ifValid(shape), { idOrSlug: wanted });
  return single?.name ? [...found, single] : found;
}
