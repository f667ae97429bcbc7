/** One line of the list of child projects. */
export interface Line {
  /** Counts from 1. */
  readonly number: number;
  /** How many blanks stand before the text; a tab counts as four. */
  readonly indent: number;
  /** Without blanks around it. */
  readonly text: string;
}

/** The lines of a text up to the last one that is not blank. A non-breaking space is a blank like any other. */
export function childLines(text: string): readonly Line[] {
  return text
    .trimEnd()
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ number: index + 1, indent: indentOf(line), text: line.trim() }));
}

function indentOf(line: string): number {
  const blanks = line.slice(0, line.length - line.trimStart().length);
  return blanks.length + 3 * (blanks.split("\t").length - 1);
}

/** What a line `label: value` holds. `undefined` means that it has no label. The value is blank when nothing follows the colon. */
export function settingIn(text: string): { readonly label: string; readonly value: string } | undefined {
  const colon = text.search(/:(?:\s|$)/);
  if (colon < 1) return undefined;
  return { label: text.slice(0, colon).trim(), value: text.slice(colon + 1).trim() };
}
