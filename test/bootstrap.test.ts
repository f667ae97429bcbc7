import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emitModules } from "../scripts/build/emit-modules.ts";
import { joinModules } from "../scripts/build/join-modules.ts";
import { scriptBody, variableTable } from "../scripts/build/script-body.ts";
import { runStep } from "./step-host/run-step.ts";
import type { StepOptions, StepResult } from "./step-host/run-step.ts";
import { createWorkDirectory } from "./step-host/work-directory.ts";

// The bootstrap alone: in place of the product's program stands one that reports what it was given.
const root = fileURLToPath(new URL("..", import.meta.url));
const reporter = `
import * as fs from "node:fs";
import { readRawVariables } from "./step/raw-variables.ts";

async function report() {
  process.on("SIGTERM", () => process.exit(78));
  const read = await readRawVariables([3, 4]).catch((error) => new Map([["problem", error.message]]));
  const report = {
    node: process.env.FAKE_NODE ?? "",
    variables: [...read].map(([name, value]) => [name, value ?? null]),
    stdin: fs.readFileSync(0, "utf8"),
    visible: JSON.stringify([process.argv, process.execArgv, process.env]),
    authorities: process.env.NODE_EXTRA_CA_CERTS ?? null,
  };
  process.stdout.write("REPORT " + JSON.stringify(report) + "\\n");
  process.exitCode = Number(process.env.EXIT_CODE ?? 0);
  if (process.env.WAIT !== undefined) setInterval(() => undefined, 1000);
}

void report();
`;
const Report = z.object({
  node: z.string(),
  variables: z.array(z.tuple([z.string(), z.string().nullable()])),
  stdin: z.string(),
  visible: z.string(),
  authorities: z.string().nullable(),
});

let folder: string;
let body: string;
/** The same, but all folders it knows by their full path are elsewhere. */
let bodyWithoutSystemNode: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
  const modules = new Map([...(await emitModules(root)), ["src/reporter.ts", reporter]]);
  const parts = {
    title: "The bootstrap under test",
    minimum: "18",
    "variable names": variableTable([
      "Text",
      "Empty",
      "Not.Defined",
      "Several Lines",
      "UTF-8 ä",
      "Secret",
      "Long",
      "Odd",
    ]),
    packages: "none",
    sha256: "none",
    "start.cjs": readFileSync(join(root, "scripts/build/start.cjs"), "utf8").replace("@@ minimum @@", "18"),
    "main.cjs": joinModules(modules, "src/reporter.ts").code,
    "third-party.base91": "",
  };
  const bootstrap = readFileSync(join(root, "scripts/bootstrap.sh"), "utf8");
  body = scriptBody(bootstrap, parts);
  bodyWithoutSystemNode = scriptBody(bootstrap.replace(/(?<=\s)\/(?=(usr|opt|snap)\/\S*node)/g, `${folder}/`), parts);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const variables = {
  Text: "Web API",
  Empty: "",
  "Several Lines": "one\n\n two\t \n\n",
  "UTF-8 ä": "Größe 😀 日本語 \u{1F469}\u200D\u{1F4BB}",
  Secret: "API-SECRET0123456789",
  Long: "ä".repeat(150_000),
  Odd: "$(rm -rf .) `x` \"' \\n -n * ~ # %s",
};

async function run(options: Partial<StepOptions> = {}): Promise<StepResult> {
  return runStep({ scriptBody: body, variables, ...options });
}

function reportIn({ stdout }: StepResult) {
  const line = stdout.split("\n").find((each) => each.startsWith("REPORT "));
  return line === undefined ? undefined : Report.parse(JSON.parse(line.slice("REPORT ".length)));
}

