import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { endTimeLimits } from "./time-limits.ts";

/** A server for faults that a well-behaved server cannot produce. Everything else is tested against the embedded Octopus Server. */
export interface StubServer {
  readonly url: string;
  readonly port: number;
  /** The requests that arrived, in order. */
  readonly received: readonly Received[];
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

export interface Received {
  readonly line: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** Tells kept connections from new ones. */
  readonly remotePort: number | undefined;
}

export type Answer = (response: http.ServerResponse, request: Received) => void;

interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** Answers the first request with the first answer and so on, the last one again and again. Closed when the test ends. */
export async function startStub(answers: readonly Answer[], tls?: Tls): Promise<StubServer> {
  const received: Received[] = [];
  const listener: http.RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const arrived = {
        line: `${request.method} ${request.url}`,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        remotePort: request.socket.remotePort,
      };
      received.push(arrived);
      answers[Math.min(received.length, answers.length) - 1]?.(response, arrived);
    });
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
  onTestFinished(close);
  const { port } = addressOf(server);
  return { close, url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`, port, received };
}

function addressOf(server: http.Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The stub server does not listen on a port.");
  return address;
}

export function json(value: unknown, status = 200, headers: http.OutgoingHttpHeaders = {}): Answer {
  return body(JSON.stringify(value), status, { "content-type": "application/json; charset=utf-8", ...headers });
}

export function body(content: string | Buffer, status = 200, headers: http.OutgoingHttpHeaders = {}): Answer {
  return (response) => {
    response.writeHead(status, headers);
    response.end(content);
  };
}

/** Closes the connection without an answer. */
export const reset: Answer = (response) => {
  response.destroy();
};

/** Promises more than it sends. */
export const cutOff: Answer = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"Items":[', () => response.destroy());
};

/** Sends a byte now and then and never ends. Where time limits end by hand, the request's ends after some of them. */
export const drip: Answer = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  let bytes = 0;
  const timer = setInterval(() => {
    response.write(" ");
    if (++bytes === 3) void endTimeLimits();
  }, 20);
  response.on("close", () => clearInterval(timer));
};

/** Never answers. Where time limits end by hand, the request's ends now. */
export const silence: Answer = () => void endTimeLimits();

/** For `vi.waitFor`: what happens soon, even on a busy machine. */
export const soon = { timeout: 120_000, interval: 5 };

/** The answer to the handshake. */
export const root = json({ Application: "Octopus Deploy", Version: "2026.3.4512", InstallationId: "an-installation" });

/** A refusal as Octopus sends it. */
export function refusal(status: number, message: string, errors: readonly string[] = []): Answer {
  return json({ ErrorMessage: message, Errors: errors }, status);
}
