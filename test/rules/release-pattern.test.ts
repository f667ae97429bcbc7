import { describe, expect, test } from "vitest";
import { parseReleasePattern, type ReleasePattern } from "../../src/rules/release-pattern.ts";

function patternOf(text: string): ReleasePattern {
  const parsed = parseReleasePattern(text);
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed;
}

describe("which versions a pattern allows", () => {
  test.each([
    { rule: "blank allows any version", text: "", yes: ["1.0", "main", ""], no: [] },
    { rule: "blanks alone allow any version", text: "  ", yes: ["1.0"], no: [] },
    { rule: "a star alone allows any version", text: "*", yes: ["1.0", "main"], no: [] },
    {
      rule: "a version is its text",
      text: "2021.1.0.14",
      yes: ["2021.1.0.14"],
      no: ["2021.1.0.140", "2021.1.0.1", "12021.1.0.14"],
    },
    { rule: "a version's dots are dots", text: "1.2.3", yes: ["1.2.3"], no: ["1x2x3", "1.2.3.0"] },
    { rule: "a version means its text, not its value", text: "1.0", yes: ["1.0"], no: ["1.0.0", "1", "v1.0"] },
    { rule: "a version ignores case", text: "1.0.0-RC.1", yes: ["1.0.0-rc.1", "1.0.0-RC.1"], no: ["1.0.0"] },
    {
      rule: "a version with metadata is expressible",
      text: "1.0.0+build.5",
      yes: ["1.0.0+build.5"],
      no: ["1.0.0", "1.0.0+build.6", "1.0.00build.5"],
    },
    { rule: "a version surrounded by blanks is meant without them", text: " 1.0 ", yes: ["1.0"], no: [" 1.0 "] },
    { rule: "1.x is a text like any other", text: "1.x", yes: ["1.x", "1.X"], no: ["1.0"] },
    {
      rule: "the dot rule: a star after a dot",
      text: "2021.1.1.*",
      yes: ["2021.1.1.3"],
      no: ["2021.1.10.1", "2021.1.15.2", "2021.1.1"],
    },
    {
      rule: "the dot rule: a star after a number",
      text: "2021.1.1*",
      yes: ["2021.1.1.3", "2021.1.10.1", "2021.1.15.2", "2021.1.1"],
      no: ["2021.1.2.1"],
    },
    { rule: "a star in the middle", text: "2020.*.1", yes: ["2020.4.1", "2020.4.5.1"], no: ["2020..2", "2020.4.11"] },
    { rule: "a star at the start", text: "*-hotfix", yes: ["1.0-hotfix", "-hotfix"], no: ["1.0-hotfix.1"] },
    {
      rule: "a star that has to give back what it took",
      text: "*.1.*.1",
      yes: ["2.1.3.1", "1.1.1.1.1"],
      no: ["2.1.3.2"],
    },
    { rule: "a question mark is one character", text: "1.?", yes: ["1.0", "1.9", "1.x"], no: ["1.10", "1."] },
    { rule: "wildcards ignore case", text: "1.0-BETA*", yes: ["1.0-beta.2", "1.0-Beta.2"], no: ["1.0-rc"] },
    { rule: "a plus sign is a plus sign", text: "1.0+*", yes: ["1.0+5"], no: ["1.00"] },
    { rule: "a pattern longer than the version", text: "1.2.3?", yes: ["1.2.34"], no: ["1.2.3", "1.2"] },
    {
      rule: "at least and below",
      text: ">=2021.1 <2021.2",
      yes: ["2021.1", "2021.1.0.14", "2021.1.99", "v2021.1.5"],
      no: ["2021.2", "2021.0.9", "2022"],
    },
    {
      rule: "ranges compare numbers",
      text: ">1.9 <=1.10",
      yes: ["1.10", "1.9.1", "1.10.0"],
      no: ["1.9", "1.11", "1.9.0"],
    },
    { rule: "blanks after the sign and a comma between", text: ">= 1.0, < 2", yes: ["1.5"], no: ["2.0"] },
    { rule: "nothing between comparisons", text: ">=1.0<2.0", yes: ["1.5"], no: ["2.0"] },
    { rule: "an open range", text: ">1", yes: ["1.0.1", "999.0"], no: ["1", "1.0.0.0", "0.9"] },
    { rule: "three comparisons hold together", text: ">1 >=1.5 <2", yes: ["1.5"], no: ["1.4"] },
    { rule: "equal is equal in value", text: "=1.2", yes: ["1.2", "1.2.0.0", "1.2+5"], no: ["1.2.1", "1.2-rc"] },
    { rule: "square brackets include", text: "[1.0,2.0]", yes: ["1.0", "2.0", "1.5.5.5"], no: ["0.9", "2.0.1"] },
    { rule: "round brackets exclude", text: "(1,2)", yes: ["1.0.1"], no: ["1.0", "2.0", "2"] },
    { rule: "mixed brackets", text: "[1.0, 2.0)", yes: ["1.0", "1.99"], no: ["2.0"] },
    { rule: "mixed brackets the other way round", text: "(1,2]", yes: ["2", "1.5"], no: ["1"] },
    { rule: "an interval open below", text: "(,2.0]", yes: ["0.1", "2.0"], no: ["2.1"] },
    { rule: "blanks inside an interval", text: "[ 1.0 , )", yes: ["1.0", "99"], no: ["0.9"] },
    { rule: "an interval open above", text: "[1.0,)", yes: ["1.0", "99"], no: ["0.9"] },
    {
      rule: "square brackets without a comma are a set of characters",
      text: "[1.0]",
      yes: ["1", "0"],
      no: ["1.0", "1.0.0+5", "2"],
    },
    {
      rule: "a range of characters",
      text: "2021.[0-5].*",
      yes: ["2021.0.1", "2021.5.0"],
      no: ["2021.6.0", "2021.10.0", "2021..0"],
    },
    { rule: "several characters", text: "1.[13].0", yes: ["1.1.0", "1.3.0"], no: ["1.2.0", "1.13.0"] },
    { rule: "ranges beside characters", text: "1.0-[a-cx]*", yes: ["1.0-beta", "1.0-X1"], no: ["1.0-dev"] },
    { rule: "sets ignore case", text: "1.0-[A-C]?", yes: ["1.0-b1", "1.0-C2"], no: ["1.0-d1"] },
    { rule: "a dash at the end of a set is a dash", text: "1.0[+-]5", yes: ["1.0-5", "1.0+5"], no: ["1.0.5"] },
    { rule: "two sets", text: "[12].[12]", yes: ["1.2", "2.1"], no: ["1.3", "12.12"] },
    { rule: "N/A matches no release", text: "N/A", yes: [], no: ["1.0", "N/A", "n/a", ""] },
    {
      rule: "four parts in bounds",
      text: "[2021.1.0.9,2021.1.0.10]",
      yes: ["2021.1.0.9", "2021.1.0.10"],
      no: ["2021.1.0.8", "2021.1.0.11"],
    },
    {
      rule: "a pre-release is in a range by its order alone",
      text: ">=2021.1 <2021.2",
      yes: ["2021.2-rc.1", "2021.1.5-rc.1"],
      no: ["2021.1-rc.1"],
    },
    {
      rule: "bounds may be pre-releases",
      text: "[1.0-beta.2,1.0)",
      yes: ["1.0-beta.2", "1.0-rc"],
      no: ["1.0-beta.1", "1.0"],
    },
    { rule: "a text that is no version is in no range", text: ">=0", yes: ["0"], no: ["main", "", "1.2.3.4.5"] },
  ])("$rule: $text", ({ text, yes, no }) => {
    const { matches } = patternOf(text);

    expect({ yes: yes.filter(matches), no: no.filter(matches) }).toEqual({ yes, no: [] });
  });

  test("a pattern may have 200 characters", () => {
    expect(patternOf("1".repeat(200)).matches("1".repeat(200))).toBe(true);
  });

  test("a pattern with many stars does not take for ever", () => {
    expect(patternOf(`${"a*".repeat(90)}b`).matches("a".repeat(20_000))).toBe(false);
  });
});

