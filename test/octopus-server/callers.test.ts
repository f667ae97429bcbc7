import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { calls } from "./http/calls.ts";
import { allRoutes } from "./routes/all-routes.ts";
import { as, server } from "./support/ask.ts";
import type { Asker } from "./support/ask.ts";
import { callersOf, recordedCallers, routeName } from "./support/callers.ts";
import { foreignClients } from "./support/foreign-clients.ts";

const routes = new Set(allRoutes.map(routeName));
const called = new Set(Object.values(recordedCallers).flat());

test("each route is called by a recorded client", () => {
  expect([...routes].filter((route) => !called.has(route))).toEqual([]);
});

test("each recorded call has a route", () => {
  expect([...called].filter((route) => !routes.has(route))).toEqual([]);
});

test("product, demo, bench and every named foreign client are recorded", () => {
  const foreign = [...foreignClients.map(({ name }) => name), "@octopusdeploy/api-client"];

  expect(Object.keys(recordedCallers).toSorted()).toEqual(["bench", "demo", "product", ...foreign].toSorted());
});

test.each(foreignClients)("the requests of $name succeed, and call the recorded routes", async ({ name, replay }) => {
  const octopus = await server({ world: { scripts: [{ steps: [{ name: "Ask", interventions: [{}] }] }] } });
  const asker = as(octopus, "admin", name);
  const refused: string[] = [];
  const watched = (method: keyof Asker) => async (path: string, body?: unknown) => {
    const answer = await asker[method](path, body);
    octopus.advance(1000);
    if (answer.status >= 400) refused.push(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  };

  await replay({ get: watched("get"), post: watched("post"), put: watched("put"), delete: watched("delete") });

  expect(refused).toEqual([]);
  expect(callersOf("tests", calls)[name]).toEqual(recordedCallers[name]);
});

test("the server without its tests and shapes has fewer lines and bytes than the product", () => {
  const own = sizeOf(".", (file) => !/^(?:shapes|support)\/|\.test\.ts$/.test(file));
  const product = sizeOf("../../src", () => true);

  expect(own.lines).toBeLessThan(product.lines);
  expect(own.bytes).toBeLessThan(product.bytes);
});

test("the README has at most 150 lines", () => {
  expect(linesOf(readFileSync(new URL("README.md", import.meta.url), "utf8"))).toBeLessThanOrEqual(150);
});

/** Lines and bytes of the TypeScript files below a folder. */
function sizeOf(folder: string, counts: (file: string) => boolean) {
  const path = fileURLToPath(new URL(folder, import.meta.url));
  const texts = readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts") && counts(file))
    .map((file) => readFileSync(`${path}/${file}`, "utf8"));
  return {
    lines: texts.reduce((sum, text) => sum + linesOf(text), 0),
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
  };
}

function linesOf(text: string): number {
  return text.split("\n").length - 1;
}
