import { compareVersions, type OctopusVersion, parseVersion } from "./octopus-version.ts";

/** Whether the text is meant as a range, valid or not. */
export function looksLikeRange(text: string): boolean {
  return /^[[(<>=]/.test(text);
}

/**
 * A test for versions in a range, or the problem of the range, as the end of a sentence. Reads comparisons that must all hold
 * (`>=2021.1 <2021.2`) or an interval (`[1.0,2.0)`). A comma may separate comparisons; intervals are written as in mathematics: `(,2.0]`,
 * `[1.0,)`. Versions go by their order alone: `2021.2-rc.1` comes before `2021.2`, so it is inside `<2021.2` and outside
 * `>=2021.2`. Metadata does not matter, and `=1.2` also contains `1.2.0.0`.
 */
export function parseVersionRange(text: string): ((version: string) => boolean) | string {
  const bounds = /^[[(]/.test(text) ? intervalBounds(text) : comparisonBounds(text);
  if (typeof bounds === "string") return bounds;
  const lower = bounds.filter(({ side }) => side > 0);
  const upper = bounds.filter(({ side }) => side < 0);
  if (lower.some((low) => upper.some((high) => !isWithin(low.version, high) || !isWithin(high.version, low)))) {
    return "no version lies between these bounds.";
  }
  return (candidate) => {
    const version = parseVersion(candidate);
    return version !== undefined && bounds.every((bound) => isWithin(version, bound));
  };
}

/** One end of a range; a single version is both ends. */
interface Bound {
  /** Positive means that the versions inside are higher. */
  readonly side: 1 | -1;
  readonly isInclusive: boolean;
  readonly version: OctopusVersion;
}

function comparisonBounds(text: string): readonly Bound[] | string {
  const bounds: Bound[] = [];
  let rest = text;
  while (rest !== "") {
    const match = /^([<>]?)(=?)\s*([^\s,<>=]+)[\s,]*/.exec(rest);
    const [matched = "", direction = "", equals = "", versionText = ""] = match ?? [];
    if (direction + equals === "") {
      return `"${rest}" is not understood. Enter comparisons that must all hold, such as ">=2021.1 <2021.2".`;
    }
    const version = parseVersion(versionText);
    if (version === undefined) return notAVersion(versionText);
    if (direction !== "<") bounds.push({ side: 1, isInclusive: equals !== "", version });
    if (direction !== ">") bounds.push({ side: -1, isInclusive: equals !== "", version });
    rest = rest.slice(matched.length);
  }
  return bounds;
}

function intervalBounds(text: string): readonly Bound[] | string {
  const ends = text.slice(1, -1).split(",");
  const [lower = "", upper = ""] = ends.map((end) => end.trim());
  if (!/[\])]$/.test(text) || ends.length > 2 || (ends.length === 1 && text !== "[]")) {
    return `this is not one complete interval. Enter for example "[1.0,2.0)": "[" and "]" include the version next to them, "(" and ")" exclude it.`;
  }
  if (lower + upper === "") return "it names no version. Leave the field blank to allow any.";
  const bounds: Bound[] = [];
  for (const [side, end, isInclusive] of [
    [1, lower, text.startsWith("[")],
    [-1, upper, text.endsWith("]")],
  ] as const) {
    if (end === "") continue;
    const version = parseVersion(end);
    if (version === undefined) return notAVersion(end);
    bounds.push({ side, isInclusive, version });
  }
  return bounds;
}

function notAVersion(end: string): string {
  const hint = /[*?]/.test(end) ? " A range takes whole versions, without * and ?." : "";
  return `"${end}" is not a version.${hint}`;
}

function isWithin(version: OctopusVersion, { side, isInclusive, version: end }: Bound): boolean {
  const order = compareVersions(version, end);
  return order === 0 ? isInclusive : order * side > 0;
}
