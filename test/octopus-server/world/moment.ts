import { parseDuration } from "./duration.ts";

/** Reads the instants of a world: ISO dates, or spans before or after `now`. The schema has checked them before. */
export function momentReader(now: number): (text: string) => number {
  return (text) => {
    if (text.startsWith("-")) return now - (parseDuration(text.slice(1)) ?? 0);
    if (text.startsWith("+")) return now + (parseDuration(text.slice(1)) ?? 0);
    return Date.parse(text);
  };
}
