import { expect, test } from "vitest";
import type { Clock } from "../../src/clock.ts";
import {
  NotOctopusError,
  PermissionError,
  RequestRefusedError,
  ServerUnavailableError,
  UnknownWriteError,
} from "../../src/errors.ts";
import { asId } from "../../src/model.ts";
import type { DeploymentRequest } from "../../src/octopus/gateway.ts";
import { connect, errorOf, stillClock } from "./connect.ts";
import { body, cutOff, drip, json, refusal, reset, root, silence, startStub } from "./stub-server.ts";
import type { Answer } from "./stub-server.ts";
import { timeLimitsByHand } from "./time-limits.ts";

/** An answer after which the connection is closed, so that the next request opens a new one. */
const closing = json([], 200, { connection: "close" });

const environments = json([{ Id: "Environments-1", Name: "Test", SortOrder: 1 }]);

test.each<[string, Answer, string]>([
  ["408", refusal(408, "Too slow."), "The Octopus Server answered 408 Request Timeout: Too slow."],
  ["429", refusal(429, "Too many."), "The Octopus Server answered 429 Too Many Requests: Too many."],
  [
    "500",
    refusal(500, "The task was cancelled"),
    "The Octopus Server answered 500 Internal Server Error: The task was cancelled.",
  ],
  [
    "502 with a page",
    body("<html></html>", 502),
    "The Octopus Server answered 502 Bad Gateway with a web page instead of a reason.",
  ],
  ["503", body("", 503), "The Octopus Server answered 503 Service Unavailable."],
  ["504", body("", 504), "The Octopus Server answered 504 Gateway Timeout."],
  ["a reset", reset, "The connection was lost before the answer was complete (ECONNRESET)."],
  ["a cut-off body", cutOff, "The connection was lost before the answer was complete."],
  ["truncated JSON", body('[{"Id":"Env'), "The answer was cut off in the middle."],
  ["silence", silence, "No complete answer came within 30 s."],
  ["a dripping body", drip, "No complete answer came within 30 s."],
])("a read is repeated after %s, and that is reported once", async (_case, fault, reason) => {
  timeLimitsByHand();
  const server = await startStub([root, closing, fault, environments]);
  const said: string[] = [];
  const space = await connect(server.url, { onRetry: (message) => said.push(message) });

  await space.allEnvironments();

  const found = await space.allEnvironments();

  expect(found).toEqual([{ id: "Environments-1", name: "Test", slug: undefined }]);
  expect(said).toEqual([`${reason} Retrying in 0.5 s (reading the list of environments).`]);
  expect(server.received).toHaveLength(4);
});

test.each<[string, Answer, new (...args: never[]) => Error]>([
  ["400", refusal(400, "No."), RequestRefusedError],
  ["401", refusal(401, "Who?"), PermissionError],
  ["403", refusal(403, "No."), PermissionError],
  ["404", refusal(404, "Nothing."), RequestRefusedError],
  ["405", refusal(405, "No."), RequestRefusedError],
  ["409", refusal(409, "No."), RequestRefusedError],
  ["a redirect", json({}, 302, { location: "http://elsewhere.example.com/" }), NotOctopusError],
  ["a web page", body("<html></html>"), NotOctopusError],
  ["JSON of another shape", json({ Id: 1 }), NotOctopusError],
])("a read ends at once with %s", async (_case, answer, kind) => {
  const server = await startStub([root, answer]);
  const clock = stillClock();
  const space = await connect(server.url, { clock });

  const error = await errorOf(space.allEnvironments());

  expect(error).toBeInstanceOf(kind);
  expect(clock.slept).toEqual([]);
  expect(server.received).toHaveLength(2);
});

test("pauses double up to a quarter of a minute until the patience of planning is used up", async () => {
  const server = await startStub([root, body("", 503)]);
  const clock = stillClock();
  const space = await connect(server.url, { clock });

  const error = await errorOf(space.allEnvironments());

  expect(error).toBeInstanceOf(ServerUnavailableError);
  expect(error.message).toContain("9 requests were made within 60 s.");
  expect(clock.slept).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 14_500]);
});

