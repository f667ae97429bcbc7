import { basename } from "node:path";
import { afterAll, afterEach } from "vitest";
import { startOctopusServer } from "../octopus-server.ts";
import type { OctopusServer, ServerOptions } from "../octopus-server.ts";
import { endpointRows } from "./endpoint-table.ts";

/** Talks to a server as somebody, in plain HTTP. */
export interface Asker {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  put(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
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

const running: OctopusServer[] = [];
/** What was asked in this test file and answered with success or a reasoned refusal (400), e.g. `GET projects/{id}`. */
const answered = new Set<string>();

/** Starts a server that ends with the test. */
export async function server(options?: ServerOptions): Promise<OctopusServer> {
  const started = await startOctopusServer(options);
  running.push(started);
  return started;
}

// No server leaves a test with answers that are not shaped as Octopus'.
afterEach(async () => {
  for (const one of running.splice(0)) {
    await one.stop();
    for (const { route, status } of one.journal()) {
      if (route !== undefined && status !== undefined && status <= 400) answered.add(route.replace(/ $/, " (root)"));
    }
    const violations = one.shapeViolations();
    if (violations.length > 0) throw new Error(`Answers of the server have another shape:\n${violations.join("\n")}`);
  }
});

// The README says which test file calls which endpoint: here it has to be true. Not when somebody runs a few tests only.
// oxlint-disable-next-line no-empty-pattern -- vitest demands a pattern here
afterAll(({}, suite) => {
  const file = basename(suite.file.filepath);
  const isPart = suite.tasks.some(
    (task) => task.mode !== "run" || ("tasks" in task && task.tasks.some(({ mode }) => mode !== "run")),
  );
  const untrue = endpointRows.filter(({ endpoint, testFile }) => testFile === file && !answered.has(endpoint));
  if (isPart || untrue.length === 0) return;
  throw new Error(`The README says that ${file} calls: ${untrue.map(({ endpoint }) => endpoint).join(", ")}`);
});

/** Asks as a user, by default the administrator, below `/api`. */
export function as(octopus: OctopusServer, user = "admin"): Asker {
  const key = octopus.keys[user] ?? "";
  async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${octopus.url}/api${path}`, {
      method,
      headers: { "X-Octopus-ApiKey": key, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
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
