import { describe, expect, test } from "vitest";
import { countsOf, untilCreated, untilFirstLook } from "../../scripts/bench/journal.ts";
import { bytesBudget, memoryBudget } from "../../scripts/bench/rows.ts";
import { over, table } from "../../scripts/bench/table.ts";
import type { JournalEntry } from "../octopus-server/octopus-server.ts";

/** A request with its start and end. */
function entry(start: number, end: number | undefined, path = "/api/Spaces-1/projects", method = "GET"): JournalEntry {
  const answer = { status: 200, bytes: 100, user: "conductor", inFlight: 1, instant: 0, unknownRoute: false };
  return { number: start, method, path, start, end, ...answer, route: undefined, fault: undefined, headers: {} };
}

const creation = entry(30, 40, "/api/Spaces-1/deployments", "POST");
const look = entry(60, 70, "/api/Spaces-1/tasks/ServerTasks-1");

describe("round trips are the longest chain of requests that waited for one another", () => {
  test.each([
    ["nothing", [], 0],
    ["requests one after the other", [entry(0, 10), entry(10, 20), entry(25, 30)], 3],
    ["side by side", [entry(0, 10), entry(1, 11), entry(2, 9)], 1],
    ["a pair and what follows it", [entry(0, 10), entry(1, 5), entry(6, 20), entry(11, 20)], 2],
    ["out of order", [entry(20, 30), entry(0, 10)], 2],
  ])("%s", (_, journal, roundTrips) => {
    expect(countsOf(journal).roundTrips).toBe(roundTrips);
  });
});

test("every request and every byte counts", () => {
  const freezes = entry(5, 6, "/api/deploymentfreezes?skip=0&take=100");
  expect(countsOf([entry(0, 10), freezes])).toMatchObject({ requests: 2, bytes: 200, atOnce: 1 });
});

describe("what the user waits for", () => {
  test("ends with the answer that creates the deployment, whatever was requested meanwhile", () => {
    const beside = entry(35, 50);
    expect(untilCreated([entry(0, 10), creation, beside, look])).toEqual([entry(0, 10), creation, beside]);
  });

  test("is everything when no deployment is created", () => {
    expect(untilCreated([entry(0, 10), look])).toEqual([entry(0, 10), look]);
  });

  test("goes on to the first read of the created deployment's task", () => {
    const before = entry(0, 10, "/api/Spaces-1/tasks?ids=ServerTasks-9");
    const several = entry(80, 90, "/api/Spaces-1/tasks?ids=ServerTasks-1,ServerTasks-2");
    expect(untilFirstLook([before, creation, entry(45, 50), look, several])).toHaveLength(4);
    expect(untilFirstLook([before, creation, several, look])).toHaveLength(3);
  });

  test("an override of a freeze creates a deployment as well", () => {
    const override = entry(30, 40, "/api/Spaces-1/deployments/override", "POST");
    expect(untilCreated([override, look])).toEqual([override]);
  });
});

test.each([
  [{ lists: "short" }, 75_000],
  [{ lists: "full" }, 150_000],
  [{ lists: "full", matching: 3, past: 10 }, 201_000],
] as const)("%j may take %d bytes", (question, bytes) => {
  expect(bytesBudget(question)).toBe(bytes);
});

test("a figure is over its budget only above the budget, and never without one", () => {
  expect(over("small history", "requests", 18, 17)).toEqual(["small history: 18 requests, the budget is 17"]);
  expect([over("", "", 17, 17), over("", "", 17, undefined)]).toEqual([[], []]);
});

test("a table has columns of the same width", () => {
  expect(
    table([
      ["", "requests"],
      ["small history", "17"],
    ]),
  ).toBe("               requests\nsmall history        17");
});

test.each([
  ["20.19.0", {}, 85],
  ["22.1.0", {}, 100],
  ["24.0.0", { extraMemory: 20 }, 120],
])("with Node.js %s and %o a run may take %i MB", (version, budget, expected) => {
  expect(memoryBudget(budget, version)).toBe(expected);
});
