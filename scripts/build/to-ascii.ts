import { parse } from "acorn";
import type { Comment } from "acorn";

/**
 * The same program in printable ASCII: on the way to a worker a script body may be read and written in other encodings. Text and regular
 * expressions get escapes, comments get the nearest ASCII signs.
 */
export function toAscii(code: string): string {
  const comments: Comment[] = [];
  parse(code, { ecmaVersion: 2022, sourceType: "script", onComment: comments });
  let ascii = "";
  let position = 0;
  for (const { start, end } of comments) {
    ascii += escapeText(code.slice(position, start)) + spellOut(code.slice(start, end));
    position = end;
  }
  return ascii + escapeText(code.slice(position));
}

function escapeText(text: string): string {
  return text.replace(/[^\n\x20-\x7e]/g, unicodeEscape);
}

/** Text for people in ASCII. */
export function spellOut(comment: string): string {
  return comment.replace(/[^\n\x20-\x7e]/g, (sign) => spelling.get(sign) ?? unicodeEscape(sign));
}

const spelling: ReadonlyMap<string, string> = new Map([
  ["→", "->"],
  ["≥", ">="],
  ["≤", "<="],
  ["–", "-"],
  ["—", "-"],
  ["…", "..."],
  ["×", "x"],
  ["’", "'"],
  ["“", '"'],
  ["”", '"'],
  ["©", "(c)"],
]);

function unicodeEscape(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