describe("N/A", () => {
  test.each(["N/A", "n/a", " N/a "])("%j means no release", (text) => {
    expect(patternOf(text).meansNoRelease).toBe(true);
  });

  test.each(["", "*", "N", "1.0"])("%j means releases", (text) => {
    expect(patternOf(text).meansNoRelease).toBe(false);
  });
});

describe("the literal start of a pattern, which the server may be asked for", () => {
  test.each([
    ["", ""],
    ["*", ""],
    ["2021.1.*", "2021.1."],
    ["2020.*.1", "2020."],
    ["1.?.*", "1."],
    ["1.0+b*", "1.0+b"],
    ["2021.1.0.14", "2021.1.0.14"],
    [" 1.0.0+build.5 ", "1.0.0+build.5"],
    ["[1.0]", ""],
    ["[1.0,2.0)", ""],
    ["2021.[0-5].*", "2021."],
    ["=1.0", ""],
    [">=2021.1 <2021.2", ""],
  ])("%j starts with %j", (text, literalPrefix) => {
    expect(patternOf(text)).toMatchObject({ text: text.trim(), literalPrefix });
  });
});

describe("a star that continues a number or word is worth a warning", () => {
  test.each([
    { text: "2021.1*", mentioned: [['"2021.10"', '"2021.1.*"']] },
    { text: "2021.1.1*", mentioned: [['"2021.1.10"', '"2021.1.1.*"']] },
    { text: "1.0-beta*", mentioned: [['"1.0-betax"', '"1.0-beta.*"']] },
    { text: "1.0-RC*", mentioned: [['"1.0-RCx"', '"1.0-RC.*"']] },
    { text: "1.?*", mentioned: [['"1.?x"', '"1.?.*"']] },
    {
      text: "1*.2*",
      mentioned: [
        ['"10"', '"1.*"'],
        ['"1*.20"', '"1*.2.*"'],
      ],
    },
    { text: "2021.[0-5]*", mentioned: [['"2021.00"', '"2021.[0-5].*"']] },
    { text: "[1.0]", mentioned: [['Enter "1.0"', "only versions of one character"]] },
    { text: "2021.1.*", mentioned: [] },
    { text: "2021.*.1", mentioned: [] },
    { text: "*", mentioned: [] },
    { text: "*.1", mentioned: [] },
    { text: "1.0-*", mentioned: [] },
    { text: "1.0+*", mentioned: [] },
    { text: "1.?", mentioned: [] },
    { text: "2021.1", mentioned: [] },
    { text: ">=2021.1", mentioned: [] },
  ])("$text", ({ text, mentioned }) => {
    const { warnings } = patternOf(text);

    expect(warnings).toHaveLength(mentioned.length);
    for (const [index, words] of mentioned.entries()) for (const word of words) expect(warnings[index]).toContain(word);
  });
});

