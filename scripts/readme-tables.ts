import { outputHelp } from "../src/step/outputs.ts";
import { parameterDeclarations } from "../src/step/parameter-declarations.ts";
import type { ParameterDeclaration } from "../src/step/parameter-declarations.ts";

/** The README with its two generated tables brought up to date. Throws when a pair of marks is missing. */
export function withTables(readme: string): string {
  return between("outputs", outputTable(), between("parameters", parameterTable(), readme));
}

function between(subject: string, table: string, readme: string): string {
  const [start, end] = [`<!-- ${subject}:start -->`, `<!-- ${subject}:end -->`];
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`README.md needs ${start} and ${end}.`);
  return `${readme.slice(0, from)}${start}\n\n<!-- prettier-ignore -->\n${table}\n${readme.slice(to)}`;
}

function parameterTable(): string {
  const rows = parameterDeclarations.map((declaration) => [
    `\`${declaration.name}\`<br>${cell(declaration.label)}${perChild(declaration)}`,
    defaultOf(declaration),
    cell(declaration.help),
  ]);
  return tableOf(["Parameter", "Default", "Meaning"], rows);
}

/** What the list of child projects calls it. */
function perChild({ perChild: label }: ParameterDeclaration): string {
  return label === undefined ? "" : `<br>Per child: \`${label}\``;
}

/** The default, among the other values that may be chosen. */
function defaultOf({ defaultValue, options }: ParameterDeclaration): string {
  if (options === undefined) return defaultValue === "" ? "" : `\`${defaultValue}\``;
  return options.map((option) => (option === defaultValue ? `**${option}**` : option)).join(", ");
}

function outputTable(): string {
  return tableOf(
    ["Output variable", "Value"],
    Object.entries(outputHelp).map(([name, help]) => [`\`${name}\``, cell(help)]),
  );
}

function tableOf(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, headings.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** Markdown of several lines in one cell of a table. */
function cell(markdown: string): string {
  return markdown.trim().replaceAll("|", "\\|").replace(/\n+/g, "<br>");
}
