import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Edition } from "./template-version.ts";

/** The facts about the checkout that a release needs. */
export interface Checkout {
  /** Files with uncommitted changes, including new files. */
  readonly changed: readonly string[];
  readonly last: Edition | undefined;
  /** The user in git's configuration. */
  readonly user: string | undefined;
}

/** Absent without a checkout or git, as in an archive of the sources or a small container. */
export async function readCheckout(root: string): Promise<Checkout | undefined> {
  const git = await openGit(root);
  if (git === undefined) return undefined;
  const changed = (await git("status", "--porcelain")).split("\n").filter((line) => line !== "");
  const configured = async (name: string) => (await git("config", "--default", "", name)) || undefined;
  return {
    changed: changed.map((line) => line.slice(3)),
    last: await lastEdition(git),
    user: (await configured("github.user")) ?? (await configured("user.name")),
  };
}

/** The step template of the last release before the checkout, or why there is none. */
export async function lastRelease(root: string): Promise<Edition | string> {
  const git = await openGit(root);
  if (git === undefined) return "this is not a git checkout, or git is missing";
  return (await lastEdition(git)) ?? "no commit before this one has a tag such as v1.0.0";
}

type Git = (...args: readonly string[]) => Promise<string>;

async function openGit(root: string): Promise<Git | undefined> {
  const run: Git = async (...args) => {
    const { stdout } = await promisify(execFile)("git", args, { cwd: root, maxBuffer: 2 ** 26 });
    return stdout.replace(/\n$/, "");
  };
  if (!existsSync(join(root, ".git"))) return undefined;
  return run("--version").then(
    () => run,
    () => undefined,
  );
}

async function lastEdition(git: Git): Promise<Edition | undefined> {
  const tags = (await git("tag", "--list", "v*", "--merged", "HEAD", "--sort=-version:refname")).split("\n");
  const tag = tags.find((each) => /^v\d+\.\d+\.\d+$/.test(each));
  return tag === undefined ? undefined : { tag, template: `${await git("show", `${tag}:step-template.json`)}\n` };
}
