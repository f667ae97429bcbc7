import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { runStep, type StepOptions, type StepResult } from "./run-step.ts";

const marker = "##octopus";

describe("variables", () => {
  test.each([
    ["a plain value", "text"],
    ["an empty value is no byte", ""],
    ["line breaks at the end are kept", "a\n\nb\n\n"],
    ["shell syntax stays text", "$(id) `id` $HOME \"'\\ *"],
    ["UTF-8", "Größe 数 🐙"],
    ["tabs and blanks", "\ta   b "],
    ["an unresolved token", "#{Octopus.Deployment.Tenant.Name}"],
  ])("%s", async (_rule, value) => {
    const { stdout } = await run("get_octopusvariable Some.Name > value; od -An -v -tx1 value", {
      variables: { "Some.Name": value },
    });

    expect(bytesIn(stdout)).toEqual(value);
  });

  test("a variable that does not exist is one line break, and case matters", async () => {
    const script = "{ get_octopusvariable Nope; get_octopusvariable some.name; } > value; od -An -v -tx1 value";

    const { stdout } = await run(script, { variables: { "Some.Name": "x" } });

    expect(bytesIn(stdout)).toBe("\n\n");
  });

  test("agents before 2025 encrypt with AES-128", async () => {
    const { log } = await run('echo "$(get_octopusvariable A)" ${#sensitiveVariableKey}', {
      variables: { A: "old" },
      encryption: 128,
    });

    expect(log).toContainEqual({ level: "info", text: "old 32" });
  });

  test("an IFS with base64 letters breaks the decryption", async () => {
    const { exitCode, stderr } = await run("IFS=+/=abc; v=$(get_octopusvariable A) || exit 7", {
      variables: { A: "some longer value, so that its ciphertext has every letter in it at least once, or nearly" },
    });

    expect(exitCode).toBe(7);
    expect(stderr).toContain("bad decrypt");
  });
});

describe("the shell", () => {
  test("the body is sourced, without the key, without strict modes, and knows its name", async () => {
    const { log } = await run(
      'echo "$#|$-|$(basename "$0")|$(basename "${BASH_SOURCE[0]}")|$(dirname "${BASH_SOURCE[0]}")"; pwd',
    );

    const [facts = "", directory = ""] = texts(log).slice(-2);
    expect(facts).toMatch(/^0\|hB\|Bootstrap\.[0-9a-f-]+\.Script\.sh\|Script\.sh\|/);
    expect(facts.endsWith(`|${directory}`)).toBe(true);
  });

  test("Windows line ends and a byte order mark are removed", async () => {
    const { log, exitCode } = await run("\uFEFFif true; then\r\n  echo yes\r\nfi\r\n");

    expect(exitCode).toBe(0);
    expect(texts(log)).toContain("yes");
  });

  test("tokens in the body are evaluated", async () => {
    const { log } = await run("echo 'to #{octopus.environment.name} #{Nope}'", {
      variables: { "Octopus.Environment.Name": "Staging" },
    });

    expect(texts(log)).toContain("to Staging #{Nope}");
  });

  test("standard input stays open", async () => {
    const { log } = await run("read -t 0.2 line; echo $?");

    // 1 would be the end of the input.
    expect(Number(texts(log).at(-1))).toBeGreaterThan(128);
  });

  test("the environment is that of a service: no HOME, nothing of the tests, only what is given", async () => {
    const { stdout } = await run("env", { environment: { HTTPS_PROXY: "http://proxy:1" } });

    const names = stdout.split("\n").flatMap((line) => /^([A-Za-z_]+)=/.exec(line)?.[1] ?? []);
    expect(names).toEqual(expect.arrayContaining(["PATH", "TentacleHome", "HTTPS_PROXY"]));
    expect(names.filter((name) => ["HOME", "NODE_OPTIONS", "VITEST"].includes(name))).toEqual([]);
  });

  test("PATH can be replaced", async () => {
    const { log } = await run("command -v node || echo none", { environment: { PATH: folderWith("bash") } });

    expect(texts(log).at(-1)).toBe("none");
  });

  test("the step lasts as long as a process holds a pipe open", async () => {
    const { log } = await run("(sleep 0.3; echo late) & exit 0");

    expect(texts(log).at(-1)).toBe("late");
  });

  test("the work directory is removed; the result lists what the script left in it", async () => {
    const { log, leftovers } = await run('mkdir sub; echo > sub/b; echo > a; pwd; ls -d "$PWD"');

    expect(leftovers).toEqual(["a", "sub/b"]);
    const again = await run(`ls -d '${texts(log).at(-1)}' || echo gone`);
    expect(texts(again.log)).toContain("gone");
  });
});

