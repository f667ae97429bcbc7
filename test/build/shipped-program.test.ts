import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { buildProduct, staleFiles } from "../../scripts/build/build-product.ts";
import type { Product } from "../../scripts/build/build-product.ts";
import { programBlock, programIn } from "../../scripts/build/program-block.ts";
import { toZ85 } from "../../scripts/build/z85.ts";
import { hazardsIn } from "../../scripts/hazards.ts";
import * as errors from "../../src/errors.ts";
import { emptyOutputs } from "../../src/step/outputs.ts";
import { startOctopusServer } from "../octopus-server/octopus-server.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { folderOf } from "../fetch-node-18.ts";
import { readStepTemplate } from "../parent-process/step-template.ts";
import { runStep } from "../step-host/run-step.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const shippedTemplate = readFileSync(join(root, "step-template.json"), "utf8");
const shipped = readStepTemplate(JSON.parse(shippedTemplate));

let product: Product;
beforeAll(async () => {
  product = await buildProduct(root);
});

describe("the build", () => {
  test("gives the committed files from the present sources (if not, run: npm run build)", async () => {
    expect(await staleFiles(root, product)).toEqual([]);
  });

  test.each<[string, (template: string) => string, boolean]>([
    ["the same", (template) => template, false],
    ["the same program, compressed otherwise", (template) => withBlock(template, recompressed(template)), false],
    ["another program", (template) => withBlock(template, programBlock("1").text), true],
    ["a block that holds none", (template) => withBlock(template, "AAAA"), true],
    ["another sentence in the bootstrap", (template) => template.replace("was not found", "is missing"), true],
    ["another help text", (template) => template.replace('"HelpText": "', '"HelpText": "x'), true],
    ["nothing", () => "", true],
  ])("decides whether a template is stale: %s", async (_, change, isStale) => {
    const folder = mkdtempSync(join(tmpdir(), "stale-"));
    writeFileSync(join(folder, "step-template.json"), change(product.template));

    const stale = await staleFiles(folder, { ...product, files: new Map([["step-template.json", product.template]]) });

    expect(stale).toEqual(isStale ? ["step-template.json"] : []);
    rmSync(folder, { recursive: true });
  });

  test("gives nothing that must not be shipped", () => {
    expect(hazardsIn(product)).toEqual([]);
  });

  test("gives the same template in another folder, which has no template yet", async () => {
    const folder = mkdtempSync(join(tmpdir(), "another folder-"));
    for (const path of ["src", "scripts", "package.json"])
      cpSync(join(root, path), join(folder, path), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

    const other = await buildProduct(folder);
    rmSync(folder, { recursive: true });

    expect(other.template === product.template).toBe(true);
  });

  test("names every package in the bundle, with its licence text inside, as plain text", () => {
    expect(product.program.packages.map(({ name }) => name)).toEqual([
      "@date-fns/tz",
      "@octopusdeploy/api-client",
      "agent-base",
      "axios",
      "date-fns",
      "https-proxy-agent",
      "proxy-from-env",
      "semver",
      "zod",
    ]);
    const program = programIn(shippedTemplate);
    for (const { name, version, licence } of product.program.packages) {
      expect(shipped.scriptBody.replace(/\n# /g, " ")).toContain(`${name} ${version} (${licence})`);
      expect(program).toMatch(new RegExp(`\n${name} ${version}: Copyright (\\(c\\)|©) `, "i"));
    }
    expect(program.slice(0, program.indexOf("*/"))).not.toMatch(/&\w+;/);
  });

  test("keeps the names of our errors, although it shortens all others", () => {
    const names = Object.keys(errors).filter((name) => name.endsWith("Error") && name !== "StepError");

    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect(programIn(shippedTemplate)).toContain(`name="${name}"`);
  });
});

function withBlock(template: string, block: string): string {
  return template.replace(/(program=')[^']*'/, (_, start: string) => `${start}${block.replaceAll("\n", "\\n")}'`);
}

/** As another version of Node.js might compress it. */
function recompressed(template: string): string {
  return toZ85(brotliCompressSync(programIn(template), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }));
}

describe("the shipped step", () => {
  let server: OctopusServer;
  beforeAll(async () => {
    server = await startOctopusServer({ world: "rm" });
  });
  afterAll(async () => {
    await server.stop();
  });

  function whatIf(): Record<string, string> {
    return {
      ...shipped.defaults,
      "ChildProject.Web.ServerUrl": server.url,
      "ChildProject.Api.Key": server.keys["release-conductor"] ?? "",
      "ChildProject.Space.Name": "Default",
      "ChildProject.Project.Name": "Web API",
      "ChildProject.Destination.EnvironmentName": "Staging",
      "ChildProject.Tenant.Name": "",
      "ChildProject.ManualIntervention.EnvironmentToUse": "",
      "ChildProject.ManualIntervention.Tenant.Name": "",
      "ChildProject.WhatIf.Value": "Yes",
    };
  }

  test.each([
    ["no schedule", {}, { fetch: false, zones: false }],
    ["a schedule", { "ChildProject.Deployment.FutureTime": "tomorrow 04:00" }, { fetch: false, zones: true }],
  ])("with %s it makes Node.js load only what it needs", async (_, more, expected) => {
    const preload = fileURLToPath(new URL("report-heavy-parts.cjs", import.meta.url));

    const { stdout, outputs } = await runStep({
      scriptBody: shipped.scriptBody,
      environment: { NODE_OPTIONS: `--require "${preload}"` },
      variables: { ...whatIf(), ...more },
    });

    expect(outputs["Outcome"]).toBe("WhatIf");
    expect(stdout).toContain(`heavy parts: ${JSON.stringify(expected)}\n`);
  });

  test("knows the settings of a single child", async () => {
    const project = "Web API\n    destination environment: Test\n    release number: >=1.0 <";
    const { resultMessage } = await runStep({
      scriptBody: shipped.scriptBody,
      variables: { ...whatIf(), "ChildProject.Project.Name": project },
    });

    expect(resultMessage).toContain('line 3, "release number" of Web API');
    expect(resultMessage).not.toContain("unknown label");
  });

  test.each([
    ["Node.js 18", inject("node18"), "v18."],
    ["the Node.js of this test", { folder: dirname(process.execPath) }, process.version],
  ])("runs on %s", async (_, node, version) => {
    const folder = folderOf(node);
    const result = await runStep({
      scriptBody: shipped.scriptBody.replace('tell("started");', '$& console.log("on", process.version);'),
      environment: { PATH: `${folder}:/usr/bin:/bin` },
      variables: whatIf(),
      sensitive: shipped.sensitive,
    });

    expect(result.log.map(({ text }) => text)).toContainEqual(expect.stringMatching(`^on ${version}`));
    expect(result.resultMessage).toBeUndefined();
    expect(result.outputs).toMatchObject({ Outcome: "WhatIf", ReleaseToPromote: "2021.1.0.22" });
    expect(result.exitCode).toBe(0);
    expect(result.stderr.replace(/^##octopus\[mask .*\n/, "")).toBe("");
    expect(result.leftovers, "nothing but what Octopus collects").toEqual(result.artifacts.map(({ name }) => name));
  });

  test.each([
    [
      "stop half-way",
      'get_octopusvariable() { [ "$1" != "${names[5]}" ] && printf x; }',
      "could not be read to the end",
    ],
    [
      "do not go with the agent's key",
      "sensitiveVariableKey=${sensitiveVariableKey//[0-9]/7}",
      "could not be decrypted",
    ],
  ])("fails with a sentence and all outputs when the variables %s", async (_, before, message) => {
    const result = await runStep({ scriptBody: `${before}\n${shipped.scriptBody}`, variables: shipped.defaults });

    expect(result.exitCode).toBe(1);
    expect(result.resultMessage).toContain(message);
    expect(result.outputs).toMatchObject({ Outcome: "Failed", ChildReleaseToDeploy: "False" });
    expect(result.resultMessage).toBe(
      `${result.outputs["Message"]} This is a defect of the step template. Please report it with the task log.`,
    );
    expect(Object.keys(result.outputs).sort()).toEqual(Object.keys(emptyOutputs).sort());
  });

  test("refuses to run on a damaged block", async () => {
    const result = await runStep({
      scriptBody: shipped.scriptBody.replace(
        /(?<=^program=')[^']*/m,
        () => programBlock(`${product.program.code}//`).text,
      ),
      variables: shipped.defaults,
    });

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("The program in this step is damaged");
  });
});
