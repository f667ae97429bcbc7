/** Markup that goes into the page as it is. Only `markup` makes it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in the markup: other markup as it is, any text escaped, and nothing for what is absent. */
export type Part = Markup | string | number | false | null | undefined | readonly Part[];

/** The one way by which text gets into the page: markup`<b>${text}</b>` escapes the text. Attributes with text need quotes. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...parts.map(textOf)));
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "object" && part !== null) return part.map(textOf).join("");
  return escaped(String(part === false ? "" : (part ?? "")));
}

/**
 * Nothing in the text is markup, an expression or a service message of Octopus. Control characters, halves of characters and marks that
 * turn the direction of what follows are shown by their number: they would break the page, or show something else than was said.
 */
function escaped(text: string): string {
  return text
    .replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\p{Bidi_C}]/gu, (c) => `[U+${c.charCodeAt(0).toString(16).padStart(4, "0")}]`)
    .replace(/[&<>"'`#]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** The beginning of a text, and how much was left out. */
export function cut(text: string, length: number): string {
  const left = Math.ceil(text.length - length);
  return left > 0 ? `${text.slice(0, length)}\u2026 [${left} more]` : text;
}
