import { describe, expect, test } from "vitest";
import { parseDuration } from "../../src/text/durations.ts";

describe("a number is in the unit of its field", () => {
  test.each([
    ["1800", "seconds", 1800],
    ["60", "minutes", 3600],
    ["0", "seconds", 0],
    ["0", "minutes", 0],
    [" 007 ", "seconds", 7],
    ["1800.0", "seconds", 1800],
    ["60.00", "minutes", 3600],
  ] as const)("%j in %s is %d seconds", (text, unit, expected) => {
    expect(parseDuration(text, unit)).toBe(expected);
  });
});

describe("a text carries its own units, whatever the field's unit", () => {
  test.each([
    ["90s", 90],
    ["30m", 1800],
    ["30M", 1800],
    ["2h", 7200],
    ["1d", 86_400],
    ["1h30m", 5400],
    ["1h 30m", 5400],
    ["90m", 5400],
    ["1d2h3m4s", 93_784],
    ["0m", 0],
    ["400d", 34_560_000],
  ] as const)("%j is %d seconds", (text, expected) => {
    expect(parseDuration(text, "seconds")).toBe(expected);
    expect(parseDuration(text, "minutes")).toBe(expected);
  });
});

describe("a text that is no duration is refused", () => {
  test.each([
    ["", "nothing"],
    ["abc", "letters"],
    ["-1", "a negative number"],
    ["-30m", "a negative text"],
    ["+30m", "a sign"],
    ["NaN", "not a number"],
    ["Infinity", "infinity"],
    ["1e9", "an exponent"],
    ["0x10", "a hexadecimal number"],
    ["1.5", "a fraction"],
    ["1,5", "a fraction with a comma"],
    ["30 minutes", "an unknown unit"],
    ["m", "a unit without a number"],
    ["30m1h", "units from small to large"],
    ["1h1h", "a unit twice"],
    ["1h30", "a number without a unit after one with a unit"],
    ["401d", "more than 400 days"],
    ["34560001", "more than 400 days of seconds"],
    ["9".repeat(400), "a number beyond all bounds"],
    [`${"9".repeat(400)}h`, "a number of hours beyond all bounds"],
  ])("%j: %s", (text) => {
    expect(parseDuration(text, "seconds")).toBeUndefined();
  });
});
