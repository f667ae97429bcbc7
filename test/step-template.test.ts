import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import * as z from "zod";
import { describe, expect, test } from "vitest";
import { programIn } from "../scripts/build/program-block.ts";
import { withTables } from "../scripts/readme-tables.ts";
import { emptyOutputs } from "../src/step/outputs.ts";
import { parameterDeclarations } from "../src/step/parameter-declarations.ts";
import type { ParameterDeclaration } from "../src/step/parameter-declarations.ts";
import { systemVariableNames } from "../src/step/system-variables.ts";

const bytes = readFileSync(new URL("../step-template.json", import.meta.url));
const guid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const Parameter = z.strictObject({
  Id: guid,
  Name: z.string(),
  Label: z.string().min(1),
  HelpText: z.string().min(1),
  DefaultValue: z.string().nullable(),
  DisplaySettings: z.strictObject({
    "Octopus.ControlType": z.string(),
    "Octopus.SelectOptions": z.string().optional(),
  }),
});
const Template = z.strictObject({
  Id: guid,
  Name: z.string(),
  Description: z.string(),
  ActionType: z.literal("Octopus.Script"),
  Version: z.int(),
  CommunityActionTemplateId: z.null(),
  Packages: z.tuple([]),
  GitDependencies: z.tuple([]),
  Properties: z.strictObject({
    "Octopus.Action.RunOnServer": z.literal("true"),
    "Octopus.Action.Script.ScriptSource": z.literal("Inline"),
    "Octopus.Action.Script.Syntax": z.literal("Bash"),
    "Octopus.Action.Script.ScriptBody": z.string(),
  }),
  Parameters: z.array(Parameter),
  StepPackageId: z.literal("Octopus.Script"),
  $Meta: z.strictObject({
    ExportedAt: z.iso.datetime(),
    OctopusVersion: z.string(),
    Type: z.literal("ActionTemplate"),
  }),
  LastModifiedBy: z.string().min(1),
  Category: z.string(),
});
const json: unknown = JSON.parse(bytes.toString("utf8"));
const template = Template.parse(json);
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

describe("the community library accepts the template", () => {
  test("its file is ASCII without a byte order mark, indented by two blanks", () => {
    expect(bytes.toString("latin1")).toMatch(/^\{\n {2}"Id"[\n\x20-\x7e]*\}\n$/);
  });

  test("its keys stand in the library's order", () => {
    expect(Object.keys(Object(json))).toEqual(Object.keys(Template.shape));
    for (const parameter of z.array(z.looseObject({})).parse(Object(json).Parameters)) {
      expect(Object.keys(parameter)).toEqual(Object.keys(Parameter.shape));
    }
  });

  test("it has an id of its own, and so has every parameter", () => {
    const ids = [template.Id, ...template.Parameters.map(({ Id }) => Id)];
    const idsOfExamples = ["abcdef00-ab00-cd00-ef00-000000abcdef", "0dac2fe6-91d5-4c05-bdfb-1b97adf1e12e"];

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => idsOfExamples.includes(id))).toEqual([]);
  });

  test("its name says what it does, in the library's style", () => {
    expect(template.Name).toBe("Octopus - Deploy Child Project (Node.js)");
    expect(template.Name.length).toBeLessThanOrEqual(200);
    expect(template.Category).toBe("octopus");
  });

  test("its description says what the worker needs", () => {
    for (const need of ["Linux worker", "Bash", "Node.js 18 or later", "on a worker"]) {
      expect(template.Description).toContain(need);
    }
    expect(template.Description).not.toMatch(/https?:|\]\(/);
  });

  test("every parameter's name is prefixed", () => {
    for (const { Name } of template.Parameters) expect(Name).toMatch(/^ChildProject\.[A-Za-z.]+$/);
  });
});

describe("the parameters are those declared", () => {
  test.each<ParameterDeclaration>([...parameterDeclarations])("$name", ({ name, label, defaultValue, options }) => {
    const parameter = template.Parameters.find(({ Name }) => Name === name);

    expect(parameter).toMatchObject({ Label: label, DefaultValue: defaultValue });
    expect(parameter?.DisplaySettings["Octopus.ControlType"] === "Select").toBe(options !== undefined);
    expect(parameter?.DisplaySettings["Octopus.SelectOptions"]?.replace(/\|.*/g, "").split("\n")).toEqual(options);
  });

  test("options have labels where their names do not say enough", () => {
    const optionsOf = new Map(
      template.Parameters.map(({ Name, DisplaySettings }) => [Name, DisplaySettings["Octopus.SelectOptions"]]),
    );

    expect(optionsOf.get("ChildProject.WhatIf.Value")).toBe("Yes|Yes\nNo|No");
    expect(optionsOf.get("ChildProject.WaitForFinish.Value")).toBe(
      "Yes|Yes, unless it is scheduled\nNo|No\nThroughSchedule|Yes, through the schedule as well",
    );
  });

  test("what may have several lines has a field of several lines", () => {
    const names = template.Parameters.filter(
      ({ DisplaySettings }) => DisplaySettings["Octopus.ControlType"] === "MultiLineText",
    ).map(({ Name }) => Name);

    expect(names).toEqual([
      "ChildProject.Project.Name",
      "ChildProject.Prompted.Variables",
      "ChildProject.Skip.StepNames",
    ]);
  });

  test("in their order, and no others", () => {
    expect(template.Parameters.map(({ Name }) => Name)).toEqual(parameterDeclarations.map(({ name }) => name));
  });

  test("with their help", () => {
    for (const { Name, HelpText } of template.Parameters)
      expect(parameterDeclarations.find(({ name }) => name === Name)?.help).toBe(HelpText);
  });

  test("a select offers its default among one line for each option", () => {
    const selects = template.Parameters.filter(
      ({ DisplaySettings }) => DisplaySettings["Octopus.ControlType"] === "Select",
    );

    expect(selects.length).toBeGreaterThan(5);
    for (const { DefaultValue, DisplaySettings } of selects) {
      const lines = DisplaySettings["Octopus.SelectOptions"]?.split("\n") ?? [];
      expect(lines.every((line) => /^[^|]+\|[^|]+$/.test(line))).toBe(true);
      expect(lines.map((line) => line.split("|")[0])).toContain(DefaultValue);
    }
  });

  test("a secret has no default", () => {
    const secrets = template.Parameters.filter(
      ({ DisplaySettings }) => DisplaySettings["Octopus.ControlType"] === "Sensitive",
    );

    expect(secrets.map(({ Name, DefaultValue }) => [Name, DefaultValue])).toEqual([["ChildProject.Api.Key", ""]]);
  });
});

