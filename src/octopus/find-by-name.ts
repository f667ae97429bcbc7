import type * as z from "zod";
import type { Requests } from "./requests.ts";

interface Kind<T> {
  readonly noun: string;
  /** Of the list; a single one is found below it by its id or slug. */
  readonly path: string;
  readonly args?: { readonly spaceId: string };
  readonly shape: z.ZodType<T>;
}

/**
 * Everything whose name contains the text. The usual case, a name, costs one request; only when nothing is called exactly that, and the
 * text could be an id or a slug, a second one looks for it.
 */
export async function findByName<
  T extends { readonly id: string; readonly name: string; readonly slug?: string | undefined },
>(requests: Requests, { noun, path, args, shape }: Kind<T>, text: string): Promise<readonly T[]> {
  const purpose = `looking for the ${noun} "${text}"`;
  const found = await requests.readAll(
    { purpose, path: `${path}{?partialName,skip,take}`, args: { ...args, partialName: text }, shape },
    100,
  );
  if (found.some((each) => isCalled(each, text)) || !/^[\w-]+$/.test(text)) return found;

  // Words such as "all" are routes of their own: what they answer is not what was looked for.
  const single = await requests.readIfExists({
    purpose,
    path: `${path}/{idOrSlug}`,
    args: { ...args, idOrSlug: text },
    shape: shape.optional().catch(undefined),
  });
  return single === undefined || !isCalled(single, text) ? found : [...found, single];
}

function isCalled(
  { id, name, slug }: { readonly id: string; readonly name: string; readonly slug?: string | undefined },
  text: string,
): boolean {
  const wanted = text.trim().toLowerCase();
  return [id, name, slug].some((each) => each?.trim().toLowerCase() === wanted);
}
