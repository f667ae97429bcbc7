import { describe, expect, test } from "vitest";
import { compareVersions, compareVersionTexts, parseVersion } from "../../src/rules/octopus-version.ts";

describe("a version has 1 to 4 numeric parts, perhaps a pre-release and metadata", () => {
  test.each([
    ["7", ["7", "0", "0", "0"], ""],
    ["1.2", ["1", "2", "0", "0"], ""],
    ["1.2.3", ["1", "2", "3", "0"], ""],
    ["2021.1.0.14", ["2021", "1", "0", "14"], ""],
    ["1.0-rc", ["1", "0", "0", "0"], "rc"],
    ["1.2.3-rc.1", ["1", "2", "3", "0"], "rc.1"],
    ["1.2.3.4-feature-x.12+sha.9f", ["1", "2", "3", "4"], "feature-x.12"],
    ["1.0.0+build.5", ["1", "0", "0", "0"], ""],
    ["1.0.0-feature_x", ["1", "0", "0", "0"], "feature-x"],
    ["1.0.0-007", ["1", "0", "0", "0"], "7"],
    ["01.002.0", ["1", "2", "0", "0"], ""],
    ["v1.2", ["1", "2", "0", "0"], ""],
    ["V1.2", ["1", "2", "0", "0"], ""],
    ["123456789012345678901234567890", ["123456789012345678901234567890", "0", "0", "0"], ""],
  ])("%s", (text, parts, prerelease) => {
    const identifiers = prerelease === "" ? [] : prerelease.split(".");

    expect(parseVersion(` ${text} `)).toEqual({ parts, prerelease: identifiers });
  });
});

test("a version may have 200 characters", () => {
  expect(parseVersion(`1.0-${"a".repeat(196)}`)).toMatchObject({ prerelease: ["a".repeat(196)] });
});

describe("a text that is no version is not read as one", () => {
  test.each([
    ["", "nothing"],
    ["latest", "a word"],
    ["v", "a prefix alone"],
    ["1.2.3.4.5", "five parts"],
    ["1.x", "a letter as part"],
    ["1.*", "a wildcard"],
    ["1..2", "an empty part"],
    ["1.2.", "a dot at the end"],
    ["-1", "a negative number"],
    ["1.0-", "an empty pre-release"],
    ["1.0-a..b", "an empty pre-release identifier"],
    ["1.0+", "empty metadata"],
    ["1.0 beta", "a blank inside"],
    [`1.0-${"a".repeat(197)}`, "more than 200 characters"],
  ])("%j: %s", (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });
});

/** Each line is lower than the next; versions on one line are equal. */
const ascending = [
  ["0.0.1"],
  ["1.0.0-1", "1-1", "1.0.0-001"],
  ["1.0.0-2"],
  ["1.0.0-10"],
  ["1.0.0-20240101123456789012"],
  ["1.0.0-20240101123456789013"],
  ["1.0.0-alpha"],
  ["1.0.0-alpha.1"],
  ["1.0.0-alpha.beta"],
  ["1.0.0-beta"],
  ["1.0.0-beta.2", "1.0.0.0-beta.2+a"],
  ["1.0.0-beta.11"],
  ["1.0.0-rc.1"],
  ["1", "1.0", "1.0.0", "1.0.0.0", "v1.0", "1.0.0+build.5", "1.0.0+build.6", "01.0"],
  ["1.0.0.1-rc"],
  ["1.0.0.1"],
  ["1.9.0"],
  ["1.10.0-beta.2"],
  ["1.10.0"],
  ["1.10.1"],
  ["2021.1.0.9"],
  ["2021.1.0.10"],
  ["2021.1.15.2"],
  ["2021.2"],
  ["2021.10"],
  ["2021.9007199254740993"],
  ["2021.9007199254740994"],
];

describe("numeric parts before text, pre-release before release, metadata ignored", () => {
  test.each(ascending.map((equal, index) => ({ equal, higher: ascending.slice(index + 1).flat() })))(
    "$equal are equal, and below all that follow",
    ({ equal, higher }) => {
      for (const a of equal) {
        for (const b of equal) expect([a, b, ordersOf(a, b)]).toEqual([a, b, [0, 0, 0]]);
        for (const b of higher) expect([a, b, ordersOf(a, b)]).toEqual([a, b, [-1, 1, -1]]);
      }
    },
  );
});

function ordersOf(a: string, b: string): readonly number[] {
  const [versionA, versionB] = [parseVersion(a), parseVersion(b)];
  if (versionA === undefined || versionB === undefined) throw new Error("not a version");
  return [compareVersions(versionA, versionB), compareVersions(versionB, versionA), compareVersionTexts(a, b)].map(
    (order) => (order === 0 ? 0 : Math.sign(order)),
  );
}

describe("texts that are no versions have a place in the order", () => {
  test.each([
    ["a text sorts before every version", "zebra", "0.0.1-a", -1],
    ["a version sorts after every text", "0.0.1-a", "zebra", 1],
    ["two texts sort by their characters", "main", "next", -1],
    ["two texts sort by their characters, the other way round", "next", "main", 1],
    ["the same text is equal to itself", "main", "main", 0],
    ["a text of five parts is no version", "9.9.9.9.9", "1.0", -1],
  ])("%s", (_rule, a, b, expected) => {
    expect(compareVersionTexts(a, b)).toBe(expected);
  });

  test("sorting gives the same answer from any start", () => {
    const texts = ["1.10", "main", "1.9", "1.10-rc.1", "latest", "1.9.0.1"];
    const sorted = ["latest", "main", "1.9", "1.9.0.1", "1.10-rc.1", "1.10"];

    expect([...texts].sort(compareVersionTexts)).toEqual(sorted);
    expect(texts.toReversed().sort(compareVersionTexts)).toEqual(sorted);
  });
});
