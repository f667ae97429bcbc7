import { createRequire } from "node:module";
import * as http from "node:http";
import * as net from "node:net";
import * as fs from "node:fs";
import { fileURLToPath } from "node:url";
import * as zlib from "node:zlib";
import { Client } from "@octopusdeploy/api-client";
import axios from "axios/dist/node/axios.cjs";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { NotOctopusError, ServerUnavailableError } from "../../src/errors.ts";
import { asId } from "../../src/model.ts";
import { exchange, openConnection } from "../../src/octopus/http.ts";
import { apiKey, connect, errorOf } from "./connect.ts";
import { body, json, root, silence, soon, startStub } from "./stub-server.ts";
import { endTimeLimits, timeLimitsByHand } from "./time-limits.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const environments = json([{ Id: "Environments-1", Name: "Test" }]);

test("the api-client sends through the instance of axios that the gateway configures", async () => {
  const resolveAsApiClient = createRequire(createRequire(import.meta.url).resolve("@octopusdeploy/api-client"));
  expect(resolveAsApiClient("axios")).toBe(axios);

  const server = await startStub([silence]);
  const connection = openConnection({ requestLimit: 50, secrets: [] });

  const error = await errorOf(
    exchange(connection, () => Client.create({ instanceURL: server.url, apiKey, userAgentApp: "test" })),
  );

  expect(error).toMatchObject({ name: "ExchangeFailure", failure: { kind: "lost", cause: "time-limit" } });
});

test("when the run has ended, a request is aborted and its promise never settles", async () => {
  const closed: boolean[] = [];
  const server = await startStub([root, (response) => response.on("close", () => closed.push(true))]);
  const run = new AbortController();
  const said: string[] = [];
  const space = await connect(server.url, { run: run.signal, onRetry: (message) => said.push(message) });
  let settled = 0;
  const settle = () => void settled++;
  space.allEnvironments().then(settle, settle);
  await vi.waitFor(() => expect(server.received).toHaveLength(2), soon);

  run.abort();
  await vi.waitFor(() => expect(closed).toEqual([true]), soon);
  space.allEnvironments().then(settle, settle);
  // Longer than a request takes, however slow the machine is.
  const elsewhere = await startStub([environments]);
  for (let time = 0; time < 10; time++) await (await fetch(elsewhere.url)).text();

  expect({ settled, said }).toEqual({ settled: 0, said: [] });
  expect(server.received).toHaveLength(2);
});

test("requests outside of the gateway keep the rules of axios", async () => {
  const elsewhere = await startStub([json({ followed: true })]);
  const server = await startStub([body("", 302, { location: elsewhere.url })]);

  const response = await axios.get<unknown>(server.url);

  expect(response.data).toEqual({ followed: true });
});

test("two gateways in one process keep their keys, limits and listeners apart", async () => {
  timeLimitsByHand();
  let limitsEnd: () => void = () => undefined;
  const afterLimits = new Promise<void>((resolve) => (limitsEnd = resolve));
  const slow = await startStub([root, (response) => void afterLimits.then(() => response.end("[]"))]);
  const quick = await startStub([root, () => void endTimeLimits(10_000).then(limitsEnd)]);
  const said: string[] = [];
  const patience = { planning: 10, polling: 10 };
  const [impatient, patient] = await Promise.all([
    connect(quick.url, { requestLimitMs: 10_000, patience, onRetry: (message) => said.push(message) }),
    connect(slow.url, { requestLimitMs: 20_000, patience, credential: { kind: "api-key", value: "API-OF-THE-OTHER" } }),
  ]);

  const [error, found] = await Promise.all([errorOf(impatient.allEnvironments()), patient.allEnvironments()]);

  expect(error.message).toContain("no complete answer came within 10 s");
  expect(found).toEqual([]);
  expect(said).toEqual([]);
  expect(quick.received.map(({ headers }) => headers["x-octopus-apikey"])).toEqual([apiKey, apiKey]);
  expect(slow.received.map(({ headers }) => headers["x-octopus-apikey"])).toEqual([
    "API-OF-THE-OTHER",
    "API-OF-THE-OTHER",
  ]);
});

test("compressed answers are read, cut-off ones repeated", async () => {
  const zipped = zlib.gzipSync(JSON.stringify([{ Id: "Environments-1", Name: "Test" }]));
  const server = await startStub([
    root,
    (response) => {
      response.writeHead(200, { "content-encoding": "gzip", "content-length": zipped.length });
      response.write(zipped.subarray(0, 30), () => response.destroy());
    },
    (response) => {
      response.writeHead(200, { "content-encoding": "gzip", "content-length": zipped.length });
      response.end(zipped);
    },
  ]);
  const space = await connect(server.url);

  expect(await space.allEnvironments()).toHaveLength(1);
  expect(server.received).toHaveLength(3);
  expect(server.received[1]?.headers["accept-encoding"]).toContain("gzip");
});

