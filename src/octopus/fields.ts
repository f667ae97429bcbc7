import * as z from "zod/mini";
import { asId } from "../model.ts";
import type { Instant } from "../model.ts";
import { capitalised } from "../text/format.ts";

/** A shape whose value is turned into another form once it was read. */
export function converted<In, Out>(
  shape: z.ZodMiniType<In>,
  convert: (value: In, context: z.core.ParsePayload) => Out,
): z.ZodMiniType<Out> {
  return z.pipe(shape, z.transform(convert));
}

/** As `converted`, but refuses a value that `convert` turns into `undefined`. Zod's own checks and `enum` would bring more code into the program. */
export function accepted<In, Out>(
  shape: z.ZodMiniType<In>,
  problem: string,
  convert: (value: In) => Out | undefined,
): z.ZodMiniType<Out> {
  return converted(shape, (value, context) => {
    const result = convert(value);
    if (result === undefined) context.issues.push({ code: "custom", message: problem, input: value });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- never used: the issue ends the reading
    return result as Out;
  });
}

/** One of a closed set of texts. */
export function enumOf<const Known extends string>(known: readonly Known[]): z.ZodMiniType<Known> {
  return accepted(z.string(), "none of the known values", (value) => known.find((each) => each === value));
}

/** A shape for a field that may be absent or null: its value is then `otherwise`, or `undefined`. */
export function optional<T>(shape: z.ZodMiniType<T>): z.ZodMiniType<T | undefined>;
export function optional<T, Otherwise>(shape: z.ZodMiniType<T>, otherwise: Otherwise): z.ZodMiniType<T | Otherwise>;
export function optional(shape: z.ZodMiniType, otherwise?: unknown): z.ZodMiniType {
  return converted(z.nullish(shape), (value) => value ?? otherwise);
}

/** Absent and null mean the empty text. */
export const text = optional(z.string(), "");
export const optionalText = optional(z.string());
/** Absent and null mean false. */
export const flag = optional(z.boolean(), false);
/** Absent and null mean the empty list. */
export const texts = optional(z.array(z.string()), []);

/** Absent and null mean the empty list. */
export function listOf<T>(item: z.ZodMiniType<T>) {
  return optional(z.array(item), []);
}

/** Absent and null mean the empty record. */
export function recordOf<T>(item: z.ZodMiniType<T>): z.ZodMiniType<Readonly<Record<string, T>>> {
  // Read as a list of entries, because zod's records would bring more code into the program.
  const entries = z.pipe(entriesOf, z.array(z.object({ key: z.string(), each: item })));
  return optional(
    converted(entries, (list) => Object.fromEntries(list.map(({ key, each }) => [key, each]))),
    {},
  );
}

const entriesOf = z.transform((value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).map(([key, each]: [string, unknown]) => ({ key, each }))
    : value,
);

/** A text that must be there and must not be empty. */
export const filledText = accepted(z.string(), "empty", (value) => value || undefined);

/** An id that must be there and must not be empty. */
export function id<Kind extends string>() {
  return converted(filledText, asId<Kind>);
}

/** Absent, null and empty all mean that there is none. */
export function optionalId<Kind extends string>() {
  return converted(text, (value) => (value === "" ? undefined : asId<Kind>(value)));
}

/** Absent and null mean the empty list. */
export function ids<Kind extends string>() {
  return converted(texts, (list) => list.map((value) => asId<Kind>(value)));
}

/** ISO 8601 with one to seven fraction digits; without an offset it is UTC. Year 1 is how .NET says "not set". */
export const optionalInstant = converted(text, (value, context): Instant | undefined => {
  if (value === "" || value.startsWith("0001-")) return undefined;
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/i.exec(value);
  const [, seconds = "", fraction = "", offset = "Z"] = parts ?? [];
  const parsed = parts === null ? Number.NaN : Date.parse(`${seconds}.${fraction.slice(0, 3).padEnd(3, "0")}${offset}`);
  if (Number.isNaN(parsed)) context.issues.push({ code: "custom", message: "not a date", input: value });
  return parsed;
});

/** A date that must be there. */
export const instant = accepted(optionalInstant, "no date", (value) => value);

/** `undefined` if the value is absent or not of this shape. Zod's own `catch` would bring all its utilities into the program. */
export function ifValid<T>(shape: z.ZodMiniType<T>) {
  return converted(anything, (value): T | undefined => shape.safeParse(value).data);
}

/** A shape that contains itself. */
export function recursive<T>(shape: () => z.ZodMiniType<T>) {
  return accepted(anything, "not of this shape", (value) => shape().safeParse(value).data);
}

const anything = z.optional(z.unknown());

type Field = z.ZodMiniType | readonly [apiName: string, shape: z.ZodMiniType];
type Fields = Readonly<Record<string, Field>>;
type Output<Own extends Field> = z.output<Own extends readonly [string, infer Shape] ? Shape : Own>;
type Resource<Own extends Fields> = { readonly [Name in keyof Own]: Output<Own[Name]> };

/** What may be read of a value of the api-client: a text also as a date, and every value as absent. */
type Read<Declared> =
  NonNullable<Declared> extends boolean
    ? boolean | undefined
    : NonNullable<Declared> extends string
      ? string | number | undefined
      : NonNullable<Declared> extends readonly (infer Item)[]
        ? readonly Read<Item>[] | undefined
        : unknown;

type NameOf<Client> = keyof Client & string;

/**
 * What `resource` may read of a resource that the api-client declares: fields by the client's names, and by names of our own (`Renamed`).
 * `Newer` are properties that only Octopus' documentation names. The build fails when the client drops a property, gives it another type,
 * or comes to declare a newer one.
 */
export type FieldsOf<Client, Renamed extends string = never, Newer extends string = never> = [
  Newer & keyof Client,
] extends [never]
  ? { readonly [Name in NameOf<Client> as Uncapitalize<Name>]?: z.ZodMiniType<Read<Client[Name]>> } & {
      readonly [Name in Newer as Uncapitalize<Name>]?: z.ZodMiniType;
    } & {
      readonly [Name in Renamed]:
        | { readonly [Api in NameOf<Client>]: readonly [Api, z.ZodMiniType<Read<Client[Api]>>] }[NameOf<Client>]
        | readonly [Newer, z.ZodMiniType];
    }
  : never;

/** As `FieldsOf`, for an object that is read by the API's own names. */
export type PropertiesOf<Client> = { readonly [Name in NameOf<Client>]?: z.ZodMiniType<Read<Client[Name]>> };

/** A resource by our names of its fields: the API's differ in the capital letter they begin with, or are given. */
export function resource<const Own extends Fields>(fields: Own) {
  const read = Object.entries(fields).map(([name, field]) =>
    "length" in field ? ([name, ...field] as const) : ([name, capitalised(name), field] as const),
  );
  return converted(
    z.object(Object.fromEntries(read.map(([, apiName, shape]) => [apiName, shape]))),
    (answer): Resource<Own> => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value was read by the field of this name
      return Object.fromEntries(read.map(([name, apiName]) => [name, answer[apiName]])) as Resource<Own>;
    },
  );
}

/** The one field of an object that is used. */
export function member<T>(name: string, shape: z.ZodMiniType<T>) {
  return converted(
    z.object({ [name]: shape }),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was read by this shape
    (whole) => whole[name] as T,
  );
}

/** A value of an open set: what a newer server adds counts as `otherwise`. */
export function oneOf<const Known extends string>(known: readonly Known[], otherwise: Known) {
  return converted(optionalText, (value): Known => known.find((each) => each === value) ?? otherwise);
}
