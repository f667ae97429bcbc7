import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { buildProduct } from "../../scripts/build/build-product.ts";
import { readManifest } from "../../scripts/build/manifest.ts";

const stepTemplate = { version: 7, exportedAt: "2027-01-02T03:04:05.678Z", lastModifiedBy: "alice" };

function manifestWith(repository?: unknown): string {
  return JSON.stringify({ version: "1.2.3", stepTemplate, repository });
}

describe("the repository in package.json", () => {
  test.each<[string, unknown, string | undefined]>([
    ["may be absent", undefined, undefined],
    ["may be an address", "https://example.com/team/x", "https://example.com/team/x"],
    [
      "may be as npm writes it",
      { type: "git", url: "git+https://example.com/team/x.git" },
      "https://example.com/team/x",
    ],
  ])("%s", (_, repository, address) => {
    expect(readManifest(manifestWith(repository)).repository).toBe(address);
  });

  test.each([
    ["a shorthand", "team/x"],
    ["for SSH", "git@example.com:team/x.git"],
    ["with a user", "https://alice@example.com/x"],
    ["not encrypted", "http://example.com/x"],
    ["for Octopus to evaluate", ["https://example.com/#", "{x}"].join("")],
    ["of two lines", "https://example.com/x\necho"],
  ])("must not be %s", (_, repository) => {
    expect(() => readManifest(manifestWith(repository))).toThrow("is not an address for a browser");
  });
});

const root = fileURLToPath(new URL("../..", import.meta.url));

test.each([
  ["name their source repository", "https://example.com/team/x"],
  ["leave that line out while package.json names none", undefined],
])("script body and description %s", async (_, repository) => {
  const { body, template, files } = await buildProduct(root, { version: "1.2.3", repository, stepTemplate });

  const { Description, ...others } = JSON.parse(template);
  const [title, second] = body.split("\n");
  expect(title).toBe("# Octopus - Deploy Child Project (Node.js) 1.2.3");
  expect(second).toBe(repository === undefined ? "#" : `# Source: ${repository}`);
  expect(Description.includes(`\n\n[Source and documentation](${repository})`)).toBe(repository !== undefined);
  expect(Description.includes("Source")).toBe(repository !== undefined);
  expect(others).toMatchObject({ Version: 7, $Meta: { ExportedAt: stepTemplate.exportedAt }, LastModifiedBy: "alice" });

  // Processes in version control name the Version of the template that they use.
  const examples = [...files.values()].flatMap((page) => page.match(/Template\.Version = .*/g) ?? []);
  expect(examples.length).toBeGreaterThan(1);
  expect(new Set(examples)).toEqual(new Set(['Template.Version = "7"']));
});
