import * as z from "zod";
import { badRequest, invalid } from "./refusal.ts";

/**
 * A schema for an object in a request body. Like Octopus, it reads keys in any case, takes null for an absent value and ignores unknown
 * keys. Dictionaries, whose keys are data, need `z.record` instead.
 */
export function bodyObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  return z.preprocess((value) => {
    if (!isRecord(value)) return value;
    const renamed: Record<string, unknown> = {};
    for (const [key, entry] of Object.entries(value)) {
      const name = names.get(key.toLowerCase());
      if (name !== undefined && entry !== null) renamed[name] = entry;
    }
    return renamed;
  }, z.object(shape));
}

/** Reads a request body, or refuses it as Octopus does: 400 with one entry per problem. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  if (body === undefined || body === null) throw badRequest("No request body was supplied.");
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalid(...problemsOf(parsed.error));
}

/** One sentence per problem: where it is, and what is wrong. */
export function problemsOf(error: z.ZodError): readonly string[] {
  return error.issues.map((issue) => {
    const where = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
    return `${where === "" ? "(the whole value)" : where.replace(/^\./, "")}: ${issue.message}`;
  });
}

export const optionalText = z.string().optional();
export const idList = z.array(z.string()).optional();
export const dateTime = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), "is not a date and time")
  .transform((text) => Date.parse(text));

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
