import type { Order, Plan } from "./plan.ts";
import { placeText } from "../text/format.ts";

type Subject = Pick<Order, "project" | "tenant" | "destination">;

/** The line by which approvers, and later runs, recognise a plan. */
export function digestLine(digest: string, subject: Subject): string {
  return `Plan ${digest} (${subject.project.name} to ${placeText(subject)})`;
}

/** The same line for the plan of several children, with every place: `Plan 0a1b… (train of 4: Database … to Production)`. */
export function trainDigestLine(digest: string, train: readonly Subject[]): string {
  const [first = "", ...others] = train.map(({ project }) => project.name);
  const names = others.length === 0 ? first : `${first} \u2026`;
  return `Plan ${digest} (train of ${train.length}: ${names} to ${[...new Set(train.map(placeText))].join(", ")})`;
}

/** The digest by which readers know a plan: of the approved one, as far as that is what a run deploys. @param own of the plan itself */
export function digestToShow({ order, approval }: Pick<Plan, "order" | "approval">, own: string): string {
  return order.whatIf ? own : (approval.digest ?? own);
}

/** Digests of all plans that a text shows. */
export function allDigestsShown(text: string): readonly string[] {
  return [...text.matchAll(/\bPlan\s+([0-9a-f]{32})\b/gi)].map(([, digest = ""]) => digest.toLowerCase());
}

/**
 * Digests that a text shows in such a line, even if the line was wrapped, escaped or capitalised.
 * @param lineOf the line for a digest
 */
export function digestsShown(text: string, lineOf: (digest: string) => string): readonly string[] {
  const shown = plain(text);
  // Each place is read once, because instructions may be long and full of digests.
  return [...shown.matchAll(/plan ([0-9a-f]{32}) \(/g)].flatMap(({ 1: digest = "", index }) =>
    shown.startsWith(plain(lineOf(digest)), index) ? [digest] : [],
  );
}

/** Digests of all plans for several children that a text shows. */
export function trainDigestsShown(text: string): readonly string[] {
  return [...plain(text).matchAll(/plan ([0-9a-f]{32}) \(train of \d+: /g)].map(([, digest = ""]) => digest);
}

const entities = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["#39", "'"],
  ["apos", "'"],
]);

/** The text without escapes, because filters of Octopus (`| HtmlEscape`) and Markdown change how a line is written. */
function plain(text: string): string {
  return text
    .replace(/&(amp|lt|gt|quot|apos|#39);/gi, (entity, name: string) => entities.get(name.toLowerCase()) ?? entity)
    .replace(/\\(?=[!-/:-@[-`{-~])/g, "")
    .replace(/\s+/g, " ")
    .toLowerCase();
}