/** What the step wrote to stderr, without the line that Octopus' own functions write first. */
function complaints({ stderr }: StepResult): string {
  return stderr.replace(/^##octopus\[mask .*\n/, "");
}

describe("the program gets every variable byte for byte", () => {
  const expected = new Map<string, string | null>([...Object.entries(variables), ["Not.Defined", null]]);

  test.each<[string, Partial<StepOptions>]>([
    ["as a rule", {}],
    ["with the keys of old agents", { encryption: 128 }],
    ["whatever the separators", { scriptBody: "IFS=/+=aB" }],
    ["under strict settings", { scriptBody: "set -eu -o pipefail" }],
  ])("%s", async (_, { scriptBody: before = "", ...options }) => {
    const result = await run({ ...options, scriptBody: `${before}\n${body}` });

    expect(new Map(reportIn(result)?.variables)).toEqual(expected);
    expect(complaints(result)).toBe("");
    expect(result.exitCode).toBe(0);
  });
});

test("an agent that encodes something else than the name gets it encoded", async () => {
  const other = "get_octopusvariable() { encode_servicemessagevalue 'other'; }";

  const result = await run({ scriptBody: `${other}\n${body}` });

  expect(new Map(reportIn(result)?.variables).get("Text")).toBe(Buffer.from("other").toString("base64"));
});

test("nobody else can see the values, and nothing stays behind", async () => {
  const result = await run();

  expect(reportIn(result)?.visible).not.toContain(variables.Secret);
  expect(reportIn(result)?.stdin).toBe("");
  expect(result.leftovers).toEqual([]);
});

test("a value that cannot be decrypted is an error, not a blank parameter", async () => {
  const broken = "get_octopusvariable() { if [ \"$1\" = 'Several Lines' ]; then return 1; fi; printf x; }";

  const result = await run({ scriptBody: `${broken}\n${body}` });

  expect(reportIn(result)?.variables).toEqual([["problem", expect.stringContaining('stopped after "Text"')]]);
});

test("the program's exit code is the step's, and the bootstrap says nothing of its own", async () => {
  const result = await run({ environment: { EXIT_CODE: "9" } });

  expect(result.exitCode).toBe(9);
  expect(complaints(result)).toBe("");
  expect(result.log.filter(({ level }) => level !== "verbose").map(({ text }) => text.slice(0, 7))).toEqual([
    "REPORT ",
    "The rem",
  ]);
});

describe("authorities", () => {
  test("chosen by the user stay", async () => {
    expect(reportIn(await run({ environment: { NODE_EXTRA_CA_CERTS: "/chosen.pem" } }))?.authorities).toBe(
      "/chosen.pem",
    );
  });

  test("of OpenSSL's own setting count", async () => {
    const bundle = join(folder, "bundle.pem");
    writeFileSync(bundle, "");

    expect(reportIn(await run({ environment: { SSL_CERT_FILE: bundle } }))?.authorities).toBe(bundle);
  });
});

test("SIGTERM for Bash reaches the program, whose exit code counts", async () => {
  const directory = await createWorkDirectory(body, variables, 256);
  const bash = spawn("bash", [directory.bootstrap, directory.key], {
    cwd: directory.path,
    env: { PATH: process.env["PATH"], WAIT: "yes" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const closed = once(bash, "close");
  await new Promise<void>((resolve) => {
    bash.stdout.setEncoding("utf8").on("data", (text: string) => text.endsWith("}\n") && resolve());
  });

  bash.kill("SIGTERM");
  await closed;

  expect(bash.exitCode).toBe(78);
  expect(await directory.leftovers()).toEqual([]);
  await directory.remove();
});

test("outside Octopus it says what is missing", async () => {
  const { status, stderr } = spawnSync("bash", ["-c", body], { cwd: folder, encoding: "utf8" });

  expect(stderr).toContain("get_octopusvariable is not among them");
  expect(status).toBe(1);
});

describe("Node.js is found", () => {
  let home: string;
  let path: string;
  beforeAll(() => {
    path = toolsWithoutNode();
  });

  /** A home and a directory at the head of PATH with such Node.js as a case needs. */
  function worker(nodes: Readonly<Record<string, FakeNode>>): Partial<StepOptions> {
    home = mkdtempSync(join(folder, "home-"));
    for (const [place, kind] of Object.entries(nodes)) placeNode(join(home, place), kind);
    return { scriptBody: bodyWithoutSystemNode, environment: { HOME: home, PATH: `${join(home, "bin")}:${path}` } };
  }

  test.each<readonly [string, Readonly<Record<string, FakeNode>>, string]>([
    ["in PATH", { "bin/node": "good", ".nvm/versions/node/v99.0.0/bin/node": "good" }, "bin/node"],
    ["in PATH under its other name", { "bin/nodejs": "good" }, "bin/nodejs"],
    [
      "where nvm keeps it, the newest",
      {
        ".nvm/versions/node/v9.1.0/bin/node": "good",
        ".nvm/versions/node/v20.1.0/bin/node": "good",
        ".nvm/versions/node/v18.9.0/bin/node": "good",
      },
      ".nvm/versions/node/v20.1.0/bin/node",
    ],
    ["behind one that is too old", { "bin/node": "old", ".volta/bin/node": "good" }, ".volta/bin/node"],
    [
      "behind one that does not start",
      { "bin/node": "broken", "bin/nodejs": "old", ".asdf/shims/node": "good" },
      ".asdf/shims/node",
    ],
    ["behind a folder of its name", { "bin/node/x": "good", "bin/nodejs": "good" }, "bin/nodejs"],
  ])("%s", async (_, nodes, chosen) => {
    const result = await run(worker(nodes));

    expect(reportIn(result)?.node).toBe(join(home, chosen));
    expect(complaints(result)).toBe("");
    expect(new Map(reportIn(result)?.variables).get("Several Lines")).toBe(variables["Several Lines"]);
  });

  test("or the message says what was looked at and what to do", async () => {
    const result = await run(worker({ "bin/node": "old", ".nvm/versions/node/v20.1.0/bin/node": "broken" }));

    expect(result.exitCode).toBe(1);
    expect(result.resultMessage).toBe(
      [
        "This step needs Node.js 18 or later, which was not found on this worker.",
        "Found, but of no use:",
        `  ${home}/bin/node: version 12.22.9, too old`,
        `  ${home}/.nvm/versions/node/v20.1.0/bin/node: does not start (exit code 127)`,
        `Looked for: node and nodejs in PATH (${home}/bin:${path});`,
        `in /usr/local, /usr, /opt and /snap; and below ${home} for nvm, fnm, volta, asdf and mise.`,
        "What to do: run the step in an execution container whose image has Node.js, for instance a current Ubuntu image",
        "of octopusdeploy/worker-tools; or install Node.js 18 or later on the worker, in one of these places.",
      ].join("\n"),
    );
    expect(complaints(result).trim()).toBe(result.resultMessage);
    expect(result.leftovers).toEqual([]);
  });

  test("or the message, also without a home", async () => {
    const result = await run({ ...worker({}), environment: { PATH: path } });

    expect(result.exitCode).toBe(1);
    expect(result.resultMessage).toContain("not found on this worker.\nLooked for: ");
  });
});

type FakeNode = "good" | "old" | "broken";

function placeNode(path: string, kind: FakeNode): void {
  mkdirSync(dirname(path), { recursive: true });
  const preload = join(folder, "node-12.cjs");
  writeFileSync(preload, `Object.defineProperty(process, "versions", { value: { node: "12.22.9" } });`);
  const start = {
    good: `FAKE_NODE='${path}' exec '${process.execPath}' "$@"`,
    old: `exec '${process.execPath}' --require '${preload}' "$@"`,
    broken: "exit 127",
  };
  writeFileSync(path, `#!/bin/bash\n${start[kind]}\n`, { mode: 0o755 });
}

/** The system's commands, by links, so that Node.js can be missing among them. */
function toolsWithoutNode(): string {
  const tools = join(folder, "tools");
  mkdirSync(tools);
  for (const source of ["/usr/bin", "/bin"]) {
    for (const name of readdirSync(source)) {
      if (/^node(js)?$/.test(name)) continue;
      try {
        symlinkSync(join(source, name), join(tools, name));
      } catch {
        // The same name in both.
      }
    }
  }
  return tools;
}
