import type { BuildInformation } from "../documents/execution.ts";
import type { ParsedRelease } from "./project-world.ts";

/** The build information of a release, as its world describes it. */
export function buildInformationOf(release: ParsedRelease): () => readonly BuildInformation[] {
  const builds = release.buildInformation.map((given): BuildInformation => {
    const newest = given.commits[0];
    return {
      packageId: given.package,
      version: given.version ?? release.packages?.[given.package] ?? release.version,
      buildNumber: given.buildNumber,
      buildUrl: given.buildUrl ?? null,
      buildEnvironment: "GitHub Actions",
      branch: given.branch,
      vcsType: "Git",
      vcsRoot: null,
      vcsCommitNumber: newest?.id ?? "",
      vcsCommitUrl: newest?.url ?? null,
      issueTrackerName: given.workItems[0]?.source ?? null,
      workItems: given.workItems.map(({ id, description, url, source }) => ({
        id,
        description,
        linkUrl: url ?? null,
        source,
      })),
      commits: given.commits.map(({ id, comment, url }) => ({ id, comment, linkUrl: url ?? null })),
    };
  });
  return () => builds;
}

/** Build information for bulk histories, made on request: `count` commits of one package. */
export function bulkBuildInformation(
  packageId: string,
  version: string,
  count: number,
): () => readonly BuildInformation[] {
  if (count === 0) return () => [];
  return () => [
    {
      packageId,
      version,
      buildNumber: version,
      buildUrl: `https://build.example/${version}`,
      buildEnvironment: "GitHub Actions",
      branch: "main",
      vcsType: "Git",
      vcsRoot: "https://git.example/product",
      vcsCommitNumber: commitId(version, 1),
      vcsCommitUrl: null,
      issueTrackerName: null,
      workItems: [],
      commits: Array.from({ length: count }, (_, index) => ({
        id: commitId(version, index + 1),
        linkUrl: `https://git.example/product/commit/${commitId(version, index + 1)}`,
        comment: `Change ${index + 1} of ${version}`,
      })),
    },
  ];
}

function commitId(version: string, number: number): string {
  return Buffer.from(`${version}/${number}`).toString("hex").padEnd(40, "0").slice(0, 40);
}
