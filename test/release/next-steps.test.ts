import { describe, expect, test } from "vitest";
import { nextSteps } from "../../scripts/release/next-steps.ts";
import type { ReleasePlan } from "../../scripts/release/plan-release.ts";

function stepsOf(version: number, entries = "- x"): string {
  const stepTemplate = { version, exportedAt: "2027-01-02T03:04:05.678Z", lastModifiedBy: "alice" };
  const manifest = { version: "1.2.0", repository: "https://example.com/team/x", stepTemplate };
  const plan: ReleasePlan = { version: "1.2.0", manifest, entries, files: new Map() };
  return nextSteps(plan, { file: "/tmp/a b/template.json", name: "A - B (Node.js)", sha256: "0123" });
}

describe("what remains to be done after npm run release", () => {
  test("can be copied: the commit, the tag, the file and its name in the library", () => {
    const steps = stepsOf(2);

    expect(steps).toContain('git commit --all --message "chore: release 1.2.0"\n   git tag v1.2.0\n');
    expect(steps).toContain('cp "/tmp/a b/template.json" step-templates/a-b-nodejs.json\n');
    expect(steps).toContain("SHA-256 of the program: 0123\n");
  });

  test.each([
    [1, "add the template's file", 'git commit --message "Add A - B (Node.js)"', "`Id` is a GUID of its own\n"],
    [2, "replace the template's file", 'git commit --message "Update A - B (Node.js)"', "and has not changed\n"],
  ])("says for Version %i whether the library knows the template", (version, ...words) => {
    for (const word of words) expect(stepsOf(version)).toContain(word);
  });

  test("carries the changelog's entries with links that lead to the release", () => {
    expect(stepsOf(2, "- See [A](A.md) and [B](../b/README.md#c) and [C](https://octopus.com/docs).")).toContain(
      "- See [A](https://example.com/team/x/blob/v1.2.0/.github/A.md) and [B](https://example.com/team/x/blob/v1.2.0/.github/../b/README.md#c) and [C](https://octopus.com/docs).",
    );
  });
});
