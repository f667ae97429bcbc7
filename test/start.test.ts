import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { flagOf } from "../scripts/start/flags.ts";
import { readCommandLine } from "../scripts/start/read-command-line.ts";
import { runAgainstServer, withFlags } from "../scripts/start/run-against-server.ts";
import { saveReport } from "../scripts/start/save-report.ts";
import { stillRunning } from "../scripts/start/still-running.ts";
import { parameterDeclarations } from "../src/step/parameter-declarations.ts";
import { startOctopusServer } from "./octopus-server/octopus-server.ts";
import { code, page, section } from "./pages/page.ts";
import { template } from "./scenarios/scenario.ts";

type Environment = Readonly<Record<string, string>>;

/** Runs `npm start` like a user in a terminal. */
function begin(args: readonly string[], environment: Environment = {}) {
  const script = fileURLToPath(new URL("../scripts/start.ts", import.meta.url));
  const inherited = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
    env: { ...inherited, ...environment },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  const ended = once(child, "close").then(() => ({ exitCode: child.exitCode, output }));
  /** Resolves when the words have been printed; throws when the process ends without them. */
  async function says(words: string): Promise<void> {
    while (!output.includes(words)) {
      const next = once(child.stdout, "data").then(() => true);
      if (!(await Promise.race([next, ended.then(() => false)]))) throw new Error(`never said "${words}":\n${output}`);
    }
  }
  return { child, ended, says };
}

async function start(args: readonly string[], environment: Environment = {}) {
  return begin(args, environment).ended;
}

/** Runs the step against a real server in this process, because compiling the scripts takes longer than running them. */
async function startHere(args: readonly string[], environment: Environment) {
  const commandLine = readCommandLine(args, environment);
  if (commandLine.kind !== "real-server") throw new Error(`Not against a real server: ${args.join(" ")}`);
  let output = "";
  const written = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output += String(text);
    return true;
  });
  try {
    const neverStopped = { signal: new AbortController().signal, exitCode: () => undefined };
    return { exitCode: await runAgainstServer(template, commandLine, neverStopped), output };
  } finally {
    written.mockRestore();
  }
}

