import { afterAll } from "vitest";
import { calls } from "./octopus-server/http/calls.ts";
import { callersOf, recordedCallers } from "./octopus-server/support/callers.ts";

// Runs before each test file. Files share a worker and its modules, so that only what is here, or in a test file itself, happens for each.
calls.clear();

// The embedded server has only routes that a recorded client calls: a new call of one of them has to be recorded.
afterAll(() => {
  if (process.env["OCTOPUS_CALLS"] !== undefined) return;
  const unknown = Object.entries(callersOf("tests", calls)).flatMap(([caller, routes]) =>
    routes.filter((route) => recordedCallers[caller]?.includes(route) !== true).map((route) => `${caller}: ${route}`),
  );
  if (unknown.length === 0) return;
  throw new Error(
    `Not in test/octopus-server/callers.json, record anew (scripts/octopus-callers.ts): ${unknown.join(", ")}`,
  );
});