const mebibyte = 2 ** 20;

describe("an answer that no Octopus Server sends ends at once", () => {
  test.each([
    ["as it is", (text: string) => body(text), 33 * mebibyte, "its answer is larger than 32 MB."],
    [
      "as a gzip bomb",
      (text: string) => body(zlib.gzipSync(text), 200, { "content-encoding": "gzip" }),
      64 * mebibyte,
      "its answer is larger than 32 MB.",
    ],
  ])("because it is too large, %s", async (_, answer, size, message) => {
    const server = await startStub([root, answer(`[${" ".repeat(size)}]`)]);
    const space = await connect(server.url);

    const error = await errorOf(space.allEnvironments());

    expect(error).toBeInstanceOf(NotOctopusError);
    expect(error.message).toContain(message);
    expect(server.received).toHaveLength(2);
  });

  test.each([
    ["lists", "[".repeat(100_000) + "]".repeat(100_000)],
    ["a log", `{"ActivityLogs":[${'{"Children":['.repeat(20_000)}${"]}".repeat(20_000)}]}`],
  ])("because it is too deep: %s", async (_, text) => {
    const server = await startStub([root, body(text)]);
    const space = await connect(server.url);

    const error = await errorOf(space.taskLog(asId("ServerTasks-1")));

    expect(error).toBeInstanceOf(NotOctopusError);
    expect(error.message).toContain("nested deeper than any answer of Octopus.");
    expect(server.received).toHaveLength(2);
  });

  test("but brackets in texts do not count as depth", async () => {
    const name = String.raw`"\[{`.repeat(1000);
    const server = await startStub([root, json([{ Id: "Environments-1", Name: name }])]);

    expect(await (await connect(server.url)).allEnvironments()).toMatchObject([{ name }]);
  });
});

test("the user agent is sent to the server", async () => {
  const server = await startStub([root, environments]);

  await connect(server.url, { userAgent: "deploy-child-project/1.2.3" });

  expect(server.received[0]?.headers["user-agent"]).toBe("ts-octopusdeploy deploy-child-project/1.2.3");
});

test("a virtual directory is part of every request", async () => {
  const server = await startStub([root, environments]);
  const space = await connect(`${server.url}/octopus/`);

  await space.allEnvironments();

  expect(server.received.map(({ line }) => line)).toEqual([
    "GET /octopus/api",
    "GET /octopus/api/Spaces-1/environments/all",
  ]);
});

/** A self-signed certificate for 127.0.0.1, valid until 2126. */
const selfSigned = {
  key: fs.readFileSync(new URL("self-signed/key.pem", import.meta.url), "utf8"),
  cert: fs.readFileSync(new URL("self-signed/cert.pem", import.meta.url), "utf8"),
};

describe("an internal authority", () => {
  const bundle = fileURLToPath(new URL("self-signed/cert.pem", import.meta.url));

  test("that the worker trusts is trusted, also behind a proxy", async () => {
    vi.stubEnv("NODE_EXTRA_CA_CERTS", "");
    vi.stubEnv("SSL_CERT_FILE", bundle);
    const server = await startStub([root, environments, root], selfSigned);
    const { port, asked } = await tunnel(server.port);

    await expect((await connect(server.url)).allEnvironments()).resolves.toHaveLength(1);
    setProxy("https_proxy", `http://127.0.0.1:${port}`);
    await connect(server.url);

    expect(asked).toEqual([`127.0.0.1:${server.port}`]);
  });

  test.each([
    [
      "that NODE_EXTRA_CA_CERTS leaves out is not trusted",
      { NODE_EXTRA_CA_CERTS: "/chosen.pem", SSL_CERT_FILE: bundle },
    ],
    [
      "in a file that holds no certificates is not trusted",
      { NODE_EXTRA_CA_CERTS: "", SSL_CERT_FILE: fileURLToPath(import.meta.url) },
    ],
  ])("%s", async (_, environment) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const server = await startStub([root], selfSigned);

    expect((await errorOf(connect(server.url))).message).toContain("DEPTH_ZERO_SELF_SIGNED_CERT");
  });
});

