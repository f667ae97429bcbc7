import * as fc from "fast-check";
import { expect, test } from "vitest";
import { alignedPause } from "../../src/rules/judge-task.ts";
import { randomCases } from "../random-cases.ts";

test.each([
  [500, 0, 500],
  [500, 120, 380],
  [700, 900, 600],
  [10_000, 3_000, 7_000],
  [10_000, 10_000, 10_000],
  [7_000, 4_000, 6_000],
  [300, 100, 300],
])("a pause of %d ms at %d ms lasts %d ms", (pause, elapsed, expected) => {
  expect(alignedPause(pause, elapsed)).toBe(expected);
});

test("it is never longer, never nothing, and ends at a whole beat", () => {
  fc.assert(
    fc.property(fc.integer({ min: 500, max: 10_000 }), fc.integer({ min: 0, max: 10_000_000 }), (pause, elapsed) => {
      const aligned = alignedPause(pause, elapsed);

      expect(aligned).toBeGreaterThan(0);
      expect(aligned).toBeLessThanOrEqual(pause);
      expect((elapsed + aligned) % 500).toBe(0);
    }),
    randomCases(500, 11),
  );
});
