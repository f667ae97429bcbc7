import { describe, expect, test } from "vitest";
import { asId, type DeploymentMode } from "../../src/model.ts";
import { describePlan, planMessage, planSentence } from "../../src/rules/describe.ts";
import type { ExplainedRejection } from "../../src/rules/findings.ts";
import type { Plan } from "../../src/rules/plan.ts";
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

const incompleteCurrent = (reason: "PartiallyDeployed" | "LastAttemptFailed") => ({
  release: selected.release,
  incomplete: { reason, deployment: attempt({ id: "Deployments-9" }).deployment },
});

function nothingIn(mode: DeploymentMode): Plan {
  return plan(
    { kind: "not-found", policy: "Warning", gaveUp: false },
    { order: { ...order, mode }, selected: undefined },
  );
}

describe("a plan in one sentence", () => {
  test.each([
    {
      rule: "a new release",
      plan: plan({ kind: "deploy", reason: "NewRelease" }),
      sentence: "Deploying Web API 2021.1.0.22 to Staging (currently 2021.1.0.20).",
    },
    {
      rule: "the first release in the destination",
      plan: plan({ kind: "deploy", reason: "NewRelease" }, { current: undefined }),
      sentence: "Deploying Web API 2021.1.0.22 to Staging (first deployment to Staging).",
    },
    {
      rule: "the first release there that may succeed",
      plan: plan(
        { kind: "deploy", reason: "NewRelease" },
        { current: undefined, inDestination: [attempt({ id: "Deployments-9", state: "Failed" })] },
      ),
      sentence: "Deploying Web API 2021.1.0.22 to Staging (no successful deployment to Staging is known).",
    },
    {
      rule: "what-if",
      plan: plan({ kind: "deploy", reason: "NewRelease" }, { order: { ...order, whatIf: true } }),
      sentence: "Would deploy Web API 2021.1.0.22 to Staging (currently 2021.1.0.20).",
    },
    {
      rule: "a blocker: the sentence promises no deployment",
      plan: plan(
        { kind: "deploy", reason: "NewRelease" },
        { blockers: [{ reason: "Blocked", text: "It is closed." }] },
      ),
      sentence: "Cannot deploy Web API 2021.1.0.22 to Staging yet.",
    },
    {
      rule: "current, but deployed only in part",
      plan: plan({ kind: "deploy", reason: "PartiallyDeployed" }, { current: incompleteCurrent("PartiallyDeployed") }),
      sentence:
        "Redeploying Web API 2021.1.0.22 to Staging (already current, but deployed only in part: Deployments-9).",
    },
    {
      rule: "current, but a later deployment failed",
      plan: plan({ kind: "deploy", reason: "LastAttemptFailed" }, { current: incompleteCurrent("LastAttemptFailed") }),
      sentence:
        "Redeploying Web API 2021.1.0.22 to Staging (already current, but a later deployment failed: Deployments-9).",
    },
    {
      rule: "already current",
      plan: plan({ kind: "skip", reason: "AlreadyCurrent" }, { current: { release: selected.release } }),
      sentence: "Web API 2021.1.0.22 is already deployed to Staging. Skipped.",
    },
    {
      rule: "not higher",
      plan: plan({ kind: "skip", reason: "NotHigher" }, { current: { release: release("2021.2") } }),
      sentence: "Web API 2021.1.0.22 is not higher than 2021.2 in Staging. Skipped.",
    },
    {
      rule: "not higher, because only the build metadata differs",
      plan: plan(
        { kind: "skip", reason: "NotHigher" },
        { current: { release: release("1.0+1") }, selected: { ...selected, release: release("1.0+3") } },
      ),
      sentence: "Web API 1.0+3 is not higher than 1.0+1 in Staging: only the build metadata differs. Skipped.",
    },
    {
      rule: "the same packages",
      plan: plan({ kind: "skip", reason: "PackagesUnchanged" }),
      sentence: "Web API 2021.1.0.22 has the same packages as 2021.1.0.20 in Staging. Skipped.",
    },
    {
      rule: "the approved plan has no deployment",
      plan: plan({ kind: "skip", reason: "NotInApprovedPlan" }, { selected: undefined }),
      sentence: "The approved plan leaves Web API in Staging unchanged (2021.1.0.20). Skipped.",
    },
    {
      rule: "another release that failed before",
      plan: plan(
        { kind: "deploy", reason: "LastAttemptFailed" },
        {
          current: {
            release: release("1.0"),
            incomplete: {
              reason: "LastAttemptFailed",
              deployment: attempt({ id: "Deployments-9", release: "2021.1.0.22" }).deployment,
            },
          },
        },
      ),
      sentence:
        "Deploying Web API 2021.1.0.22 to Staging (currently 1.0, but its last deployment failed: Deployments-9).",
    },
    {
      rule: "always",
      plan: plan({ kind: "deploy", reason: "Forced" }, { current: { release: selected.release } }),
      sentence: "Redeploying Web API 2021.1.0.22 to Staging (already current; Deploy if = Always).",
    },
    {
      rule: "another deployment has to finish first",
      plan: plan({ kind: "wait-for", attempt: attempt({ id: "Deployments-8", state: "Executing" }) }),
      sentence: "Waiting for another deployment of Web API to Staging to finish (Deployments-8, created by somebody).",
    },
    {
      rule: "this step's own deployment already runs",
      plan: plan({ kind: "adopt", attempt: attempt({ id: "Deployments-8", state: "Executing" }) }),
      sentence: "Continuing with Deployments-8, this step's earlier deployment of Web API 2021.1.0.22 to Staging.",
    },
    {
      rule: "no release matches: every criterion, and the closest releases",
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
        "No release of Web API matches: number 2021.1.0.*, channel Default, deployed to Test, allowed in Staging. " +
        "Closest: 2021.1.0.21 (blocked by a defect); 2021.1.0.23 (never deployed to Test).",
    },
    {
      rule: "nothing found: a match that was never deployed is closer than releases that do not match",
      plan: plan(
        { kind: "not-found", policy: "Warning", gaveUp: false },
        {
          selected: undefined,
          passedOver: ["1.3", "1.2", "1.1"].map((version) => rejected(version, "other-version")),
          notDeployed: [release("2021.1.0.23")],
        },
      ),
      sentence:
        "No release of Web API matches: number 2021.1.0.*, channel Default, deployed to Test, allowed in Staging. " +
        "Closest: 2021.1.0.23 (never deployed to Test); 1.3 (number does not match); 1.2 (number does not match).",
    },
    {
      rule: "nothing to redeploy: a deployment may be there, but was partial, failed, or proves nothing",
      plan: nothingIn("Redeploy"),
      sentence: "No complete and successful deployment of Web API (channel Default) to Staging is known.",
    },
    {
      rule: "nothing to go back to",
      plan: nothingIn("Previous"),
      sentence: "There is no earlier release of Web API in Staging to go back to.",
    },
    {
      rule: "the best match was refused, and the next one is a downgrade",
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
        "No release of Web API matches: number 2021.1.0.*, channel Default, deployed to Test, allowed in Staging. " +
        "The next best is 2021.1.0.22, which would be a downgrade from 2021.1.0.30 in Staging. " +
        "Closest: 2021.1.0.31 (Octopus does not allow it in the destination, perhaps because of Deployments-3).",
    },
  ])("$rule", ({ plan: value, sentence }) => {
    expect(planSentence(value)).toBe(sentence);
  });
});

