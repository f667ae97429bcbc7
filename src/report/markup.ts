/** Markup that goes into the page unchanged. Only `markup` creates it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may contain: markup stays unchanged, text is escaped, and absent values are left out. */
export type Part = Markup | string | number | false | null | undefined | readonly Part[];

/** The only way to put text into the page: markup`<b>${text}</b>` escapes the text. Attributes with text need quotes. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...parts.map(textOf)));
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "object" && part !== null) return part.map(textOf).join("");
  return escaped(String(part === false ? "" : (part ?? "")));
}

/**
 * Text without markup, expressions or service messages of Octopus. Control characters, halves of surrogate pairs and marks that change the
 * direction of text are shown by their number, because they would break the page or mislead the reader.
 */
function escaped(text: string): string {
  return text
    .replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\p{Bidi_C}]/gu, (c) => `[U+${c.charCodeAt(0).toString(16).padStart(4, "0")}]`)
    .replace(/[&<>"'`#]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** The beginning of a text, and the number of characters left out. */
export function cut(text: string, length: number): string {
  const left = Math.ceil(text.length - length);
  return left > 0 ? `${text.slice(0, length)}\u2026 [${left} more]` : text;
}
