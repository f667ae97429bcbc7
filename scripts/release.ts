import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { ReleaseRefusedError } from "./release/plan-release.ts";
import { release } from "./release/release.ts";

// npm run release -- <version> [--by <name on GitHub>]: raises the versions, builds, writes the file for the community library to .build/
// and prints what remains to be done. Nothing is committed, and nothing is written when the release is refused.
try {
  console.log(await release(dirname(dirname(fileURLToPath(import.meta.url))), process.argv.slice(2), new Date()));
} catch (error) {
  if (!(error instanceof ReleaseRefusedError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
