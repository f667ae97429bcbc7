import type * as z from "zod/mini";
import { ifValid } from "./fields.ts";
import type { Requests } from "./requests.ts";

interface Nameable {
  readonly id: string;
  readonly name: string;
  readonly slug?: string | undefined;
}

interface Kind<T> {
  readonly noun: string;
  /** Of the list; a single one is found below it by its id or slug. */
  readonly path: string;
  readonly args?: { readonly spaceId: string };
  readonly shape: z.ZodMiniType<T>;
}

/**
 * Everything whose name contains the text. The usual case, a name, costs one request; only when nothing is called exactly that, and the
 * text could be an id or a slug, a second one looks for it.
 */
export async function findByName<T extends Nameable>(
  requests: Requests,
  { noun, path, args, shape }: Kind<T>,
  text: string,
): Promise<readonly T[]> {
  const wanted = text.trim();
  const purpose = `looking for the ${noun} "${wanted}"`;
  const found = await requests.readAll(
    { purpose, path: `${path}{?partialName,skip,take}`, args: { ...args, partialName: wanted }, shape },
    100,
  );
  if (found.some((each) => isCalled(each, wanted)) || !/^[\w-]+$/.test(wanted)) return found;

  // Words such as "all" are routes of their own: what they answer is not what was looked for.
  const single = await requests.readIfExists({
    purpose,
    path: `${path}/{idOrSlug}`,
    args: { ...args, idOrSlug: wanted },
    shape: ifValid(shape),
  });
  return single === undefined ? found : [...found, single];
}

function isCalled({ id, name, slug }: Nameable, wanted: string): boolean {
  return [id, name, slug].some((each) => each?.trim().toLowerCase() === wanted.toLowerCase());
}
