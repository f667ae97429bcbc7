import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["test/**/*.test.ts"],
    // Loading the modules again for each file took a quarter of the time. So a helper must not register hooks when it is loaded.
    isolate: false,
    setupFiles: ["test/each-file.ts"],
    // Most time goes by in the processes that tests start, so that a worker is seldom busy itself.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
});
