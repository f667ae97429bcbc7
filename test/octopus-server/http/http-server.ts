import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as timersPromises from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { prepare } from "./answer.ts";
import type { Incoming } from "./answer.ts";
import { calls, saveCalls } from "./calls.ts";
import type { Fault } from "./faults.ts";
import { faultyReply, takesEffect } from "./faulty-reply.ts";
import type { OpenEntry } from "./journal.ts";
import type { Reply } from "./reply.ts";
import type { Passage } from "./wire.ts";
import type { Simulation } from "../simulator/simulation.ts";

export interface HttpServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves the API and the control API of a simulation on 127.0.0.1. Rejects when the port is taken. */
export async function startHttpServer(simulation: Simulation, port: number, basePath: string): Promise<HttpServer> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    serve(simulation, basePath, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  await listen(server, port);
  return {
    port: portOf(server.address()),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      saveCalls();
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The server does not listen on a port.");
  return address.port;
}

/** A request, its response, and its passage over the wire, which calls of the control API do not have. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly passage: Passage | undefined;
}

async function serve(
  simulation: Simulation,
  basePath: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [fullPath, search] = splitUrl(request.url ?? "/");
  const path = withoutBase(fullPath, basePath);
  const isControl = path !== undefined && /^\/simulator(\/|$)/i.test(path);
  const start = Date.now();
  const passage = isControl ? undefined : simulation.wire.enter();
  response.once("close", () => passage?.leave());
  const exchange = { request, response, passage };
  const rawBody = await readBody(request);
  const incoming: Incoming = {
    method: request.headers["x-http-method-override"]?.toString() ?? request.method ?? "GET",
    // Outside of its virtual directory the server has no routes: none begins with `/..`.
    path: path ?? `/..${fullPath}`,
    search,
    headers: request.headers,
    rawBody,
  };
  if (passage === undefined) {
    await send(exchange, simulation.control(incoming), undefined, undefined);
    return;
  }
  await simulation.wire.untilReleased();
  simulation.settle();
  const instance = simulation.instance();
  const prepared = prepare(instance, simulation.router, simulation.rateLimit, incoming);
  const route = prepared.match?.route;
  const entry = simulation.journal.open({
    method: incoming.method,
    path: `${incoming.path}${search === "" ? "" : `?${withoutKey(search)}`}`,
    status: undefined,
    bytes: 0,
    user: prepared.user?.username,
    start,
    end: undefined,
    inFlight: passage.inFlight,
    instant: instance.timeline.now(),
    unknownRoute: route === undefined,
    route: route === undefined ? undefined : `${route.method} ${route.path}`,
    fault: undefined,
    headers: harmlessHeaders(request),
    ...(prepared.body === undefined ? {} : { body: prepared.body }),
  });
  if (entry.route !== undefined) calls.add(`${request.headers["user-agent"] ?? ""}\t${entry.route}`);
  const fault = simulation.faults.strike({ method: incoming.method, route: route?.path, path: entry.path });
  if (fault === undefined) {
    const reply = prepared.perform();
    simulation.shapes.check(entry, route, reply, instance.switches());
    await send(exchange, reply, undefined, entry);
    return;
  }
  entry.fault = JSON.stringify(fault);
  await misbehave(simulation, fault, () => prepared.perform(), exchange, entry);
}

async function misbehave(
  simulation: Simulation,
  fault: Fault,
  perform: () => Reply,
  exchange: Exchange,
  entry: OpenEntry,
): Promise<void> {
  if (fault.delay !== undefined) {
    await timersPromises.setTimeout(fault.delay, undefined, { ref: false });
    simulation.settle();
  }
  const late = fault.lateCommit;
  if (late !== undefined) {
    const { timeline } = simulation.instance();
    timeline.at(timeline.now() + late, () => {
      perform();
    });
  }
  const done = late === undefined && takesEffect(fault) ? perform() : undefined;
  if (fault.reset !== undefined) {
    entry.end = Date.now();
    exchange.passage?.leave();
    exchange.request.socket.resetAndDestroy();
    return;
  }
  await send(exchange, faultyReply(fault, done, entry.path), fault, entry);
}

/** Shorter answers go out as they are: on one machine, packing and unpacking them takes longer than sending them. */
const shortestZipped = 4000;
/** Little memory for each answer: getting 256 KB anew, which is the default, takes longer than the packing. */
const lightZip = { level: 1, memLevel: 5, windowBits: 12 };

async function send(
  { request, response, passage }: Exchange,
  reply: Reply,
  fault: Fault | undefined,
  entry: OpenEntry | undefined,
): Promise<void> {
  const plain = bytesOf(reply);
  const headers: Record<string, string> = { ...reply.headers };
  if (reply.content.kind === "json") headers["Content-Type"] = "application/json; charset=utf-8";
  if (reply.content.kind === "bytes") headers["Content-Type"] = reply.content.type;
  const gentle = fault?.drip === undefined && fault?.truncate === undefined;
  const zipped = gentle && plain.length > shortestZipped && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  const body = zipped ? gzipSync(plain, lightZip) : plain;
  if (zipped) headers["Content-Encoding"] = "gzip";
  headers["Content-Length"] = String(fault?.truncate === "closed" ? Math.floor(body.length / 2) : body.length);
  if (entry !== undefined) {
    entry.status = reply.status;
    entry.bytes = plain.length;
    entry.end = Date.now();
  }
  // Before the answer goes out, because a client that sends its next request at once must not be counted twice.
  if (fault?.drip === undefined) passage?.leave();
  response.writeHead(reply.status, headers);
  if (request.method === "HEAD") {
    response.end();
  } else if (fault?.truncate !== undefined) {
    const half = body.subarray(0, Math.floor(body.length / 2));
    if (fault.truncate === "closed") response.end(half);
    else response.write(half, () => request.socket.destroy());
  } else if (fault?.drip !== undefined) {
    await drip(response, body, fault.drip);
  } else {
    response.end(body);
  }
}

async function drip(response: ServerResponse, body: Buffer, pause: number): Promise<void> {
  for (let index = 0; index < body.length && !response.destroyed; index++) {
    response.write(body.subarray(index, index + 1));
    await timersPromises.setTimeout(pause, undefined, { ref: false });
  }
  response.end();
}

function bytesOf({ content }: Reply): Buffer {
  switch (content.kind) {
    case "json":
      return Buffer.from(JSON.stringify(content.value));
    case "bytes":
      return content.bytes;
    case "none":
      return Buffer.alloc(0);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === "0")) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return Buffer.concat(chunks);
}

function splitUrl(url: string): readonly [string, string] {
  const mark = url.indexOf("?");
  return mark < 0 ? [url, ""] : [url.slice(0, mark), url.slice(mark + 1)];
}

/** The path below the virtual directory; undefined outside of it. */
function withoutBase(path: string, basePath: string): string | undefined {
  if (basePath === "") return path;
  if (path.toLowerCase() === basePath.toLowerCase()) return "/";
  return path.toLowerCase().startsWith(`${basePath.toLowerCase()}/`) ? path.slice(basePath.length) : undefined;
}

function withoutKey(search: string): string {
  return search.replace(/(^|&)apikey=[^&]*/i, "$1apikey=***");
}

const secretHeaders: ReadonlySet<string> = new Set(["x-octopus-apikey", "authorization", "cookie"]);

function harmlessHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      secretHeaders.has(name) || value === undefined ? [] : [[name, String(value)]],
    ),
  );
}