describe("a pattern that is not understood is refused with a reason", () => {
  test.each([
    ["alternatives", "1.* || 2.*", "this is not understood. Enter a version"],
    ["caret", "^1.2", "this is not understood. Enter a version"],
    ["tilde", "~1.2", "this is not understood. Enter a version"],
    ["a hyphen range", "1.0 - 2.0", "this is not understood. Enter a version"],
    ["two versions", "1.0, 1.1", "this is not understood. Enter a version"],
    ["a set that is not closed", "2021.[12.*", "this is not understood. Enter a version"],
    ["an empty set", "2021.[].*", "this is not understood. Enter a version"],
    ["a set within a set", "2021.[[12]].*", "this is not understood. Enter a version"],
    ["a wildcard in a set", "2021.[*].*", "this is not understood. Enter a version"],
    ["a set with a comma", "2021.[1,2].*", "this is not understood. Enter a version"],
    ["a set that runs backwards", "2021.[5-0].*", 'the characters 5-0 of "[5-0]" run backwards'],
    ["a token", "$(Version)", "this is not understood. Enter a version"],
    ["alternatives of comparisons", ">=1 <2 || >3", '"|| >3" is not understood'],
    ["an operator without a version", ">=", '">=" is not understood'],
    ["a doubled operator", "==1.0", '"==1.0" is not understood'],
    ["an operator backwards", "=>1.0", '"=>1.0" is not understood'],
    ["a version among comparisons", ">=1.0 2.0", '"2.0" is not understood'],
    ["a wildcard in a comparison", ">=2021.*", '"2021.*" is not a version. A range takes whole versions'],
    ["a wildcard in an interval", "[2021.?,2022]", '"2021.?" is not a version. A range takes whole versions'],
    ["a word as bound", ">=abc", '"abc" is not a version.'],
    ["a word as upper end", "[1.0,abc]", '"abc" is not a version.'],
    ["comparisons that contradict each other", ">2 <1", "no version lies between these bounds"],
    ["comparisons that just miss each other", ">=1 <1", "no version lies between these bounds"],
    ["two different equals", "=1 =2", "no version lies between these bounds"],
    ["an interval upside down", "[2.0,1.0]", "no version lies between these bounds"],
    ["an interval of one excluded version", "(1.0,1.0]", "no version lies between these bounds"],
    ["one version in round brackets", "(1.0)", "this is not one complete interval"],
    ["one version in mixed brackets", "[1.0)", "this is not one complete interval"],
    ["a bracket that is not closed", "[1.0,2.0", "this is not one complete interval"],
    ["a bracket alone", "[", "this is not one complete interval"],
    ["three ends", "[1,2,3]", "this is not one complete interval"],
    ["alternatives of intervals", "[1.0,2.0) || [3.0,4.0)", "this is not one complete interval"],
    ["an interval without ends", "(,)", "names no version"],
    ["empty brackets", "[]", "names no version"],
    ["a text that is too long", "1".repeat(201), "longer than 200 characters"],
  ])("%s: %s", (_rule, text, expected) => {
    expect(parseReleasePattern(text)).toEqual(expect.stringContaining(expected));
  });
});
