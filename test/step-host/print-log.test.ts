import { expect, test } from "vitest";
import { logPrinter, printLog, statusOf, type Output } from "./print-log.ts";
import type { LogLine } from "./step-log.ts";

const log: readonly LogLine[] = [
  { level: "verbose", text: "looked at 3 releases" },
  { level: "info", text: "Project: Web API" },
  { level: "highlight", text: "Deploying 2021.1.0.22" },
  { level: "wait", text: "Waiting for approval" },
  { level: "warning", text: "older than what is there" },
  { level: "fatal", text: "The child failed.\nSee its log.\u001B[2J" },
];

test("in a pipe there are no colours and no verbose lines", () => {
  const { output, written } = recorder(false);

  printLog(output, "Step 1: Deploy Web API", { exitCode: 1, log });

  expect(written()).toMatchInlineSnapshot(`
    "          | == Failed: Step 1: Deploy Web API ==
    Info      |   Project: Web API
    Highlight |   Deploying 2021.1.0.22
    Wait      |   Waiting for approval
    Warning   |   older than what is there
    Fatal     |   The child failed.
              |   See its log.[2J
    "
  `);
});

test("verbose lines are printed on request", () => {
  const { output, written } = recorder(false);

  printLog(output, "Plan", { exitCode: 0, log: log.slice(0, 2) }, { verbose: true });

  expect(written()).toContain("Verbose   |   looked at 3 releases\n");
});

test("a terminal gets colours, one per line, and steps can be nested", () => {
  const { output, written } = recorder(true);

  const printer = logPrinter(output, { color: true });
  printer.heading("Success", "Step 2", 1);
  printer.line({ level: "error", text: "one\ntwo" }, 2);

  expect(written()).toBe(
    "\u001B[1;32m          |   == Success: Step 2 ==\u001B[0m\n" +
      "\u001B[31mError     |     one\u001B[0m\n\u001B[31m          |     two\u001B[0m\n",
  );
});

test.each([
  ["a terminal", true, undefined, true],
  ["a terminal that asks for no colour", true, "1", false],
  ["an empty NO_COLOR counts as not set", true, "", true],
  ["a pipe", false, undefined, false],
])("colour by default: %s", (_case, isTTY, noColor, expected) => {
  const before = process.env["NO_COLOR"];
  setNoColor(noColor);
  try {
    const { output, written } = recorder(isTTY);

    logPrinter(output).line({ level: "error", text: "x" });

    expect(written().includes("\u001B")).toBe(expected);
  } finally {
    setNoColor(before);
  }
});

test.each([
  ["Success", 0, "info"],
  ["Success", 0, "highlight"],
  ["Warning", 0, "warning"],
  ["Warning", 0, "error"],
  ["Failed", 1, "info"],
  ["Canceled", -43, "error"],
] as const)("a step is marked %s: exit code %i with a line of level %s", (expected, exitCode, level) => {
  expect(statusOf({ exitCode, log: [{ level, text: "" }] })).toBe(expected);
});

function setNoColor(value: string | undefined): void {
  if (value === undefined) delete process.env["NO_COLOR"];
  else process.env["NO_COLOR"] = value;
}

function recorder(isTTY: boolean): { output: Output; written: () => string } {
  const parts: string[] = [];
  return { output: { isTTY, write: (text) => parts.push(text) }, written: () => parts.join("") };
}
