import { defineConfig } from "vitest/config";
import usual from "./vitest.config.ts";

/** Tests that take minutes: kills at every line, every installed Node.js, every fault at every route, and ten times as many random worlds, new ones each time. */
export default defineConfig({
  ...usual,
  test: {
    ...usual.test,
    include: [
      "test/long/**/*.test.ts",
      "test/{approvals,monitor,report,select}/**/*.test.ts",
      "test/parent-process/train.test.ts",
      "test/text/format.test.ts",
      "test/scenarios/{approvals,approved-plan,approved-plan-faults,bad-input,ending,fault-matrix,faults-and-retries,many-walks}.test.ts",
      "test/scenarios/{promote,selection,stopped,tenants,train-choice,train-failures-rerun,watching}.test.ts",
      "test/scenarios/train-property.test.ts",
    ],
    exclude: [],
    env: { TEST_LONG: "yes" },
    testTimeout: 900_000,
  },
});