test("npm start plays a release train: approved, deployed, cut off, run again, rolled back", async () => {
  const { exitCode, output } = await start([]);

  expect(exitCode, output).toBe(0);
  const scenes = output.split(/^(?=Scene )/m).slice(1);
  expect(scenes.map((scene) => scene.split("\n")[0])).toEqual([
    "Scene 1 of 6: Staging: plan, approve, deploy",
    "Scene 2 of 6: Approve today for tonight",
    "Scene 3 of 6: Production: what was approved, until the run is cut off",
    "Scene 4 of 6: The parent is deployed again",
    "Scene 5 of 6: A new server appears",
    "Scene 6 of 6: A release fails and is rolled back",
    expect.stringMatching(/^Scene {2,}Deployed +Failed +Rolled back +Time$/),
  ]);
  const [staging = "", approval = "", production = "", again = "", server = "", back = "", table = ""] = scenes;
  const deployed = (scene: string) =>
    [...scene.matchAll(/\| +(?:([^:|\n]+): )?The deployment of (.+ to \w+) succeeded\./g)]
      .map(([, name, what = ""]) => (name === undefined ? what : `${name} ${what}`))
      .sort(inOrder);
  const database = (environment: string) => `Database 2021.1.0.11 to ${environment}`;
  const api = (environment: string) => `Web API 2021.1.0.22 to ${environment}`;
  const others = (environment: string) => [
    `Scheduling Service 2021.1.0.7 to ${environment}`,
    `Web UI 2021.1.0.15 to ${environment}`,
  ];
  expect(deployed(staging)).toEqual([database("Staging"), ...others("Staging"), api("Staging")].sort(inOrder));
  expect(deployed(approval)).toEqual([]);
  expect(deployed(production), "not the newer 2021.1.0.12").toEqual([database("Production")]);
  expect(deployed(again)).toEqual([...others("Production"), api("Production")].sort(inOrder));
  expect(deployed(server)).toEqual([api("Staging")]);

  for (const scene of scenes.slice(0, 6)) expect(scene, "a sentence before each").toMatch(/^Scene .*\n[A-Z][^|]*\.\n/);
  expect(production).toMatch(/ on behalf of Bob/);
  expect(production).toMatch(/== Canceled: Deploy the release ==\n$/m);
  const [digest = "none"] = /Plan [0-9a-f]{32} \(train of 4: Database/.exec(approval) ?? [];
  expect(again).toMatch(/skipped: AlreadyCurrent/);
  expect(again.match(/Deployed +Attached/g), "it goes on with both").toHaveLength(2);
  expect(again.match(/Created the deployment/g), "and deploys only the rest").toHaveLength(1);
  expect(again.match(/Plan [0-9a-f]{32}/g), "of the approved plan").toEqual([digest.slice(0, 37)]);
  expect(server.match(/skipped: NoMatchingMachine/g)).toHaveLength(3);
  expect(back).toMatch(/Web UI .*Failed .*RolledBack 2021\.1\.0\.15/);
  expect(back).toMatch(/Database .*Deployed .*NotRolledBack/);
  expect(staging, "how far it is").toMatch(/\d of 4 done; running: /);
  expect(approval, "approvers see the digest").toContain(`| ${digest}`);
  expect(production, "and that plan is deployed").toContain(digest);
  expect(table).toMatch(/^3 .*cut off +Database +2 min/m);
  // The two of one level start together, in either order.
  expect(table).toMatch(/^6 .*Database, (Web API, Scheduling Service|Scheduling Service, Web API) +Web UI +Web UI, /m);
  expect(table).toMatch(/Where to go next:[^]*README\.md, "A release train in two steps"/);
  expect(output, "plain in a pipe").not.toContain("\u001B[");
  const [, report = ""] = /The report of the last scene.*\n +(.+\.run\.report\.html)$/m.exec(table) ?? [];
  expect(readFileSync(report, "utf8")).toContain("<h2>Timeline</h2>");
  expect(JSON.parse(readFileSync(report.replace(/html$/, "json"), "utf8"))).toMatchObject({
    version: 1,
    policy: { onFailure: "RollBack" },
  });
  const lines = output.split("\n").map((line) => withoutDuration(line.replace(/^\w* +\| +/, "")));
  expect(shownInReadme.length).toBeGreaterThan(8);
  expect(shownInReadme.filter((line) => !lines.includes(withoutDuration(line)))).toEqual([]);
});

/** A duration depends on when the step polled. */
function withoutDuration(line: string): string {
  return line.replace(/ +\d+ (?:min|s)(?: \d+ s)?$/, "");
}

/** The lines that the README shows as the demo's output. */
const shownInReadme = (code(section(page("README.md"), "Try it"), "text")[0] ?? "")
  .split("\n")
  .filter((line) => line !== "" && line !== "...");

test("only the report of the last scene is kept, in the given folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const artifacts = ["../a.report.html", "a.report.json", "Database.plan.json"].map((name) => ({
    name,
    content: Buffer.from(name),
  }));

  const path = saveReport(artifacts, join(folder, "demo"));

  expect(path).toBe(join(folder, "demo", "a.report.html"));
  expect(readdirSync(join(folder, "demo")).sort()).toEqual(["a.report.html", "a.report.json"]);
  expect(saveReport(artifacts.slice(2), join(folder, "none"))).toBeUndefined();
  const later = { name: "b.report.html", content: Buffer.from("b") };
  expect(saveReport([...artifacts, later], join(folder, "demo"))).toBe(join(folder, "demo", "b.report.html"));
  expect(readdirSync(folder)).toEqual(["demo"]);
});

test("--scene shows that scene only, --verbose every line of it", async () => {
  const { exitCode, output } = await start(["--scene", "2", "--verbose"], {
    OCTOPUS_URL: "https://octopus.example.com",
  });

  expect(exitCode, output).toBe(0);
  expect(output.match(/^Scene \d of.*/gm)).toEqual(["Scene 2 of 6: Approve today for tonight"]);
  expect(output).toContain("### Web API: 2021.1.0.20 \u2192 2021.1.0.22");
  expect(output, "every line").toMatch(/Database: .*Development/);
  expect(output, "OCTOPUS_URL is set, but this is the demo's own server").toMatch(/^OCTOPUS_URL is set but not used/);
});

