import { createServer } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runStep } from "./run-step.ts";
import { virtualTime } from "./virtual-time.ts";

const start = Date.parse("2021-01-14T11:00:00Z");
let clock: { readonly url: string; readonly requests: string[]; stop(): Promise<void> };

beforeEach(async () => {
  clock = await startClock();
});

afterEach(() => clock.stop());

test("half an hour of sleeping takes no time and moves the server's clock", async () => {
  const program = `
    const timersPromises = require("node:timers/promises");
    (async () => {
      const before = new Date();
      await timersPromises.setTimeout(1_800_000);
      console.log(before.toISOString(), new Date(Date.now()).toISOString(), before.constructor === Date);
    })();`;
  const began = performance.now();

  const result = await runNode(program, "cjs");

  expect(result.stderr.split("\n").slice(1)).toEqual([""]);
  expect(result.log.at(-1)?.text).toBe("2021-01-14T11:00:00.000Z 2021-01-14T11:30:00.000Z true");
  expect(clock.requests).toEqual(['POST {"advance":"1800000ms"}']);
  expect(performance.now() - began).toBeLessThan(180_000);
});

test("ES modules get the same time", async () => {
  const program = `
    import { setTimeout } from "node:timers/promises";
    await setTimeout(1000);
    console.log(new Date().toISOString(), new Date(0).getTime(), new Date() instanceof Date);`;

  const result = await runNode(program, "mjs");

  expect(result.log.at(-1)?.text).toBe("2021-01-14T11:00:01.000Z 0 true");
});

test("sleeping side by side takes as long as the longest sleep", async () => {
  const program = `
    const timersPromises = require("node:timers/promises");
    Promise.all([1000, 3000, 2000].map((time) => timersPromises.setTimeout(time))).then(() => console.log(Date.now()));`;

  const result = await runNode(program, "cjs");

  expect(result.log.at(-1)?.text).toBe(String(start + 3000));
});

test("an aborted sleep moves no clock and ends at once", async () => {
  const program = `
    const timersPromises = require("node:timers/promises");
    const ending = new AbortController();
    timersPromises.setTimeout(60_000, undefined, { signal: ending.signal }).catch(({ name }) => console.log(name, Date.now()));
    ending.abort();`;

  const result = await runNode(program, "cjs");

  expect(result.log.at(-1)?.text).toBe(`AbortError ${start}`);
  expect(clock.requests).toEqual([]);
});

test("an unreachable server is reported", async () => {
  await clock.stop();

  const result = await runNode('require("node:timers/promises").setTimeout(1)', "cjs");

  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/ECONNREFUSED/);
});

async function runNode(program: string, extension: string) {
  return runStep({
    scriptBody: `cat > program.${extension} <<'END'\n${program}\nEND\nnode program.${extension} </dev/null`,
    variables: { "Octopus.Action.Script.SuppressEnvironmentLogging": "True" },
    environment: virtualTime(clock.url, start),
  });
}

/** A server with the only call of the control API that the preload uses. */
async function startClock(): Promise<typeof clock> {
  const requests: string[] = [];
  let now = start;
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      requests.push([request.method, body].filter(Boolean).join(" "));
      now += Number(/"advance":"(\d+)ms"/.exec(body)?.[1] ?? 0);
      response.end(JSON.stringify({ now: new Date(now).toISOString() }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The clock has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
