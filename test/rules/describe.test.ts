import { describe, expect, test } from "vitest";
import { asId } from "../../src/model.ts";
import { describePlan, planMessage, planSentence } from "../../src/rules/describe.ts";
import type { ExplainedRejection } from "../../src/rules/findings.ts";
import { attempt, order, plan, release, selected } from "./build.ts";

function rejected(
  version: string,
  rejection: ExplainedRejection["rejection"],
  differences: Partial<ExplainedRejection> = {},
): ExplainedRejection {
  return {
    rejection,
    release: release(version),
    candidate: { releaseId: asId(`Releases-${version}`) },
    ...differences,
  };
}

const flawed = (reason: "PartiallyDeployed" | "LastAttemptFailed") => ({
  release: selected.release,
  incomplete: { reason, deployment: attempt({ id: "Deployments-9" }).deployment },
});

describe("the intention in one sentence", () => {
  test.each([
    {
      rule: "a new release",
      plan: plan({ kind: "deploy", reason: "NewRelease" }),
      sentence: "Web API 2021.1.0.20 \u2192 2021.1.0.22 in Staging: deploying, because Staging runs 2021.1.0.20.",
    },
    {
      rule: "the first release there",
      plan: plan({ kind: "deploy", reason: "NewRelease" }, { current: undefined }),
      sentence:
        "Web API 2021.1.0.22 in Staging: deploying, because nothing was deployed to Staging successfully before.",
    },
    {
      rule: "what-if",
      plan: plan({ kind: "deploy", reason: "NewRelease" }, { order: { ...order, whatIf: true } }),
      sentence:
        "Web API 2021.1.0.20 \u2192 2021.1.0.22 in Staging: would be deployed, because Staging runs 2021.1.0.20.",
    },
    {
      rule: "something stands in the way: neither a what-if nor a real run promises a deployment",
      plan: plan(
        { kind: "deploy", reason: "NewRelease" },
        { blockers: [{ reason: "Blocked", text: "It is closed." }] },
      ),
      sentence: "Web API 2021.1.0.20 \u2192 2021.1.0.22 in Staging: to be deployed, because Staging runs 2021.1.0.20.",
    },
    {
      rule: "current, partly deployed",
      plan: plan({ kind: "deploy", reason: "PartiallyDeployed" }, { current: flawed("PartiallyDeployed") }),
      sentence:
        "Web API 2021.1.0.22 in Staging: deploying, because it is current in Staging but was deployed there only in part (Deployments-9).",
    },
    {
      rule: "current, spoilt by a failure",
      plan: plan({ kind: "deploy", reason: "LastAttemptFailed" }, { current: flawed("LastAttemptFailed") }),
      sentence:
        "Web API 2021.1.0.22 in Staging: deploying, because it is current in Staging but a later deployment there failed (Deployments-9).",
    },
    {
      rule: "already current",
      plan: plan({ kind: "skip", reason: "AlreadyCurrent" }, { current: { release: selected.release } }),
      sentence: "Web API 2021.1.0.22 in Staging: nothing to deploy, because it is already what Staging runs.",
    },
    {
      rule: "not higher",
      plan: plan({ kind: "skip", reason: "NotHigher" }, { current: { release: release("2021.2") } }),
      sentence:
        "Web API 2021.2 \u2192 2021.1.0.22 in Staging: nothing to deploy, because it is not higher than 2021.2.",
    },
    {
      rule: "somebody else at work",
      plan: plan({ kind: "wait-for", attempt: attempt({ id: "Deployments-8", state: "Executing" }) }),
      sentence:
        "Web API 2021.1.0.20 \u2192 2021.1.0.22 in Staging: waiting for Deployments-8, which somebody created, to end; then the decision is made again.",
    },
    {
      rule: "this step's own deployment still runs",
      plan: plan({ kind: "adopt", attempt: attempt({ id: "Deployments-8", state: "Executing" }) }),
      sentence:
        "Web API 2021.1.0.20 \u2192 2021.1.0.22 in Staging: this step already started Deployments-8, which is not finished; following it.",
    },
    {
      rule: "nothing found: everything that was asked for, and what came closest",
      plan: plan(
        { kind: "not-found", policy: "Warning", gaveUp: false },
        {
          selected: undefined,
          passedOver: [
            rejected("2021.1.0.21", "blocked"),
            rejected("2021.0.9", "other-version", { release: undefined }),
          ],
          notDeployed: [release("2021.1.0.23")],
        },
      ),
      sentence:
        "No release of Web API (channel Default) matching 2021.1.0.* was deployed successfully to Test and may be deployed to Staging. " +
        "Closest: 2021.1.0.21 (blocked by a defect); 2021.1.0.23 (never deployed successfully to Test).",
    },
    {
      rule: "fell past a refused one to a lower one",
      plan: plan(
        { kind: "not-found", policy: "Warning", gaveUp: false },
        {
          current: { release: release("2021.1.0.30") },
          passedOver: [
            rejected("2021.1.0.31", "not-promotable", { inTheWay: attempt({ id: "Deployments-3" }).deployment }),
          ],
        },
      ),
      sentence:
        "No release of Web API (channel Default) matching 2021.1.0.* was deployed successfully to Test and may be deployed to Staging. " +
        "The next best is 2021.1.0.22, which is lower than 2021.1.0.30 in Staging: nobody asked for a step back. " +
        "Closest: 2021.1.0.31 (the server does not let it into the destination, perhaps because of Deployments-3).",
    },
  ])("$rule", ({ plan: value, sentence }) => {
    expect(planSentence(value)).toBe(sentence);
  });
});

