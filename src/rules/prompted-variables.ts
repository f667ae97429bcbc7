import { quoted } from "../text/format.ts";

/** A value for a prompted variable as entered, by name or label. The value may be a secret. */
export interface PromptedValue {
  readonly name: string;
  readonly value: string;
}

/** The values that could be read, and the problems of the others. */
export interface ParsedPromptedValues {
  readonly values: readonly PromptedValue[];
  /** Ends of sentences. None means the values can be used. They never quote a value, nor a line that may be part of one. */
  readonly problems: readonly string[];
}

/**
 * Reads lines `Name::Value`, or one JSON object if the text starts with `{`. A line is split at its first `::`, and blanks around name and value
 * are removed. Blank lines and lines that start with `#` are ignored. In JSON a value keeps its blanks and its digits. Names may not repeat.
 * @param firstLine the number of the first line, for problems
 */
export function parsePromptedValues(text: string, firstLine = 1): ParsedPromptedValues {
  const entries = text.trim().startsWith("{") ? readObject(text) : readLines(text, firstLine);
  const values = entries.filter((entry) => typeof entry !== "string");
  return { values, problems: [...entries.filter((entry) => typeof entry === "string"), ...repetitions(values)] };
}

/** A value, or a sentence about its problem. */
type Entry = PromptedValue | string;

function readLines(text: string, firstLine: number): readonly Entry[] {
  return text.split(/\r\n|\r|\n/).flatMap<Entry>((line, index) => {
    if (saysNothing(line)) return [];
    const separator = line.indexOf("::");
    const number = firstLine + index;
    if (separator < 0) return [`line ${number} lacks the "::" between name and value.`];
    const name = line.slice(0, separator).trim();
    if (name === "") return [`line ${number} has no name before the "::".`];
    return [{ name, value: line.slice(separator + 2).trim() }];
  });
}

/** An unresolved expression also starts with `#` and is not a comment, because it may stand for missing lines. */
function saysNothing(line: string): boolean {
  return /^\s*(?:#(?!\{)|$)/.test(line);
}

function readObject(text: string): readonly Entry[] {
  if (!isJson(text)) return ['it starts with "{" but is not valid JSON.'];
  // Read by tokens, because JSON.parse hides repeated names and turns 1.10 into 1.1.
  const entries: Entry[] = [];
  let depth = 0;
  let name: string | undefined;
  for (const [token] of text.matchAll(/"(?:[^"\\]+|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (token === "}" || token === "]") depth -= 1;
    if (depth === 1 && !"}],:".includes(token)) {
      if (name !== undefined) entries.push(entryOf(name, token));
      name = name === undefined ? stringOf(token).trim() : undefined;
    }
    if (token === "{" || token === "[") depth += 1;
  }
  return entries;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function entryOf(name: string, token: string): Entry {
  if (name === "") return "the JSON object has an empty name.";
  if (token === "{" || token === "[" || token === "null") {
    return `the value of ${quoted(name)} is neither a text in quotes nor a number, true or false.`;
  }
  return { name, value: token.startsWith('"') ? stringOf(token) : token };
}

function stringOf(token: string): string {
  return String(JSON.parse(token));
}

function repetitions(values: readonly PromptedValue[]): readonly string[] {
  const names = new Set<string>();
  const repeated = values.filter(({ name }) => names.size === names.add(name.toLowerCase()).size);
  const sentences = repeated.map(
    ({ name }) => [name.toLowerCase(), `${quoted(name)} is given more than once.`] as const,
  );
  return [...new Map(sentences).values()];
}
