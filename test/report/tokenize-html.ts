/** An opening tag as a browser would read it. */
export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface Tokens {
  readonly tags: readonly Tag[];
  /** Names of closing tags. */
  readonly closed: readonly string[];
  /** Texts between tags, with their characters decoded. */
  readonly texts: readonly string[];
  /** Comments, declarations other than the first one, and anything else that no report should have. */
  readonly odd: readonly string[];
}

const opening = /^<([a-z][^\s/>]*)((?:[^"'>]|"[^"]*"|'[^']*')*)>/i;
const closing = /^<\/([a-z][^\s/>]*)[^>]*>/i;
const attribute = /([^\s/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g;

/** Reads HTML leniently, as browsers do: whatever they might take for a tag, an attribute or a comment is one here. */
export function tokenizeHtml(page: string): Tokens {
  const tokens = { tags: [] as Tag[], closed: [] as string[], texts: [] as string[], odd: [] as string[] };
  let rest = page.replace(/^<!doctype html>/, "");
  while (rest !== "") {
    const end = rest.indexOf("<", 1);
    const open = opening.exec(rest);
    const close = closing.exec(rest);
    const token = open?.[0] ?? close?.[0] ?? rest.slice(0, end === -1 ? undefined : end);
    rest = rest.slice(token.length);
    if (open !== null) {
      const name = (open[1] ?? "").toLowerCase();
      tokens.tags.push({ name, attributes: attributesOf(open[2] ?? "") });
      if (["style", "title", "script", "textarea"].includes(name)) {
        const until = rest.toLowerCase().indexOf(`</${name}`);
        tokens.texts.push(decoded(rest.slice(0, until)));
        rest = rest.slice(until);
      }
    } else if (close !== null) tokens.closed.push((close[1] ?? "").toLowerCase());
    else if (token.startsWith("<")) tokens.odd.push(token);
    else tokens.texts.push(decoded(token));
  }
  return tokens;
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(attribute)].map(([, name = "", double, single, bare]) => [
      name.toLowerCase(),
      decoded(double ?? single ?? bare ?? ""),
    ]),
  );
}

function decoded(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
