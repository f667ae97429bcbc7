import { describe, expect, test } from "vitest";
import { asId, type Interruption } from "../../src/model.ts";
import { guidanceFor } from "../../src/rules/guidance.ts";
import { failure } from "./build.ts";

describe("the answer to a guided failure", () => {
  const answered = failure({ isPending: false });
  interface Case {
    readonly rule: string;
    readonly pending: Partial<Interruption>;
    readonly all: readonly Interruption[];
    readonly response: Parameters<typeof guidanceFor>[2]["response"];
    readonly answer: string;
  }
  test.each<Case>([
    { rule: "the configured response", pending: {}, all: [], response: "Ignore", answer: "Ignore" },
    { rule: "Retry while retries are left", pending: {}, all: [answered], response: "Retry", answer: "Retry" },
    {
      rule: "Fail when no retries are left",
      pending: {},
      all: [answered, answered],
      response: "Retry",
      answer: "Fail",
    },
    {
      rule: "another step's failures do not count",
      pending: {},
      all: [answered, failure({ isPending: false, correlationId: "step-2", instructions: "Step 2 failed" })],
      response: "Retry",
      answer: "Retry",
    },
    {
      rule: "the same step's failures count, also under other correlation ids",
      pending: {},
      all: [answered, failure({ isPending: false, correlationId: "step-1/retry" })],
      response: "Retry",
      answer: "Fail",
    },
    {
      rule: "Fail when the server offers no retry",
      pending: { offersNoRetry: true },
      all: [],
      response: "Retry",
      answer: "Fail",
    },
    {
      rule: "left alone when another user has taken responsibility",
      pending: { responsibleUserId: asId("Users-1") },
      all: [],
      response: "Fail",
      answer: "leave",
    },
    {
      rule: "left alone when the account may not take responsibility",
      pending: { canTakeResponsibility: false },
      all: [],
      response: "Fail",
      answer: "leave",
    },
    {
      rule: "given when the account has taken responsibility",
      pending: { responsibleUserId: asId("Users-1"), hasResponsibility: true },
      all: [],
      response: "Fail",
      answer: "Fail",
    },
  ])("$rule", ({ pending, all, response, answer }) => {
    const decision = guidanceFor(failure(pending), all, { response, retries: 2 });

    expect(decision.kind === "leave" ? "leave" : decision.guidance).toBe(answer);
  });
});
