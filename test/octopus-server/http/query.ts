import { badRequest } from "./refusal.ts";

/** The query string as Octopus reads it: names in any case, lists joined by commas or repeated, unknown names ignored. */
export interface Query {
  text(name: string): string | undefined;
  /** Undefined when the name is absent or blank: both mean "no filter". */
  list(name: string): readonly string[] | undefined;
  flag(name: string): boolean | undefined;
  wholeNumber(name: string, fallback: number): number;
  instant(name: string): number | undefined;
  has(name: string): boolean;
  /** The query as it was sent, without paging and API key, for links to other pages. */
  readonly filters: string;
}

export function parseQuery(search: string): Query {
  const values = new Map<string, string[]>();
  const filters = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(search)) {
    const key = name.toLowerCase();
    values.set(key, [...(values.get(key) ?? []), value]);
    if (key !== "skip" && key !== "take" && key !== "apikey") filters.append(name, value);
  }

  function text(name: string): string | undefined {
    const value = values.get(name.toLowerCase())?.at(-1);
    return value === undefined || value === "" ? undefined : value;
  }

  return {
    text,
    list: (name) => {
      const parts = (values.get(name.toLowerCase()) ?? [])
        .flatMap((value) => value.split(","))
        .map((part) => part.trim())
        .filter((part) => part !== "");
      return parts.length === 0 ? undefined : parts;
    },
    flag: (name) => {
      const value = text(name);
      if (value === undefined) return undefined;
      if (/^(true|1)$/i.test(value)) return true;
      if (/^(false|0)$/i.test(value)) return false;
      throw badRequest(`The value '${value}' of the parameter '${name}' is not a boolean.`);
    },
    wholeNumber: (name, fallback) => {
      const value = text(name);
      if (value === undefined) return fallback;
      if (!/^\d{1,10}$/.test(value)) throw badRequest(`The value '${value}' is not valid for the parameter '${name}'.`);
      return Number(value);
    },
    instant: (name) => {
      const value = text(name);
      if (value === undefined) return undefined;
      // A plus sign that was not escaped arrives as a space.
      const instant = Date.parse(value.replace(/ (?=\d\d:?\d\d$)/, "+"));
      if (Number.isNaN(instant)) throw badRequest(`The value '${value}' of the parameter '${name}' is not a date.`);
      return instant;
    },
    has: (name) => values.has(name.toLowerCase()),
    filters: filters.toString(),
  };
}
