import type { LinkedText, Release, ReleaseChange } from "../model.ts";
import { plural } from "../text/format.ts";
import { sanitizeLogText } from "../text/sanitize.ts";

export interface NotesQuestion {
  readonly project: string;
  /** The current release in the destination. Absent means none. */
  readonly current?: Release | undefined;
  readonly selected: Release;
  /** The server's list of releases that the deployment brings, perhaps without the selected one. */
  readonly changes: readonly ReleaseChange[];
}

/** Characters of all releases' notes together. The text behind them is never cut. */
const notesLimit = 60_000;
const listLimit = 200;
const lineLimit = 300;

/**
 * Markdown for a manual intervention: the changes from the current release to the selected one. Notes are quoted unchanged, except where they
 * would hide the text behind them.
 */
export function releaseNotes(question: NotesQuestion): string {
  const { project, current, selected } = question;
  const step = current === undefined || current.id === selected.id ? "" : `${current.version} \u2192 `;
  const changes = newestFirst(question);
  const builds = changes.flatMap((change) => change.builds);
  const packages = builds.map(({ packageId, version, buildUrl }) => ({
    id: `${packageId} ${version}`,
    url: buildUrl,
    text: "",
  }));
  const sections = [
    section("Packages", packages.length > 0 ? packages : plainPackages(selected, current)),
    section("Git", gitContents(selected)),
    section("Work items", builds.map(({ workItems }) => workItems).flat()),
    section("Commits", builds.map(({ commits }) => commits).flat()),
  ];
  const heading = `### ${line(project)}: ${step}${selected.version}`;
  return [heading, notesOf(changes), ...sections].filter((part) => part !== "").join("\n\n");
}

/** The server promises no order. The selected release is the newest, or is missing among the changes. */
function newestFirst({ selected, changes }: NotesQuestion): readonly ReleaseChange[] {
  const place = changes.findIndex(({ version }) => version === selected.version);
  if (place < 0) return [{ version: selected.version, releaseNotes: selected.releaseNotes, builds: [] }, ...changes];
  return place > 0 && place === changes.length - 1 ? [...changes].reverse() : changes;
}

function notesOf(changes: readonly ReleaseChange[]): string {
  const notes = changes.map(({ version, releaseNotes: text }) =>
    text.trim() === "" ? `**${version}**` : `**${version}**\n\n${contained(text.trim())}`,
  );
  const all = notes.join("\n\n");
  if (all.length <= notesLimit) return all;
  const start = all.slice(0, notesLimit).replace(/[\uD800-\uDBFF]$/, "");
  return `${contained(start)}\n\n_The notes of ${plural(changes.length, "release")} were cut here. Read them in Octopus._`;
}

/** Closes open code blocks, so that the text behind the notes is shown. */
function contained(notes: string): string {
  const text = harmless(notes);
  const fence = fenceAfter(text);
  return fence === "" ? text : `${text}\n${fence}`;
}

/**
 * The fence of a code block that is still open at the end of a Markdown text, with its indentation; empty if none is open. Only a bare fence
 * closes a block, and a line with further backticks opens none: https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
export function fenceAfter(text: string, before = ""): string {
  let open = before;
  for (const [, fence = "", info = ""] of text.matchAll(/^( {0,3}(?:`{3,}|~{3,}))(.*)/gm)) {
    if (open === "") open = fence.endsWith("`") && info.includes("`") ? "" : fence;
    else if (fence.trim().startsWith(open.trim()) && info.trim() === "") open = "";
  }
  return open;
}

/**
 * Text without service messages, and without HTML that hides what follows, past blank lines: https://spec.commonmark.org/0.31.2/#html-blocks.
 * Approvers, and the run after them, recognise a plan by `Plan` and its digest, so foreign text must not show a digest.
 */
function harmless(text: string): string {
  return sanitizeLogText(text)
    .replace(/(plan[\W_]+)[0-9a-f]{32}(?![0-9a-f])/gi, "$1\u2026")
    .replace(/<(?=[!?]|(?:pre|script|style|textarea|title|template|details|dialog|select)\b)/gi, "&lt;");
}

/** Without build information a release has only its steps and their package versions. */
function plainPackages({ packages }: Release, current: Release | undefined): readonly LinkedText[] {
  const before = new Map(
    current?.packages.map((each) => [actionText(each.actionName, each.packageReferenceName), each.version]),
  );
  return packages.map(({ actionName, packageReferenceName, version }) => {
    const name = actionText(actionName, packageReferenceName);
    const earlier = before.get(name) ?? version;
    return { id: `${name} ${version}${earlier === version ? "" : ` (was ${earlier})`}`, text: "" };
  });
}

function gitContents({ gitReference, gitResources }: Release): readonly LinkedText[] {
  const own = gitReference === undefined ? [] : [{ id: "Project", text: gitReference }];
  const resources = gitResources.map((each) => ({
    id: actionText(each.actionName, each.referenceName),
    text: `${each.gitReference} ${each.gitCommit}`.trim(),
  }));
  return [...own, ...resources];
}

function actionText(action: string, reference: string): string {
  return reference === "" ? action : `${action} (${reference})`;
}

/** A list with each entry once, even if several releases have it. */
function section(title: string, entries: readonly LinkedText[]): string {
  const once = [...new Map(entries.map((entry) => [`${entry.id} ${entry.url ?? ""}`, entry])).values()];
  if (once.length === 0) return "";
  const more = once.length > listLimit ? [`- and ${once.length - listLimit} more`] : [];
  const lines = once.slice(0, listLimit).map(({ id, url, text }) => {
    const words = line(text);
    return `- ${linked(line(id), url)}${words === "" ? "" : ` ${words}`}`;
  });
  return [`**${title}**`, "", ...lines, ...more].join("\n");
}

function linked(text: string, url: string | undefined): string {
  if (url === undefined || !/^https?:\/\/[^\s<>]+$/i.test(url)) return text;
  return `[${text.replace(/[[\]]/g, "\\$&")}](${url.replace(/\(/g, "%28").replace(/\)/g, "%29")})`;
}

/** Foreign text in one line of a list. */
function line(text: string): string {
  const [first = ""] = text.trim().split(/[\r\n]/);
  return harmless(first)
    .replace(/</g, "&lt;")
    .slice(0, lineLimit)
    .replace(/[\uD800-\uDBFF]$/, "");
}
