import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { emptyOutputs } from "../../src/step/outputs.ts";
import { parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import { systemVariableNames } from "../../src/step/system-variables.ts";
import { bundleProgram, type Program } from "./bundle-program.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { isSameBuild, programBlock } from "./program-block.ts";
import { pagesWithTables, withTables, withVersion } from "../readme-tables.ts";
import { outputWords, scriptBody, variableTable } from "./script-body.ts";
import { stepTemplate, templateName } from "./step-template.ts";
import { z85Digits } from "./z85.ts";

/** Everything the build makes, in memory. */
export interface Product {
  /** Generated files, by path below the project. */
  readonly files: ReadonlyMap<string, string>;
  /** `step-template.json`. */
  readonly template: string;
  readonly body: string;
  readonly program: Program;
  /** Characters of the compressed program in Z85, line breaks included. */
  readonly blockLength: number;
}

/** The oldest major version of Node.js the step runs on. */
const minimumNode = "18";

/** Makes the step template and the tables of the pages from the sources in a folder. The same sources give the same program on any machine. */
export async function buildProduct(root: string, manifest?: Manifest): Promise<Product> {
  const { version, repository, stepTemplate: edition } = manifest ?? readManifest(await text(root, "package.json"));
  const program = await bundleProgram(root);
  const block = programBlock(program.code);
  const body = scriptBody(await text(root, "scripts/bootstrap.sh"), {
    title: `${templateName} ${version}${repository === undefined ? "" : `\n# Source: ${repository}`}`,
    minimum: minimumNode,
    // The bootstrap sets the message of a failure, and whether a deployment may exist.
    outputs: outputWords({ ...emptyOutputs, Message: "$message", ChildReleaseToDeploy: "$exists" }),
    "variable names": variableTable([...parameterDeclarations.map(({ name }) => name), ...systemVariableNames]),
    packages: packageList(program),
    digits: z85Digits,
    sha256: block.sha256,
    length: String(block.text.length),
    program: block.text,
  });
  const template = stepTemplate(body, { edition, repository });
  const files = new Map([["step-template.json", template]]);
  for (const path of await pagesOf(root)) {
    // A copy without tests builds the same template.
    const page = await text(root, path).catch(() => undefined);
    if (page !== undefined) files.set(path, withVersion(withTables(path, page), edition.version));
  }
  return { files, template, body, program, blockLength: block.text.length };
}

/** Paths of the generated files that differ from a fresh build. */
export async function staleFiles(root: string, product: Product): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [path, content] of product.files) {
    const found = await text(root, path).catch(() => "");
    if (!isSameBuild(found, content)) stale.push(path);
  }
  return stale;
}

/** The pages for users beside the code that they describe, and all pages with generated tables. */
async function pagesOf(root: string): Promise<readonly string[]> {
  const files = [...(await readdir(root)), ...(await readdir(join(root, "src"), { recursive: true })).map(belowSrc)];
  const pages = files.filter((file) => /(^|\/)README\.md$/.test(file));
  return [...new Set([...pages, ...pagesWithTables.keys()])].sort();
}

function belowSrc(file: string): string {
  return `src/${file.replaceAll("\\", "/")}`;
}

/** The packages for a Bash comment, a few per line. */
function packageList({ packages }: Program): string {
  const entries = packages.map(({ name, version, licence }) => `${name} ${version} (${licence})`);
  const lines: string[] = [];
  for (let i = 0; i < entries.length; i += 3) lines.push(entries.slice(i, i + 3).join(", "));
  return lines.join(",\n# ");
}

async function text(root: string, path: string): Promise<string> {
  return readFile(join(root, path), "utf8");
}
