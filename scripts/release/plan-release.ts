import { compare } from "semver";
import * as z from "zod";
import { type Manifest, readManifest } from "../build/manifest.ts";
import { releasedVersions, unreleasedEntries, withRelease } from "./changelog.ts";
import type { Checkout } from "./git.ts";
import { type Edition, versionOf } from "./template-version.ts";

export const changelogFile = ".github/CHANGELOG.md";

export interface ReleaseRequest {
  readonly version: string | undefined;
  /** The user who releases. Absent means the user in git's configuration. */
  readonly by: string | undefined;
  readonly now: Date;
}

/** The texts of the files in the folder, and the facts from git. */
export interface Sources {
  readonly manifest: string;
  readonly lock: string;
  readonly changelog: string;
  readonly checkout: Checkout | undefined;
}

export interface ReleasePlan {
  readonly version: string;
  readonly manifest: Manifest & { readonly repository: string };
  /** The changelog's entries for the release. */
  readonly entries: string;
  /** Texts to write before the build, by path. */
  readonly files: ReadonlyMap<string, string>;
}

/** A refused release. The message is one sentence for the user. */
export class ReleaseRefusedError extends Error {
  override readonly name = "ReleaseRefusedError";
}

/** Decides what a release changes. Throws `ReleaseRefusedError` if the release is refused. */
export function planRelease(request: ReleaseRequest, sources: Sources): ReleasePlan {
  const { version = "" } = request;
  if (!/^\d+\.\d+\.\d+$/.test(version)) refuse("Say which version to release: npm run release -- 1.2.3");
  const manifest = readManifest(sources.manifest);
  const { repository } = manifest;
  if (repository === undefined)
    refuse("package.json names no repository, so the sources of a release could not be found.");
  const checkout = cleanCheckout(sources);
  refuseUnlessRising(version, manifest.version, lastVersion(checkout.last, sources.changelog));
  const entries = unreleasedEntries(sources.changelog);
  if (entries === "")
    refuse(`${changelogFile} says nothing under "Unreleased", where users read what ${version} brings.`);
  const stepTemplate = {
    version: templateVersion(manifest, checkout.last),
    exportedAt: request.now.toISOString(),
    lastModifiedBy:
      request.by ?? checkout.user ?? refuse("Say who releases: npm run release -- 1.2.3 --by <GitHub name>"),
  };
  const next = { version, repository, stepTemplate };
  return { version, manifest: next, entries, files: changedFiles(next, sources) };
}

function cleanCheckout({ checkout }: Sources): Checkout {
  if (checkout === undefined) return refuse("A release needs git, and a checkout of the sources.");
  const [changed] = checkout.changed;
  if (changed !== undefined) refuse(`The checkout has changes that are not committed, ${changed} among them.`);
  return checkout;
}

function changedFiles({ version, stepTemplate }: Manifest, { manifest, lock, changelog }: Sources) {
  return new Map([
    ["package.json", changedJson(manifest, (file) => ({ ...file, version, stepTemplate }))],
    ["package-lock.json", changedJson(lock, (file) => lockOf(version, file))],
    [changelogFile, withRelease(changelog, `${version} (${stepTemplate.exportedAt.slice(0, 10)})`)],
  ]);
}

function refuse(problem: string): never {
  throw new ReleaseRefusedError(problem);
}

/** Requires the tags, because without them a release would be compared with an older one. */
function lastVersion(last: Edition | undefined, changelog: string): string | undefined {
  const [written] = releasedVersions(changelog);
  const tagged = last?.tag.slice(1);
  if (written === tagged) return tagged;
  return refuse(
    `The last release is ${tagged ?? "none"} according to git's tags and ${written ?? "none"} according to ${changelogFile}: fetch the tags (git fetch --tags) or correct the page.`,
  );
}

function refuseUnlessRising(version: string, own: string, last: string | undefined): void {
  if (last !== undefined && compare(version, last) <= 0)
    refuse(`${version} does not rise above the last release, ${last}.`);
  if (compare(version, own) < 0) refuse(`${version} is lower than the version in package.json, ${own}.`);
}

/** The first release keeps its number. Later releases raise the number, unless a change since the last release has done so. */
function templateVersion({ stepTemplate }: Manifest, last: Edition | undefined): number {
  return last === undefined ? stepTemplate.version : Math.max(stepTemplate.version, versionOf(last.template) + 1);
}

const Json = z.record(z.string(), z.unknown());
type Json = z.infer<typeof Json>;

/** The text of a manifest in npm's order and format. */
function changedJson(text: string, change: (file: Json) => Json): string {
  return `${JSON.stringify(change(Json.parse(JSON.parse(text))), null, 2)}\n`;
}

function lockOf(version: string, lock: Json): Json {
  const packages = z.record(z.string(), Json).parse(lock["packages"]);
  return { ...lock, version, packages: { ...packages, "": { ...packages[""], version } } };
}
