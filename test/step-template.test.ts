import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { describe, expect, test } from "vitest";
import { programIn } from "../scripts/build/program-block.ts";
import { withTables } from "../scripts/readme-tables.ts";
import { emptyOutputs } from "../src/step/outputs.ts";
import { parameterDeclarations } from "../src/step/parameter-declarations.ts";
import type { ParameterDeclaration } from "../src/step/parameter-declarations.ts";
import { listLabels } from "../src/train/list-labels.ts";
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

/** Every page that users and contributors read, by path. */
const pages = {
  "README.md": textOf("README.md"),
  "src/README.md": textOf("src/README.md"),
  "src/step/README.md": textOf("src/step/README.md"),
  "src/train/README.md": textOf("src/train/README.md"),
  "src/rules/README.md": textOf("src/rules/README.md"),
  "src/approvals/README.md": textOf("src/approvals/README.md"),
  ".github/CONTRIBUTING.md": textOf(".github/CONTRIBUTING.md"),
  ".github/CHANGELOG.md": textOf(".github/CHANGELOG.md"),
  ".github/LIBRARY.md": textOf(".github/LIBRARY.md"),
  ".github/SECURITY.md": textOf(".github/SECURITY.md"),
  ".github/MIGRATION.md": textOf(".github/MIGRATION.md"),
  ".github/TROUBLESHOOTING.md": textOf(".github/TROUBLESHOOTING.md"),
};

