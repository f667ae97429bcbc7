import { describe, expect, test } from "vitest";
import { asId } from "../../src/model.ts";
import { whyNotAgain } from "../../src/rules/retry-deployment.ts";
import { attempt, failure, task } from "./build.ts";

describe("a failed deployment is not repeated", () => {
  const failed = attempt({ id: "Deployments-5", state: "Failed" }).deployment;
  const later = attempt({ id: "Deployments-6" }).deployment;
  const abort = failure({ type: "ManualIntervention", isPending: false, result: "Abort" });
  test.each([
    { rule: "unless its task failed", task: task("Failed"), all: [], newest: [failed], why: undefined },
    { rule: "after it was cancelled", task: task("Canceled"), all: [], newest: [failed], why: /ended as Canceled/ },
    {
      rule: "when it never started",
      task: task("Failed", { start: "never" }),
      all: [],
      newest: [failed],
      why: /never started/,
    },
    {
      rule: "after its manual intervention was aborted",
      task: task("Failed"),
      all: [abort],
      newest: [failed],
      why: /aborted/,
    },
    {
      rule: "when there is a newer deployment",
      task: task("Failed"),
      all: [],
      newest: [later, failed],
      why: /newer deployment/,
    },
    {
      rule: "unless the newer deployment is for a tenant",
      task: task("Failed"),
      all: [],
      newest: [{ ...later, tenantId: asId<"Tenant">("Tenants-1") }, failed],
      why: undefined,
    },
  ])("$rule", ({ task: ended, all, newest, why }) => {
    const reason = whyNotAgain({ failed, task: ended, interruptions: all, newest });

    if (why === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(why);
  });
});
