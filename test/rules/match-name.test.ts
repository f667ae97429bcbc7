import { describe, expect, test } from "vitest";
import { asId, type Named } from "../../src/model.ts";
import { matchName } from "../../src/rules/match-name.ts";

function named(id: string, name: string, slug?: string): Named<"Thing"> {
  return { id: asId<"Thing">(id), name, slug };
}

const webApi = named("Projects-1", "Web API", "web-api");
const webApiLower = named("Projects-2", "web api", "web-api-2");
const webUi = named("Projects-3", "Web UI", "web-ui");
const database = named("Projects-4", "Database");
const misleading = named("Projects-5", "web-ui", "misleading");

describe("a name is found by", () => {
  test.each([
    { rule: "the exact name", wanted: "Web UI", all: [webApi, webUi], expected: webUi },
    { rule: "a name in another case", wanted: "WEB ui", all: [webApi, webUi], expected: webUi },
    {
      rule: "an entry with blanks around it",
      wanted: "  Database\t",
      all: [webUi, database],
      expected: database,
    },
    {
      rule: "a name with blanks around it",
      wanted: "Web UI",
      all: [named("a", " Web UI ")],
      expected: named("a", " Web UI "),
    },
    {
      rule: "the exact case rather than another case",
      wanted: "web api",
      all: [webApi, webApiLower],
      expected: webApiLower,
    },
    { rule: "the exact case, wherever it is listed", wanted: "Web API", all: [webApiLower, webApi], expected: webApi },
    { rule: "a slug", wanted: "web-api-2", all: [webApi, webApiLower], expected: webApiLower },
    { rule: "a slug in another case", wanted: "Web-API-2", all: [webApi, webApiLower], expected: webApiLower },
    { rule: "a name rather than another's slug", wanted: "web-ui", all: [webUi, misleading], expected: misleading },
    { rule: "an id", wanted: "Projects-4", all: [webApi, database], expected: database },
    { rule: "an id in another case", wanted: "projects-4", all: [webApi, database], expected: database },
    {
      rule: "a slug rather than another's id",
      wanted: "Projects-4",
      all: [database, named("x", "X", "projects-4")],
      expected: named("x", "X", "projects-4"),
    },
  ])("$rule", ({ wanted, all, expected }) => {
    expect(matchName(wanted, all)).toEqual({ kind: "found", value: expected });
  });
});

describe("blanks never matter, and the exact case still wins", () => {
  const padded = named("Projects-6", " web api ");

  test.each([
    { rule: "around what was entered", wanted: " Web API ", all: [webApiLower, webApi], expected: webApi },
    { rule: "around a name", wanted: "web api", all: [webApi, padded], expected: padded },
    { rule: "around a name in another case", wanted: "WEB API", all: [webUi, padded], expected: padded },
  ])("$rule", ({ wanted, all, expected }) => {
    expect(matchName(wanted, all)).toEqual({ kind: "found", value: expected });
  });
});

describe("a name is ambiguous between", () => {
  test.each([
    {
      rule: "two names that differ in case, neither as entered",
      wanted: "WEB API",
      all: [webApi, webUi, webApiLower],
      expected: [webApi, webApiLower],
    },
    {
      rule: "two resources of the same name",
      wanted: "Database",
      all: [database, named("Projects-9", "Database")],
      expected: [database, named("Projects-9", "Database")],
    },
  ])("$rule", ({ wanted, all, expected }) => {
    expect(matchName(wanted, all)).toEqual({ kind: "ambiguous", values: expected });
  });
});

describe("a name that is not found comes with the nearest names", () => {
  test.each([
    { rule: "nothing exists", wanted: "Test", names: [], expected: [] },
    {
      rule: "a typing error comes first",
      wanted: "Stagng",
      names: ["Production", "Test", "Staging"],
      expected: ["Staging", "Test", "Production"],
    },
    {
      rule: "a name that contains it is as near as one typing error",
      wanted: "API",
      names: ["APP", "Web API Gateway", "Database"],
      expected: ["APP", "Web API Gateway", "Database"],
    },
    {
      rule: "a name contained in it is near",
      wanted: "Scheduling Service 2",
      names: ["Databases of Service", "Scheduling"],
      expected: ["Scheduling", "Databases of Service"],
    },
    {
      rule: "part of a name is not the name",
      wanted: "Prod",
      names: ["Production", "Prod Approval"],
      expected: ["Production", "Prod Approval"],
    },
    {
      rule: "a single letter is contained nearly everywhere and counts for nothing",
      wanted: "Stagng",
      names: ["g", "Staging"],
      expected: ["Staging", "g"],
    },
    {
      rule: "equally near names are in alphabetical order",
      wanted: "QA",
      names: ["QC", "QB", "QD"],
      expected: ["QB", "QC", "QD"],
    },
    {
      rule: "no more than five, each once",
      wanted: "x",
      names: ["f", "e", "d", "c", "b", "a", "a"],
      expected: ["a", "b", "c", "d", "e"],
    },
    {
      rule: "inserted, removed and replaced characters count alike",
      wanted: "test",
      names: ["aast", "tast", "tst", "txest"],
      expected: ["tast", "tst", "txest", "aast"],
    },
    {
      rule: "a character too many at the start counts once",
      wanted: "xtost",
      names: ["xtoyy", "test"],
      expected: ["test", "xtoyy"],
    },
    {
      rule: "a name that contains it comes before one with two typing errors",
      wanted: "API",
      names: ["AXX", "Web API"],
      expected: ["Web API", "AXX"],
    },
    { rule: "nothing entered", wanted: " ", names: ["Production", "Test"], expected: ["Test", "Production"] },
  ])("$rule", ({ wanted, names, expected }) => {
    const all = names.map((name, index) => named(`Things-${index}`, name));

    expect(matchName(wanted, all)).toEqual({ kind: "none", nearest: expected });
    expect(matchName(wanted, all.toReversed())).toEqual({ kind: "none", nearest: expected });
  });
});

test("matching names of 100,000 characters does not take minutes", { timeout: 60_000 }, () => {
  const all = Array.from({ length: 300 }, (_, index) => named(`Projects-${index}`, `Project ${index}`));
  const longest = named("Projects-x", "y".repeat(100_000));

  expect(matchName("x".repeat(100_000), [...all, longest])).toMatchObject({ kind: "none" });
  expect(matchName("Y".repeat(100_000), [...all, longest])).toEqual({ kind: "found", value: longest });
});