function textOf(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
}

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

    expect(optionsOf.get("ChildProject.ReleaseNotes.SaveAsArtifact")).toBe("Yes|Yes\nNo|No");
    expect(optionsOf.get("ChildProject.WaitForFinish.Value")).toBe(
      "Yes|Yes: wait, unless the deployment is scheduled\nNo|No: do not wait\nThroughSchedule|ThroughSchedule: wait in any case",
    );
  });

  test.each(template.Parameters)(
    "the help of $Name says whether it is required first, and its default last",
    (each) => {
      const isRequired = ["ChildProject.Project.Name", "ChildProject.Api.Key"].includes(each.Name);

      expect(each.HelpText.startsWith(isRequired ? "**Required.** " : "*Optional.* ")).toBe(true);
      expect(/ Default: [^:]*\.$/.test(each.HelpText)).toBe(!isRequired);
    },
  );

  test("the label of each option begins with its value", () => {
    for (const { DisplaySettings } of template.Parameters)
      for (const option of DisplaySettings["Octopus.SelectOptions"]?.split("\n") ?? [])
        expect(option).toMatch(/^(\w+)\|\1(?:: .+)?$/);
  });

  test("a message names a parameter by its label", () => {
    const labels = template.Parameters.map(({ Label }) => Label);
    const sources = readdirSync(fileURLToPath(new URL("../src", import.meta.url)), { recursive: true })
      .map(String)
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8"));
    const named = sources.flatMap((text) => [...text.matchAll(/(?:the parameter|\bset|option in) "([A-Z][^"$]+)"/g)]);

    expect(named.length).toBeGreaterThan(10);
    for (const [, label] of named) expect(labels).toContain(label);
  });

  test("fields that every step needs come first, and fields that hardly any step needs come last", () => {
    const names = template.Parameters.map(({ Name }) => Name.replace("ChildProject.", ""));

    expect(names.slice(0, 5)).toEqual([
      "Project.Name",
      "Api.Key",
      "Release.Number",
      "Destination.EnvironmentName",
      "SourceEnvironment.Name",
    ]);
    expect(names.slice(-2)).toEqual(["Web.ServerUrl", "Space.Name"]);
  });

  test("parameters that may have several lines have a field of several lines", () => {
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

  test("has the SHA-256 that the command for its readers prints", () => {
    const [, command = ""] = /```sh\n(node -p .*)\n```/.exec(pages[".github/CONTRIBUTING.md"]) ?? [];
    const folder = fileURLToPath(new URL("..", import.meta.url));

    const printed = execFileSync("bash", ["-c", command], { cwd: folder, encoding: "utf8" });

    expect(body).toContain(`SHA-256 of the program: ${printed.trim()}\n`);
  });

  test("carries the program in one block, with its checksum and how to read it", () => {
    const sha256 = createHash("sha256").update(programIn(body)).digest("hex");

    expect(body).toContain(`SHA-256 of the program: ${sha256}`);
    expect(body).toContain("npm run unpack");
    expect(body.match(/^program='/gm)).toHaveLength(1);
    const script = body.replace(/^program='[^']*'$/m, "");
    expect(script, "a here-document would need a file").not.toContain("<<");
  });
});

test("the tables name every parameter, output and label", () => {
  const empty =
    "<!-- parameters:start --><!-- parameters:end -->\n<!-- outputs:start -->\nTHE LAST TABLE\n<!-- outputs:end -->\nrest\n";
  const tables = withTables("src/step/README.md", empty);

  const names = [...parameterDeclarations.map(({ name }) => name), ...Object.keys(emptyOutputs)];
  for (const name of names) expect(tables).toContain(`| \`${name}\``);
  expect(tables).toMatch(/<!-- outputs:end -->\nrest\n$/);
  expect(tables).not.toContain("THE LAST TABLE");
  expect(withTables("src/step/README.md", tables)).toBe(tables);
  const labels = withTables("src/train/README.md", "<!-- labels:start --><!-- labels:end -->");
  for (const { label } of listLabels.perChild.filter(({ key }) => key.startsWith("ChildProject.")))
    expect(labels).toContain(`| \`${label}\` |`);
});

test("the train's page says what a child may set that no field of the step does", () => {
  expect(pages["src/train/README.md"]).toContain("`if missing: skip`");
});

test("the pages name no source file that does not exist", () => {
  const files = ["src", "scripts", "test"].flatMap((folder) =>
    readdirSync(new URL(`../${folder}`, import.meta.url), { recursive: true, encoding: "utf8" }).map(
      (file) => `${folder}/${file}`,
    ),
  );
  const named =
    Object.values(pages)
      .join("\n")
      .match(/[\w./-]+\.ts\b/g) ?? [];

  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !files.some((file) => `/${file}`.endsWith(`/${path}`)))).toEqual([]);
});

describe.each(Object.entries(pages))("%s", (path, page) => {
  const links = [...page.replace(/```[^]*?```/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);

  test("every link leads to a file, and to a heading of it", () => {
    const own = links.filter((link) => !link.startsWith("https://"));
    const broken = own.filter((link) => {
      const [file = "", heading] = link.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      if (!existsSync(new URL(`../${target}`, import.meta.url))) return true;
      return heading !== undefined && !headingsOf(target).includes(heading);
    });

    expect(broken).toEqual([]);
  });

  test("links that leave the repository are those of Octopus", () => {
    const elsewhere = links.filter((link) => link.startsWith("http") && !/^https:\/\/octopus\.com(?:$|\/)/.test(link));

    expect(elsewhere).toEqual([]);
  });
});

/** The ids that GitHub gives to the headings of a page. */
function headingsOf(path: string): readonly string[] {
  const text = textOf(path).replace(/```[^]*?```/g, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

test("the README can be read in ten minutes", () => {
  expect(pages["README.md"].split(/\s+/).length).toBeLessThanOrEqual(2_400);
});

test("the step says what the page on troubleshooting quotes", () => {
  const rows = pages[".github/TROUBLESHOOTING.md"].match(/(?<=^\| )[^|]*"[^|]*/gm) ?? [];
  const quotes = rows.flatMap((row) =>
    [...row.matchAll(/"(.+?)"/g)].flatMap(([, quote = ""]) => quote.split(/ ?\.\.\. ?/)),
  );

  expect(quotes.length).toBeGreaterThan(12);
  const body = template.Properties["Octopus.Action.Script.ScriptBody"];
  const said = body + programIn(body);
  expect(quotes.filter((quote) => !said.includes(quote))).toEqual([]);
});

test("a page without a place for the tables is refused", () => {
  expect(() => withTables("src/step/README.md", "<!-- parameters:start -->")).toThrow(
    "src/step/README.md needs <!-- parameters:start -->",
  );
});
