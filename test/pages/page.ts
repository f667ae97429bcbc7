import { readFileSync } from "node:fs";
import { parameterDeclarations } from "../../src/step/parameter-declarations.ts";

/** A file of the repository. */
export function page(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

/** What stands under a heading, up to the next one of the same level or above. */
export function section(text: string, heading: string): string {
  const [, hashes = "", rest = ""] = new RegExp(`^(#+) ${heading}$([^]*)`, "m").exec(text) ?? [];
  const found = rest.split(new RegExp(`^#{1,${hashes.length}} `, "m"))[0] ?? "";
  if (found.trim() === "") throw new Error(`There is nothing under "${heading}".`);
  return found;
}

/** A text in one line, as its sentences are read. */
export function sentencesOf(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** The blocks of code in a language. */
export function code(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, block = ""]) => block);
}

/** Paragraphs of Markdown that are indented as code and hold an expression. */
export function expressions(text: string): readonly string[] {
  return [...text.matchAll(/^ {4,}(#\{.*\})$/gm)].map(([, expression = ""]) => expression);
}

/** The rows of the first table whose first head is this, its heads in front. Cells are as they are written. */
export function table(text: string, head: string): readonly (readonly string[])[] {
  const lines = text.split("\n").map((line) => line.trim());
  const isRuled = (index: number) => /^\| -+ \|/.test(lines[index] ?? "");
  const start = lines.findIndex((line, index) => isRuled(index + 1) && cells(line)[0] === head);
  if (start === -1) throw new Error(`There is no table with the head "${head}".`);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("|"));
  const rows = lines.slice(start, end === -1 ? undefined : end).map(cells);
  return [rows[0] ?? [], ...rows.slice(2)];
}

function cells(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split(" |")
    .map((cell) => cell.trim());
}

/** The value that a cell tells users to enter: code, with `<br>` between lines; the name of an option; or nothing. */
export function entered(cell: string): string {
  if (cell === "blank") return "";
  const lines = cell.split("<br>").map((line) => /^`(.*)`$/.exec(line)?.[1]);
  return lines.every((line) => line !== undefined) ? lines.join("\n") : cell;
}

/** Name of the parameter with this label in the form. */
export function nameOf(label: string): string {
  const found = parameterDeclarations.find((declaration) => declaration.label === label);
  if (found === undefined) throw new Error(`The form has no field "${label}".`);
  return found.name;
}
