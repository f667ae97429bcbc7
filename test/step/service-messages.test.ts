import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sanitizeLogText } from "../../src/text/sanitize.ts";
import { logText, serviceMessage } from "../../src/step/service-messages.ts";
import { randomCases } from "../random-cases.ts";

describe("a service message stands on one line, its values in base64 of UTF-8", () => {
  test.each([
    ["several values", { name: "Ä", value: "1\n2" }, "##octopus[x name='w4Q=' value='MQoy']\n"],
    ["an empty value", { name: "" }, "##octopus[x name='']\n"],
    ["no value", {}, "##octopus[x]\n"],
    ["long values are not wrapped", { value: "x".repeat(300) }, `##octopus[x value='${"eHh4".repeat(100)}']\n`],
  ])("%s", (_, attributes, expected) => {
    expect(serviceMessage("x", attributes)).toBe(expected);
  });
});

describe("a level is switched on for the text and given back after it", () => {
  test.each(["verbose", "highlight", "wait", "warning", "error"] as const)("%s", (level) => {
    expect(logText(level, "one\ntwo")).toBe(`##octopus[stdout-${level}]\none\ntwo\n##octopus[stdout-default]\n`);
  });

  test("info is the default level: nothing to switch", () => {
    expect(logText("info", "one\n\n  two")).toBe("one\n\n  two\n");
  });
});

describe("foreign text", () => {
  test.each([
    ["a service message is only text", "a ##octopus[setVariable name='QQ==']", "a ## octopus[setVariable name='QQ==']"],
    ["so is a mention of one", "see ##octopus", "see ## octopus"],
    ["in any case", "##OctoPus[x]", "## OctoPus[x]"],
    ["with more hashes", "####octopus", "#### octopus"],
    ["twice in one line", "##octopus##octopus", "## octopus## octopus"],
    ["put together by what is removed", "##\u0000octo\u001b[1mpus", "## octopus"],
    ["every line end is Octopus' own", "a\r\nb\rc\nd", "a\nb\nc\nd"],
    ["colours are left out", "\u001b[31mred\u001b[0m", "red"],
    ["a bracket that opens a line stays", "a\n[INFO] b\t[2K", "a\n[INFO] b\t[2K"],
    ["control characters are left out", "a\u0007b\u009bc\u007f", "abc"],
    ["tabs, spaces and other scripts stay", "\ta  b 😀 日本語 Ä", "\ta  b 😀 日本語 Ä"],
    ["Markdown stays", "## Notes\n# One\n[x](y)", "## Notes\n# One\n[x](y)"],
  ])("%s", (_, text, expected) => {
    expect(sanitizeLogText(text)).toBe(expected);
  });

  test("never becomes a message, whatever it is made of", () => {
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

  test("is sanitized at every level", () => {
    expect(logText("verbose", "##octopus")).toBe("##octopus[stdout-verbose]\n## octopus\n##octopus[stdout-default]\n");
  });
});
