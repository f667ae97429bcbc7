import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as prettier from "prettier";
import { programIn } from "./build/program-block.ts";

// Prints the program inside step-template.json, or inside the given file, formatted.
const file = process.argv[2] ?? join(dirname(dirname(fileURLToPath(import.meta.url))), "step-template.json");

process.stdout.write(await prettier.format(programIn(await readFile(file, "utf8")), { parser: "acorn" }));