describe("Ctrl-C, which npm passes on so that it arrives twice", () => {
  test("ends the demo and leaves nothing behind", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stopped-demo-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    shareCompiled(folder);
    const { child, says, ended } = begin([], { TMPDIR: folder });

    await says("Level 1 of 3");
    child.kill("SIGINT");
    await says("Stopping.");
    child.kill("SIGINT");
    const { exitCode, output } = await ended;

    expect(exitCode, output).toBe(130);
    expect(output).not.toContain("Where to go next");
    // What `tsx` compiled stays on purpose.
    expect(readdirSync(folder).filter((name) => !name.startsWith("tsx-"))).toEqual([]);
    expect(processesIn(folder)).toEqual([]);
  });

  test("ends the step that runs against a real server", async () => {
    const server = await startOctopusServer({ world: "rm", clock: "real" });
    onTestFinished(() => server.stop());
    const environment = { OCTOPUS_URL: server.url, OCTOPUS_API_KEY: server.keys["release-conductor"] ?? "" };
    const { child, says, ended } = begin(["--project", "Web API", "--to", "Staging", "--deploy"], environment);

    await says("Created the deployment");
    child.kill("SIGINT");

    const { exitCode, output } = await ended;
    expect(exitCode).toBe(130);
    const [, id = ""] = /\[(Deployments-\d+)\]/.exec(output) ?? [];
    expect(output, "what goes on, and what to do").toMatch(
      new RegExp(`Still running:\\n  ${id}: Web API 2021\\.1\\.0\\.22 to Staging, http.*\\nRun the same command again`),
    );
  });

  test("names deployments that have not ended, including retries", () => {
    const created = (id: number) =>
      `Database: Created the deployment of Database 1.1 to Test: [Deployments-${id}](u${id})`;
    const failed = "Database: The deployment of Database 1.1 to Test failed.";
    const other = "Web API: Continuing with the deployment of 1.1 to Test: [Deployments-3](u3)";
    const alone = "Created the deployment of Web UI 1.1 to Test: [Deployments-4](u4)";
    const aloneEnded = "The deployment of Web UI 1.1 to Test was cancelled.";

    expect(stillRunning(["Level 1", created(1), failed])).toEqual([]);
    expect(stillRunning([created(1), other, "Database: Failed.", "Web API: Timed out."])).toEqual([]);
    expect(stillRunning([created(1), other, "Database: Cancelled."])).toEqual([
      "Deployments-3: Web API 1.1 to Test, u3",
    ]);
    expect(stillRunning([created(1), failed, created(2), other])).toEqual([
      "Deployments-2: Database 1.1 to Test, u2",
      "Deployments-3: Web API 1.1 to Test, u3",
    ]);
    expect(stillRunning([alone])).toEqual(["Deployments-4: Web UI 1.1 to Test, u4"]);
    expect(stillRunning([alone, aloneEnded])).toEqual([]);
  });
});

