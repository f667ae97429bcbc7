import { afterAll } from "vitest";
import { calls } from "./octopus-server/http/calls.ts";
import { callersOf, recordedCallers } from "./octopus-server/support/callers.ts";

// Runs before each test file. Test files share a worker and its modules, so only code here, or in a test file itself, runs for each of them.
calls.clear();

// The embedded server has only routes that a recorded client calls, so a new call of a recorded client must be recorded.
afterAll(() => {
  if (process.env["OCTOPUS_CALLS"] !== undefined) return;
  const unknown = Object.entries(callersOf("tests", calls)).flatMap(([caller, routes]) =>
    routes.filter((route) => recordedCallers[caller]?.includes(route) !== true).map((route) => `${caller}: ${route}`),
  );
  if (unknown.length === 0) return;
  throw new Error(
    `Calls that test/octopus-server/callers.json lacks, to be recorded by scripts/octopus-callers.ts: ${unknown.join(", ")}`,
  );
});
