/** The text between the heading "Unreleased" and the next one. */
const unreleased = /^## Unreleased\n([^]*?)(?=^## |(?![^]))/m;

/** Versions with a heading, in the order of the page: the newest first. */
export function releasedVersions(changelog: string): readonly string[] {
  return [...changelog.matchAll(/^## (\d+\.\d+\.\d+)\b/gm)].map(([, version = ""]) => version);
}

/** The entries for the next release; empty if there are none. */
export function unreleasedEntries(changelog: string): string {
  return unreleased.exec(changelog)?.[1]?.trim() ?? "";
}

/** The page with those entries under the heading of a release. */
export function withRelease(changelog: string, heading: string): string {
  return changelog.replace(unreleased, (_, entries: string) => `## Unreleased\n\n## ${heading}\n${entries}`);
}
