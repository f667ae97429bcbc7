import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { programIn } from "../../scripts/build/program-block.ts";
import { lastRelease } from "../../scripts/release/git.ts";
import { libraryProblems } from "../../scripts/release/library-rules.ts";
import { release } from "../../scripts/release/release.ts";
import { versionProblems } from "../../scripts/release/template-version.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const file = "octopus-deploy-child-project-nodejs.json";
const now = new Date("2027-01-02T03:04:05.678Z");

// In a hook of git these variables name another repository.
for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"]) delete process.env[name];

/** A checkout of the present project, ready for a release: with a repository in package.json and an entry in the changelog. */
let checkout: string;

beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), "a checkout-"));
  const paths = [
    "src",
    "scripts",
    "test/octopus-server",
    ".github",
    "package.json",
    "package-lock.json",
    "step-template.json",
    "README.md",
  ];
  for (const path of paths) cpSync(join(root, path), join(checkout, path), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  writeFileSync(join(checkout, ".gitignore"), "/node_modules\n/.build\n");
  git("init", "--quiet", "--initial-branch=main");
  for (const [name, value] of Object.entries({ "user.name": "alice", "user.email": "alice@example.com" }))
    git("config", name, value);
  change("package.json", (text) => text.replace('"type"', '"repository": "https://example.com/team/x",\n  "type"'));
  writeFileSync(join(checkout, ".github/CHANGELOG.md"), "# Changelog\n\n## Unreleased\n\n- The first one.\n");
  commit();
});

afterAll(() => rmSync(checkout, { recursive: true }));

afterEach(() => {
  git("reset", "--quiet", "--hard", "begin");
  git("clean", "--quiet", "-d", "--force", "-x", "--exclude=/node_modules");
  for (const tag of git("tag", "--list", "v*").split("\n").filter(Boolean)) git("tag", "--delete", tag);
});

