import { plural, sentences } from "../text/format.ts";
import { markdownTable, planTable } from "./train.ts";
import type { Plan } from "./plan.ts";
import { fenceAfter } from "./release-notes.ts";
import { startText } from "./planned-start.ts";

/** A child in the notes for approvers. */
export interface NotedChild {
  readonly name: string;
  readonly level: number;
  /** Absent means that no plan could be made. */
  readonly plan: Plan | undefined;
  /** What happens to the child, in a few words. */
  readonly happens: string;
  /** What happens to the child if another child fails. Empty means nothing. */
  readonly backTo: string;
  /** Why the child will not be deployed, whole sentences. */
  readonly obstacles: readonly string[];
}

/** Characters of the whole text. A manual intervention can hardly show more. */
export const notesLimit = 60_000;

/**
 * The notes for approvers of several children, in Markdown: the digest, remarks, the table, and the changes of each child. Each child gets a share
 * of the room, paragraphs are never cut, and the text says what was left out.
 * @param file the artifact with the complete notes
 * @param limit characters
 */
export function trainNotes(
  children: readonly NotedChild[],
  digestLine: string,
  file: string,
  limit = notesLimit,
): string {
  const changing = children.filter(({ plan }) => plan !== undefined && plan.notes !== "");
  const unchanged = children.filter((child) => !changing.includes(child) && child.obstacles.length === 0);
  const remarks = [
    ...children.flatMap(({ name, obstacles }) => obstacles.map((text) => obstacleLine(name, text))),
    ...children.flatMap(({ name, plan }) => attentionLines(name, plan)),
  ];
  const head = [digestLine, ...firstOf(remarks, limit / 3), markdownTable(planTable(children))];
  const foot = sentences(
    unchanged.length > 0 &&
      `Unchanged: ${unchanged.map(({ name, happens }) => `${name} (${oneLine(happens)})`).join(", ")}.`,
  );
  const notes = changing.map(({ plan }) => plan?.notes ?? "");
  return within(limit, head, notes, foot, file);
}

/** The remarks that fit, in order, and the number of the others. */
function firstOf(remarks: readonly string[], limit: number): readonly string[] {
  const kept: string[] = [];
  let room = limit;
  for (const text of remarks) {
    room -= text.length + 2;
    if (room >= 0) kept.push(text);
  }
  const left = remarks.length - kept.length;
  return left === 0 ? kept : [...kept, `**${plural(left, "more remark")}** cannot be shown here.`];
}

/** The notes of each child as far as they fit, in order. Head and foot are always complete. */
function within(
  limit: number,
  head: readonly string[],
  notes: readonly string[],
  foot: readonly string[],
  file: string,
): string {
  const join = (parts: readonly string[]) => parts.filter((part) => part !== "").join("\n\n");
  const all = join([...head, ...notes, ...foot]);
  if (all.length <= limit) return all;
  const pointer = `_The release notes of some child projects are too long to be shown here: read them in the artifact "${file}"._`;
  const kept: string[] = [];
  let left = limit - join([...head, pointer, ...foot]).length - 2;
  for (const [index, text] of notes.entries()) {
    // Room that one child does not need is left for the next ones.
    const share = Math.floor(left / (notes.length - index)) - 2;
    const shown = cutMarkdown(text, share, more);
    if (shown.length > share) continue;
    left -= shown.length + 2;
    kept.push(shown);
  }
  return join([...head, ...kept, pointer, ...foot]);
}

/**
 * The notes for approvers of one child, in Markdown: first the remarks, then the changes of the release.
 * @param digestLine absent means that the text is not part of a plan
 */
export function childNotes(plan: Plan, digestLine?: string): string {
  const { name } = plan.order.project;
  return [
    ...sentences(digestLine),
    ...plan.blockers.map(({ text }) => obstacleLine(name, text)),
    ...attentionLines(name, plan),
    plan.notes,
  ].join("\n\n");
}

function obstacleLine(name: string, text: string): string {
  return `**${oneLine(name)} will not be deployed:** ${oneLine(text)}`;
}

function attentionLines(name: string, plan: Plan | undefined): readonly string[] {
  // Warnings about an unchanged child may matter as well, for example that it cannot be rolled back.
  const texts = plan?.decision.kind === "skip" ? plan.warnings : attentionTo(plan);
  return texts.map((text) => `**${oneLine(name)}:** ${oneLine(text)}`);
}
const more = "_…_";

/** The remarks about a child, one sentence each. */
function attentionTo(plan: Plan | undefined): readonly string[] {
  if (plan === undefined || (plan.decision.kind !== "deploy" && plan.decision.kind !== "adopt")) return [];
  const { start, scope, warnings } = plan;
  const skipped = scope.skippedActionIds.length;
  return [
    ...sentences(
      start?.kind === "at" && `starts at ${startText(start)}.`,
      scope.machines !== undefined && `goes only to the machines ${scope.machines.map(({ name }) => name).join(", ")}.`,
      skipped > 0 && `skips ${skipped} of its steps.`,
    ),
    ...warnings,
  ];
}

/** Foreign text in one line of Markdown. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replace(/</g, "&lt;").trim();
}

/**
 * The beginning of a Markdown text that ends between two paragraphs and outside of a code fence, with a pointer to the rest.
 * @param limit characters, the pointer included
 */
export function cutMarkdown(text: string, limit: number, pointer: string): string {
  if (text.length <= limit) return text;
  const kept: string[] = [];
  let length = pointer.length + 2;
  let whole = 0;
  let fence = "";
  for (const paragraph of text.split("\n\n")) {
    length += paragraph.length + 2;
    if (length > limit) break;
    kept.push(paragraph);
    fence = fenceAfter(paragraph, fence);
    if (fence === "") whole = kept.length;
  }
  return [...kept.slice(0, whole), pointer].join("\n\n");
}
