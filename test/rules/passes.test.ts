import { describe, expect, test } from "vitest";
import { judgePass, mostAttempts } from "../../src/rules/passes.ts";
import type { OutcomeKind, Reason } from "../../src/rules/outcome.ts";
import type { ChildResult } from "../../src/rules/train.ts";

function result(kind: OutcomeKind, reason: Reason = "Redeploy"): ChildResult {
  return { name: "Database", level: 1, outcome: { kind, reason, message: "" } };
}

describe("what follows a pass", () => {
  const [deployed, failed] = [result("Deployed"), result("Failed")];

  test.each([
    { rule: "all succeeded: done", results: [deployed, deployed], repeatable: 0, verdict: { kind: "done" } },
    { rule: "one of two succeeded: again", results: [deployed, failed], repeatable: 1, verdict: { kind: "again" } },
    {
      rule: "no child succeeded: stop",
      results: [failed, failed],
      repeatable: 2,
      verdict: { kind: "stop", why: "No progress in pass 2" },
    },
    {
      rule: "a child that became current through another deployment is no progress",
      results: [result("Skipped", "AlreadyCurrent"), failed],
      repeatable: 1,
      verdict: { kind: "stop", why: "No progress in pass 2" },
    },
    {
      rule: "no failed child may be tried again: done",
      results: [result("Canceled"), result("TimedOut"), result("Failed", "Frozen")],
      repeatable: 0,
      verdict: { kind: "done" },
    },
    {
      rule: "all passes are used up: stop",
      pass: 3,
      results: [deployed, failed],
      repeatable: 1,
      verdict: { kind: "stop", why: "All 3 passes are used up" },
    },
    {
      rule: "no progress in the last pass is the reason given for stopping",
      pass: 3,
      results: [failed],
      repeatable: 1,
      verdict: { kind: "stop", why: "No progress in pass 3" },
    },
    {
      rule: "all succeeded in the last pass: done",
      pass: 3,
      results: [deployed],
      repeatable: 0,
      verdict: { kind: "done" },
    },
  ])("$rule", ({ results, pass = 2, repeatable, verdict }) => {
    expect(judgePass({ results, pass, passes: 3, repeatable })).toEqual(verdict);
  });
});

test.each([
  { children: 12, passes: 12, attempts: 78 },
  { children: 12, passes: 1, attempts: 12 },
  { children: 12, passes: 2, attempts: 23 },
  { children: 3, passes: 100, attempts: 6 },
  { children: 1, passes: 1, attempts: 1 },
  { children: 0, passes: 5, attempts: 0 },
])(
  "$children children in at most $passes passes take at most $attempts deployments",
  ({ children, passes, attempts }) => {
    expect(mostAttempts(children, passes)).toBe(attempts);
  },
);
