import { looksLikeRange, parseVersionRange } from "./version-range.ts";

/** Which release versions an operator allows. */
export interface ReleasePattern {
  /** The entered text without surrounding blanks; empty if any version matches. */
  readonly text: string;
  /** Whether a release of this version is allowed. */
  readonly matches: (version: string) => boolean;
  /** How every matching version begins, ignoring case; empty if unknown. Narrows the search on the server. */
  readonly literalPrefix: string;
  /** What the pattern also matches, perhaps by mistake, one sentence each. */
  readonly warnings: readonly string[];
  /** The text is `N/A`, which means no release: the output of a what-if step that chose none. */
  readonly meansNoRelease: boolean;
}

/** Whether a release number means no release. */
export function isNoRelease(text: string): boolean {
  return text.trim().toLowerCase() === "n/a";
}

/**
 * Reads a release number pattern. That is blank (any version), `N/A` (no version), an exact version, wildcards `*`, `?` and character sets
 * such as `[0-5]` over the version's text, or a range. An exact version is compared as text, ignoring case: `1.0` is not `1.0.0`, and metadata
 * counts. Ranges use the order of versions.
 * @returns a text is the problem, as the end of a sentence
 */
export function parseReleasePattern(text: string): ReleasePattern | string {
  const trimmed = text.trim();
  if (trimmed.length > longestPattern) return `it is longer than ${longestPattern} characters.`;
  const [literalPrefix = ""] = /^[^*?[]*/.exec(trimmed) ?? [];
  const pattern = { text: trimmed, literalPrefix, warnings: [], meansNoRelease: false };
  if (isNoRelease(trimmed)) return { ...pattern, matches: () => false, meansNoRelease: true };
  const isRange = looksLikeRange(trimmed) && !isSetFirst(trimmed);
  const matches = isRange ? parseVersionRange(trimmed) : parseWildcards(trimmed);
  if (typeof matches === "string") return matches;
  return isRange ? { ...pattern, literalPrefix: "", matches } : { ...pattern, matches, warnings: warningsOf(trimmed) };
}

/** Every release. */
export const anyRelease: ReleasePattern = {
  text: "",
  literalPrefix: "",
  warnings: [],
  meansNoRelease: false,
  matches: () => true,
};

const longestPattern = 200;

const set = String.raw`\[[\w.+-]+\]`;
const wildcards = new RegExp(String.raw`^(?:[\w.+\-\\*?]|${set})*$`);

/** An interval has a comma, a character set has none. */
function isSetFirst(text: string): boolean {
  return text.startsWith("[") && wildcards.test(text);
}

function parseWildcards(text: string): ReleasePattern["matches"] | string {
  if (!wildcards.test(text)) {
    return 'this is not understood. Enter a version (2021.1.0.14), a version with wildcards (2021.1.*, 2021.[0-5].*), or a range (">=2021.1 <2021.2" or "[1.0,2.0)").';
  }
  const wanted: Wanted[] = [];
  for (const [token] of text.toLowerCase().matchAll(/\[[^\]]+\]|./g)) {
    const next = readToken(token);
    if (typeof next === "string") return next;
    wanted.push(next);
  }
  return (version) => text === "" || matchesWildcards(version.toLowerCase(), wanted);
}

/** One character that fits. Absent means any number of them. */
interface Wanted {
  readonly fits?: (character: string | undefined) => boolean;
}

function readToken(token: string): Wanted | string {
  if (token === "*") return {};
  if (token === "?") return { fits: () => true };
  return token.length > 1 ? readSet(token) : { fits: (character) => character === token };
}

/** As in PowerShell: single characters, and ranges of them. */
function readSet(token: string): Wanted | string {
  const members = [...token.slice(1, -1).matchAll(/(.)-(.)|(.)/g)].map(
    ([, from, to, single]) => [from ?? single ?? "", to ?? single ?? ""] as const,
  );
  const backwards = members.find(([from, to]) => from > to);
  if (backwards !== undefined) return `the characters ${backwards.join("-")} of "${token}" run backwards.`;
  return {
    fits: (character) => character !== undefined && members.some(([from, to]) => from <= character && character <= to),
  };
}

/** Without a regular expression, which could take very long with many stars. */
function matchesWildcards(version: string, pattern: readonly Wanted[]): boolean {
  // fits[n] tells whether the pattern read so far matches the first n characters.
  let fits = Array.from({ length: version.length + 1 }, (_, length) => length === 0);
  for (const wanted of pattern) {
    const shortest = fits.indexOf(true);
    const before = fits;
    fits = before.map((_, length) => {
      if (wanted.fits === undefined) return shortest >= 0 && length >= shortest;
      return before[length - 1] === true && wanted.fits(version[length - 1]);
    });
  }
  return fits.at(-1) === true;
}

/**
 * Warns of a star directly behind a number or word, because its author may have meant the next part only.
 */
function warningsOf(text: string): readonly string[] {
  const stars = [...text.matchAll(/(?<=[a-z\d?\]])\*/gi)].map(({ index }) => {
    const stem = text.slice(0, index);
    const example = stem.replace(/\[(.)[^\]]*\]/g, "$1");
    const continued = `${example}${/\d$/.test(example) ? "0" : "x"}`;
    return `"${text}" also matches versions such as "${continued}". Did you mean "${stem}.*"?`;
  });
  const isOneSet = new RegExp(`^${set}$`).test(text);
  return isOneSet
    ? [
        `"${text}" is a character set and matches only versions of one character. Enter "${text.slice(1, -1)}" for this version, or an interval with a comma ("[1.0,2.0)").`,
      ]
    : stars;
}
