import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import { systemVariableNames } from "../../src/step/system-variables.ts";
import { bundleThirdParty } from "./bundle-third-party.ts";
import type { ThirdParty } from "./bundle-third-party.ts";
import { emitModules } from "./emit-modules.ts";
import { hazardsIn } from "./hazards.ts";
import { joinModules } from "./join-modules.ts";
import { mainProgram } from "./main-program.ts";
import { withTables } from "./readme-tables.ts";
import { embeddedFile, scriptBody, variableTable } from "./script-body.ts";
import { stepTemplate, templateName } from "./step-template.ts";
import { thirdPartyBlock } from "./third-party-block.ts";

/** Everything the build makes, in memory. */
export interface Product {
  /** Generated files, by path below the project. */
  readonly files: ReadonlyMap<string, string>;
  /** `step-template.json`. */
  readonly template: string;
  readonly body: string;
  readonly mainProgram: string;
  readonly thirdParty: ThirdParty;
  /** Why the product must not be shipped; empty when all is well. */
  readonly hazards: readonly string[];
}

/** The oldest major version of Node.js the step runs on. */
const minimumNode = "18";

/**
 * Makes the step template and the README's tables from the sources below a folder. The same sources give the same bytes on any machine, as
 * long as the folder's earlier `step-template.json` is there to keep the compressed block from.
 */
export async function buildProduct(root: string): Promise<Product> {
  const own = joinModules(await emitModules(root), "src/main.ts");
  const thirdParty = await bundleThirdParty(root, own.packages);
  const earlierBody = await bodyOfEarlierTemplate(root);
  const block = thirdPartyBlock(thirdParty.code, earlierBody && embeddedFile(earlierBody, "third-party.base91"));
  const main = await mainProgram(root, own.code, block.sha256);
  const body = scriptBody(await text(root, "scripts/bootstrap.sh"), {
    title: `${templateName} ${await versionOf(root)}`,
    minimum: minimumNode,
    "variable names": variableTable(variableNames),
    packages: packageList(thirdParty),
    sha256: block.sha256,
    "start.cjs": (await text(root, "scripts/build/start.cjs")).replace("@@ minimum @@", minimumNode),
    "main.cjs": main,
    "third-party.base91": block.text,
  });
  const template = stepTemplate(body);
  const readme = await text(root, "README.md").catch(() => undefined);
  return {
    files: new Map([
      ["step-template.json", template],
      ...(readme === undefined ? [] : [["README.md", withTables(readme)] as const]),
    ]),
    template,
    body,
    mainProgram: main,
    thirdParty,
    hazards: hazardsIn({ body, mainProgram: main, template }),
  };
}

const variableNames = [...parameterDeclarations.map(({ name }) => name), ...systemVariableNames];

const EarlierTemplate = z.object({ Properties: z.object({ "Octopus.Action.Script.ScriptBody": z.string() }) });

async function bodyOfEarlierTemplate(root: string): Promise<string | undefined> {
  const json = await text(root, "step-template.json").catch(() => undefined);
  return json === undefined
    ? undefined
    : EarlierTemplate.parse(JSON.parse(json)).Properties["Octopus.Action.Script.ScriptBody"];
}

async function versionOf(root: string): Promise<string> {
  return z.object({ version: z.string() }).parse(JSON.parse(await text(root, "package.json"))).version;
}

/** For a Bash comment: a few packages a line. */
function packageList({ packages }: ThirdParty): string {
  const entries = packages.map(({ name, version, licence }) => `${name} ${version} (${licence})`);
  const lines: string[] = [];
  for (let i = 0; i < entries.length; i += 4) lines.push(entries.slice(i, i + 4).join(", "));
  return lines.join(",\n# ");
}

async function text(root: string, path: string): Promise<string> {
  return readFile(join(root, path), "utf8");
}
