import type { Order } from "./plan.ts";
import { placeText } from "../text/format.ts";

type Subject = Pick<Order, "project" | "tenant" | "destination">;

/** The line by which approvers, and later runs, recognise a plan. */
export function digestLine(digest: string, subject: Subject): string {
  return `Plan ${digest} (${subject.project.name} to ${placeText(subject)})`;
}

/** Digests of plans that a text shows, whatever they are about. */
export function allDigestsShown(text: string): readonly string[] {
  return [...text.matchAll(/\bPlan\s+([0-9a-f]{32})\b/gi)].map(([, digest = ""]) => digest.toLowerCase());
}

/** Digests of plans for a child that a text shows, however its line was wrapped, escaped or capitalised on the way. */
export function digestsShown(text: string, subject: Subject): readonly string[] {
  const shown = plain(text);
  // Each place is read once, because instructions may be long and full of digests.
  return [...shown.matchAll(/plan ([0-9a-f]{32}) \(/g)].flatMap(({ 1: digest = "", index }) =>
    shown.startsWith(plain(digestLine(digest, subject)), index) ? [digest] : [],
  );
}

const entities = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["#39", "'"],
  ["apos", "'"],
]);

/** Filters of Octopus (`| HtmlEscape`) and Markdown change how a line is written, not what it says. */
function plain(text: string): string {
  return text
    .replace(/&(amp|lt|gt|quot|apos|#39);/gi, (entity, name: string) => entities.get(name.toLowerCase()) ?? entity)
    .replace(/\\(?=[!-/:-@[-`{-~])/g, "")
    .replace(/\s+/g, " ")
    .toLowerCase();
}
