import * as z from "zod";
import { parseDuration } from "./duration.ts";

export const Name = z.string().min(1);
export const Names = z.array(Name);

/** An instant: ISO 8601, or a span before or after the server's start such as `-2d` or `+30m`. Resolved when the world is loaded. */
export const Moment = z
  .string()
  .refine(
    (text) => (/^[+-]/.test(text) ? parseDuration(text.slice(1)) !== undefined : !Number.isNaN(Date.parse(text))),
    "is neither an ISO date and time nor a span such as -2d or +30m",
  );

/** Where a plain text is enough, it may stand for the whole object: here, for its property `key`. */
export function orText<S extends z.ZodType>(key: string, schema: S): z.ZodType<z.output<S>, z.input<S> | string> {
  const shorthand = z.preprocess((value) => (typeof value === "string" ? { [key]: value } : value), schema);
  // The door for what a preprocessed schema accepts: zod itself only knows "anything".
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return shorthand as unknown as z.ZodType<z.output<S>, z.input<S> | string>;
}

export function orName<S extends z.ZodType>(schema: S): z.ZodType<z.output<S>, z.input<S> | string> {
  return orText("name", schema);
}
