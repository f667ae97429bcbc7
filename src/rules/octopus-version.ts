import { compareIdentifiers } from "semver/internal/identifiers.js";

/**
 * A release version as Octopus understands it: 1 to 4 numeric parts, perhaps a pre-release (`-rc.1`) and metadata (`+build.5`).
 * SemVer versions are the three-part case. A leading `v` is ignored.
 */
export interface OctopusVersion {
  /** Four decimal numbers without leading zeros, as text: build numbers may be larger than a JavaScript number can hold. */
  readonly parts: readonly string[];
  /** Its identifiers in the notation of SemVer; none for a release proper. */
  readonly prerelease: readonly string[];
}

/** The version a text stands for, or `undefined` when it is none. Surrounding blanks are ignored. */
export function parseVersion(text: string): OctopusVersion | undefined {
  const trimmed = text.trim();
  const match = trimmed.length > longestVersion ? null : versionGrammar.exec(trimmed);
  if (match === null) return undefined;
  const parts = match.slice(1, 5).map((digits) => identifier(digits));
  return { parts, prerelease: match[5]?.split(".").map((each) => identifier(each)) ?? [] };
}

/**
 * Negative when `a` is the lower version, positive when it is the higher one, 0 when they are equal. Parts compare as numbers, a missing
 * part counts as 0, a pre-release comes before its release, pre-releases compare as SemVer says, and metadata does not matter.
 */
export function compareVersions(a: OctopusVersion, b: OctopusVersion): number {
  return (
    compareIdentifierLists(a.parts, b.parts) ||
    Number(a.prerelease.length === 0) - Number(b.prerelease.length === 0) ||
    compareIdentifierLists(a.prerelease, b.prerelease)
  );
}

/**
 * Orders any two texts: texts that are not versions come first, by their characters, then versions by `compareVersions`. 0 means the same
 * version, not the same text.
 */
export function compareVersionTexts(a: string, b: string): number {
  const [versionA, versionB] = [parseVersion(a), parseVersion(b)];
  if (versionA !== undefined && versionB !== undefined) return compareVersions(versionA, versionB);
  return Number(versionA !== undefined) - Number(versionB !== undefined) || compareCharacters(a, b);
}

/** Characters. No Octopus release has a longer version, so a longer text is none. */
const longestVersion = 200;

const versionGrammar =
  /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:-([\da-z_-]+(?:\.[\da-z_-]+)*))?(?:\+[\da-z_.-]+)?$/i;

/** Octopus allows what strict SemVer refuses: underscores, and numbers that start with zeros. */
function identifier(text = "0"): string {
  return text.replace(/^0+(?=\d+$)/, "").replaceAll("_", "-");
}

function compareIdentifierLists(a: readonly string[], b: readonly string[]): number {
  for (const [index, ofA] of a.entries()) {
    const ofB = b[index];
    // semver reads numbers as floating point, so two very long ones may compare as equal.
    const order =
      ofB === undefined ? 1 : compareIdentifiers(ofA, ofB) || ofA.length - ofB.length || compareCharacters(ofA, ofB);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareCharacters(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
