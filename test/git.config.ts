import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** `npm run test:git`: tests that need git. They are separate, because `npm test` needs nothing but Node.js, npm and Bash. */
export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: { include: ["test/**/*.git.ts"], testTimeout: 300_000, hookTimeout: 300_000 },
});
