import { plural, sentences } from "../text/format.ts";
import { markdownTable, planTable } from "./train.ts";
import type { Plan } from "./plan.ts";
import { fenceAfter } from "./release-notes.ts";
import { startText } from "./planned-start.ts";

/** A child as approvers see it. */
export interface NotedChild {
  readonly name: string;
  readonly level: number;
  /** Absent means that no plan could be made. */
  readonly plan: Plan | undefined;
  /** What happens to it, in a few words. */
  readonly happens: string;
  /** What happens to it when a child fails. Empty means nothing. */
  readonly backTo: string;
  /** Why it will not be deployed although it should be, whole sentences. */
  readonly obstacles: readonly string[];
}

/** Characters of the whole text; a manual intervention shows no more than that sensibly. */
export const notesLimit = 60_000;

/**
 * What approvers of several children read, in Markdown: the digest, what they have to know, the table, and what each child brings. What does
 * not fit is left out, each child gets its share, and it is said; no paragraph is cut in the middle.
 * @param file where all of it stands
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

/** As many remarks as fit, in order, and how many more there are. */
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

/** As much of the notes of each child as fits, in order. The parts before and behind them are always there. */
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
    // What one child does not need is left for those behind it.
    const share = Math.floor(left / (notes.length - index)) - 2;
    const shown = cutMarkdown(text, share, more);
    if (shown.length > share) continue;
    left -= shown.length + 2;
    kept.push(shown);
  }
  return join([...head, ...kept, pointer, ...foot]);
}

/**
 * What approvers of one child read, in Markdown: what they have to know comes first, then what the release brings.
 * @param digestLine absent means the text is no part of a plan
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
  // What a child runs already may matter to the others: it cannot be rolled back, say.
  const texts = plan?.decision.kind === "skip" ? plan.warnings : attentionTo(plan);
  return texts.map((text) => `**${oneLine(name)}:** ${oneLine(text)}`);
}
const more = "_…_";

/** What an approver has to know about a child before anything else, one sentence each. */
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
