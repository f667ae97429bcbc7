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
    /** How many requests the fault strikes. */
    times: z.number().int().min(1).optional(),
    /** How many matching requests pass before the fault strikes. */
    skip: z.number().int().min(0).default(0),
    /** Share of the requests, 0 to 1. The random choice is the same in every run. */
    rate: z.number().min(0).max(1).optional(),
    /** Answers with this status instead; `after: true` lets the request take effect first. */
    status: z.number().int().min(200).max(599).optional(),
    after: z.boolean().default(false),
    message: z.string().optional(),
    errors: z.array(z.string()).default([]),
    /** Answers 403 and names this permission as missing. */
    missingPermission: z.string().optional(),
    /** Value of a `Retry-After` header. */
    retryAfter: z.union([z.number(), z.string()]).optional(),
    headers: z.record(z.string(), z.string()).default({}),
    /** Answers with a web page, as a proxy does. */
    html: z.boolean().default(false),
    /** Answers with an empty body. */
    empty: z.boolean().default(false),
    /** Delays the answer, by the machine's clock. */
    delay: Duration.optional(),
    /** Sends the body byte by byte with this pause in between, by the machine's clock. */
    drip: Duration.optional(),
    /** Resets the connection before or after the request takes effect. */
    reset: z.enum(["before", "after"]).optional(),
    /** Lets the request take effect later, by the server's clock; the answer, `status` (default 504) or a reset, comes at once. */
    lateCommit: Duration.optional(),
    /** Sends half of the body. `cut` then breaks the connection, `closed` ends the answer as if it were complete. */
    truncate: z.enum(["cut", "closed"]).optional(),
    /** Redirects to this URL; `{path}` in it stands for the path and query of the request. */
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
  /** The fault that strikes a request, if any. Counts the strike. */
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

/** A generator of evenly distributed numbers (mulberry32): the same ones in every run. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
