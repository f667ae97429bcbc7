import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { hazardsIn, templateBudget } from "../../scripts/build/hazards.ts";
import { embeddedFile, scriptBody } from "../../scripts/build/script-body.ts";
import { toAscii } from "../../scripts/build/to-ascii.ts";
import { thirdPartyBlock } from "../../scripts/build/third-party-block.ts";

describe("the hazards of a script body", () => {
  const fine = { body: "echo\n", mainProgram: "", template: "" };

  test.each([
    [
      "an Octostache expression",
      { ...fine, body: `a\n${["#", "{x}"].join("")}` },
      "line 2 of the body: Octopus would read",
    ],
    [
      "its opener in a regular expression",
      { ...fine, body: ["/#", "{2}/"].join("") },
      "line 1 of the body: Octopus would read",
    ],
    ["the array of all variables", { ...fine, body: "octopus_parameters[x]" }, "load every variable"],
    ["an umlaut", { ...fine, body: "ä" }, "only printable ASCII"],
    ["a tab", { ...fine, body: "\ta" }, "only printable ASCII"],
    ["a carriage return", { ...fine, body: "a\r\n" }, "only printable ASCII"],
    ["a control character", { ...fine, body: "\u001b" }, "only printable ASCII"],
    ["201 columns", { ...fine, body: "x".repeat(201) }, "more than 200 columns"],
    ["a blank at the end", { ...fine, body: "a \nb" }, "line 1 of the body: a blank at the end"],
    ["what came with Node.js 20", { ...fine, mainProgram: "x.toSorted()" }, "Node.js 18 has no toSorted"],
    ["one byte too many", { ...fine, template: "x".repeat(templateBudget + 1) }, "is 1 bytes over its budget"],
  ])("%s", (_, shipped, hazard) => {
    expect(hazardsIn(shipped)).toEqual([expect.stringContaining(hazard)]);
  });

  test("none in what looks like one", () => {
    const body = `${"x".repeat(200)}\n$\{#names[@]}\no.#private\n\`#\${x}\`\n# {\n`;

    expect(hazardsIn({ body, mainProgram: "x.sorted()", template: "x".repeat(templateBudget) })).toEqual([]);
  });
});

describe("a program in ASCII means the same", () => {
  test.each([
    ["text", `"1 → 2 😀"`, `"1 \\u2192 2 \\ud83d\\ude00"`],
    ["a template", "`ä${1}ö`", "`\\u00e4${1}\\u00f6`"],
    ["a regular expression", "/[ä-ö😀]/u.test('ö')", "/[\\u00e4-\\u00f6\\ud83d\\ude00]/u.test('\\u00f6')"],
  ])("%s", (_, code, expected) => {
    expect(toAscii(code)).toBe(expected);
    expect(evaluate(toAscii(code))).toBe(evaluate(code));
  });

  test("and its comments can still be read", () => {
    expect(toAscii("/* a → b, “c” … */ 1 // © ж")).toBe('/* a -> b, "c" ... */ 1 // (c) \\u0436');
  });
});

function evaluate(expression: string): unknown {
  return runInNewContext(expression);
}

describe("the bootstrap's marks", () => {
  const parts = {
    title: "T",
    minimum: "18",
    "variable names": "N",
    packages: "P",
    sha256: "S",
    "start.cjs": "A\n",
    "main.cjs": "$& $1 @@ title @@\n",
    "third-party.base91": "Z",
  };
  const marks = Object.keys(parts).map((name) => `@@ ${name} @@`);

  test("are filled with the text as it is", () => {
    expect(scriptBody(marks.join("\n"), parts).split("\n")).toEqual([
      "T",
      "18",
      "N",
      "P",
      "S",
      "A",
      "$& $1 @@ title @@",
      "Z",
    ]);
  });

  test.each([
    ["unknown", [...marks, "@@ other @@"], "unknown mark: @@ other @@"],
    ["missing", marks.slice(1), "no place for title"],
  ])("must not be %s", (_, some, message) => {
    expect(() => scriptBody(some.join("\n"), parts)).toThrow(message);
  });

  test("an embedded file is found again", () => {
    const body = "cat >x <<'THE_END_OF_MAIN_CJS'\na\n\nb\nTHE_END_OF_MAIN_CJS\nc\n";

    expect(embeddedFile(body, "main.cjs")).toBe("a\n\nb");
    expect(embeddedFile(body, "start.cjs")).toBeUndefined();
  });
});

describe("the compressed block", () => {
  const code = "const answer = 42;\n".repeat(100);

  test("has nothing JSON escapes and nothing Octopus reads", () => {
    const { text } = thirdPartyBlock(Array.from({ length: 900 }, (_, i) => i ** 5).join(), undefined);

    expect(text).toMatch(/^[!$-[\]-~\n]+$/);
  });

  test("has lines of 200 columns", () => {
    const { text } = thirdPartyBlock(Array.from({ length: 900 }, (_, i) => i ** 5).join(), undefined);

    const lines = text.split("\n");
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.slice(0, -1).every((line) => line.length === 200)).toBe(true);
  });

  test("stays as it is while it holds the same code, whatever compressed it", () => {
    for (let length = 1; length < 40; length++) {
      const some = Array.from({ length }, (_, i) => `${i ** 3 * 7919}`).join();
      const { text, sha256 } = thirdPartyBlock(some, undefined);
      const other = text.replace(/^../, "$&\n");

      expect(thirdPartyBlock(some, other)).toEqual({ text: other, sha256 });
    }
  });

  test.each([
    ["other code", (text: string) => thirdPartyBlock(`${text} `, undefined).text],
    ["no compressed code", () => "AAAA"],
  ])("is made anew when the earlier one holds %s", (_, earlier) => {
    expect(thirdPartyBlock(code, earlier(code))).toEqual(thirdPartyBlock(code, undefined));
  });
});
