import { compareVersions, type OctopusVersion, parseVersion } from "./octopus-version.ts";

/**
 * Versions between bounds, by their order alone: `2021.2-rc.1` comes before `2021.2`, so it is inside `<2021.2` and outside `>=2021.2`.
 * Metadata does not matter, and `=1.2` also contains `1.2.0.0`.
 */
export interface VersionRange {
  contains(version: OctopusVersion): boolean;
}

export type ParsedRange =
  { readonly kind: "range"; readonly range: VersionRange } | { readonly kind: "invalid"; readonly reason: string };

/** Whether the text can only be meant as a range, right or wrong. */
export function looksLikeRange(text: string): boolean {
  return /^[[(<>=]/.test(text);
}

/**
 * Reads comparisons that must all hold (`>=2021.1 <2021.2`) or an interval (`[1.0,2.0)`). A comma may separate comparisons; intervals are
 * written as in mathematics: `(,2.0]`, `[1.0,)`, `[1.0]`.
 */
export function parseVersionRange(text: string): ParsedRange {
  const bounds = /^[[(]/.test(text) ? intervalBounds(text) : comparisonBounds(text);
  if (typeof bounds === "string") return { kind: "invalid", reason: bounds };
  const lower = bounds.filter((bound) => bound.side !== "upper");
  const upper = bounds.filter((bound) => bound.side !== "lower");
  if (lower.some((low) => upper.some((high) => excludeEachOther(low, high)))) {
    return { kind: "invalid", reason: "no version lies between these bounds." };
  }
  return { kind: "range", range: { contains: (version) => bounds.every((bound) => isWithin(version, bound)) } };
}

interface Bound {
  /** `both`: the version itself is the only one inside. */
  readonly side: "lower" | "upper" | "both";
  readonly isInclusive: boolean;
  readonly version: OctopusVersion;
}

function comparisonBounds(text: string): readonly Bound[] | string {
  const bounds: Bound[] = [];
  let rest = text;
  while (rest !== "") {
    const match = /^(>=|<=|>|<|=)\s*([^\s,<>=]+)[\s,]*/.exec(rest);
    if (match === null) {
      return `"${rest}" is not understood. Enter comparisons that must all hold, such as ">=2021.1 <2021.2".`;
    }
    const [matched, operator = "", versionText = ""] = match;
    const version = parseVersion(versionText);
    if (version === undefined) return notAVersion(versionText);
    bounds.push({ side: sideOf(operator), isInclusive: operator.endsWith("="), version });
    rest = rest.slice(matched.length);
  }
  return bounds;
}

function sideOf(operator: string): Bound["side"] {
  if (operator === "=") return "both";
  return operator.startsWith(">") ? "lower" : "upper";
}

function intervalBounds(text: string): readonly Bound[] | string {
  const inner = text.slice(1, -1).split(",");
  const [lowerText = "", upperText] = inner.map((end) => end.trim());
  const isClosed = text.startsWith("[") && text.endsWith("]");
  if (!/[\])]$/.test(text) || inner.length > 2 || (inner.length === 1 && !isClosed)) {
    return `this is not one complete interval. Enter for example "[1.0,2.0)": "[" and "]" include the version next to them, "(" and ")" exclude it.`;
  }
  if (lowerText === "" && (upperText ?? "") === "") return "it names no version. Leave the field blank to allow any.";
  const bounds: Bound[] = [];
  for (const [side, end, isInclusive] of [
    [upperText === undefined ? "both" : "lower", lowerText, text.startsWith("[")],
    ["upper", upperText ?? "", text.endsWith("]")],
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

function excludeEachOther(lower: Bound, upper: Bound): boolean {
  const order = compareVersions(lower.version, upper.version);
  return order > 0 || (order === 0 && !(lower.isInclusive && upper.isInclusive));
}

function isWithin(version: OctopusVersion, bound: Bound): boolean {
  const order = compareVersions(version, bound.version);
  if (order === 0) return bound.isInclusive;
  switch (bound.side) {
    case "both":
      return false;
    case "lower":
      return order > 0;
    case "upper":
      return order < 0;
  }
}
