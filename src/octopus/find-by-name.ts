import type * as z from "zod/mini";
import { ifValid } from "./fields.ts";
import type { Requests } from "./requests.ts";

interface Nameable {
  readonly id: string;
  readonly name: string;
  readonly slug?: string | undefined;
}

/**
 * Everything whose name contains the text. The usual case, a name, costs one request; only when nothing is called exactly that, and the
 * text could be an id or a slug, a second one looks for it. `path` is that of the list.
 */
export async function findByName<T extends Nameable>(
  requests: Requests,
  noun: string,
  path: string,
  shape: z.ZodMiniType<T>,
  text: string,
): Promise<readonly T[]> {
  const wanted = text.trim();
  const purpose = `looking for the ${noun} "${wanted}"`;
  const found = await requests.readAll(purpose, path, shape, { partialName: wanted });
  if (found.some((each) => isCalled(each, wanted)) || !/^[\w-]+$/.test(wanted)) return found;

  // Words such as "all" are routes of their own: what they answer is not what was looked for.
  const single = await requests.readIfExists(purpose, `${path}/{idOrSlug}`, ifValid(shape), { idOrSlug: wanted });
  return single === undefined ? found : [...found, single];
}

function isCalled({ id, name, slug }: Nameable, wanted: string): boolean {
  return [id, name, slug].some((each) => each?.trim().toLowerCase() === wanted.toLowerCase());
}
