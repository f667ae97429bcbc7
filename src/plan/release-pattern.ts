import { parseVersion } from "./octopus-version.ts";
import { looksLikeRange, parseVersionRange } from "./version-range.ts";

/** Which release versions an operator allows. */
export interface ReleasePattern {
  /** As it was entered, without surrounding blanks; empty when any version will do. */
  readonly text: string;
  /** Whether a release of this version is allowed. */
  readonly matches: (version: string) => boolean;
  /** Text every matching version starts with, ignoring case; empty when nothing is known. Narrows what the server is asked for. */
  readonly literalPrefix: string;
  /** What the pattern also means and its author may not have meant: one sentence each. */
  readonly cautions: readonly string[];
  /** The pattern is one version, spelled out. */
  readonly isExact: boolean;
}

export type ParsedReleasePattern =
  | { readonly kind: "pattern"; readonly pattern: ReleasePattern }
  /** The end of a sentence about the text. */
  | { readonly kind: "invalid"; readonly reason: string };

/**
 * Reads a release number pattern. That is blank (any version), an exact version, wildcards `*` and `?` over the version's text, or a range.
 * An exact version means that text, ignoring case: `1.0` is not `1.0.0`, and metadata counts. Ranges go by the order of versions.
 */
export function parseReleasePattern(text: string): ParsedReleasePattern {
  const trimmed = text.trim();
  if (trimmed.length > longestPattern)
    return { kind: "invalid", reason: `it is longer than ${longestPattern} characters.` };
  if (looksLikeRange(trimmed)) return rangePattern(trimmed);
  if (!/^[\w.+\-\\*?]*$/.test(trimmed)) {
    return {
      kind: "invalid",
      reason: `this is not understood. Enter a version (2021.1.0.14), a version with wildcards (2021.1.*), or a range (">=2021.1 <2021.2" or "[1.0,2.0)").`,
    };
  }
  const isExact = trimmed !== "" && !/[*?]/.test(trimmed);
  return { kind: "pattern", pattern: isExact ? exactPattern(trimmed) : wildcardPattern(trimmed) };
}

const longestPattern = 200;

function rangePattern(text: string): ParsedReleasePattern {
  const parsed = parseVersionRange(text);
  if (parsed.kind === "invalid") return parsed;
  const matches = (candidate: string): boolean => {
    const version = parseVersion(candidate);
    return version !== undefined && parsed.range.contains(version);
  };
  return { kind: "pattern", pattern: { text, matches, literalPrefix: "", cautions: [], isExact: false } };
}

function exactPattern(text: string): ReleasePattern {
  const wanted = text.toLowerCase();
  return {
    text,
    matches: (version) => version.toLowerCase() === wanted,
    literalPrefix: text,
    cautions: [],
    isExact: true,
  };
}

function wildcardPattern(text: string): ReleasePattern {
  const wanted = text.toLowerCase();
  return {
    text,
    matches: (version) => text === "" || matchesWildcards(version.toLowerCase(), wanted),
    literalPrefix: text.replace(/[*?].*$/, ""),
    cautions: cautionsOf(text),
    isExact: false,
  };
}

/** Not a regular expression: one with many stars could take for ever on a long version. */
function matchesWildcards(version: string, pattern: string): boolean {
  let at = 0;
  let next = 0;
  let star: { readonly after: number; readonly consumed: number } | undefined;
  while (at < version.length) {
    if (pattern[next] === "*") {
      star = { after: next + 1, consumed: at };
      next += 1;
    } else if (pattern[next] === "?" || pattern[next] === version[at]) {
      at += 1;
      next += 1;
    } else if (star !== undefined) {
      star = { after: star.after, consumed: star.consumed + 1 };
      at = star.consumed;
      next = star.after;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(next));
}

/** A star after a separator, or at the very start, continues nothing and surprises nobody. */
function cautionsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?<=[a-z\d?])\*/gi)].map(({ index }) => {
    const stem = text.slice(0, index);
    const continued = /\d$/.test(stem) ? `${stem}0` : `${stem}x`;
    return `In "${text}", a * does not follow a dot: versions such as "${continued}" match as well. Enter "${stem}.*" if only versions that continue "${stem}" with a dot are meant.`;
  });
}
