import { compareIdentifiers } from "semver/internal/identifiers.js";

/**
 * A release version as Octopus understands it: 1 to 4 numeric parts, perhaps a pre-release (`-rc.1`) and metadata (`+build.5`).
 * SemVer is the three-part case of it. A leading `v` is allowed and means nothing.
 */
export interface OctopusVersion {
  /** As it was written. */
  readonly text: string;
  /** Four decimal numbers without leading zeros, as text: build numbers may be larger than a JavaScript number can hold. */
  readonly parts: readonly [string, string, string, string];
  /** Without the hyphen; empty for a release proper. */
  readonly prerelease: string;
}

/** The version a text stands for, or `undefined` when it is none. Surrounding blanks are ignored. */
export function parseVersion(text: string): OctopusVersion | undefined {
  const trimmed = text.trim();
  const match = trimmed.length > longestVersion ? null : versionGrammar.exec(trimmed);
  if (match === null) return undefined;
  const [, major, minor, patch, revision, prerelease = ""] = match;
  return {
    text: trimmed,
    parts: [numeral(major), numeral(minor), numeral(patch), numeral(revision)],
    prerelease: prerelease.split(".").map(asSemVerIdentifier).join("."),
  };
}

/**
 * Negative when `a` is the lower version, positive when it is the higher one, 0 when they are equal. Parts compare as numbers, a missing
 * part counts as 0, pre-releases come first and compare as SemVer says, metadata does not matter.
 */
export function compareVersions(a: OctopusVersion, b: OctopusVersion): number {
  for (const index of [0, 1, 2, 3] as const) {
    const order = compareNumerals(a.parts[index], b.parts[index]);
    if (order !== 0) return order;
  }
  return comparePrereleases(a.prerelease, b.prerelease);
}

/**
 * Orders any two texts, versions or not. What is no version comes first, by its characters, then versions by `compareVersions`, so that
 * sorting does not depend on where it started. 0 means the same version, not the same text.
 */
export function compareVersionTexts(a: string, b: string): number {
  const versionA = parseVersion(a);
  const versionB = parseVersion(b);
  if (versionA !== undefined && versionB !== undefined) return compareVersions(versionA, versionB);
  if (versionA === undefined && versionB === undefined) return compareCharacters(a, b);
  return versionA === undefined ? -1 : 1;
}

/** No release of Octopus has a longer one. */
const longestVersion = 200;

const versionGrammar =
  /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:-([\da-z_-]+(?:\.[\da-z_-]+)*))?(?:\+[\da-z_.-]+)?$/i;

function numeral(digits = "0"): string {
  return digits.replace(/^0+(?=\d)/, "");
}

/** Octopus lets pass what strict SemVer refuses: underscores, and numbers that start with zeros. */
function asSemVerIdentifier(identifier: string): string {
  return /^\d+$/.test(identifier) ? numeral(identifier) : identifier.replaceAll("_", "-");
}

function comparePrereleases(a: string, b: string): number {
  if (a === "" || b === "") return Number(a === "") - Number(b === "");
  const [identifiersOfA, identifiersOfB] = [a.split("."), b.split(".")];
  for (const [index, ofA] of identifiersOfA.entries()) {
    const ofB = identifiersOfB[index];
    // semver reads numbers as floating point: two very long ones may look equal to it.
    const order = ofB === undefined ? 1 : compareIdentifiers(ofA, ofB) || compareNumerals(ofA, ofB);
    if (order !== 0) return order;
  }
  return identifiersOfA.length - identifiersOfB.length;
}

function compareNumerals(a: string, b: string): number {
  return a.length - b.length || compareCharacters(a, b);
}

function compareCharacters(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