function git(...args: readonly string[]): string {
  const options = ["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"];
  return execFileSync("git", [...options, ...args], {
    cwd: checkout,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function commit(): void {
  git("add", "--all");
  git("commit", "--quiet", "--message", "x", "--allow-empty");
  if (!git("tag", "--list", "begin")) git("tag", "begin");
}

function change(path: string, how: (text: string) => string): void {
  writeFileSync(join(checkout, path), how(textOf(path)));
}

function textOf(path: string): string {
  return readFileSync(join(checkout, path), "utf8");
}

function release1(): Promise<string> {
  return release(checkout, ["1.0.0"], now);
}

/** The problems with the template's Version, as `npm run check` finds them. */
async function wrongVersion(): Promise<readonly string[]> {
  const last = await lastRelease(checkout);
  return typeof last === "string" ? [last] : versionProblems(last, textOf("step-template.json"));
}

describe("npm run release", () => {
  test("writes the library's file and raises what a release raises", async () => {
    const steps = await release1();

    const template = textOf(`.build/${file}`);
    expect(libraryProblems(file, template)).toEqual([]);
    expect(template).toBe(textOf("step-template.json"));
    expect(JSON.parse(template)).toMatchObject({
      Version: 1,
      $Meta: { ExportedAt: "2027-01-02T03:04:05.678Z" },
      LastModifiedBy: "alice",
      Description: expect.stringContaining("[Source and documentation](https://example.com/team/x)"),
    });
    expect(template).toContain(
      "# Octopus - Deploy Child Project (Node.js) 1.0.0\\n# Source: https://example.com/team/x\\n",
    );
    expect(programIn(template)).toBe(programIn(readFileSync(join(root, "step-template.json"), "utf8")));
    expect(JSON.parse(textOf("package.json"))).toMatchObject({ version: "1.0.0", stepTemplate: { version: 1 } });
    expect(textOf(".github/CHANGELOG.md")).toContain("## 1.0.0 (2027-01-02)\n\n- The first one.\n");
    expect(steps).toContain(`cp "${join(checkout, ".build", file)}" step-templates/${file}`);
    expect(steps).toContain("git push --atomic origin HEAD v1.0.0");
    expect(steps).toContain("\n- The first one.\n");
    expect(steps).toContain(/SHA-256 of the program: \w{64}/.exec(template)?.[0]);
  });

  test("a second release needs an entry, rises and replaces the first", async () => {
    await release1();
    commit();
    git("tag", "v1.0.0");
    expect(await wrongVersion()).toEqual([]);
    await expect(release(checkout, ["1.0.0"], now)).rejects.toThrow("1.0.0 does not rise");
    await expect(release(checkout, ["1.0.1"], now)).rejects.toThrow("says nothing");
    change(".github/CHANGELOG.md", (text) => text.replace("## Unreleased\n", "## Unreleased\n\n- The second one.\n"));
    commit();

    const steps = await release(checkout, ["1.0.1", "--by", "bob"], now);

    expect(JSON.parse(textOf(`.build/${file}`))).toMatchObject({ Version: 2, LastModifiedBy: "bob" });
    expect(JSON.parse(textOf("package-lock.json"))).toMatchObject({
      version: "1.0.1",
      packages: { "": { version: "1.0.1" } },
    });
    expect(textOf("README.md")).toContain('Octopus.Action.Template.Version = "2"');
    expect(steps).toContain("replace the template's file");
    expect(await wrongVersion()).toEqual([]);
  });

  test.each<[string, string, () => void]>([
    ["a dirty tree", "README.md among them", () => appendFileSync(join(checkout, "README.md"), "x\n")],
    ["a file that git does not know", "new.txt among them", () => writeFileSync(join(checkout, "new.txt"), "x")],
    [
      "a body over its budget",
      "The template must not be released: The script body is",
      () => {
        change("scripts/bootstrap.sh", (text) => text + `# ${"x".repeat(150)}\n`.repeat(1000));
        commit();
      },
    ],
  ])("refuses %s with one sentence, and writes nothing", async (_, sentence, prepare) => {
    prepare();
    const before = git("status", "--porcelain");

    await expect(release1()).rejects.toThrow(sentence);

    expect(git("status", "--porcelain")).toBe(before);
    expect(existsSync(join(checkout, ".build"))).toBe(false);
  });

  test("prints the sentence alone, and ends with 1", () => {
    const args = ["--import", "tsx", "scripts/release.ts", "1.0"];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: checkout, encoding: "utf8" });

    expect(stderr).toBe("Say which version to release: npm run release -- 1.2.3\n");
    expect([status, stdout]).toEqual([1, ""]);
  });
});

describe("the check of the Version", () => {
  test("has nothing to compare with before the first release, nor in a folder without git", async () => {
    expect(await lastRelease(checkout)).toBe("no commit before this one has a tag such as v1.0.0");
    git("tag", "vNext");
    expect(await lastRelease(checkout)).toBe("no commit before this one has a tag such as v1.0.0");
    expect(await lastRelease(join(checkout, "src"))).toBe("this is not a git checkout, or git is missing");
  });

  test("compares with the highest release that leads here", async () => {
    for (const tag of ["v1.9.0", "v1.10.0", "v1.2.0"]) git("tag", tag);
    git("checkout", "--quiet", "-b", "other");
    commit();
    git("tag", "v2.0.0");
    git("checkout", "--quiet", "main");

    const last = await lastRelease(checkout);

    expect(last).toEqual({ tag: "v1.10.0", template: textOf("step-template.json") });
    git("branch", "--quiet", "-D", "other");
  });

  test("fails when a text has changed and the Version has not", async () => {
    git("tag", "v1.0.0");
    change("step-template.json", (text) => text.replace("was not found", "is missing"));

    expect(await wrongVersion()).toEqual([
      expect.stringContaining("differs from that of v1.0.0, but its Version is 1"),
    ]);
  });
});
