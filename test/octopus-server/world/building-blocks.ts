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

/** A schema that also takes a plain text, which stands for an object with this text in the property `key`. */
export function orText<S extends z.ZodType>(key: string, schema: S): z.ZodType<z.output<S>, z.input<S> | string> {
  const shorthand = z.preprocess((value) => (typeof value === "string" ? { [key]: value } : value), schema);
  // Zod types the input of a preprocessed schema as unknown; this names what the schema accepts.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return shorthand as unknown as z.ZodType<z.output<S>, z.input<S> | string>;
}

export function orName<S extends z.ZodType>(schema: S): z.ZodType<z.output<S>, z.input<S> | string> {
  return orText("name", schema);
}
