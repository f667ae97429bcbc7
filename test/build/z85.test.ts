import { expect, test } from "vitest";
import * as fc from "fast-check";
import { fromZ85, toZ85, z85Digit, z85Digits } from "../../scripts/build/z85.ts";

test("bytes are written as the specification writes them", () => {
  const bytes = Buffer.from("864fd26fb559f75b", "hex");

  expect(toZ85(bytes)).toBe("HelloWorld");
  expect(fromZ85("Hello\nWorld")).toEqual(bytes);
});

test("any bytes come back, filled with zeros to groups of four", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const back = fromZ85(toZ85(Buffer.from(bytes)));
      expect(back.subarray(0, bytes.length)).toEqual(Buffer.from(bytes));
      expect(back.subarray(bytes.length)).toEqual(Buffer.alloc(-bytes.length & 3));
    }),
  );
});

test("there are 85 digits, none of which has a meaning to Octopus, Bash or JSON", () => {
  expect(new Set(z85Digits).size).toBe(85);
  expect(z85Digits).toMatch(new RegExp(`^${z85Digit}{85}$`));
  expect(z85Digits).not.toMatch(/[#'"\\\s]/);
});

test.each([
  ["a sign that is no digit", "#0000"],
  ["more than four bytes", "~~~~~"],
  ["half a group", "00000000"],
])("%s is refused", (_, text) => {
  expect(() => fromZ85(text)).toThrow(RangeError);
});