test("the message names what stands in the way, if anything does", () => {
  const blockers = [{ reason: "Blocked", text: "It is closed." }] as const;
  const deploying = { kind: "deploy", reason: "NewRelease" } as const;

  expect(planMessage(plan(deploying, { blockers }))).toMatch(/20\. This stands in the way: It is closed\.$/);
  expect(planMessage(plan(deploying))).toBe(planSentence(plan(deploying)));
});

describe("the plan in the task log", () => {
  test("says why not the others, where the choice comes from, what to be careful about, and the intention last", () => {
    const value = plan(
      { kind: "deploy", reason: "NewRelease" },
      { passedOver: [rejected("2021.1.0.23", "not-promotable")], warnings: ["Careful."] },
    );

    expect(describePlan(value, "d1")).toEqual([
      { level: "info", text: "Passed over 2021.1.0.23: the server does not let it into the destination." },
      { level: "info", text: "2021.1.0.22 was deployed to Test successfully at 1970-01-01 10:00 UTC (Deployments-7)." },
      { level: "warning", text: "Careful." },
      { level: "highlight", text: planSentence(value) },
      { level: "info", text: "Plan d1 (Web API to Staging)" },
    ]);
  });

  test.each([
    ["Error", "info"], // the run ends with the same sentence as its error
    ["Warning", "warning"],
    ["Skip", "info"],
  ] as const)("nothing found is said as the policy %s wants it: %s", (policy, level) => {
    const value = plan({ kind: "not-found", policy, gaveUp: false }, { selected: undefined });

    expect(describePlan(value, "d1").at(-2)?.level).toBe(level);
  });

  test("more than fifty passed over are summed up by reason", () => {
    const passedOver = [
      ...Array.from({ length: 50 }, (_, index) => rejected(`1.${index}`, "other-version")),
      rejected("2.0", "blocked"),
    ];

    expect(describePlan(plan({ kind: "deploy", reason: "NewRelease" }, { passedOver }), "d1").slice(0, 2)).toEqual([
      { level: "info", text: "Passed over 50 releases: other version." },
      { level: "info", text: "Passed over 1 release: blocked by a defect." },
    ]);
  });

  test("the first three passed over are seen without the verbose log", () => {
    const passedOver = ["1.5", "1.4", "1.3", "1.2", "1.1"].map((version) => rejected(version, "other-version"));

    const lines = describePlan(plan({ kind: "deploy", reason: "NewRelease" }, { passedOver }), "d1");

    expect(lines.slice(0, 5).map(({ level, text }) => `${level} ${text}`)).toEqual([
      "info Passed over 1.5: other version.",
      "info Passed over 1.4: other version.",
      "info Passed over 1.3: other version.",
      "verbose Passed over 1.2: other version.",
      "verbose Passed over 1.1: other version.",
    ]);
  });

  test("in the mode Redeploy the log says that the release number is ignored", () => {
    const value = plan({ kind: "deploy", reason: "Redeploy" }, { order: { ...order, mode: "Redeploy" } });

    expect(describePlan(value, "d1").map(({ text }) => text)).toContain(
      "The release number 2021.1.0.* is ignored in the mode Redeploy.",
    );
  });
});