/** Lets `tsx` find in another folder for temporary files what it has compiled before. */
function shareCompiled(folder: string): void {
  const compiled = readdirSync(tmpdir()).filter((name) => name.startsWith("tsx-"));
  for (const name of compiled) symlinkSync(join(tmpdir(), name), join(folder, name));
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** Processes whose working directory is in a folder. */
function processesIn(folder: string): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

test("against a real server the step is a what-if, unless --deploy is given", async () => {
  const server = await startOctopusServer({ world: "rm", clock: "real" });
  const environment = { OCTOPUS_URL: server.url, OCTOPUS_API_KEY: server.keys["release-conductor"] ?? "" };
  const deployments = () => server.simulator.state().history.deployments.size;
  const before = deployments();

  const whatIf = await startHere(["--project", "Web API", "--to", "Staging"], environment);
  const afterWhatIf = deployments();
  const real = await startHere(["--project", "Web API", "--to", "Staging", "--deploy", "--wait", "No"], environment);
  const afterReal = deployments();
  await server.stop();

  expect(whatIf.exitCode, whatIf.output).toBe(0);
  expect(whatIf.output).toContain("Would deploy Web API 2021.1.0.22 to Staging");
  expect(afterWhatIf).toBe(before);
  expect(real.exitCode, real.output).toBe(0);
  expect(real.output).toContain("Created the deployment of Web API 2021.1.0.22 to Staging");
  expect([whatIf, real].map(({ output }) => output.includes("No approved plan concerns it"))).toEqual([false, true]);
  expect(afterReal).toBe(before + 1);
  expect(whatIf.output + real.output).not.toContain(environment.OCTOPUS_API_KEY);
});

test("OCTOPUS_SPACE says in which space the child is, and messages name flags, the reason last", async () => {
  const server = await startOctopusServer({ world: { spaces: [{ name: "Components" }] }, clock: "real" });
  onTestFinished(() => server.stop());
  const environment = { OCTOPUS_URL: server.url, OCTOPUS_API_KEY: server.apiKey, OCTOPUS_SPACE: "Components" };

  const { exitCode, output } = await startHere(
    ["--project", "Web API", "--to", "Staging", "--parallel", "many"],
    environment,
  );
  const elsewhere = await startHere(["--project", "Web API\nDatabase", "--to", "Staging"], {
    ...environment,
    OCTOPUS_SPACE: "Attic",
  });

  expect(exitCode).toBe(1);
  expect(output).toContain("(--parallel)");
  expect(output).not.toContain("ChildProject.Parallel.Limit");
  expect(output.trimEnd().split("\n").at(-1)).toContain("many");
  expect(output).toContain("Correct the flags");
  expect(elsewhere.output.match(/The space "Attic" \(OCTOPUS_SPACE\) was not found/g), elsewhere.output).toHaveLength(
    1,
  );
  expect(output + elsewhere.output).not.toMatch(/step's parameters|deployment process/);
});

test("messages that name a parameter by its label name its flag", () => {
  const { url, key } = { url: "Advanced: Octopus Server URL", key: "Octopus API key" };

  const said = withFlags(`Check the parameter "${url}". Check the parameter "${key}".`, ["Default", "--space"]);

  expect(said).toBe("Check --url. Check OCTOPUS_API_KEY.");
});

test.each([
  { rule: "flags without a server", args: ["--project", "Web API"], environment: {}, message: /OCTOPUS_URL.*--url/ },
  {
    rule: "a URL without a key",
    args: ["--project", "Web API"],
    environment: { OCTOPUS_URL: "https://octopus.example.com" },
    message: /OCTOPUS_API_KEY/,
  },
  {
    rule: "a URL and a key without an environment",
    args: ["--project", "Web API"],
    environment: { OCTOPUS_URL: "https://octopus.example.com", OCTOPUS_API_KEY: "API-X" },
    message: /Add --to <environment>\.$/,
  },
  {
    rule: "a URL and a key without a project",
    args: ["--to", "Staging"],
    environment: { OCTOPUS_URL: "https://octopus.example.com", OCTOPUS_API_KEY: "API-X" },
    message: /Add --project <name>\.$/,
  },
  { rule: "an unknown flag", args: ["--projekt", "x"], environment: {}, message: /--project [^]*\n.*--projekt.*$/ },
  {
    rule: "a scene and a project",
    args: ["--scene", "1", "--project", "x"],
    environment: {},
    message: /--scene.*--project/,
  },
  { rule: "no number of a scene", args: ["--scene", "two"], environment: {}, message: /--scene.*"two"/ },
])("$rule: a message, the reason last", ({ args, environment, message }) => {
  expect(readCommandLine(args, environment)).toEqual({ kind: "wrong", message: expect.stringMatching(message) });
});

test("a command line that is wrong ends with exit code 2", async () => {
  const { exitCode, output } = await start(["--scene", "99"]);

  expect(exitCode).toBe(2);
  expect(output).toMatch(/--scene takes 1 to 6/);
});

test("--help says what each flag takes, and shows how", () => {
  const asked = readCommandLine(["--help"], {});

  const text = asked.kind === "help" ? asked.text : "";
  expect(text).toContain(
    "--mode                     What to deploy: Promote (default), Redeploy, AlwaysLatest, RollBack, Previous\n",
  );
  expect(text).toContain("--queue-limit              Time limit: queue (seconds): 3600 (default)\n");
  expect(text).toMatch(/Examples:[^]*npm start -- --project "Web API" --to Staging --deploy/);
});

test("every parameter has a flag of its own, except for the key and What-if", () => {
  const names: readonly string[] = parameterDeclarations
    .map(({ name }) => name)
    .filter((name) => name !== "ChildProject.Api.Key" && name !== "ChildProject.WhatIf.Value");

  expect(Object.keys(flagOf).sort()).toEqual([...names].sort());
  expect(new Set(Object.values(flagOf)).size).toBe(names.length);
});
