import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { programBlock, programIn } from "../../scripts/build/program-block.ts";
import { z85Digit } from "../../scripts/build/z85.ts";
import { outputWords, scriptBody, variableTable } from "../../scripts/build/script-body.ts";
import { budgets, hazardsIn } from "../../scripts/hazards.ts";

describe("the hazards of a script body", () => {
  const fine = { body: "echo\n", template: "" };

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
    ["161 columns", { ...fine, body: "x".repeat(161) }, "more than 160 columns"],
    ["a blank at the end", { ...fine, body: "a \nb" }, "line 1 of the body: a blank at the end"],
    ["one character too many", { ...fine, body: "x\n".repeat(budgets.body / 2) + "x" }, "The script body is 1 over"],
    ["one byte too many", { ...fine, template: "x".repeat(budgets.template + 1) }, "step-template.json is 1 over"],
  ])("%s", (_, shipped, hazard) => {
    expect(hazardsIn(shipped)).toEqual([expect.stringContaining(hazard)]);
  });

  test("are not found in harmless text that looks like one", () => {
    const body = `${"x".repeat(160)}\n$\{#names[@]}\no.#private\n\`#\${x}\`\n# {\n`;

    expect(hazardsIn({ body, template: "x".repeat(budgets.template) })).toEqual([]);
  });
});

describe("the bootstrap's marks", () => {
  const parts = {
    title: "T",
    minimum: "18",
    outputs: "O",
    "variable names": "N",
    packages: "$& $1 @@ title @@",
    digits: "D",
    sha256: "S",
    length: "9",
    program: "Z",
  };
  const marks = Object.keys(parts).map((name) => `@@ ${name} @@`);

  test("are filled with the text as it is", () => {
    expect(scriptBody(marks.join("\n"), parts).split("\n")).toEqual(Object.values(parts));
  });

  test.each([
    ["unknown", [...marks, "@@ other @@"], "unknown mark: @@ other @@"],
    ["missing", marks.slice(1), "no place for title"],
  ])("must not be %s", (_, some, message) => {
    expect(() => scriptBody(some.join("\n"), parts)).toThrow(message);
  });

  test("the table has the base64 of each variable's name", () => {
    const names = ["Text", "ChildProject.Api.Key", "ChildProject.Web.ServerUrl", "Octopus.Task.Id", "A b-c ä", "É"];

    const { stdout } = spawnSync("bash", ["-c", `printf '%s\n' ${variableTable(names).replaceAll("\n", " ")}`], {
      encoding: "utf8",
    });

    const found = stdout
      .trim()
      .split("\n")
      .map((each) => Buffer.from(each, "base64").toString("utf8"));
    expect(found.sort()).toEqual(names.sort());
  });

  test("outputs are words in base64, except those that Bash has in a variable", () => {
    const outputs = { Empty: "", Message: "$message", Text: "x\" $y `z` 'ä" };

    const script = `message=TQ==; printf '%s\n' ${outputWords(outputs)}`;
    const { stdout } = spawnSync("bash", ["-c", script], { encoding: "utf8" });

    const words = stdout.slice(0, -1).split("\n");
    const texts = words.map((word) => Buffer.from(word, "base64").toString("utf8"));
    expect(texts).toEqual(["Empty", "", "Message", "M", "Text", outputs.Text]);
  });
});

describe("the compressed program", () => {
  const code = randomBytes(9000).toString("latin1");

  test("is written in lines of 120 columns that mean nothing to Bash, JSON or Octopus", () => {
    const lines = programBlock(code).text.split("\n");

    expect(lines.length).toBeGreaterThan(3);
    expect(lines.slice(0, -1).every((line) => line.length === 120)).toBe(true);
    expect(lines.join("")).toMatch(new RegExp(`^(${z85Digit}{5})+$`));
  });

  test("is found again in a body and in a template", () => {
    const body = `a\nprogram='${programBlock(code).text}'\nb\n`;

    expect(programIn(body)).toBe(code);
    expect(programIn(JSON.stringify({ body }))).toBe(code);
  });

  test.each([
    ["no block", "echo\n", "There is no program in it."],
    ["a damaged block", `program='${programBlock(code).text.slice(0, -5)}'\n`, "unexpected end of file"],
  ])("is reported as missing when there is %s", (_, text, message) => {
    expect(() => programIn(text)).toThrow(message);
  });
});
