import { allRoutes } from "../test/octopus-server/routes/all-routes.ts";
import { recordedCallers, routeName } from "../test/octopus-server/support/callers.ts";
import { outputHelp } from "../src/step/outputs.ts";
import { parameterDeclarations } from "../src/step/parameter-declarations.ts";
import type { ParameterDeclaration } from "../src/step/parameter-declarations.ts";

type Subject = "parameters" | "outputs" | "labels" | "routes";

/** The pages with generated tables, by path below the project, and the subjects of their tables. */
export const pagesWithTables: ReadonlyMap<string, readonly Subject[]> = new Map([
  ["src/step/README.md", ["parameters", "outputs"]],
  ["src/train/README.md", ["labels"]],
  ["test/octopus-server/README.md", ["routes"]],
]);

/** A page with updated tables. Throws if a pair of marks is missing. */
export function withTables(path: string, page: string): string {
  const subjects = pagesWithTables.get(path) ?? [];
  return subjects.reduce((done, subject) => between(path, subject, done), page);
}

/** A page whose OCL examples name this version of the step template. */
export function withVersion(page: string, version: number): string {
  return page.replace(/(?<=Octopus\.Action\.Template\.Version = ")\d+(?=")/g, String(version));
}

function between(path: string, subject: Subject, page: string): string {
  const [start, end] = [`<!-- ${subject}:start -->`, `<!-- ${subject}:end -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${path} needs ${start} and ${end}.`);
  return `${page.slice(0, from)}${start}\n\n<!-- prettier-ignore -->\n${tables[subject]()}\n${page.slice(to)}`;
}

const tables: Readonly<Record<Subject, () => string>> = {
  parameters: parameterTable,
  outputs: outputTable,
  labels: labelTable,
  routes: routeTable,
};

function parameterTable(): string {
  const rows = parameterDeclarations.map((declaration) => [
    `\`${declaration.name}\`<br>${cell(declaration.label)}${perChild(declaration)}`,
    defaultOf(declaration),
    cell(declaration.help),
  ]);
  return tableOf(["Parameter", "Default", "Meaning"], rows);
}

/** The label of a parameter in the list of child projects. */
function perChild({ perChild: label }: ParameterDeclaration): string {
  return label === undefined ? "" : `<br>Per child: \`${label}\``;
}

/** The options, with the default marked. */
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

/** The labels of the list of child projects, in the order of the form. */
function labelTable(): string {
  const declarations: readonly ParameterDeclaration[] = parameterDeclarations;
  const rows = declarations.flatMap(({ label, perChild: own }) => (own === undefined ? [] : [[`\`${own}\``, label]]));
  return tableOf(["Label", "Field"], rows);
}

/** The routes of the embedded server, one row for each kind of resource: the first part of a path. */
function routeTable(): string {
  const kinds = [...new Set(allRoutes.map(({ path }) => kindOf(path)))].toSorted();
  const rows = kinds.map((kind) => {
    const routes = allRoutes.filter(({ path }) => kindOf(path) === kind);
    const paths = [...new Set(routes.map(({ path }) => path))].map((path) => {
      const methods = new Set(routes.filter((route) => route.path === path).map(({ method }) => method));
      return `\`${path === "" ? "(root)" : path}\` ${[...methods].join(" ")}`;
    });
    const names = new Set(routes.map(routeName));
    const callers = Object.entries(recordedCallers).filter(([, called]) => called.some((route) => names.has(route)));
    const sources = new Set(routes.flatMap(({ source }) => source.split(/[,;] /)));
    return [paths.join("<br>"), callers.map(([caller]) => caller).join(", "), [...sources].join("; ")];
  });
  return tableOf(["Routes", "Callers", "Sources"], rows);
}

function kindOf(path: string): string {
  return path.replace(/\/.*/, "");
}

function tableOf(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, headings.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** Markdown of several lines in one cell of a table. */
function cell(markdown: string): string {
  const inline = markdown.replace(/```\n([^]*?)\n```/g, (_, code: string) => code.replace(/.+/g, "`$&`"));
  return inline.trim().replaceAll("|", "\\|").replace(/\n+/g, "<br>");
}
