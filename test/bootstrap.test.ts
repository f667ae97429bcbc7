import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleProgram } from "../scripts/build/bundle-program.ts";
import { programBlock } from "../scripts/build/program-block.ts";
import { z85Digits } from "../scripts/build/z85.ts";
import { outputWords, scriptBody, variableTable } from "../scripts/build/script-body.ts";
import { emptyOutputs } from "../src/step/outputs.ts";
import { folderWithOpenssl } from "./step-host/own-openssl.ts";
import { runStep } from "./step-host/run-step.ts";
import type { StepOptions, StepResult } from "./step-host/run-step.ts";
import { createWorkDirectory } from "./step-host/work-directory.ts";

// Tests of the bootstrap alone, with a program that reports what it was given in place of the product's.
const root = fileURLToPath(new URL("..", import.meta.url));
const reporter = `
import * as fs from "node:fs";
import { readRawVariables } from "./src/step/raw-variables.ts";

async function report() {
  process.on("SIGTERM", () => process.exit(78));
  if (process.env.BREAK === "throw") throw new Error("API-SECRET0123456789");
  if (process.env.BREAK === "drain") await new Promise(() => undefined);
  if (process.env.BREAK === "kill") process.kill(process.pid, "SIGKILL");
  const read = await readRawVariables(3).catch((error) => new Map([["problem", error.message]]));
  const report = {
    node: process.env.FAKE_NODE ?? "",
    variables: [...read].map(([name, value]) => [name, value ?? null]),
    stdin: fs.readFileSync(0, "utf8"),
    visible: JSON.stringify([process.argv, process.execArgv, process.env]),
    debug: process.env.NODE_DEBUG ?? null,
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
  debug: z.string().nullable(),
});

let folder: string;
let body: string;
/** The same body, but with other folders in place of those it knows by their full path. */
let bodyWithoutSystemNode: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
  const block = programBlock((await bundleProgram(root, reporter)).code);
  const parts = {
    title: "The bootstrap under test",
    minimum: "18",
    outputs: outputWords({ ...emptyOutputs, Message: "$message", ChildReleaseToDeploy: "$exists" }),
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
    digits: z85Digits,
    sha256: block.sha256,
    length: String(block.text.length),
    program: block.text,
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
  Odd: "$(rm -rf .) `x` \"' \\n -n * ~ # %s",
};
const withLong = { ...variables, Long: "ä".repeat(150_000) };

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
  const expected = new Map<string, string | null>([...Object.entries(withLong), ["Not.Defined", null]]);

  test.each<[string, Partial<StepOptions>]>([
    ["by default", {}],
    ["with the keys of old agents", { encryption: 128 }],
    ["whatever the separators", { scriptBody: "IFS=/+=aB" }],
    ["under strict settings", { scriptBody: "set -eu -o pipefail" }],
    ["from an agent that decrypts with a key it does not show", { scriptBody: hiddenKey(256), openssl: "own" }],
    ["from an old agent that does not show its key", { scriptBody: hiddenKey(128), encryption: 128 }],
    ["from an agent that holds them as they are", { encryption: "none" }],
  ])("%s", async (_, { scriptBody: before = "", ...options }) => {
    const result = await run({ variables: withLong, ...options, scriptBody: `${before}\n${body}` });

    expect(new Map(reportIn(result)?.variables)).toEqual(expected);
    expect(complaints(result)).toBe("");
    expect(result.exitCode).toBe(0);
  });

  test("on a worker without openssl", async () => {
    const path = toolsWithout(/^openssl$/);

    const environment = { PATH: `${dirname(process.execPath)}:${path}` };
    const result = await run({ variables: withLong, openssl: "none", environment });

    expect(new Map(reportIn(result)?.variables)).toEqual(expected);
    // The agent's own functions complain that openssl is missing, before the script begins.
    expect(result.stderr.split("\n").filter((line) => !/openssl|^##octopus/.test(line))).toEqual([""]);
    expect(result.exitCode).toBe(0);
  });
});

/** The functions of an agent that does not give its key away. */
function hiddenKey(bits: number): string {
  return `hidden=$sensitiveVariableKey; unset sensitiveVariableKey
