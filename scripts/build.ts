import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProduct, staleFiles } from "./build/build-product.ts";
import { hazardsIn } from "./hazards.ts";
import { sizeTable } from "./size-table.ts";

// Writes step-template.json and the generated tables of the READMEs, unless the product breaks a rule.
const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function build(): Promise<number> {
  const product = await buildProduct(root);
  console.log(sizeTable(product));
  const hazards = hazardsIn(product);
  if (hazards.length > 0) {
    console.error(`\nNothing was written:\n- ${hazards.join("\n- ")}`);
    return 1;
  }
  for (const path of await staleFiles(root, product)) await writeFile(join(root, path), product.files.get(path) ?? "");
  return 0;
}

process.exitCode = await build();
