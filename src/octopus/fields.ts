import * as z from "zod";
import { asId } from "../model.ts";
import type { Instant } from "../model.ts";

/** Absent and null are the empty text. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

export const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);

/** Absent and null are no. */
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** Absent and null are the empty list. */
export const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

export function id<Kind extends string>() {
  return z
    .string()
    .min(1)
    .transform(asId<Kind>);
}

/** Absent, null and empty all mean that there is none. */
export function optionalId<Kind extends string>() {
  return z
    .string()
    .nullish()
    .transform((value) => (value === null || value === undefined || value === "" ? undefined : asId<Kind>(value)));
}

export function ids<Kind extends string>() {
  return texts.transform((list) => list.map((value) => asId<Kind>(value)));
}

/** ISO 8601 with one to seven fraction digits; without an offset it is UTC. Year 1 is how .NET says "not set". */
export const optionalInstant = z
  .string()
  .nullish()
  .transform((value, context) => {
    if (value === null || value === undefined || value === "" || value.startsWith("0001-")) return undefined;
    const instant = parseInstant(value);
    if (instant === undefined) context.addIssue({ code: "custom", message: "not a date" });
    return instant;
  });

/** A date that must be there. */
export const instant = optionalInstant.transform((value, context) => {
  if (value === undefined) context.addIssue({ code: "custom", message: "no date" });
  return value ?? Number.NaN;
});

function parseInstant(value: string): Instant | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/i.exec(value);
  if (parts === null) return undefined;
  const [, seconds = "", fraction = "", offset = "Z"] = parts;
  const milliseconds = fraction.slice(0, 3).padEnd(3, "0");
  const parsed = Date.parse(`${seconds}.${milliseconds}${offset}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** A value of an open set: what a newer server adds counts as `otherwise`. */
export function oneOf<const Known extends string>(known: readonly Known[], otherwise: Known) {
  return z
    .string()
    .nullish()
    .transform((value): Known => known.find((each) => each === value) ?? otherwise);
}
