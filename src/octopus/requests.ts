import type { Client } from "@octopusdeploy/api-client";
import * as z from "zod/mini";
import { isRefusal, RequestRefusedError } from "../errors.ts";
import type { Id } from "../model.ts";
import type { Call } from "./explain.ts";
import type { Page, Patience } from "./gateway.ts";
import { resource } from "./fields.ts";
import { inShape } from "./in-shape.ts";
import { allItems, pages } from "./paging.ts";
import type { FindExisting, Retry } from "./retry.ts";

/**
 * All requests to the API: an answer has the given shape, or a `StepError` is thrown. Each request has a purpose, such as
 * "reading the environments", and a path, such as `projects/{projectId}/channels`, below
 * `~/api/{spaceId}/` unless it begins with `~`. Arguments that the path does not name become its query.
 */
export interface Requests {
  readonly read: <T>(purpose: string, path: string, shape: Shape<T>, args?: Args) => Promise<T>;
  /** `undefined` when the server knows no such resource. */
  readonly readIfExists: <T>(purpose: string, path: string, shape: Shape<T>, args?: Args) => Promise<T | undefined>;
  /** A list, with the shape of one item. Fetched page by page, as the caller asks. */
  readonly readPages: <T extends Identified>(
    purpose: string,
    path: string,
    shape: Shape<T>,
    args: Args,
    sizes: readonly number[],
  ) => AsyncIterable<Page<T>>;
  /** The whole list, in pages of 100 unless another size is given. */
  readonly readAll: <T extends Identified>(
    purpose: string,
    path: string,
    shape: Shape<T>,
    args: Args,
    pageSize?: number,
  ) => Promise<readonly T[]>;
  /** Sends a write, and sends it again only if the server certainly did nothing; after a 429, only if `findExisting` finds nothing. */
  readonly write: <T>(
    method: "POST" | "PUT",
    purpose: string,
    path: string,
    shape: Shape<T>,
    args?: Args,
    body?: object,
    findExisting?: FindExisting<T>,
  ) => Promise<T>;
  /** Hides prompted values in a text that a deployment wrote. */
  readonly hide: (text: string) => string;
}

type Shape<T> = z.ZodMiniType<T>;
type Args = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

interface Identified {
  readonly id: string;
}

interface RequestOptions extends Pick<Requests, "hide"> {
  readonly client: Client;
  readonly retry: Retry;
  readonly patience: keyof Patience;
  readonly space?: Id<"Space"> | undefined;
}

/** Sends requests with the given patience. Paths are below the space, unless they begin with `~`. */
export function createRequests({ client, retry, patience, space, hide }: RequestOptions): Requests {
  /** The call as error messages name it. */
  const callTo = (address: string, method: Call["method"], purpose: string): Call => ({
    purpose,
    method,
    path: new URL(client.resolve(address)).pathname,
  });

  const read: Requests["read"] = async (purpose, path, shape, args = {}) => {
    const address = addressOf(path, args, space);
    return retry.read(callTo(address, "GET", purpose), patience, async () => inShape(await client.get(address), shape));
  };

  const readPages: Requests["readPages"] = (purpose, path, shape, args, sizes) =>
    pages((skip, take) => read(purpose, path, pageOf(shape), { ...args, skip, take }), sizes);

  return {
    hide,
    read,
    readPages,
    readIfExists: (...question) => read(...question).catch(undefinedIfMissing),
    readAll: (purpose, path, shape, args, pageSize = 100) =>
      allItems(readPages(purpose, path, shape, args, [pageSize])),
    write: async (method, purpose, path, shape, args = {}, body = {}, findExisting) => {
      const address = addressOf(path, args, space);
      const send = async () => {
        const answer = method === "POST" ? client.post(address, body) : client.doUpdate(address, body);
        return inShape(await answer, shape);
      };
      return retry.write(callTo(address, method, purpose), send, findExisting);
    },
  };
}

/** For optional reads: a refusal becomes `undefined`, any other error is thrown on. */
export function undefinedIfNotTold(error: unknown): undefined {
  if (isRefusal(error)) return undefined;
  throw error;
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof RequestRefusedError && error.status === 404) return undefined;
  throw error;
}

/** The complete address, so that the api-client has no template to fill in. Arguments without a value are left out. */
function addressOf(path: string, args: Args, spaceId = ""): string {
  const template = path.startsWith("~") ? path : `~/api/{spaceId}/${path}`;
  const values: Args = { spaceId, ...args };
  const address = template.replace(/\{(\w+)\}/g, (_, name: string) => encoded(values[name] ?? ""));
  const query = Object.entries(args).flatMap(([name, value]) =>
    value === undefined || template.includes(`{${name}}`) ? [] : [`${name}=${encoded(value)}`],
  );
  return query.length === 0 ? address : `${address}?${query.join("&")}`;
}

function encoded(value: string | number | boolean | readonly string[]): string {
  return [value].flat().map(encodeURIComponent).join(",");
}

function pageOf<T>(item: Shape<T>) {
  return resource({
    items: z.array(item),
    total: ["TotalResults", z.optional(z.number())],
    pageSize: ["ItemsPerPage", z.optional(z.number())],
  });
}
