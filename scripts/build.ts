import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProduct } from "./build/build-product.ts";
import { sizeTable } from "./build/size-table.ts";

// Writes step-template.json and the README's generated tables. Nothing is written when the product must not be shipped.
const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function build(): Promise<number> {
  const product = await buildProduct(root);
  console.log(sizeTable(product));
  if (product.hazards.length > 0) {
    console.error(`\nNothing was written:\n- ${product.hazards.join("\n- ")}`);
    return 1;
  }
  for (const [path, content] of product.files) await writeFile(join(root, path), content);
  return 0;
}

process.exitCode = await build();
