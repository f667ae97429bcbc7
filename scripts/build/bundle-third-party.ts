import { createRequire } from "node:module";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import * as esbuild from "esbuild";
import type { PackageUse } from "./join-modules.ts";
import { leaveOut, refuseStaleEntries } from "./left-out.ts";
import { packagesIn } from "./packages.ts";
import type { BundledPackage } from "./packages.ts";
import { spellOut } from "./to-ascii.ts";

export interface ThirdParty {
  /** A CommonJS module that exports `packages`: import specifier → name → value. ASCII. */
  readonly code: string;
  /** By name. */
  readonly packages: readonly BundledPackage[];
}

/**
 * Bundles exactly the names used of each package, headed by all licence texts. Throws when a package
 * does not have a name that is used, or when it was left out.
 */
export async function bundleThirdParty(root: string, use: PackageUse): Promise<ThirdParty> {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: entryFor(use), resolveDir: root, sourcefile: "third-party.mjs" },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: "cjs",
    platform: "node",
    target: "node18",
    charset: "ascii",
    minifyWhitespace: true,
    minifySyntax: true,
    minifyIdentifiers: true,
    legalComments: "none",
    plugins: [leaveOut()],
    logLevel: "silent",
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error("The bundler wrote nothing.");
  refuseStaleEntries(Object.keys(metafile.inputs));
  const packages = await packagesIn(root, metafile);
  const code = `${noticesOf(packages)}${bundle.text}`;
  refuseMissingNames(root, code, use);
  return { code, packages };
}

function entryFor(use: PackageUse): string {
  const imports: string[] = [];
  const packages: string[] = [];
  let count = 0;
  for (const [from, names] of use) {
    const aliases = names.map((name) => [name, `name${(count += 1)}`] as const);
    imports.push(
      `import { ${aliases.map(([name, alias]) => `${name} as ${alias}`).join(", ")} } from ${JSON.stringify(from)};`,
    );
    packages.push(
      `${JSON.stringify(from)}: { ${aliases.map(([name, alias]) => `${JSON.stringify(name)}: ${alias}`).join(", ")} },`,
    );
  }
  return [...imports, "export const packages = {", ...packages, "};"].join("\n");
}

/** Each licence text once, after the packages under it and their copyright lines: it counts in the same words, however they are wrapped. */
function noticesOf(packages: readonly BundledPackage[]): string {
  const holders = new Map<string, string>();
  for (const { name, version, notice } of packages) {
    const [, copyright, text] =
      /(?:^|\n)\W*(Copyright \(c\).*)\n\s*([^]*?)\s*(?:\n\n\[|$)/i.exec(spellOut(notice.replaceAll("\r", ""))) ?? [];
    if (copyright === undefined || text === undefined) throw new Error(`The licence of ${name} has no copyright line.`);
    const words = text.replace(/(?<!\n)\n(?!\n)/g, " ").replace(/'(Software|AS IS)'/g, '"$1"');
    holders.set(words, `${holders.get(words) ?? ""}${name} ${version}: ${copyright}\n`);
  }
  const notices = [...holders].map(([words, names]) => `${names}\n${words}\n`);
  return `/*!\n${notices.join("\n").replaceAll("*/", "* /")}*/\n`;
}

/** A name a package does not have would be `undefined` only when the step uses it. */
function refuseMissingNames(root: string, code: string, use: PackageUse): void {
  const module = { exports: {} as { readonly packages?: Readonly<Record<string, Readonly<Record<string, unknown>>>> } };
  compileFunction(code, ["module", "exports", "require"])(
    module,
    module.exports,
    createRequire(join(root, "package.json")),
  );
  for (const [from, names] of use) {
    for (const name of names) {
      if (module.exports.packages?.[from]?.[name] === undefined) {
        throw new Error(`${from} has no ${name}, or it was left out of the bundle (scripts/build/left-out.ts).`);
      }
    }
  }
}
