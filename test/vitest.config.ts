import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/long/**", "**/node_modules/**"],
    // Loading the modules again for each file took a quarter of the time. So a helper must not register hooks when it is loaded.
    isolate: false,
    globalSetup: ["test/fetch-node-18.ts"],
    setupFiles: ["test/each-file.ts"],
    // Most time goes by in the processes that tests start, so that a worker is seldom busy itself.
    maxWorkers: 3,
    // Other processes may use most of the machine. A test that waits for ever still fails, and none is judged by the time that it takes.
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
