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
  /** The parsed body; text that is no JSON is itself. */
  readonly json: Json;
}

/** JSON whose insides a test knows: any path may be walked, and what is not there is undefined. */
export interface Json {
  readonly [key: string]: Json;
  readonly [index: number]: Json;
}

/** Starts a server that ends with the test, and that must not have given answers that are not shaped as Octopus'. */
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

/** Asks as a user, by default the administrator, below `/api`; `client` is the user agent by which the server's callers are told apart. */
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
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one door by which answers come into tests
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

/** A value that has to be a text: an id, a name. */
export function textOf(value: unknown): string {
  if (typeof value !== "string") throw new Error(`Expected a text, not ${JSON.stringify(value)}.`);
  return value;
}

/** The names, or another property, of a page's or an array's items. */
export function each(answer: Answer, property = "Name"): readonly unknown[] {
  const items: unknown = Array.isArray(answer.json) ? answer.json : answer.json["Items"];
  return Array.isArray(items) ? items.map((item: Json) => item[property]) : [];
}
