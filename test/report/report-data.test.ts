import { describe, expect, test } from "vitest";
import { nextSteps } from "../../src/report/next-steps.ts";
import { type InputChild, reportName, reportOf } from "../../src/report/report-data.ts";
import { reportJson } from "../../src/report/report.ts";
import { plan, task } from "../rules/build.ts";
import { at, child, ended, hostile, input, rolledBack } from "./build.ts";

const only = (facts: InputChild) => reportOf(input([facts])).children[0];

test("a child of the report is made from its outcome", () => {
  expect(only(child("Web API"))).toEqual({
    name: "Web API",
    level: 1,
    from: "2021.1.0.11",
    to: "2021.1.1.1",
    outcome: "Deployed",
    reason: "NewRelease",
    message: "2021.1.1.1 was deployed.",
    rollBack: null,
    url: "https://octopus.example/app#/Spaces-1/deployments/Deployments-7",
    started: "2021-01-14T19:00:00.000Z",
    ended: "2021-01-14T19:05:00.000Z",
    waits: [],
    attempts: [],
    warnings: [],
    notes: "",
    error: null,
  });
});

const failedTask = { ...task("Failed"), errorMessage: "Exit code 1" };
const { started: deployed } = child("Web API").result.outcome;

test.each<[what: string, child: InputChild, expected: object]>([
  [
    "a child without a plan has no releases",
    child("Web API", {
      outcome: { ...ended("Failed", "PermissionMissing", "No."), plan: undefined, started: undefined },
    }),
    { from: null, to: null, attempts: [], url: null, started: null, warnings: [], notes: "" },
  ],
  [
    "no release was found",
    child("Web API", { outcome: { plan: plan({ kind: "not-found", policy: "Skip", gaveUp: false }) } }),
    { from: "2021.1.0.20", to: null },
  ],
  [
    "the error of a failed task",
    child("Web API", {
      outcome: {
        ...ended("Failed", "NewRelease", "It failed."),
        started: deployed && { ...deployed, task: failedTask },
      },
    }),
    { error: "Exit code 1" },
  ],
  [
    "the error message of a successful task is left out",
    child("Web API", { outcome: { started: deployed && { ...deployed, task: failedTask } } }),
    { error: null },
  ],
  [
    "a child that began later than the run",
    child("Web API", { began: at(7), took: 3 }),
    {
      started: "2021-01-14T19:07:00.000Z",
      ended: "2021-01-14T19:10:00.000Z",
    },
  ],
  [
    "a wait that is not over has no end",
    child("Web API", { waits: [{ from: at(1), to: undefined, what: "an approval" }] }),
    { waits: [{ from: "2021-01-14T19:01:00.000Z", to: null, what: "an approval" }] },
  ],
  ["a number that is no instant", child("Web API", { began: Number.NaN }), { started: null }],
  ["an instant beyond the range of dates", child("Web API", { began: 1e300 }), { started: null }],
])("%s", (_, facts, expected) => {
  expect(only(facts)).toMatchObject(expected);
});

test.each([
  [{}, "run", "Release Orchestration 2021.1.1 Production Deploy the release.run.report"],
  [{ tenant: "Contoso" }, "plan", "Release Orchestration 2021.1.1 Production Contoso Deploy the release.plan.report"],
  [
    { release: null, runbook: "Nightly" },
    "run",
    "Release Orchestration Nightly Production Deploy the release.run.report",
  ],
  [{ environment: null, step: null }, "run", "Release Orchestration 2021.1.1.run.report"],
] as const)("the name of the file: %j of a %s", (parent, mode, name) => {
  const report = reportOf(input([child("Web API")], { mode }));
  expect(reportName({ mode, parent: { ...report.parent, ...parent } })).toBe(name);
});

describe("what to do next", () => {
  const facts = (name: string, outcome: string, reason = "NewRelease", undone?: string) => ({
    name,
    outcome,
    reason,
    rollBack: undone === undefined ? null : { outcome: undone, to: null, why: null },
  });
  const again = "Then deploy again: child projects that are up to date are skipped.";

  test.each([
    ["all is well", "run", [facts("A", "Deployed"), facts("B", "Skipped", "AlreadyCurrent")], []],
    [
      "a plan to approve",
      "plan",
      [facts("A", "WhatIf")],
      ["Have the plan approved, then run the step that deploys it."],
    ],
    ["a plan that changes nothing", "plan", [facts("A", "Skipped", "AlreadyCurrent")], []],
    [
      "a blocked plan",
      "plan",
      [facts("A", "Failed", "Frozen"), facts("B", "NotStarted", "SiblingFailed")],
      ["A: wait until the freeze ends, or enter an override reason.", "Then plan again."],
    ],
    [
      "the same cause of two children is listed once",
      "run",
      [facts("A", "Failed", "PlanChanged"), facts("B", "Failed", "PlanChanged"), facts("C", "TimedOut")],
      [
        "A, B: make a new plan and have it approved.",
        "C: see what the deployment waits for, or raise the limit.",
        again,
      ],
    ],
    [
      "a child that was not rolled back has to be checked",
      "run",
      [
        facts("A", "Deployed", "NewRelease", "NotRolledBack"),
        facts("B", "Deployed", "NewRelease", "RolledBack"),
        facts("C", "Canceled"),
      ],
      [
        "A: check which release is current, because the roll back did not succeed.",
        "C: find out who cancelled the deployment, and why.",
        again,
      ],
    ],
    [
      "a deployment that the step did not wait for",
      "run",
      [facts("A", "Started")],
      ["A: watch the deployment in Octopus, because the step did not wait."],
    ],
  ] as const)("%s", (_, mode, children, expected) => {
    expect(nextSteps(mode, children)).toEqual(expected);
  });
});

test("JSON contains the whole report, and no expression or service message of Octopus", () => {
  const text = ["##octopus[x]", "#", "{Octopus.Action.Name}", "###", "{", '"\\\u202e'].join("");
  const report = hostile(text);
  const json = reportJson(report);
  expect(JSON.parse(json)).toEqual(report);
  expect(json).not.toMatch(/#[#{]/);
});

test("JSON has null for missing values, so that every property is present", () => {
  const report = rolledBack();
  expect(JSON.parse(reportJson(report))).toEqual(report);
  expect(JSON.stringify(report)).not.toContain("undefined");
});
