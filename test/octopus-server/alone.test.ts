import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

interface Alone {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts the server as `npm run octopus-server` does. */
function start(...args: readonly string[]): Alone {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/octopus-server.ts", ...args], { cwd: root });
  started.push(child);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, "close").then(([code]: readonly unknown[]) => (typeof code === "number" ? code : null));
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

test("prints one line of JSON when it is ready, answers in real time, and stops on SIGTERM", async () => {
  const alone = start("--world", "rm");
  await expect.poll(() => alone.stdout(), { timeout: 120_000, interval: 20 }).toContain("\n");
  const ready: unknown = JSON.parse(alone.stdout());
  const url = String(Reflect.get(Object(ready), "url"));
  const keys: unknown = Reflect.get(Object(ready), "keys");

  const me = await fetch(`${url}/api/users/me`, {
    headers: { "X-Octopus-ApiKey": String(Reflect.get(Object(keys), "release-conductor")) },
  });
  const clock: unknown = await (await fetch(`${url}/simulator/clock`)).json();
  alone.child.kill("SIGTERM");

  expect(await me.json()).toMatchObject({ Username: "release-conductor", IsService: true });
  expect(clock).toMatchObject({ mode: "real" });
  expect(await alone.ended).toBe(0);
  expect(alone.stdout().trim().split("\n")).toHaveLength(1);
  expect(alone.stderr()).toBe("");
});

test("a wrong argument is reported on stderr, and the exit code is 1", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const address = blocker.address();
  const taken = typeof address === "object" && address !== null ? address.port : 0;
  const runs = [start("--world", "nope"), start("--port", "high"), start("--nonsense"), start("--port", String(taken))];

  const codes = await Promise.all(runs.map(({ ended }) => ended));
  blocker.close();

  expect(codes).toEqual([1, 1, 1, 1]);
  expect(runs.map(({ stdout }) => stdout())).toEqual(["", "", "", ""]);
  expect(runs[0]?.stderr()).toContain("neither a world 'nope'");
  expect(runs[1]?.stderr()).toContain("'high' is not a port number");
  expect(runs[2]?.stderr()).toContain("--nonsense");
  expect(runs[3]?.stderr()).toContain("EADDRINUSE");
});