describe("the script body as it is in the file", () => {
  const body = template.Properties["Octopus.Action.Script.ScriptBody"];

  test.each([
    ["nothing Octopus would evaluate", /#\{/],
    ["nothing that makes Octopus load every variable", /octopus_parameters\[/],
    ["nothing but printable ASCII and line feeds", /[^\n\x20-\x7e]/],
    ["no line of more than 160 columns", /.{161}/],
  ])("has %s", (_, hazard) => {
    expect(hazard.exec(body)?.[0]).toBeUndefined();
  });

  test("asks for every declared parameter", () => {
    const [, list] = /^names=\($([^]*?)^\)$/m.exec(body) ?? [];
    const asked = execFileSync("bash", ["-c", `printf '%s\\n' ${list?.trim().replace(/(?<!\\)\n/g, " ")}`], {
      encoding: "utf8",
    });

    const names = asked
      .trim()
      .split("\n")
      .map((name) => Buffer.from(name, "base64").toString("utf8"));
    expect(names).toEqual([...parameterDeclarations.map(({ name }) => name), ...systemVariableNames]);
  });

  test("has the SHA-256 that the README's command prints", () => {
    const [, command = ""] = /```sh\n(node -p .*)\n```/.exec(readme) ?? [];
    const folder = fileURLToPath(new URL("..", import.meta.url));

    const printed = execFileSync("bash", ["-c", command], { cwd: folder, encoding: "utf8" });

    expect(body).toContain(`SHA-256 of the program: ${printed.trim()}\n`);
  });

  test("carries the program in one block, with its checksum and how to read it", () => {
    const sha256 = createHash("sha256").update(programIn(body)).digest("hex");

    expect(body).toContain(`SHA-256 of the program: ${sha256}`);
    expect(body).toContain("npm run unpack");
    expect(body.match(/^program='/gm)).toHaveLength(1);
    expect(body, "a here-document would need a file").not.toContain("<<");
  });
});

test("the README's tables name every parameter and output", () => {
  const tables = withTables(
    "<!-- parameters:start --><!-- parameters:end -->\n<!-- outputs:start -->\nTHE LAST TABLE\n<!-- outputs:end -->\nrest\n",
  );

  const names = [...parameterDeclarations.map(({ name }) => name), ...Object.keys(emptyOutputs)];
  for (const name of names) expect(tables).toContain(`| \`${name}\``);
  expect(tables).toMatch(/<!-- outputs:end -->\nrest\n$/);
  expect(tables).not.toContain("THE LAST TABLE");
  expect(withTables(tables)).toBe(tables);
});

test("the READMEs name no source file that does not exist", () => {
  const files = ["src", "scripts", "test"].flatMap((folder) =>
    readdirSync(new URL(`../${folder}`, import.meta.url), { recursive: true, encoding: "utf8" }).map(
      (file) => `${folder}/${file}`,
    ),
  );
  const tour = readFileSync(new URL("../src/README.md", import.meta.url), "utf8");
  const named = `${readme}\n${tour}`.match(/[\w./-]+\.ts\b/g) ?? [];

  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !files.some((file) => `/${file}`.endsWith(`/${path}`)))).toEqual([]);
});

test("what the README's troubleshooting quotes is what the step says", () => {
  const rows = /## Troubleshooting([^]*?)\n## /.exec(readme)?.[1]?.match(/(?<=^\| )[^|]*"[^|]*/gm) ?? [];
  const quotes = rows.flatMap((row) =>
    [...row.matchAll(/"(.+?)"/g)].flatMap(([, quote = ""]) => quote.split(/ ?\.\.\. ?/)),
  );

  expect(quotes.length).toBeGreaterThan(12);
  const body = template.Properties["Octopus.Action.Script.ScriptBody"];
  const said = body + programIn(body);
  expect(quotes.filter((quote) => !said.includes(quote))).toEqual([]);
});

test("a README without a place for the tables is refused", () => {
  expect(() => withTables("<!-- parameters:start -->")).toThrow("README.md needs <!-- parameters:start -->");
});
