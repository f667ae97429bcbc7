import * as z from "zod";
import { Duration } from "../world/duration.ts";

/** A fault that strikes some requests. Without `times` and `rate` it strikes every one that matches. */
export const Fault = z
  .strictObject({
    method: z
      .string()
      .transform((method) => method.toUpperCase())
      .optional(),
    /** A route such as `tasks/{id}`, or a path with `*` for any text, compared with what follows `/api/` and the space. */
    route: z.string().optional(),
    /** The next so many requests. */
    times: z.number().int().min(1).optional(),
    /** Lets so many requests pass first. */
    skip: z.number().int().min(0).default(0),
    /** Part of the requests, 0 to 1, chosen by a random number generator that is the same in every run. */
    rate: z.number().min(0).max(1).optional(),
    /** Answers with this status instead; `after: true` lets the request take effect first. */
    status: z.number().int().min(200).max(599).optional(),
    after: z.boolean().default(false),
    message: z.string().optional(),
    errors: z.array(z.string()).default([]),
    /** For 403: the permission that is said to be missing. */
    missingPermission: z.string().optional(),
    /** Value of a `Retry-After` header. */
    retryAfter: z.union([z.number(), z.string()]).optional(),
    headers: z.record(z.string(), z.string()).default({}),
    /** The body is a web page, as a proxy's. */
    html: z.boolean().default(false),
    /** The body is empty. */
    empty: z.boolean().default(false),
    /** The answer comes later, in the machine's own time. */
    delay: Duration.optional(),
    /** The body comes byte by byte with this pause between each, in the machine's own time. */
    drip: Duration.optional(),
    /** The connection is cut: before the request takes effect, or after. */
    reset: z.enum(["before", "after"]).optional(),
    /** The request takes effect so much later by the server's clock; the answer is `status` (default 504) or a reset. */
    lateCommit: Duration.optional(),
    /** Half of the JSON text; `cut` also breaks the connection there, `closed` ends the answer as if it were complete. */
    truncate: z.enum(["cut", "closed"]).optional(),
    /** A redirect to this URL; `{path}` in it is the path and query asked for. */
    redirect: z.string().optional(),
  })
  .refine(hasEffect, "has no effect: name a status, html, empty, delay, drip, reset, lateCommit, truncate or redirect");

export type Fault = z.output<typeof Fault>;
export type FaultInput = z.input<typeof Fault>;

function hasEffect(fault: object): boolean {
  const effects = ["status", "delay", "drip", "reset", "lateCommit", "truncate", "redirect"];
  return (
    effects.some((name) => Reflect.get(fault, name) !== undefined) ||
    Reflect.get(fault, "html") === true ||
    Reflect.get(fault, "empty") === true ||
    Reflect.get(fault, "missingPermission") !== undefined
  );
}

export interface FaultBox {
  add(fault: Fault): void;
  clear(): void;
  list(): readonly { readonly fault: Fault; readonly struck: number }[];
  /** The fault that strikes a request now, if any; counts it. */
  strike(request: {
    readonly method: string;
    readonly route: string | undefined;
    readonly path: string;
  }): Fault | undefined;
}

export function createFaultBox(): FaultBox {
  let entries: { readonly fault: Fault; toSkip: number; struck: number }[] = [];
  let random = pseudoRandom(1);
  return {
    add: (fault) => {
      entries.push({ fault, toSkip: fault.skip, struck: 0 });
    },
    clear: () => {
      entries = [];
      random = pseudoRandom(1);
    },
    list: () => entries.map(({ fault, struck }) => ({ fault, struck })),
    strike: (request) => {
      for (const entry of entries) {
        const { fault } = entry;
        if (!matches(fault, request) || (fault.times !== undefined && entry.struck >= fault.times)) continue;
        if (entry.toSkip > 0) {
          entry.toSkip -= 1;
          continue;
        }
        if (fault.rate !== undefined && random() >= fault.rate) continue;
        entry.struck += 1;
        return fault;
      }
      return undefined;
    },
  };
}

function matches(
  fault: Fault,
  { method, route, path }: { readonly method: string; readonly route: string | undefined; readonly path: string },
): boolean {
  if (fault.method !== undefined && fault.method !== method) return false;
  if (fault.route === undefined) return true;
  const wanted = fault.route.replace(/^\//, "").toLowerCase();
  if (route?.toLowerCase() === wanted) return true;
  const pattern = wanted
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  const rest = path.replace(/^\/api\/?/i, "").replace(/^(spaces-\d+|spaces\/[^/]+(?=\/))\/?/i, "");
  return new RegExp(`^${pattern}$`, "i").test(rest.replace(/\?.*/, "")) || new RegExp(`^${pattern}$`, "i").test(rest);
}

/** A small generator of even random numbers (mulberry32): the same numbers in every run. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
