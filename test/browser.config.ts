import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** `npm run test:browser`: tests that need a browser. They are a job of their own, because they need Chromium. */
export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: { include: ["test/**/*.browser.ts"], maxWorkers: 1, testTimeout: 300_000, hookTimeout: 300_000 },
});
