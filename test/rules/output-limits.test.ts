import * as fc from "fast-check";
import { expect, test } from "vitest";
import { leftOut, sizeOf, withinLimit } from "../../src/rules/output-limits.ts";
import { randomCases } from "../random-cases.ts";

const outputs = [
  ["a", "xxxx"],
  ["b", "x"],
  ["c", "xx"],
] as const;

test.each([
  [100, ["a", "b", "c"]],
  [10, ["a", "b", "c"]],
  [9, ["b", "c"]],
  [4, ["b"]],
  [1, []],
  [-5, []],
])("within %d characters: %s", (limit, names) => {
  expect(withinLimit(outputs, limit).map(([name]) => name)).toEqual(names);
  expect(leftOut(outputs, limit)).toEqual(["a", "b", "c"].filter((name) => !names.includes(name)));
});

test("the kept outputs stay within the limit, in their order, and none is bigger than one that is left out", () => {
  const some = fc.array(fc.tuple(fc.string({ maxLength: 5 }), fc.string({ maxLength: 20 })), { maxLength: 20 });
  fc.assert(
    fc.property(some, fc.integer({ min: 0, max: 200 }), (given, limit) => {
      const kept = withinLimit(given, limit);
      const left = given.filter((each) => !kept.includes(each));

      expect(sizeOf(kept)).toBeLessThanOrEqual(limit);
      expect(kept).toEqual(given.filter((each) => kept.includes(each)));
      const biggest = Math.max(0, ...kept.map((each) => sizeOf([each])));
      for (const each of left) expect(sizeOf([each])).toBeGreaterThanOrEqual(biggest);
    }),
    randomCases(200, 7),
  );
});
