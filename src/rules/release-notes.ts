import type { LinkedText, Release, ReleaseChange } from "../model.ts";
import { plural } from "../text/format.ts";
import { sanitizeLogText } from "../text/sanitize.ts";

export interface NotesQuestion {
  readonly project: string;
  /** What the destination runs. Absent means nothing. */
  readonly current?: Release | undefined;
  readonly selected: Release;
  /** Releases the deployment brings, as the server knows them; perhaps without the selected one. */
  readonly changes: readonly ReleaseChange[];
}

/** Characters of all releases' notes together; what follows them is never cut. */
const notesLimit = 60_000;
const listLimit = 200;
const lineLimit = 300;

/**
 * Markdown for a manual intervention: what comes from the current release to the selected one. Notes are quoted as they are, made
 * harmless where they would swallow what follows them.
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

/** The server does not promise an order; the selected release is the newest, or was not counted as a change. */
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
  return `${contained(start)}\n\n_The notes of ${plural(changes.length, "release")} are ${all.length} characters long and were cut here. Read them in Octopus._`;
}

/** Closes what the notes leave open, so that nothing after them disappears; and keeps them from talking to Octopus. */
function contained(notes: string): string {
  const text = harmless(notes);
  const fence = fenceAfter(text);
  return fence === "" ? text : `${text}\n${fence}`;
}

/**
 * The fence of a code block that is open behind a Markdown text, with its indentation. Empty means none is. Only a bare fence closes a block, and
 * three backticks with another one behind them in the line open none: https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
export function fenceAfter(text: string, before = ""): string {
  let open = before;
  for (const [, fence = "", info = ""] of text.matchAll(/^( {0,3}(?:`{3,}|~{3,}))(.*)/gm)) {
    if (open === "") open = fence.endsWith("`") && info.includes("`") ? "" : fence;
    else if (fence.trim().startsWith(open.trim()) && info.trim() === "") open = "";
  }
  return open;
}

function harmless(text: string): string {
  return sanitizeLogText(text).replace(/<!--/g, "&lt;!--");
}

/** Without build information the release only knows its steps and the versions they deploy. */
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

/** Each entry once, whichever release it came with. */
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