test("a certificate of an unknown authority ends at once and names NODE_EXTRA_CA_CERTS", async () => {
  const server = await startStub([root], selfSigned);

  const error = await errorOf(connect(server.url));

  expect(error).toBeInstanceOf(ServerUnavailableError);
  expect(error.message).toContain("its TLS certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT).");
  expect(error).toMatchObject({ remedy: expect.stringContaining("NODE_EXTRA_CA_CERTS") });
  expect(server.received).toEqual([]);
});

test("https to a server that speaks http is reported as a wrong port or protocol", async () => {
  const server = await startStub([root]);

  const error = await errorOf(connect(server.url.replace("http:", "https:")));

  expect(error.message).toMatch(/no TLS connection could be made \((EPROTO|ERR_SSL_\w+)\)\./);
  expect(error).toMatchObject({ remedy: expect.stringContaining("Check port and protocol") });
});

test("a server that does not speak HTTP is no Octopus Server", async () => {
  const server = net.createServer((socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n"));
  const port = await listen(server);

  const error = await errorOf(connect(`http://127.0.0.1:${port}`));

  expect(error.message).toMatch(/it sent something that is not HTTP \(HPE_\w+\)\./);
});

test("the proxy of the environment is used, unless NO_PROXY names the server", async () => {
  const proxy = await startStub([root, environments]);
  const server = await startStub([root, environments]);
  setProxy("http_proxy", proxy.url);

  const space = await connect("http://octopus.invalid");
  await space.allEnvironments();
  vi.stubEnv("no_proxy", "127.0.0.1");
  await connect(server.url);

  expect(proxy.received.map(({ line }) => line)).toEqual([
    "GET http://octopus.invalid/api",
    "GET http://octopus.invalid/api/Spaces-1/environments/all",
  ]);
  expect(server.received.map(({ line }) => line)).toEqual(["GET /api"]);
});

test("https goes through a proxy as a tunnel, and the certificate is still checked", async () => {
  const server = await startStub([root], selfSigned);
  const { port, asked } = await tunnel(server.port);
  setProxy("https_proxy", `http://127.0.0.1:${port}`);

  const error = await errorOf(connect("https://octopus.invalid"));

  expect(asked).toEqual(["octopus.invalid:443"]);
  expect(error.message).toContain("TLS certificate");
});

test("a proxy that cannot be reached is named by its address", async () => {
  const proxy = await startStub([root]);
  await proxy.close();
  setProxy("http_proxy", proxy.url);

  const error = await errorOf(connect("http://octopus.invalid"));

  expect(error.message).toContain(`the connection to 127.0.0.1:${proxy.port} was refused.`);
});

test("a proxy that wants other credentials is named as the cause, without those that it got", async () => {
  const proxy = await startStub([
    (response, request) => {
      const [, basic = ""] = `${request.headers["proxy-authorization"]}`.split(" ");
      body(`Denied: ${basic} is ${Buffer.from(basic, "base64").toString()}`, 407)(response, request);
    },
  ]);
  setProxy("http_proxy", proxy.url.replace("//", "//worker:hunter%402@"));

  const error = await errorOf(connect("http://octopus.invalid"));

  expect(error).toMatchObject({ remedy: "Check the credentials in HTTP_PROXY or HTTPS_PROXY on the worker." });
  expect(error.message).toContain("it answered 407 Proxy Authentication Required: Denied: ********= is ********.");
});

test("an invalid proxy address is reported with a remedy", async () => {
  setProxy("http_proxy", "http://:not a url:");

  const error = await errorOf(connect("http://octopus.invalid"));

  expect(error).toBeInstanceOf(ServerUnavailableError);
  expect(error).toMatchObject({ remedy: "Correct HTTP_PROXY or HTTPS_PROXY on the worker." });
});

/** A proxy through which all tunnels lead to one port, and the addresses it was asked for. */
async function tunnel(serverPort: number) {
  const asked: (string | undefined)[] = [];
  const proxy = http.createServer();
  proxy.on("connect", (request: http.IncomingMessage, client: net.Socket) => {
    asked.push(request.url);
    const upstream = net.connect(serverPort, "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
    upstream.pipe(client).pipe(upstream);
    upstream.on("error", () => client.destroy());
    client.on("error", () => upstream.destroy());
  });
  return { port: await listen(proxy), asked };
}

function setProxy(name: string, url: string): void {
  for (const each of ["http_proxy", "https_proxy", "no_proxy", "all_proxy"]) {
    vi.stubEnv(each, each === name ? url : "");
    vi.stubEnv(each.toUpperCase(), "");
  }
}

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Not listening on a port.");
  return address.port;
}
