import { describe, expect, test } from "vitest";
import type { Checkout } from "../../scripts/release/git.ts";
import { planRelease, type ReleaseRequest, type Sources } from "../../scripts/release/plan-release.ts";

const request: ReleaseRequest = { version: "1.1.0", by: undefined, now: new Date("2027-01-02T03:04:05.678Z") };
const stepTemplate = { version: 4, exportedAt: "2026-11-20T00:00:00.000Z", lastModifiedBy: "bob" };
const manifest = { name: "x", version: "1.0.0", repository: "https://example.com/x", stepTemplate, private: true };
const checkout: Checkout = { changed: [], last: { tag: "v1.0.0", template: '{"Version": 4}' }, user: "alice" };
const changelog = "# Changelog\n\n## Unreleased\n\n- A new field.\n\n## 1.0.0 (2026-12-01)\n\n- First.\n";
const lock = { name: "x", version: "1.0.0", packages: { "": { version: "1.0.0" }, a: { version: "7.0.0" } } };

function plan(change: Partial<ReleaseRequest & Sources> & { readonly own?: object } = {}) {
  const { own, ...others } = change;
  const sources: Sources = {
    manifest: JSON.stringify({ ...manifest, ...own }),
    lock: JSON.stringify(lock),
    changelog,
    checkout,
    ...others,
  };
  return planRelease({ ...request, ...others }, sources);
}

describe("a release", () => {
  test("raises the versions, the date and who made it, and nothing else of the files", () => {
    const { files, entries } = plan();

    expect(entries).toBe("- A new field.");
    expect(JSON.parse(files.get("package.json") ?? "")).toEqual({
      ...manifest,
      version: "1.1.0",
      stepTemplate: { version: 5, exportedAt: "2027-01-02T03:04:05.678Z", lastModifiedBy: "alice" },
    });
    expect(JSON.parse(files.get("package-lock.json") ?? "")).toEqual({
      ...lock,
      version: "1.1.0",
      packages: { ...lock.packages, "": { version: "1.1.0" } },
    });
    expect(files.get(".github/CHANGELOG.md")).toBe(
      "# Changelog\n\n## Unreleased\n\n## 1.1.0 (2027-01-02)\n\n- A new field.\n\n## 1.0.0 (2026-12-01)\n\n- First.\n",
    );
    expect([...files.keys()]).toHaveLength(3);
  });

  test.each([
    ["rises by one", 4, 5],
    ["stays where a change since the last release has raised it", 5, 5],
    ["rises above the last release, whatever package.json says", 2, 5],
  ])("Version %s", (_, version, expected) => {
    expect(plan({ own: { stepTemplate: { ...stepTemplate, version } } }).manifest.stepTemplate.version).toBe(expected);
  });

  test("the first one keeps the versions that package.json has", () => {
    const first = "# Changelog\n\n## Unreleased\n\n- First.\n";

    const { manifest: next, files } = plan({
      version: "1.0.0",
      changelog: first,
      checkout: { ...checkout, last: undefined },
    });

    expect(next).toMatchObject({ version: "1.0.0", stepTemplate: { version: 4 } });
    expect(files.get(".github/CHANGELOG.md")).toBe(
      "# Changelog\n\n## Unreleased\n\n## 1.0.0 (2027-01-02)\n\n- First.\n",
    );
  });

  test("is made by the user of the command, else by the user of git", () => {
    expect(plan({ by: "carol" }).manifest.stepTemplate.lastModifiedBy).toBe("carol");
  });
});

describe("a release is refused, with one sentence,", () => {
  test.each<[string, Parameters<typeof plan>[0], string]>([
    ["without a version", { version: undefined }, "Say which version to release: npm run release -- 1.2.3"],
    ["for half a version", { version: "1.1" }, "Say which version to release"],
    ["for a pre-release", { version: "1.1.0-rc.1" }, "Say which version to release"],
    ["while package.json names no repository", { own: { repository: undefined } }, "package.json names no repository"],
    ["outside a checkout", { checkout: undefined }, "needs git, and a checkout"],
    [
      "from a dirty tree",
      { checkout: { ...checkout, changed: ["src/main.ts", "x"] } },
      "The checkout has changes that are not committed, src/main.ts among them.",
    ],
    ["of the last version again", { version: "1.0.0" }, "1.0.0 does not rise above the last release, 1.0.0."],
    ["of a lower version", { version: "0.9.9" }, "0.9.9 does not rise"],
    ["of a version that is lower as a number", { version: "1.0.0", own: { version: "1.0.0" } }, "does not rise"],
    [
      "of a version below the one in package.json",
      { version: "1.1.0", own: { version: "1.2.0" } },
      "1.1.0 is lower than the version in package.json, 1.2.0.",
    ],
    [
      "without an entry in the changelog",
      { changelog: changelog.replace("- A new field.\n", "") },
      '.github/CHANGELOG.md says nothing under "Unreleased", where users read what 1.1.0 brings.',
    ],
    [
      "without a place for entries in the changelog",
      { changelog: "# Changelog\n\n## 1.0.0\n\n- First.\n" },
      'says nothing under "Unreleased"',
    ],
    [
      "when git lacks the last release's tag",
      { checkout: { ...checkout, last: undefined } },
      "The last release is none according to git's tags and 1.0.0 according to .github/CHANGELOG.md",
    ],
    [
      "when the changelog lacks the last release",
      { changelog: "## Unreleased\n\n- x\n" },
      "1.0.0 according to git's tags",
    ],
    ["without a user who makes it", { checkout: { ...checkout, user: undefined } }, "Say who releases"],
  ])("%s", (_, change, sentence) => {
    expect(() => plan(change)).toThrow(expect.objectContaining({ name: "ReleaseRefusedError" }));
    expect(() => plan(change)).toThrow(sentence);
    expect(() => plan(change)).toThrow(/^[^\n]+$/);
  });
});
