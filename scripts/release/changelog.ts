/** Between the heading of what is to come and the next one. */
const unreleased = /^## Unreleased\n([^]*?)(?=^## |(?![^]))/m;

/** Versions with a heading of their own, in the page's order: the newest first. */
export function releasedVersions(changelog: string): readonly string[] {
  return [...changelog.matchAll(/^## (\d+\.\d+\.\d+)\b/gm)].map(([, version = ""]) => version);
}

/** What the next release brings, as the page says. Empty when it says nothing. */
export function unreleasedEntries(changelog: string): string {
  return unreleased.exec(changelog)?.[1]?.trim() ?? "";
}

/** The page with those entries under the heading of a release. */
export function withRelease(changelog: string, heading: string): string {
  return changelog.replace(unreleased, (_, entries: string) => `## Unreleased\n\n## ${heading}\n${entries}`);
}
