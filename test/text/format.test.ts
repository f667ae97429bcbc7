import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { durationText, instantText } from "../../src/text/format.ts";
import { sanitizeLogText } from "../../src/text/sanitize.ts";
import { randomCases } from "../random-cases.ts";

describe("text from elsewhere", () => {
  test.each([
    [
      "a service message becomes plain text",
      "a ##octopus[setVariable name='QQ==']",
      "a ## octopus[setVariable name='QQ==']",
    ],
    ["so is a mention of one", "see ##octopus", "see ## octopus"],
    ["in any case", "##OctoPus[x]", "## OctoPus[x]"],
    ["with more hashes", "####octopus", "#### octopus"],
    ["twice in one line", "##octopus##octopus", "## octopus## octopus"],
    ["a message that forms when characters are removed", "##\u0000octo\u001b[1mpus", "## octopus"],
    ["every line end becomes a line feed", "a\r\nb\rc\nd", "a\nb\nc\nd"],
    ["colours are left out", "\u001b[31mred\u001b[0m", "red"],
    ["a bracket that opens a line stays", "a\n[INFO] b\t[2K", "a\n[INFO] b\t[2K"],
    ["control characters are left out", "a\u0007b\u009bc\u007f", "abc"],
    ["tabs, spaces and other scripts stay", "\ta  b 😀 日本語 Ä", "\ta  b 😀 日本語 Ä"],
    ["Markdown stays", "## Notes\n# One\n[x](y)", "## Notes\n# One\n[x](y)"],
  ])("%s", (_, text, expected) => {
    expect(sanitizeLogText(text)).toBe(expected);
  });

  test("never becomes a service message, whatever it contains", () => {
    const pieces = fc.constantFrom(
      "##octopus",
      "#",
      "##",
      "octo",
      "pus",
      "OCTOPUS",
      "[",
      "]",
      "\u001b[0m",
      "\u0000",
      "\r",
      "\n",
      "\u009b",
    );

    fc.assert(
      fc.property(fc.array(pieces), (text) => {
        expect(sanitizeLogText(text.join(""))).not.toMatch(/##octopus|(?![\t\n])\p{Cc}/iu);
      }),
      randomCases(1_000, 20210114),
    );
  });
});

test.each([
  [0, "0 s"],
  [59_400, "59 s"],
  [60_000, "1 min"],
  [250_000, "4 min 10 s"],
  [7_200_000, "2 h"],
  [7_500_000, "2 h 5 min"],
])("%i ms reads %s", (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

test("an instant reads in UTC, whatever the worker's zone", () => {
  expect(instantText(1_610_650_800_000)).toBe("2021-01-14 19:00 UTC");
});
