import { describe, expect, test } from "vitest";
import { echoesOf, hideSecrets, secretHider } from "../../src/rules/secrets.ts";

describe("secrets are hidden in text from elsewhere", () => {
  test.each([
    { rule: "wherever it stands", secrets: ["hunter2"], text: "xhunter2x, hunter2", hidden: "x********x, ********" },
    {
      rule: "with special characters of regular expressions",
      secrets: ["a.b*c(d"],
      text: "a.b*c(d axb*c(d",
      hidden: "******** axb*c(d",
    },
    { rule: "the longer of two first", secrets: ["hunter", "hunter22"], text: "hunter22", hidden: "********" },
    {
      rule: "a short one by itself",
      secrets: ["1.5"],
      text: 'pin=1.5, "1.5" (1.5) 1.5.',
      hidden: 'pin=********, "********" (********) ********.',
    },
    { rule: "a short one twice in a row", secrets: ["no"], text: "no no", hidden: "******** ********" },
    {
      rule: "not a short one inside words, versions and addresses",
      secrets: ["1", "no"],
      text: "Spaces-1, 2021.1.0, 127.0.0.1:8011, nobody",
      hidden: "Spaces-1, 2021.1.0, 127.0.0.1:8011, nobody",
    },
    { rule: "overlapping ones as one", secrets: ["abcdefgh", "xxabcdef"], text: "-xxabcdefgh-", hidden: "-********-" },
    { rule: "in capital letters or not", secrets: ["Hunter2"], text: "HUNTER2 hunter2", hidden: "******** ********" },
    {
      rule: "beside letters that grow in lower case",
      secrets: ["Hunter2"],
      text: "\u0130 HUNTER2!",
      hidden: "\u0130 ********!",
    },
    { rule: "no secrets", secrets: [], text: "as it is", hidden: "as it is" },
  ])("$rule", ({ secrets, text, hidden }) => {
    expect(hideSecrets(text, secrets)).toBe(hidden);
  });

  test.each([
    { rule: "in one line", value: "first line\n  second line", text: "got first line second line" },
    { rule: "line by line", value: "first line\r\n  second line\n", text: "1: first line\n2: second line" },
    { rule: "as JSON", value: 'a "b"\\c', text: String.raw`{"v":"a \"b\"\\c"}` },
    { rule: "without the blanks around it", value: "  hunter2 ", text: "hunter2" },
  ])("a value is recognised $rule", ({ value, text }) => {
    const hidden = hideSecrets(text, echoesOf([{ name: "Password", value }]));

    expect(hidden).toContain("********");
    expect(hidden).not.toMatch(/first|second|hunter|b/);
  });

  test.each(["True", "false", "YES", " no "])("%j is no secret", (value) => {
    expect(echoesOf([{ name: "Reindex", value }])).toEqual([]);
  });

  test("empty values and short lines of long ones hide nothing", () => {
    expect(echoesOf([{ name: "A", value: " \n " }])).toEqual([]);
    expect(hideSecrets("the end", echoesOf([{ name: "A", value: "begin\nend\nof it" }]))).toBe("the end");
  });

  test("hiding 2,000 secrets and a long value does not take minutes", { timeout: 60_000 }, () => {
    const short = Array.from({ length: 2000 }, (_, index) => ({ name: `N${index}`, value: `s${index}` }));
    const blanks = { name: "Blanks", value: `begin${" ".repeat(200_000)}end` };

    const hide = secretHider(echoesOf([...short, blanks]));

    expect(hide("got s1999 and begin end ".repeat(20_000))).toBe("got ******** and ******** ".repeat(20_000));
  });
});