describe("the log", () => {
  test("a level stays until the next one, errors come from stderr, and service messages do not show", async () => {
    const { log } = await run(`
      write_verbose detail; write_highlight look; write_wait patience; write_warning careful; echo plain
      echo "${marker}[stdout-error]"; echo first; echo second; echo "${marker}[stdout-ignore]"; echo hidden
      echo "${marker}[stdout-default]"; echo last; echo oops >&2`);

    expect(log.filter(({ text }) => text !== "oops").slice(1)).toEqual([
      { level: "verbose", text: "detail" },
      { level: "highlight", text: "look" },
      { level: "wait", text: "patience" },
      { level: "warning", text: "careful" },
      { level: "info", text: "plain" },
      { level: "error", text: "first" },
      { level: "error", text: "second" },
      { level: "info", text: "last" },
    ]);
    expect(log).toContainEqual({ level: "error", text: "oops" });
  });

  test("the levels of stderr", async () => {
    const { log } = await run(`{ echo a; echo "${marker}[stderr-progress]"; echo b; echo "${marker}[stderr-ignore]"
      echo c; echo "${marker}[stderr-default]"; echo d; } >&2`);

    expect(log.slice(1)).toEqual([
      { level: "error", text: "a" },
      { level: "verbose", text: "b" },
      { level: "error", text: "d" },
    ]);
  });

  test("write functions join blanks and expand stars", async () => {
    const { log } = await run('touch one two; write_highlight "a   b *.none [ot][nw][eo]"');

    expect(log.at(-1)).toEqual({ level: "highlight", text: "a b *.none one two" });
  });

  test("an unclosed marker in foreign text loses the next output variable", async () => {
    const { outputs, log } = await run(`echo "notes mention ${marker} once"
      set_octopusvariable First 1
      set_octopusvariable Second 2`);

    expect(outputs).toEqual({ Second: "2" });
    expect(texts(log)).toContain("notes mention ");
  });

  test("sensitive values of more than three characters are masked, in raw output they show", async () => {
    const { log, stdout } = await run(
      'echo "$(get_octopusvariable Key) $(get_octopusvariable Short) $(get_octopusvariable Name)"',
      {
        variables: { Key: "API-SECRET", Short: "abc", Name: "shown" },
        sensitive: ["Key", "Short"],
      },
    );

    expect(log.at(-1)?.text).toBe("******** abc shown");
    expect(stdout).toContain("API-SECRET");
  });

  test("sensitive outputs and the key of the variables are masked as well", async () => {
    const { log, outputs, sensitiveOutputs } = await run(
      'set_octopusvariable Token t0ken-value -sensitive; echo "got t0ken-value"; echo "$sensitiveVariableKey"',
    );

    expect(texts(log).slice(-2)).toEqual(["got ********", "********"]);
    expect(outputs).toEqual({ Token: "t0ken-value" });
    expect(sensitiveOutputs).toEqual(["Token"]);
  });

  test("onLine gets every line as it comes", async () => {
    const seen: string[] = [];

    const { log } = await run("echo one; echo two; printf three", { onLine: ({ text }) => seen.push(text) });

    expect(seen).toEqual(texts(log));
    expect(seen.slice(-3)).toEqual(["one", "two", "three"]);
  });

  test("carriage returns end lines, broken UTF-8 does not stop anything", async () => {
    const { log } = await run("printf 'a\\rb\\r\\nc\\n\\303\\050\\n\\n'; printf 'e\\r'");

    expect(texts(log).slice(1)).toEqual(["a", "b", "c", "\uFFFD(", "", "e"]);
  });

  test("the agent's own note about the environment can be switched off", async () => {
    const on = await runStep({ scriptBody: "", variables: {} });
    const off = await run("");

    expect(texts(on.log)).toContain("Bash Environment Information:");
    expect(texts(off.log)).not.toContain("Bash Environment Information:");
  });
});

