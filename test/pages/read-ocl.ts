/** A value of Octopus' configuration language: a text, a list of texts, or a map between braces after an equals sign. */
export type OclValue = string | readonly string[] | Readonly<Record<string, string>>;

/** `step "plan" { … }`. */
export interface OclBlock {
  readonly type: string;
  /** Empty means the block has none. */
  readonly label: string;
  readonly values: Readonly<Record<string, OclValue>>;
  readonly blocks: readonly OclBlock[];
}

/**
 * Reads the part of OCL that our pages use: blocks, texts, heredocs, lists and maps of texts. Throws at the first line that is anything else,
 * because Octopus would refuse the file, too. https://octopus.com/docs/projects/version-control/ocl-file-format
 */
export function readOcl(text: string): readonly OclBlock[] {
  const lines = text.split("\n");
  const { blocks, values } = readBody(lines, undefined);
  const [stray] = Object.keys(values);
  if (stray !== undefined) throw new Error(`${stray} stands outside of any block.`);
  return blocks;
}

type Body = Pick<OclBlock, "values" | "blocks">;

/** Removes the lines that it reads. @param end the line after the body. Absent means that the body ends with the text */
function readBody(lines: string[], end: string | undefined): Body {
  const values: Record<string, OclValue> = {};
  const blocks: OclBlock[] = [];
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const trimmed = line.trim();
    if (trimmed === "") continue;
    if (trimmed === end) return { values, blocks };
    const [, type, label = ""] = /^(\w+)(?: "([^"]+)")? \{$/.exec(trimmed) ?? [];
    const [, name, value = ""] = /^([\w.]+) = (.+)$/.exec(trimmed) ?? [];
    if (type !== undefined) blocks.push({ type, label, ...readBody(lines, "}") });
    else if (name !== undefined && !(name in values)) values[name] = readValue(value, lines);
    else throw new Error(`This is no OCL, or names a value again: ${line}`);
  }
  if (end !== undefined) throw new Error("A block has no end.");
  return { values, blocks };
}

function readValue(value: string, lines: string[]): OclValue {
  if (value === "{") return readMap(lines);
  const [, mark] = /^<<-(\w+)$/.exec(value) ?? [];
  if (mark !== undefined) return readHeredoc(lines, mark);
  const [, list] = /^\[(.*)\]$/.exec(value) ?? [];
  if (list !== undefined) return list.split(",").map((entry) => unquoted(entry.trim()));
  return unquoted(value);
}

function unquoted(value: string): string {
  const [, quoted] = /^"((?:[^"\\]|\\.)*)"$/.exec(value) ?? [];
  if (quoted === undefined) throw new Error(`This is no value in OCL: ${value}`);
  return quoted.replace(/\\(.)/g, "$1");
}

function readMap(lines: string[]): Readonly<Record<string, string>> {
  const { values, blocks } = readBody(lines, "}");
  if (blocks.length > 0) throw new Error("A map has no blocks.");
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value !== "string") throw new Error(`${name} is no text.`);
      return [name, value];
    }),
  );
}

/** The text of a heredoc, without the blanks that all of its lines begin with. */
function readHeredoc(lines: string[], mark: string): string {
  const end = lines.findIndex((line) => line.trim() === mark);
  if (end === -1) throw new Error(`A text has no end ${mark}.`);
  const text = lines.splice(0, end + 1).slice(0, -1);
  const indent = Math.min(...text.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)));
  return text.map((line) => line.slice(indent)).join("\n");
}
