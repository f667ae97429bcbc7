/** What takes the place of the `@@ … @@` marks in `scripts/bootstrap.sh`. */
export type BodyParts = Readonly<
  Record<"title" | "variable names" | "minimum" | "packages" | "sha256" | EmbeddedFile, string>
>;

export type EmbeddedFile = "start.cjs" | "main.cjs" | "third-party.base91";

/** Fills the marks of the bootstrap. Throws when a mark is unknown or a part has no place. */
export function scriptBody(bootstrap: string, parts: BodyParts): string {
  const places = new Map(Object.entries(parts));
  const used = new Set<string>();
  const body = bootstrap.replace(/@@ (.+?) @@/g, (mark, name: string) => {
    const part = places.get(name);
    if (part === undefined) throw new Error(`The bootstrap has an unknown mark: ${mark}.`);
    used.add(name);
    return part.replace(/\n$/, "");
  });
  for (const name of places.keys()) {
    if (!used.has(name)) throw new Error(`The bootstrap has no place for ${name}.`);
  }
  return body;
}

/** Names of Octopus variables for a Bash array: many under one first word share it, in braces, a few on a line. */
export function variableTable(names: readonly string[]): string {
  const families = new Map<string, string[]>();
  for (const name of names) {
    const [, family, rest] = /^(\w+\.)([\w.]+)$/.exec(name) ?? [name, "", `'${name}'`];
    families.set(family, [...(families.get(family) ?? []), rest]);
  }
  return [...families].map(([family, rests]) => `${family}${inBraces(rests)}`).join("\n  ");
}

function inBraces(texts: readonly string[]): string {
  return texts.length === 1 ? texts.join("") : `{${texts.join(",").replace(/.{150,180},/g, "$&\\\n")}}`;
}

/** A file embedded in a script body, or `undefined` when there is none of that name. */
export function embeddedFile(body: string, name: EmbeddedFile): string | undefined {
  const end = `THE_END_OF_${name.replace(/\W/g, "_").toUpperCase()}`;
  return new RegExp(`<<'${end}'\n([^]*?)\n${end}\n`).exec(body)?.[1];
}