describe("messages of the helper functions", () => {
  test("output variables may have any value, also none, but echo swallows -n", async () => {
    const { outputs } = await run(`set_octopusvariable "A b" "x 'y'
      z ]"; set_octopusvariable Empty ""; set_octopusvariable Eaten -n`);

    expect(outputs).toEqual({ "A b": "x 'y'\n      z ]", Empty: "", Eaten: "" });
  });

  test("messages on stderr set no variable", async () => {
    expect((await run("set_octopusvariable A 1 >&2")).outputs).toEqual({});
  });

  test("artifacts are collected at the end, by absolute or relative path", async () => {
    const { artifacts, exitCode } = await run(
      'echo one > a.txt; new_octopusartifact "$PWD/a.txt"; new_octopusartifact a.txt "notes é.md"; echo two >> a.txt',
    );

    expect(exitCode).toBe(0);
    expect(artifacts.map(({ name, content }) => [name, content.toString()])).toEqual([
      ["a.txt", "one\ntwo\n"],
      ["notes é.md", "one\ntwo\n"],
    ]);
  });

  test("an artifact that is gone at the end is an error in the log", async () => {
    const { artifacts, log, exitCode } = await run("echo > a; new_octopusartifact a; rm a");

    expect(artifacts).toEqual([]);
    expect(exitCode).toBe(0);
    expect(log.at(-1)).toEqual({
      level: "error",
      text: 'The artifact "a" could not be collected: there is no readable file at a.',
    });
  });

  test("collecting a file that does not exist ends the step", async () => {
    const { exitCode, stdout } = await run("new_octopusartifact nope; echo on");

    expect(exitCode).toBe(127);
    expect(stdout).not.toContain("on\n");
  });

  test("progress is recorded", async () => {
    expect((await run('update_progress 50 "half way"; update_progress 100')).progress).toEqual([
      { percentage: 50, message: "half way" },
      { percentage: 100, message: "" },
    ]);
  });
});

describe("the end", () => {
  test.each([
    ["success", "echo fine", 0, undefined],
    ["an exit code", "exit 9", 9, "The remote script failed with exit code 9"],
    ["the last command counts", "false", 1, "The remote script failed with exit code 1"],
    ["fail_step with a message", 'fail_step "No such project: Ü"', 1, "No such project: Ü"],
    ["fail_step without", "fail_step", 1, "The remote script failed with exit code 1"],
    ["killed by a signal", "kill -KILL $$", 137, "The remote script failed with exit code 137"],
  ])("%s", async (_case, body, exitCode, message) => {
    const result = await run(body);

    expect(result.exitCode).toBe(exitCode);
    expect(result.log.find(({ level }) => level === "fatal")?.text).toBe(message);
  });

  test("output on stderr does not fail the step, unless the project says so", async () => {
    const strict = { variables: { "Octopus.Action.FailScriptOnErrorOutput": "True" } };

    expect((await run("echo oops >&2")).exitCode).toBe(0);
    expect((await run("echo oops >&2", strict)).exitCode).toBe(-1);
    expect((await run("echo fine", strict)).exitCode).toBe(0);
  });

  test("cancel kills the whole process group at once: no trap runs, and no process is waited for", async () => {
    const cancel = new AbortController();
    const body = `trap 'echo trapped' EXIT TERM; (trap '' TERM; sleep 60) & echo "started $!"; wait; echo on`;

    const result = await run(body, {
      signal: cancel.signal,
      onLine: ({ text }) => (text.startsWith("started") ? cancel.abort() : undefined),
    });

    expect(result.exitCode).toBe(-43);
    const [started = "", last] = texts(result.log).slice(-2);
    expect(last).toBe("Script execution canceled.");
    await vi.waitFor(() => expect(["gone", "Z"]).toContain(stateOf(started.replace("started ", ""))), {
      timeout: 120_000,
    });
  });

  test("a step canceled before it began does nothing", async () => {
    const { exitCode, stdout } = await run("echo on", { signal: AbortSignal.abort() });

    expect([exitCode, stdout]).toEqual([-43, ""]);
  });
});

/** Without the agent's note about the environment, which costs five processes. */
async function run(scriptBody: string, options: Partial<StepOptions> = {}): Promise<StepResult> {
  const quiet = { "Octopus.Action.Script.SuppressEnvironmentLogging": "True" };
  return runStep({ ...options, scriptBody, variables: { ...quiet, ...options.variables } });
}

function texts(log: StepResult["log"]): string[] {
  return log.map(({ text }) => text);
}

/** Reads the output of `od -An -tx1`, leaving the service messages out. */
function bytesIn(stdout: string): string {
  const hex = stdout.split("\n").filter((line) => /^( [0-9a-f]{2})+$/.test(line));
  return Buffer.from(hex.join("").replaceAll(" ", ""), "hex").toString("utf8");
}

/** A directory with nothing but links to some commands of this machine. */
function folderWith(...commands: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "commands-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const command of commands) symlinkSync(whereIs(command), join(folder, command));
  return folder;
}

function whereIs(command: string): string {
  const places = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, command));
  const place = places.find((path) => existsSync(path));
  if (place === undefined) throw new Error(`There is no ${command} on this machine.`);
  return place;
}

/** As Linux shows it: `S` sleeping, `Z` ended but not yet missed by its parent. */
function stateOf(processId: string): string {
  try {
    return / ([A-Z]) /.exec(readFileSync(`/proc/${processId}/stat`, "utf8"))?.[1] ?? "unknown";
  } catch {
    return "gone";
  }
}
