import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { flagOf } from "../scripts/start/flags.ts";
import { parameterDeclarations } from "../src/step/parameter-declarations.ts";
import { startOctopusServer } from "./octopus-server/octopus-server.ts";

async function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const script = fileURLToPath(new URL("../scripts/start.ts", import.meta.url));
  const inherited = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
    env: { ...inherited, ...environment },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  await once(child, "close");
  return { exitCode: child.exitCode, output };
}

test("npm start promotes, skips, serves a new server, and deploys to Production exactly what was approved", async () => {
  const { exitCode, output } = await start([]);

  expect(exitCode, output).toBe(0);
  const deployed = [...output.matchAll(/The deployment of (.+ to \w+(?: for \w+)?) succeeded\./g)].map(
    ([, what]) => what,
  );
  const components = [
    "Database 2021.1.0.11",
    "Web API 2021.1.0.22",
    "Scheduling Service 2021.1.0.7",
    "Web UI 2021.1.0.15",
  ];
  expect(deployed).toEqual([
    ...components.map((component) => `${component} to Staging`),
    "Web API 2021.1.0.22 to Staging",
    "Customer Portal 2021.1.0.3 to Staging for Contoso",
    ...components.map((component) => `${component} to Production`),
    "Database 2021.1.0.12 to Production",
  ]);
  expect(output.match(/nothing to deploy, because it is already what Staging runs/g)).toHaveLength(4);
  expect(output).toContain("Only to the machines: s-api-03.");
  expect(output).toContain(
    "Web UI 2021.1.0.15 in Staging: nothing to deploy, because none of the specific machines (s-api-03)",
  );
  expect(output).toMatch(/Customer Portal.*nothing to deploy, because .*Fabrikam.*Staging/);
  const [digest = "none"] = /Plan [0-9a-f]{32} \(Database to Production\)/.exec(output) ?? [];
  expect(output, "people see the digest").toContain(`| ${digest}`);
  expect(output).toContain("### Web API: 2021.1.0.20 \u2192 2021.1.0.22");
  expect(output).toContain(
    "Scheduling the deployment for 2021-01-14 19:00:00 +01:00 in Europe/Berlin (2021-01-14T18:00:00Z).",
  );
  expect(output, "plain in a pipe").not.toContain("\u001B[");
});

test("against a real server the step is a what-if, unless --deploy is given", async () => {
  const server = await startOctopusServer({ world: "rm", clock: "real" });
  const environment = { OCTOPUS_URL: server.url, OCTOPUS_API_KEY: server.keys["release-conductor"] ?? "" };
  const deployments = () => server.simulator.state().history.deployments.size;
  const before = deployments();

  const whatIf = await start(["--project", "Web API", "--to", "Staging"], environment);
  const afterWhatIf = deployments();
  const real = await start(["--project", "Web API", "--to", "Staging", "--deploy", "--wait", "No"], environment);
  const afterReal = deployments();
  await server.stop();

  expect(whatIf.exitCode, whatIf.output).toBe(0);
  expect(whatIf.output).toContain("Web API 2021.1.0.20 \u2192 2021.1.0.22 in Staging: would be deployed");
  expect(afterWhatIf).toBe(before);
  expect(real.exitCode, real.output).toBe(0);
  expect(real.output).toContain("Created the deployment of Web API 2021.1.0.22 to Staging");
  expect(afterReal).toBe(before + 1);
  expect(whatIf.output + real.output).not.toContain(environment.OCTOPUS_API_KEY);
});

test.each([
  {
    rule: "flags without a server",
    args: ["--project", "Web API"],
    environment: {},
    message: /OCTOPUS_URL and OCTOPUS_API_KEY/,
  },
  {
    rule: "a URL without a key",
    args: [],
    environment: { OCTOPUS_URL: "https://octopus.example.com" },
    message: /OCTOPUS_API_KEY/,
  },
  { rule: "an unknown flag", args: ["--projekt", "Web API"], environment: {}, message: /--projekt[\s\S]*--project / },
])("$rule: a message and exit code 2", async ({ args, environment, message }) => {
  const { exitCode, output } = await start(args, environment);

  expect(exitCode).toBe(2);
  expect(output).toMatch(message);
});

test("--help says what each flag takes", async () => {
  const { exitCode, output } = await start(["--help"], {});

  expect(exitCode).toBe(0);
  expect(output).toContain("--mode                     Deployment mode: Promote (default), Redeploy, AlwaysLatest\n");
  expect(output).toContain("--queue-limit              Queue time limit (seconds): 3600 (default)\n");
});

test("every parameter has a flag of its own, but for the key and What-if", () => {
  const names: readonly string[] = parameterDeclarations
    .map(({ name }) => name)
    .filter((name) => name !== "ChildProject.Api.Key" && name !== "ChildProject.WhatIf.Value");

  expect(Object.keys(flagOf).sort()).toEqual([...names].sort());
  expect(new Set(Object.values(flagOf)).size).toBe(names.length);
});
