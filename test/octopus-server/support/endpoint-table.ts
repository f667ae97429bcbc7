import { readFileSync } from "node:fs";

/** A row of the README's table of endpoints. */
export interface EndpointRow {
  readonly endpoint: string;
  readonly source: string;
  /** The test file that calls it. */
  readonly testFile: string;
}

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

export const endpointRows: readonly EndpointRow[] = tableBelow("## Endpoints").map(
  ([endpoint = "", , source = "", testFile = ""]) => ({ endpoint, source, testFile }),
);

/** The cells of the first table below a heading of the README, without its head and without code marks. */
export function tableBelow(heading: string): readonly (readonly string[])[] {
  const section = readme.slice(readme.indexOf(`\n${heading}\n`) + heading.length + 2);
  const lines = section.split("\n");
  const first = lines.findIndex((line) => line.startsWith("|"));
  const rest = lines.slice(first);
  const length = rest.findIndex((line) => !line.startsWith("|"));
  return rest.slice(2, length).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.replaceAll("`", "").trim()),
  );
}

/** The name an endpoint has in the table. The root of the server and that of a space have the same one. */
export function endpointName({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path === "" ? "(root)" : path}`;
}
