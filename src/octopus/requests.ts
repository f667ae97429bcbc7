import type { Client } from "@octopusdeploy/api-client";
import * as z from "zod/mini";
import { RequestRefusedError } from "../errors.ts";
import type { Call } from "./explain.ts";
import type { Page, Patience } from "./gateway.ts";
import { inShape } from "./in-shape.ts";
import { allItems, pages } from "./paging.ts";
import type { Retry } from "./retry.ts";

/** One question. `path` is a URI template such as `~/api/{spaceId}/projects{?skip,take}`, filled in from `args`. */
export interface Question<T> {
  /** In words that continue "when …": "reading the environments". */
  readonly purpose: string;
  readonly path: string;
  readonly args?: Args;
  readonly shape: z.ZodMiniType<T>;
}

export interface Command<T> extends Question<T> {
  readonly method: "POST" | "PUT";
  readonly body: object;
}

type Args = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

interface Identified {
  readonly id: string;
}

/** The one door to the server's API: answers have the asked shape, or a `StepError` is thrown. */
export interface Requests {
  read<T>(question: Question<T>): Promise<T>;
  /** `undefined` when the server knows no such resource. */
  readIfExists<T>(question: Question<T>): Promise<T | undefined>;
  /** A list, whose path holds `skip` and `take` and whose shape is that of one item. Fetched page by page, as the caller asks. */
  readPages<T extends Identified>(list: Question<T>, sizes: readonly number[]): AsyncIterable<Page<T>>;
  readAll<T extends Identified>(list: Question<T>, pageSize: number): Promise<readonly T[]>;
  /** Never sent twice unless the server certainly did nothing. */
  write<T>(command: Command<T>): Promise<T>;
}

export function createRequests(client: Client, retry: Retry, patience: keyof Patience): Requests {
  async function read<T>(question: Question<T>): Promise<T> {
    const { path, shape } = question;
    const args = mutable(question.args);
    return retry.read(callOf(client, "GET", question), patience, async () =>
      inShape(await client.get(path, args), shape),
    );
  }

  function readPages<T extends Identified>(list: Question<T>, sizes: readonly number[]) {
    const shape = pageOf(list.shape);
    return pages((skip, take) => read({ ...list, shape, args: { ...list.args, skip, take } }), sizes);
  }

  return {
    read,
    readPages,
    readIfExists: (question) => read(question).catch(undefinedIfMissing),
    readAll: (list, pageSize) => allItems(readPages(list, [pageSize])),
    write: (command) => {
      const { path, shape, body } = command;
      const args = mutable(command.args);
      return retry.write(callOf(client, command.method, command), async () =>
        inShape(
          await (command.method === "POST" ? client.post(path, body, args) : client.doUpdate(path, body, args)),
          shape,
        ),
      );
    },
  };
}

function callOf(client: Client, method: Call["method"], question: Question<unknown>): Call {
  const url = client.resolve(question.path, mutable(question.args));
  return { purpose: question.purpose, method, path: new URL(url).pathname };
}

/** The api-client declares its arguments as changeable arrays, and changes none. */
function mutable(args: Args = {}) {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, typeof value === "object" ? [...value] : value]),
  );
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof RequestRefusedError && error.status === 404) return undefined;
  throw error;
}

function pageOf<T>(item: z.ZodMiniType<T>) {
  return z.pipe(
    z.object({
      Items: z.array(item),
      TotalResults: z.optional(z.number()),
      ItemsPerPage: z.optional(z.number()),
    }),
    z.transform((page) => ({ items: page.Items, total: page.TotalResults, pageSize: page.ItemsPerPage })),
  );
}
