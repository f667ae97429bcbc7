import { expect, test } from "vitest";
import { ConfigurationError } from "../../src/errors.ts";
import { parseServerUrl, withoutTrailingSlashes } from "../../src/octopus/server-url.ts";

test.each([
  ["https://octopus.example.com", "https://octopus.example.com"],
  ["https://octopus.example.com/", "https://octopus.example.com"],
  ["https://octopus.example.com///", "https://octopus.example.com"],
  ["  https://octopus.example.com  ", "https://octopus.example.com"],
  ["https://Octopus.Example.COM:443/", "https://octopus.example.com"],
  ["http://octopus:8065", "http://octopus:8065"],
  ["https://octopus.example.com/api", "https://octopus.example.com"],
  ["https://octopus.example.com/api/", "https://octopus.example.com"],
  ["https://octopus.example.com/api/Spaces-1", "https://octopus.example.com"],
  ["https://example.com/octopus", "https://example.com/octopus"],
  ["https://example.com/octopus/", "https://example.com/octopus"],
  ["https://example.com//octopus//", "https://example.com/octopus"],
  ["https://example.com/octopus/api", "https://example.com/octopus"],
  ["https://example.com/apiary", "https://example.com/apiary"],
  ["https://octopus.example.com/app#/Spaces-1/projects", "https://octopus.example.com"],
  ["https://example.com/octopus/app#/Spaces-1/projects", "https://example.com/octopus"],
  ["https://example.com/app", "https://example.com/app"],
])("%j is the server %s", (text, url) => {
  expect(parseServerUrl(text)).toEqual({ requests: url, portal: url, secrets: [] });
});

test("credentials for a proxy in front go with requests and nowhere else", () => {
  expect(parseServerUrl("https://me:p%40ss@example.com/octopus/")).toEqual({
    requests: "https://me:p%40ss@example.com/octopus",
    portal: "https://example.com/octopus",
    secrets: ["p%40ss", "p@ss", "me:p%40ss", "me:p@ss"],
  });
});

test.each([
  ["a lone percent sign", "https://me:100%@octopus", ["100%", "100%"]],
  ["a token instead of a name and a password", "https://t%40ken@octopus", ["t%40ken", "t@ken"]],
])("%s in the user info is a secret, too", (_, text, secrets) => {
  const read = parseServerUrl(text);
  expect(read.portal).toBe("https://octopus");
  expect(read.secrets).toEqual(expect.arrayContaining([...secrets]));
});

test.each([
  "https://me:12/hunter@octopus",
  "https://me:12?hunter@octopus",
  "https://me:12#hunter@octopus",
  String.raw`https://me:12\hunter@octopus`,
  "https://me:hunter%40octopus",
  "https://me:hunter\uFF20octopus",
  "me:hunter//hunter@octopus",
  "mailto:me:hunter@octopus",
  "https://me:hunt\ner@octopus:x",
])("%j, whose password makes it no URL, is refused without quoting the password", (text) => {
  expect(() => parseServerUrl(text)).toThrow(/^"(?:https:\/\/)?octopus(?::x)?" is not the URL/);
});

test.each(["", "octopus", "ftp://octopus", "file:///etc/passwd", "https://"])("%j is no server URL", (text) => {
  expect(() => parseServerUrl(text)).toThrow(ConfigurationError);
});

test("a password with a slash, which makes it no URL, is not quoted", () => {
  expect(() => parseServerUrl("https://me:pa/ss@example.com")).toThrow('"https://example.com" is not the URL');
});

// Code that searches from every position in these texts exceeds the time limit of the test.
const long = 200_000;

test.each([
  ["slashes", "/".repeat(long)],
  ["slashes in a URL", `https:${"/".repeat(long)}`],
  ["user info", `ftp://${"a".repeat(long)}@octopus`],
])("a text that is no server URL, of 200,000 %s, is quoted in short", (_, text) => {
  expect(() => parseServerUrl(text)).toThrow(/^.{0,250}$/);
});

test("slashes are removed from the end of a text with 200,000 of them", () => {
  const slashes = "/".repeat(long);

  expect(withoutTrailingSlashes(`${slashes}x${slashes}`)).toBe(`${slashes}x`);
});
