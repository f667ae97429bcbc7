import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generateShapes } from "../test/octopus-server/shapes/generate-shapes.ts";

/** Writes the embedded server's shape table from an Octopus Server's Swagger file: `node --import tsx scripts/octopus-shapes.ts <file>`. */
const [swaggerFile] = process.argv.slice(2);
if (swaggerFile === undefined) {
  console.error("Usage: node --import tsx scripts/octopus-shapes.ts <swagger file>");
  process.exitCode = 2;
} else {
  const table = fileURLToPath(new URL("../test/octopus-server/shapes/shapes.json", import.meta.url));
  writeFileSync(table, generateShapes(readFileSync(swaggerFile, "utf8")));
  console.log(`Wrote ${table}`);
}