test("polling is patient for longer than planning", async () => {
  const server = await startStub([root, ...Array<Answer>(30).fill(reset), environments]);
  const clock = stillClock();
  const space = await connect(server.url, { clock });

  const found = await space.whilePolling().allEnvironments();

  expect(found).toHaveLength(1);
  const away = clock.slept.reduce((sum, pause) => sum + pause, 0);
  expect(away).toBeGreaterThan(300_000);
});

test("chance shortens a pause to no less than half", async () => {
  const server = await startStub([root, body("", 503), body("", 503), environments]);
  const clock = stillClock();
  const space = await connect(server.url, { clock, random: () => 0.999_999 });

  await space.allEnvironments();

  expect(clock.slept.map(Math.round)).toEqual([250, 500]);
});

test.each<[string, Record<string, string>, number]>([
  ["seconds", { "retry-after": "7" }, 7000],
  ["a date", { "retry-after": "Mon, 05 Jan 2026 11:00:09 GMT", date: "Mon, 05 Jan 2026 11:00:00 GMT" }, 9000],
  ["less than the usual pause", { "retry-after": "0" }, 500],
])("Retry-After in %s is honoured", async (_case, headers, pause) => {
  const server = await startStub([root, json({}, 429, headers), environments]);
  const clock = stillClock();
  const space = await connect(server.url, { clock });

  await space.allEnvironments();

  expect(clock.slept).toEqual([pause]);
});

test("Retry-After of more than a minute is cut to a minute", async () => {
  const server = await startStub([root, json({}, 429, { "retry-after": "3600" }), environments]);
  const clock = stillClock();
  const space = await connect(server.url, { clock });

  await space.whilePolling().allEnvironments();

  expect(clock.slept).toEqual([60_000]);
});

test("a clock that jumps back does not make a read try for ever, one that jumps ahead does not end it", async () => {
  for (const jump of [-3_600_000, 3_600_000]) {
    const server = await startStub([root, body("", 503)]);
    const clock = stillClock();
    let offset = 0;
    const jumping: Clock = { ...clock, now: () => clock.now() + (offset += jump) };
    const space = await connect(server.url, { clock: jumping });

    await errorOf(space.allEnvironments());

    expect(clock.slept.length).toBeGreaterThan(7);
    expect(clock.slept.length).toBeLessThan(10);
  }
});

test("a request that ran into its limit counts towards the patience though the clock stood still", async () => {
  timeLimitsByHand();
  const server = await startStub([root, silence]);
  const clock = stillClock();
  const patience = { planning: 30_200, polling: 30_200 };
  const space = await connect(server.url, { clock, patience });

  const error = await errorOf(space.allEnvironments());

  expect(error.message).toContain("no complete answer came within 30 s. 2 requests were made");
  expect(clock.slept).toEqual([200]);
});

test("the handshake is repeated like any read", async () => {
  const server = await startStub([reset, body("", 503), root, environments]);
  const space = await connect(server.url);

  await space.allEnvironments();

  expect(server.received.map(({ line }) => line)).toEqual([
    "GET /api",
    "GET /api",
    "GET /api",
    "GET /api/Spaces-1/environments/all",
  ]);
});

test("a kept connection that the server had closed is replaced without a message", async () => {
  const server = await startStub([root, reset, environments]);
  const clock = stillClock();
  const said: string[] = [];
  const space = await connect(server.url, { clock, onRetry: (message) => said.push(message) });

  const found = await space.allEnvironments();

  expect(found).toHaveLength(1);
  expect([said, clock.slept]).toEqual([[], []]);
});

test("a new connection that the server closes is a fault of the server", async () => {
  const server = await startStub([root, reset, reset, environments]);
  const clock = stillClock();
  const space = await connect(server.url, { clock });

  await space.allEnvironments();

  expect(clock.slept).toEqual([500]);
});

test("a cut-off answer on a kept connection is a fault of the server", async () => {
  const server = await startStub([root, cutOff, environments]);
  const clock = stillClock();
  const space = await connect(server.url, { clock });

  await space.allEnvironments();

  expect(clock.slept).toEqual([500]);
});

