import { compare } from "semver";
import * as z from "zod";
import { type Manifest, readManifest } from "../build/manifest.ts";
import { releasedVersions, unreleasedEntries, withRelease } from "./changelog.ts";
import type { Checkout } from "./git.ts";
import { type Edition, versionOf } from "./template-version.ts";

export const changelogFile = ".github/CHANGELOG.md";

export interface ReleaseRequest {
  readonly version: string | undefined;
  /** Who releases; absent: whom git names. */
  readonly by: string | undefined;
  readonly now: Date;
}

/** What is in the folder: the texts of its files, and what git says. */
export interface Sources {
  readonly manifest: string;
  readonly lock: string;
  readonly changelog: string;
  readonly checkout: Checkout | undefined;
}

export interface ReleasePlan {
  readonly version: string;
  readonly manifest: Manifest & { readonly repository: string };
  /** What the release brings, in the changelog's words. */
  readonly entries: string;
  /** Texts to write before the build, by path. */
  readonly files: ReadonlyMap<string, string>;
}

/** A release that is not made. The message is one sentence for whoever asked for it. */
export class ReleaseRefusedError extends Error {
  override readonly name = "ReleaseRefusedError";
}

/** Decides what a release changes. Throws `ReleaseRefusedError` when it must not be made. */
export function planRelease(request: ReleaseRequest, sources: Sources): ReleasePlan {
  const { version = "" } = request;
  if (!/^\d+\.\d+\.\d+$/.test(version)) refuse("Say which version to release: npm run release -- 1.2.3");
  const manifest = readManifest(sources.manifest);
  const { repository } = manifest;
  if (repository === undefined) refuse("package.json names no repository: nobody could find the sources of a release.");
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

/** Without the tags a release would be compared with an older one. */
function lastVersion(last: Edition | undefined, changelog: string): string | undefined {
  const [written] = releasedVersions(changelog);
  const tagged = last?.tag.slice(1);
  if (written === tagged) return tagged;
  return refuse(
    `The last release is ${tagged ?? "none"} by the tags of git and ${written ?? "none"} by ${changelogFile}: fetch the tags (git fetch --tags) or correct the page.`,
  );
}

function refuseUnlessRising(version: string, own: string, last: string | undefined): void {
  if (last !== undefined && compare(version, last) <= 0)
    refuse(`${version} does not rise above the last release, ${last}.`);
  if (compare(version, own) < 0) refuse(`${version} is lower than the version in package.json, ${own}.`);
}

/** A first release keeps its number. Later ones rise, unless a change since the last one has raised it. */
function templateVersion({ stepTemplate }: Manifest, last: Edition | undefined): number {
  return last === undefined ? stepTemplate.version : Math.max(stepTemplate.version, versionOf(last.template) + 1);
}

const Json = z.record(z.string(), z.unknown());
type Json = z.infer<typeof Json>;

/** In the order and the form that npm gives its files. */
function changedJson(text: string, change: (file: Json) => Json): string {
  return `${JSON.stringify(change(Json.parse(JSON.parse(text))), null, 2)}\n`;
}

function lockOf(version: string, lock: Json): Json {
  const packages = z.record(z.string(), Json).parse(lock["packages"]);
  return { ...lock, version, packages: { ...packages, "": { ...packages[""], version } } };
}
