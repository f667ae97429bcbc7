import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { ReleaseRefusedError } from "./release/plan-release.ts";
import { release } from "./release/release.ts";

// npm run release -- <version> [--by <name on GitHub>]: raises the versions, builds, writes the file for the community library to .build/
// and prints the remaining steps. Nothing is committed, and a refused release writes nothing.
try {
  console.log(await release(dirname(dirname(fileURLToPath(import.meta.url))), process.argv.slice(2), new Date()));
} catch (error) {
  if (!(error instanceof ReleaseRefusedError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
