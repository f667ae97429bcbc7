import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** `npm run test:browser`: what only a browser can tell. A job of its own, because it needs Chromium. */
export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: { include: ["test/**/*.browser.ts"], maxWorkers: 1, testTimeout: 300_000, hookTimeout: 300_000 },
});
