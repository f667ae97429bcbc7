import * as z from "zod/mini";
import { asId } from "../model.ts";
import type { Instant } from "../model.ts";

/** With the value that absent and null stand for. */
export function orElse<T, Otherwise>(shape: z.ZodMiniType<T>, otherwise: Otherwise) {
  return z.pipe(
    z.nullish(shape),
    z.transform((value): T | Otherwise => value ?? otherwise),
  );
}

export const text = orElse(z.string(), "");
export const optionalText = orElse(z.string(), undefined);
export const flag = orElse(z.boolean(), false);
export const texts = orElse(z.array(z.string()), []);

export function listOf<T>(item: z.ZodMiniType<T>) {
  return orElse(z.array(item), []);
}

export function id<Kind extends string>() {
  return z.pipe(z.string().check(z.minLength(1)), z.transform(asId<Kind>));
}

/** Absent, null and empty all mean that there is none. */
export function optionalId<Kind extends string>() {
  return z.pipe(
    text,
    z.transform((value) => (value === "" ? undefined : asId<Kind>(value))),
  );
}

export function ids<Kind extends string>() {
  return z.pipe(
    texts,
    z.transform((list) => list.map((value) => asId<Kind>(value))),
  );
}

/** ISO 8601 with one to seven fraction digits; without an offset it is UTC. Year 1 is how .NET says "not set". */
export const optionalInstant = z.pipe(
  text,
  z.transform((value, context) => {
    if (value === "" || value.startsWith("0001-")) return undefined;
    const instant = parseInstant(value);
    if (instant === undefined) context.issues.push({ code: "custom", message: "not a date", input: value });
    return instant;
  }),
);

/** A date that must be there. */
export const instant = z.pipe(
  optionalInstant,
  z.transform((value, context) => {
    if (value === undefined) context.issues.push({ code: "custom", message: "no date", input: value });
    return value ?? Number.NaN;
  }),
);

function parseInstant(value: string): Instant | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/i.exec(value);
  if (parts === null) return undefined;
  const [, seconds = "", fraction = "", offset = "Z"] = parts;
  const milliseconds = fraction.slice(0, 3).padEnd(3, "0");
  const parsed = Date.parse(`${seconds}.${milliseconds}${offset}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** `undefined` when it is absent or not of this shape. Not zod's own `catch`, with which all its utilities would be shipped. */
export function ifValid<T>(shape: z.ZodMiniType<T>) {
  return z.pipe(
    z.optional(z.unknown()),
    z.transform((value): T | undefined => {
      const read = shape.safeParse(value);
      return read.success ? read.data : undefined;
    }),
  );
}

type Fields = Readonly<Record<string, z.ZodMiniType>>;
type Resource<Own extends Fields> = { readonly [Name in keyof Own]: z.output<Own[Name]> };

/** A resource by our names of its fields: the API's differ in the capital letter they begin with, or are given. */
export function resource<Own extends Fields>(fields: Own, apiNames: { readonly [Name in keyof Own]?: string } = {}) {
  const names = Object.keys(fields).map(
    (name) => [name, apiNames[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`] as const,
  );
  const shape = Object.fromEntries(names.map(([name, inApi]) => [inApi, fields[name] ?? z.unknown()]));
  return z.pipe(
    z.object(shape),
    z.transform((answer): Resource<Own> => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value was read by the field of this name
      return Object.fromEntries(names.map(([name, inApi]) => [name, answer[inApi]])) as Resource<Own>;
    }),
  );
}

/** The one field of an object that is used. */
export function member<T>(name: string, shape: z.ZodMiniType<T>) {
  return z.pipe(
    z.object({ [name]: shape }),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was read by this shape
    z.transform((whole) => whole[name] as T),
  );
}

/** A value of an open set: what a newer server adds counts as `otherwise`. */
export function oneOf<const Known extends string>(known: readonly Known[], otherwise: Known) {
  return z.pipe(
    optionalText,
    z.transform((value): Known => known.find((each) => each === value) ?? otherwise),
  );
}
