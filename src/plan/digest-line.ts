import type { Order } from "./plan.ts";
import { placeText } from "./words.ts";

type Subject = Pick<Order, "project" | "tenant" | "destination">;

/** The line by which people, and later runs, recognise a plan. */
export function digestLine(digest: string, subject: Subject): string {
  return `Plan ${digest} (${subject.project.name} to ${placeText(subject)})`;
}

/** Digests of plans for a child that a text shows. */
export function digestsShown(text: string, subject: Subject): readonly string[] {
  const found = text.matchAll(/Plan ([0-9a-f]{32}) \(/g);
  return [...found].flatMap(({ 1: digest = "", index }) =>
    text.startsWith(digestLine(digest, subject), index) ? [digest] : [],
  );
}
