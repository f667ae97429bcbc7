import { onTestFinished } from "vitest";
import { startOctopusServer } from "../octopus-server.ts";
import type { OctopusServer, ServerOptions } from "../octopus-server.ts";

/** Sends requests to a server as a user, in plain HTTP. */
export interface Asker {
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, body?: unknown) => Promise<Answer>;
  readonly put: (path: string, body?: unknown) => Promise<Answer>;
  readonly delete: (path: string) => Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; `{}` for text that is not JSON. */
  readonly json: Json;
}

/** JSON whose structure the test knows: any path may be read, and a missing value is undefined. */
export interface Json {
  readonly [key: string]: Json;
  readonly [index: number]: Json;
}

/** Starts a server that stops with the test, which fails if the shape of an answer was not that of Octopus'. */
export async function server(options?: ServerOptions): Promise<OctopusServer> {
  const started = await startOctopusServer(options);
  onTestFinished(() => stop(started));
  return started;
}

async function stop(octopus: OctopusServer): Promise<void> {
  await octopus.stop();
  const violations = octopus.shapeViolations();
  if (violations.length > 0) throw new Error(`Answers of the server have another shape:\n${violations.join("\n")}`);
}

/** Sends requests below `/api` as a user, by default the administrator. The server knows its callers by `client`, the user agent. */
export function as(octopus: OctopusServer, user = "admin", client = "test"): Asker {
  const key = octopus.keys[user] ?? "";
  async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${octopus.url}/api${path}`, {
      method,
      headers: {
        "X-Octopus-ApiKey": key,
        "User-Agent": client,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return read(response);
  }
  return {
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    put: (path, body) => ask("PUT", path, body),
    delete: (path) => ask("DELETE", path),
  };
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): Json {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place where answers enter tests
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

/** A value that must be a text, such as an id or a name. Throws for another value. */
export function textOf(value: unknown): string {
  if (typeof value !== "string") throw new Error(`Expected a text, not ${JSON.stringify(value)}.`);
  return value;
}

/** The names, or another property, of a page's or an array's items. */
export function each(answer: Answer, property = "Name"): readonly unknown[] {
  const items: unknown = Array.isArray(answer.json) ? answer.json : answer.json["Items"];
  return Array.isArray(items) ? items.map((item: Json) => item[property]) : [];
}
