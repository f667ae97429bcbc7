import * as z from "zod";

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span of time in a world or script: a number of seconds, or text such as `90s`, `1h30m`, `250ms`. Becomes milliseconds. */
export const Duration = z.union([z.number().min(0), z.string()]).transform((value, context) => {
  if (typeof value === "number") return value * 1000;
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: "custom", message: `'${value}' is not a duration such as 90s, 5m or 1h30m` });
  return z.NEVER;
});

/** The milliseconds of a text such as `1h30m`; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const compact = text.trim();
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d)\s*)+$/.test(compact)) return undefined;
  let total = 0;
  for (const [, amount, , unit] of compact.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (units[unit ?? ""] ?? 0);
  }
  return total;
}
