import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { buildProduct, type Product } from "../build/build-product.ts";
import { programBlock } from "../build/program-block.ts";
import { templateName } from "../build/step-template.ts";
import { hazardsIn } from "../hazards.ts";
import { readCheckout } from "./git.ts";
import { libraryFile, libraryProblems } from "./library-rules.ts";
import { nextSteps } from "./next-steps.ts";
import { changelogFile, planRelease, ReleaseRefusedError } from "./plan-release.ts";

/**
 * Prepares a release of the sources in a folder, and returns the remaining steps. Throws `ReleaseRefusedError` before anything is written.
 */
export async function release(root: string, args: readonly string[], now: Date): Promise<string> {
  const read = (path: string) => readFile(join(root, path), "utf8");
  const plan = planRelease(
    { ...readArguments(args), now },
    {
      manifest: await read("package.json"),
      lock: await read("package-lock.json"),
      changelog: await read(changelogFile).catch(() => ""),
      checkout: await readCheckout(root),
    },
  );
  const product = await buildProduct(root, plan.manifest);
  const file = join(".build", libraryFile(templateName));
  refuseUnfit(product, libraryFile(templateName));
  for (const [path, text] of [...plan.files, ...product.files, [file, product.template] as const]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const { sha256 } = programBlock(product.program.code);
  return nextSteps(plan, { file: join(root, file), name: templateName, sha256 });
}

function readArguments(args: readonly string[]) {
  try {
    const options = { by: { type: "string" } } as const;
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    return { version: positionals.length === 1 ? positionals[0] : undefined, by: values.by };
  } catch (error) {
    throw new ReleaseRefusedError(error instanceof Error ? error.message : String(error));
  }
}

function refuseUnfit(product: Product, file: string): void {
  const [problem] = [...hazardsIn(product), ...libraryProblems(file, product.template)];
  if (problem !== undefined) throw new ReleaseRefusedError(`The template must not be released: ${problem}.`);
}