decrypt_variable() { echo $1 | openssl enc -d -aes-${bits}-cbc -nosalt -a -A -K "$hidden" -iv "$2"; }`;
}

test.each([
  ["another key", "sensitiveVariableKey=${sensitiveVariableKey//[0-9]/7}"],
  ["a key of a length no cipher has", "sensitiveVariableKey=ABCD"],
])("a value that does not fit %s is an error that names the variable", async (_, before) => {
  const result = await run({ scriptBody: `${before}\n${body}` });

  expect(reportIn(result)?.variables).toEqual([
    ["problem", 'The variable "Text" could not be decrypted with the key that the agent gave.'],
  ]);
});

test("a text that the agent encodes, other than the variable's name, is still encoded", async () => {
  const other = "get_octopusvariable() { encode_servicemessagevalue 'other'; }";

  const result = await run({ scriptBody: `${other}\n${body}` });

  expect(new Map(reportIn(result)?.variables).get("Text")).toBe(Buffer.from("other").toString("base64"));
});

test("no other process can see the values, and no file is left behind", async () => {
  const result = await run();

  expect(reportIn(result)?.visible).not.toContain(variables.Secret);
  expect(reportIn(result)?.stdin).toBe("");
  expect(result.leftovers).toEqual([]);
});

test("a value that cannot be decrypted is an error, not a blank parameter", async () => {
  const name = Buffer.from("Several Lines").toString("base64");
  const broken = `get_octopusvariable() { if [ "$1" = '${name}' ]; then return 1; fi; printf x; }`;

  const result = await run({ scriptBody: `${broken}\n${body}` });

  expect(reportIn(result)?.variables).toEqual([["problem", expect.stringContaining('stopped after "Not.Defined"')]]);
});

test("the program's exit code is the step's, and the bootstrap logs nothing of its own", async () => {
  const result = await run({ environment: { EXIT_CODE: "9" } });

  expect(result.exitCode).toBe(9);
  expect(complaints(result)).toBe("");
  expect(result.log.filter(({ level }) => level !== "verbose").map(({ text }) => text.slice(0, 7))).toEqual([
    "REPORT ",
    "The rem",
  ]);
});

test("the debug output of Node.js, which would show the key, stays off", async () => {
  expect(reportIn(await run({ environment: { NODE_DEBUG: "http" } }))?.debug).toBeNull();
});

test("warnings of Node.js itself are logged as information", async () => {
  const result = await run({ environment: { NODE_EXTRA_CA_CERTS: "/not/there.pem" } });

  expect(result.log).toContainEqual({ level: "info", text: expect.stringContaining("/not/there.pem") });
  expect(complaints(result)).toBe("");
});

describe("an early end fails the step and sets its outputs", () => {
  function expectFailure(result: StepResult, message: string, mayExist = "False") {
    expect(result.exitCode).not.toBe(0);
    expect(result.resultMessage).toContain(message);
    expect(complaints(result).trim()).toBe(result.resultMessage);
    expect(result.outputs).toEqual({
      ...emptyOutputs,
      Message: result.resultMessage,
      ChildReleaseToDeploy: mayExist,
    });
    expect(result.leftovers).toEqual([]);
  }

  test.each<[string, (text: string) => string]>([
    ["cut", (text) => text.replace(/^(program='[^']*)\n[^\n']*'/m, "$1'")],
    ["emptied", (text) => text.replace(/^program='[^']*'/m, "program=''")],
    [
      "changed in one sign",
      (text) => text.replace(/^program='./m, (start) => `${start.slice(0, -1)}${start.endsWith("A") ? "B" : "A"}`),
    ],
    ["given another program", (text) => text.replace(/^program='[^']*'/m, `program='${programBlock("1").text}'`)],
    ["given blanks", (text) => text.replace(/^program='[^']{120}/m, "$& ")],
  ])("the block was %s", async (_, change) => {
    expect(change(body)).not.toBe(body);

    expectFailure(await run({ scriptBody: change(body) }), "The program in this step is damaged");
  });

  test("the disk is full, as a limit on files shows it", async () => {
    expectFailure(await run({ scriptBody: `ulimit -f 1\n${body}` }), "the disk is full");
  });

  test("the disk is full, where such a disk can be made", async () => {
    const directory = await createWorkDirectory(body, { Text: "Web API" }, 256);
    const onFullDisk = `mount -t tmpfs -o size=300k tmpfs "$1" || exit 99
      cp -r "$2"/. "$1" && cd "$1" && dd if=/dev/zero of=filler bs=1k 2>/dev/null
      bash "$3" "$4"`;
    const disk = mkdtempSync(join(folder, "disk-"));
    const args = ["bash", "-c", onFullDisk, "bash", disk, directory.path, directory.bootstrap, directory.key];

    const { status, stdout, stderr } = spawnSync("unshare", ["--map-root-user", "--mount", ...args], {
      encoding: "utf8",
    });

    // Code 99, or an error of unshare, means that this machine does not allow mounts.
    const refused = status === 99 || stderr.startsWith("unshare: ");
    expect(refused ? "refused" : status).toBe(refused ? "refused" : 1);
    expect(refused || stderr.includes("the disk is full")).toBe(true);
    expect(refused || stdout.includes(`name='${Buffer.from("Outcome").toString("base64")}'`)).toBe(true);
    expect(stdout).not.toContain("REPORT ");
    await directory.remove();
  });

  test("the working directory may not be written to", async () => {
    expectFailure(await run({ scriptBody: `cd /proc\n${body}` }), "cannot write to its working directory /proc");
  });

  test.each([
    ["breaks down", "throw", "crashed (exit code 86)"],
    ["waits for ever", "drain", "crashed (exit code 86)"],
    ["is killed", "kill", "(exit code 137)"],
  ])("the program %s: a deployment may exist, and no uncaught error is printed", async (_, how, message) => {
    const result = await run({ environment: { BREAK: how } });

    expectFailure(result, message, "True");
    expect(result.stdout).not.toContain("API-SECRET");
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

test("outside of Octopus the bootstrap says what is missing", async () => {
  const { status, stderr } = spawnSync("bash", ["-c", body], { cwd: folder, encoding: "utf8" });

  expect(stderr).toContain("get_octopusvariable is not defined");
  expect(status).toBe(1);
});

describe("Node.js is found", () => {
  let home: string;
  let path: string;
  beforeAll(() => {
    path = toolsWithout(/^node(js)?$/);
  });

  /** A home and a directory at the head of PATH with such Node.js as a case needs. */
  function worker(nodes: Readonly<Record<string, FakeNode>>): Partial<StepOptions> {
    home = mkdtempSync(join(folder, "home-"));
    for (const [place, kind] of Object.entries(nodes)) placeNode(join(home, place), kind);
    return {
      scriptBody: bodyWithoutSystemNode,
      openssl: "none",
      environment: { HOME: home, PATH: `${join(home, "bin")}:${path}` },
    };
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
    ["after one that is too old", { "bin/node": "old", ".volta/bin/node": "good" }, ".volta/bin/node"],
    [
      "after one that does not start",
      { "bin/node": "broken", "bin/nodejs": "old", ".asdf/shims/node": "good" },
      ".asdf/shims/node",
    ],
    ["after a folder of its name", { "bin/node/x": "good", "bin/nodejs": "good" }, "bin/nodejs"],
  ])("%s", async (_, nodes, chosen) => {
    const result = await run(worker(nodes));

    expect(reportIn(result)?.node).toBe(join(home, chosen));
    expect(complaints(result)).toBe("");
    expect(new Map(reportIn(result)?.variables).get("Several Lines")).toBe(variables["Several Lines"]);
  });

  test("or the message says where it was searched for and what to do", async () => {
    const result = await run(worker({ "bin/node": "old", ".nvm/versions/node/v20.1.0/bin/node": "broken" }));

    expect(result.exitCode).toBe(1);
    expect(result.resultMessage).toBe(
      [
        "This step needs Node.js 18 or later, which was not found on this worker.",
        "Found, but not usable:",
        `  ${home}/bin/node: version 12.22.9, too old`,
        `  ${home}/.nvm/versions/node/v20.1.0/bin/node: does not start (exit code 127)`,
        `Looked in PATH (${home}/bin:${path}), /usr/local, /usr, /opt and /snap, and in ${home} for nvm, fnm, volta, asdf and mise.`,
        "Run the step in an execution container with Node.js, such as a current Ubuntu image of octopusdeploy/worker-tools,",
        "or install Node.js 18 or later in one of these places.",
      ].join("\n"),
    );
    expect(complaints(result).trim()).toBe(result.resultMessage);
    expect(result.leftovers).toEqual([]);
  });

  test("or the message says so, even without a home", async () => {
    const result = await run({ ...worker({}), environment: { PATH: path } });

    expect(result.exitCode).toBe(1);
    expect(result.resultMessage).toContain("not found on this worker.\nLooked in ");
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

/** The system's commands, by links, so that some can be missing among them. */
function toolsWithout(missing: RegExp): string {
  const tools = mkdtempSync(join(folder, "tools-"));
  for (const source of ["/usr/bin", "/bin"]) {
    for (const name of readdirSync(source)) {
      if (missing.test(name)) continue;
      try {
        symlinkSync(join(source, name), join(tools, name));
      } catch {
        // The same name in both.
      }
    }
  }
  if (!missing.test("openssl") && !existsSync(join(tools, "openssl"))) {
    symlinkSync(join(folderWithOpenssl(), "openssl"), join(tools, "openssl"));
  }
  return tools;
}
