/** The texts for the `@@ … @@` marks in `scripts/bootstrap.sh`. */
export type BodyParts = Readonly<
  Record<
    "title" | "digits" | "outputs" | "variable names" | "minimum" | "packages" | "sha256" | "length" | "program",
    string
  >
>;

/** Fills the marks of the bootstrap. Throws if a mark is unknown or a text has no mark. */
export function scriptBody(bootstrap: string, parts: BodyParts): string {
  const places = new Map(Object.entries(parts));
  const used = new Set<string>();
  const body = bootstrap.replace(/@@ (.+?) @@/g, (mark, name: string) => {
    const part = places.get(name);
    if (part === undefined) throw new Error(`The bootstrap has an unknown mark: ${mark}.`);
    used.add(name);
    return part;
  });
  for (const name of places.keys()) {
    if (!used.has(name)) throw new Error(`The bootstrap has no place for ${name}.`);
  }
  return body;
}

/**
 * Names of Octopus variables in base64, for a Bash array. Names with a common beginning share it by braces. The length of the beginning is a
 * multiple of three, so that the rest can be encoded separately.
 */
export function variableTable(names: readonly string[]): string {
  const families = new Map<string, string[]>();
  for (const name of names) {
    const [, family = "", rest = name] = /^((?:\w{3})+)(.*)$/.exec(name) ?? [];
    families.set(family, [...(families.get(family) ?? []), inBase64(rest)]);
  }
  return [...families].map(([family, rests]) => `${inBase64(family)}${inBraces(rests)}`).join("\n  ");
}

function inBase64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

function inBraces(texts: readonly string[]): string {
  return texts.length === 1 ? texts.join("") : `{${texts.join(",").replace(/.{100,140},/g, "$&\\\n")}}`;
}

/**
 * Bash words: name and value of each output in base64, because Bash would start a process for each. A value `$name` is a Bash variable
 * that holds the value in base64.
 */
export function outputWords(outputs: Readonly<Record<string, string>>): string {
  const words = Object.entries(outputs).flatMap(([name, value]) => [
    inBase64(name),
    /^\$\w+$/.test(value) ? `"${value}"` : inBase64(value) || "''",
  ]);
  return words.join(" ").replace(/.{60,100} /g, "$&\\\n    ");
}