const request: DeploymentRequest = {
  releaseId: asId("Releases-1"),
  environmentId: asId("Environments-1"),
  comments: "by a test",
};

const deployment = json(
  {
    Id: "Deployments-1",
    ReleaseId: "Releases-1",
    ChannelId: "Channels-1",
    EnvironmentId: "Environments-1",
    TaskId: "ServerTasks-1",
    Created: "2026-01-05T11:00:00.000+00:00",
  },
  201,
);

test.each<[string, Answer]>([
  ["500", refusal(500, "Broken.")],
  ["502 with a page", body("<html></html>", 502)],
  ["503", body("", 503)],
  ["504", body("", 504)],
  ["408", body("", 408)],
  ["a reset", reset],
  ["a cut-off body", cutOff],
  ["truncated JSON", body('{"Id":"Depl', 201)],
  ["silence", silence],
  ["a dripping body", drip],
  ["a web page", body("<html></html>")],
  ["an empty answer", body("", 201)],
  ["JSON of another shape", json({ Id: 7 }, 201)],
])("a write is sent once, and after %s it is unknown whether it took effect", async (_case, fault) => {
  timeLimitsByHand();
  const server = await startStub([root, fault, deployment]);
  const space = await connect(server.url);

  const error = await errorOf(space.createDeployment(request));

  expect(error).toBeInstanceOf(UnknownWriteError);
  expect(server.received).toHaveLength(2);
});

test.each<[string, Answer, new (...args: never[]) => Error, string]>([
  [
    "400",
    refusal(400, "There was a problem with your request.", ["The release is blocked."]),
    RequestRefusedError,
    "The release is blocked.",
  ],
  ["401", refusal(401, "You must be logged in."), PermissionError, "did not accept the API key"],
  [
    "403",
    refusal(403, "Missing permission: DeploymentCreate"),
    PermissionError,
    "Missing permission: DeploymentCreate",
  ],
  ["404", refusal(404, "The resource 'Releases-1' was not found."), RequestRefusedError, "'Releases-1' was not found."],
  ["409", refusal(409, "Conflict."), RequestRefusedError, "Conflict."],
  [
    "a redirect",
    body("", 302, { location: "https://other.example.com/" }),
    NotOctopusError,
    "https://other.example.com",
  ],
])("a write is sent once, and %s is an answer", async (_case, answer, kind, words) => {
  const server = await startStub([root, answer, deployment]);
  const space = await connect(server.url);

  const error = await errorOf(space.createDeployment(request));

  expect(error).toBeInstanceOf(kind);
  expect(error.message).toContain(words);
  expect(server.received).toHaveLength(2);
});

test("a write that the server refused with status 429 is sent again", async () => {
  const server = await startStub([root, json({}, 429, { "retry-after": "3" }), json({}, 429), deployment]);
  const clock = stillClock();
  const space = await connect(server.url, { clock });

  const created = await space.createDeployment(request);

  expect(created).toMatchObject({ id: "Deployments-1", taskId: "ServerTasks-1" });
  expect(clock.slept).toEqual([3000, 1000]);
});

test("a write that reached no server is sent again, for no longer than the patience of planning", async () => {
  const server = await startStub([root]);
  const clock = stillClock();
  const space = await connect(server.url, { clock });
  await server.close();

  const error = await errorOf(space.whilePolling().createDeployment(request));

  expect(error).toBeInstanceOf(ServerUnavailableError);
  expect(error.message).toMatch(/the connection to 127\.0\.0\.1:\d+ was refused\. 9 requests were made within 60 s\./);
});

test("reads share a connection, each write opens its own", async () => {
  const server = await startStub([root, environments, environments, deployment, deployment, environments]);
  const space = await connect(server.url);

  await space.allEnvironments();
  await space.allEnvironments();
  await space.createDeployment(request);
  await space.createDeployment(request);
  await space.allEnvironments();

  const ports = server.received.map(({ remotePort }) => remotePort);
  const [first, second, third, firstWrite, secondWrite, last] = ports;
  expect([second, third, last]).toEqual([first, first, first]);
  expect(new Set([first, firstWrite, secondWrite]).size).toBe(3);
});
