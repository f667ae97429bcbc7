import { describe, expect, test } from "vitest";
import { isSuccess, type Outcome, type OutcomeKind } from "../../src/rules/outcome.ts";
import {
  type ChildResult,
  countsOf,
  distinctNames,
  hasFailed,
  markdownTable,
  namesOf,
  plainTable,
  progressText,
  stepText,
  trainEnd,
} from "../../src/rules/train.ts";
import { plan } from "./build.ts";

function result(name: string, kind: OutcomeKind, reason: Outcome["reason"] = "NewRelease", level = 1): ChildResult {
  return { name, level, outcome: { kind, reason, message: `${name} ended.` } };
}

/** From the worst to the best. */
const kinds: readonly OutcomeKind[] = [
  "Failed",
  "TimedOut",
  "Canceled",
  "NotStarted",
  "Started",
  "Scheduled",
  "Deployed",
  "WhatIf",
  "Skipped",
];

describe("the outcome of all children together", () => {
  test.each(kinds.slice(1).map((better, index) => [kinds[index], better] as const))(
    "is %s rather than %s, wherever it stands",
    (worse = "Failed", better) => {
      expect(trainEnd([result("A", better), result("B", worse)]).kind).toBe(worse);
      expect(trainEnd([result("A", worse), result("B", better)]).kind).toBe(worse);
    },
  );

  test("has the reason of the first child with the worst outcome", () => {
    const results = [result("A", "Deployed"), result("B", "Failed", "Frozen"), result("C", "Failed", "Blocked")];

    expect(trainEnd(results).reason).toBe("Frozen");
  });

  test("names every child that failed, and those that were not started", () => {
    const { message } = trainEnd([result("A", "Failed"), result("B", "TimedOut"), result("C", "NotStarted")]);

    expect(message).toBe(
      "2 of 3 child projects failed (1 failed, 1 timed out, 1 not started). A: A ended. B: B ended. Not started: C.",
    );
  });

  test("counts the outcomes if no child failed", () => {
    expect(trainEnd([result("A", "Deployed"), result("B", "Skipped")]).message).toBe(
      "2 child projects: 1 deployed, 1 skipped.",
    );
  });
});

test.each(kinds)("%s counts as a failure unless it is a success", (kind) => {
  expect(hasFailed(result("A", kind))).toBe(!isSuccess({ kind }));
});

test("counts go from the worst outcome to the best, and names keep their order", () => {
  const results = [result("A", "Deployed"), result("B", "Failed"), result("C", "Canceled"), result("D", "Deployed")];

  expect(countsOf(results)).toBe("1 failed, 1 cancelled, 2 deployed");
  expect(namesOf(results, "Failed", "TimedOut", "Canceled")).toBe("B\nC");
});

describe("a table", () => {
  const table = [
    ["Name", "What"],
    ["a|b", "<b>\nx\\"],
    ["longer name", ""],
  ];

  test("as Markdown escapes what would end a cell or a line", () => {
    expect(markdownTable(table)).toBe("| Name | What |\n| --- | --- |\n| a\\|b | &lt;b> x\\\\ |\n| longer name |  |");
  });

  test("in the log has columns", () => {
    expect(plainTable(table)).toBe("Name         What\na|b          <b> x\\\nlonger name");
  });
});

test.each([
  [
    [
      { project: "A", destination: "S" },
      { project: "B", destination: "S" },
    ],
    ["A", "B"],
  ],
  [
    [
      { project: "A", destination: "S" },
      { project: "A", destination: "P" },
    ],
    ["A / S", "A / P"],
  ],
  [
    [
      { project: "A", destination: "S", tenant: "T" },
      { project: "A", destination: "S", tenant: "U" },
      { project: "B", destination: "S", tenant: "T" },
    ],
    ["A / T", "A / U", "B"],
  ],
  [
    [
      { project: "A", destination: "S", tenant: "T" },
      { project: "A", destination: "P" },
    ],
    ["A / S / T", "A / P / untenanted"],
  ],
  [
    [
      { project: "A", destination: "S", space: "Default" },
      { project: "a", destination: "S", space: "Second" },
      { project: "B", destination: "S", space: "Second" },
    ],
    ["A / Default", "a / Second", "B"],
  ],
  [
    [
      { project: "A [x]", destination: "S" },
      { project: "A (x)", destination: "S" },
    ],
    ["A [x] / 1", "A (x) / 2"],
  ],
])("names tell children of the same project apart, as far as they differ", (children, names) => {
  expect(distinctNames(children)).toEqual(names);
});

test("a release is shown with the release it replaces", () => {
  expect(stepText(plan({ kind: "deploy", reason: "NewRelease" }))).toBe("2021.1.0.20 → 2021.1.0.22");
  expect(stepText(plan({ kind: "deploy", reason: "NewRelease" }, { current: undefined }))).toBe("2021.1.0.22");
  expect(stepText(plan({ kind: "not-found", policy: "Warning", gaveUp: false }))).toBe("2021.1.0.20");
  expect(stepText(undefined)).toBe("");
});

test("the progress text names the running children", () => {
  expect(progressText({ done: 2, total: 4, running: [{ name: "Web API", does: "6 min" }] })).toBe(
    "2 of 4 done; running: Web API (6 min)",
  );
  expect(progressText({ done: 4, total: 4, running: [] })).toBe("4 of 4 done");
});
