import { invalid } from "../http/refusal.ts";
import type { Switches } from "../switches.ts";

/** The comment that the server keeps: every character, unless switches say otherwise. Throws the 400 for one that is too long. */
export function keptComment(sent: string | undefined, switches: Switches): string {
  const { longestComment, longerComments, commentsTrimmed } = switches;
  const comment = commentsTrimmed ? (sent ?? "").trim() : (sent ?? "");
  if (longestComment === 0 || comment.length <= longestComment) return comment;
  if (longerComments === "cut") return comment.slice(0, longestComment);
  throw invalid(`The comment must not be longer than ${longestComment} characters. You entered ${comment.length}.`);
}