test("the message names the blockers, if there are any", () => {
  const blockers = [{ reason: "Blocked", text: "It is closed." }] as const;
  const deploying = { kind: "deploy", reason: "NewRelease" } as const;

  expect(planMessage(plan(deploying, { blockers }))).toMatch(/^Cannot deploy .* yet\. Blocked: It is closed\.$/);
  expect(planMessage(plan(deploying))).toBe(planSentence(plan(deploying)));
});

describe("the plan in the task log", () => {
  test("says why others were passed over, where the selected release was deployed, the warnings, and then the plan", () => {
    const value = plan(
      { kind: "deploy", reason: "NewRelease" },
      { passedOver: [rejected("2021.1.0.23", "not-promotable")], warnings: ["Careful."] },
    );

    expect(describePlan(value, "d1")).toEqual([
      { level: "info", text: "Passed over 2021.1.0.23: Octopus does not allow it in the destination." },
      { level: "info", text: "Selected 2021.1.0.22, last deployed to Test on 1970-01-01 10:00 UTC (Deployments-7)." },
      { level: "warning", text: "Careful." },
      { level: "highlight", text: planSentence(value) },
      { level: "verbose", text: "Plan d1 (Web API to Staging)" },
    ]);
  });

  test.each([
    ["Error", "verbose"], // the run ends with the same sentence as its error
    ["Warning", "warning"],
    ["Skip", "info"],
  ] as const)("under the policy %s, a missing release is logged at the level %s", (policy, level) => {
    const value = plan({ kind: "not-found", policy, gaveUp: false }, { selected: undefined });

    expect(describePlan(value, "d1").at(-2)?.level).toBe(level);
  });

  test("more than fifty passed-over releases are summed up by reason", () => {
    const passedOver = [
      ...Array.from({ length: 50 }, (_, index) => rejected(`1.${index}`, "other-version")),
      rejected("2.0", "blocked"),
    ];

    expect(describePlan(plan({ kind: "deploy", reason: "NewRelease" }, { passedOver }), "d1").slice(0, 2)).toEqual([
      { level: "info", text: "Passed over 50 releases: number does not match." },
      { level: "info", text: "Passed over 1 release: blocked by a defect." },
    ]);
  });

  test("the first three passed-over releases are shown without the verbose log", () => {
    const passedOver = ["1.5", "1.4", "1.3", "1.2", "1.1"].map((version) => rejected(version, "other-version"));

    const lines = describePlan(plan({ kind: "deploy", reason: "NewRelease" }, { passedOver }), "d1");

    expect(lines.slice(0, 5).map(({ level, text }) => `${level} ${text}`)).toEqual([
      "info Passed over 1.5: number does not match.",
      "info Passed over 1.4: number does not match.",
      "info Passed over 1.3: number does not match.",
      "verbose Passed over 1.2: number does not match.",
      "verbose Passed over 1.1: number does not match.",
    ]);
  });

  test("in Redeploy mode the log says that the release number is ignored", () => {
    const value = plan({ kind: "deploy", reason: "Redeploy" }, { order: { ...order, mode: "Redeploy" } });

    expect(describePlan(value, "d1").map(({ text }) => text)).toContain(
      "Release number 2021.1.0.* ignored: Redeploy mode.",
    );
  });
});
