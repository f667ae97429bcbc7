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
}

/**
 * Reads a release number pattern: blank (any version), an exact version, wildcards `*` and `?` over the version's text, or a range. An
 * exact version means that text, ignoring case: `1.0` is not `1.0.0`, and metadata counts. In wildcard patterns every other character
 * stands for itself. Ranges go by the order of versions, see `parseVersionRange`.
 * @returns a text: what is wrong, as the end of a sentence
 */
export function parseReleasePattern(text: string): ReleasePattern | string {
  const trimmed = text.trim();
  if (trimmed.length > longestPattern) return `it is longer than ${longestPattern} characters.`;
  const isRange = looksLikeRange(trimmed);
  const matches = isRange ? parseVersionRange(trimmed) : parseWildcards(trimmed);
  if (typeof matches === "string") return matches;
  const literalPrefix = isRange ? "" : trimmed.replace(/[*?].*$/, "");
  return { text: trimmed, matches, literalPrefix, cautions: cautionsOf(trimmed) };
}

const longestPattern = 200;

function parseWildcards(text: string): ReleasePattern["matches"] | string {
  if (!/^[\w.+\-\\*?]*$/.test(text)) {
    return 'this is not understood. Enter a version (2021.1.0.14), a version with wildcards (2021.1.*), or a range (">=2021.1 <2021.2" or "[1.0,2.0)").';
  }
  const wanted = text.toLowerCase();
  return (version) => text === "" || matchesWildcards(version.toLowerCase(), wanted);
}

/** Not a regular expression: one with many stars could take for ever on a long version. */
function matchesWildcards(version: string, pattern: string): boolean {
  // fits[n]: the pattern as far as it is read means the first n characters.
  let fits = Array.from({ length: version.length + 1 }, (_, length) => length === 0);
  for (const wanted of pattern) {
    const shortest = fits.indexOf(true);
    const before = fits;
    fits = before.map((_, length) => {
      if (wanted === "*") return shortest >= 0 && length >= shortest;
      return before[length - 1] === true && (wanted === "?" || wanted === version[length - 1]);
    });
  }
  return fits.at(-1) === true;
}

/**
 * Warns of a star that continues a number or word, because its author may have meant the next part only. A star after a separator, or at
 * the very start, continues nothing and surprises nobody.
 */
function cautionsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?<=[a-z\d?])\*/gi)].map(({ index }) => {
    const stem = text.slice(0, index);
    const continued = /\d$/.test(stem) ? `${stem}0` : `${stem}x`;
    return `In "${text}", a * does not follow a dot: versions such as "${continued}" match as well. Enter "${stem}.*" if only versions that continue "${stem}" with a dot are meant.`;
  });
}
