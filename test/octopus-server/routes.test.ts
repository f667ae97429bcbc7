import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { allRoutes } from "./routes/all-routes.ts";
import { endpointName, endpointRows, tableBelow } from "./support/endpoint-table.ts";
import { profiles, Switches } from "./switches.ts";

test("the README's table of endpoints has a row for every route, and no others", () => {
  const endpoints = [...new Set(allRoutes.map(endpointName))];

  expect(endpointRows.map(({ endpoint }) => endpoint).toSorted()).toEqual(endpoints.toSorted());
});

// That the test named really calls the endpoint, and is answered, is checked at the end of each test file (support/ask.ts).
test.each(endpointRows)("$endpoint has a source and a test", ({ source, testFile }) => {
  expect(source).toMatch(/\w/);
  expect(readdirSync(new URL("./", import.meta.url))).toContain(testFile);
});

test("the table of switches has a row for every switch with its default", () => {
  const defaults = Object.entries(Switches.parse({})).map(([name, value]) => [name, JSON.stringify(value)]);

  expect(tableBelow("## Switches").map(([name, value]) => [name, value])).toEqual(defaults);
});

test("the table of profiles has a row for every profile", () => {
  expect(tableBelow("### Profiles").map(([name]) => name)).toEqual(Object.keys(profiles));
});
