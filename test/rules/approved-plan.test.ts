import { describe, expect, test } from "vitest";
import { asId, type Release } from "../../src/model.ts";
import {
  type ApprovedPlan,
  constraintOf,
  violationOf,
  differenceFrom,
  exclusionOf,
  intentionOf,
  type PlanLookup,
} from "../../src/rules/approved-plan.ts";
import type { Decision, Plan } from "../../src/rules/plan.ts";
import { parseReleasePattern } from "../../src/rules/release-pattern.ts";
import { type DeploymentScope, everything } from "../../src/rules/deployment-scope.ts";
import { attempt, plan, release } from "./build.ts";

const deploy: Decision = { kind: "deploy", reason: "NewRelease" };
const skip: Decision = { kind: "skip", reason: "AlreadyCurrent" };

/** A plan to go from one release to another. */
function from(
  current: string | undefined,
  to: string,
  decision: Decision = deploy,
  changes: Partial<Release> = {},
): Plan {
  return plan(decision, {
    current: current === undefined ? undefined : { release: release(current) },
    selected: { release: release(to, changes) },
  });
}

/** A plan in which the variable snapshot is refreshed. */
function outdated(current: string, to: string): Plan {
  return { ...from(current, to), selected: { release: release(to), variables: "outdated" } };
}

/** A plan that skips steps. */
function without(skippedActionIds: readonly string[], value = from("1.0", "1.1")): Plan {
  return { ...value, scope: { ...everything, skippedActionIds } };
}

/** A plan with deployment targets of its own. */
function limited(limits: Partial<DeploymentScope>): Plan {
  return { ...from("1.0", "1.1"), scope: { ...everything, ...limits } };
}

const machines = (...names: readonly string[]) => names.map((name) => ({ id: asId<"Machine">(name), name }));
const onWeb1 = limited({ machines: machines("web-1") });
const tagged = limited({ specificTagIds: [asId("t")] });
const beyondTargets = "it is limited to some deployment targets, and this run would deploy to others";
const scopes = [
  { rule: "the same targets", approved: onWeb1, today: onWeb1, isWithin: true },
  { rule: "all targets were approved, this run has one", approved: limited({}), today: onWeb1, isWithin: true },
  { rule: "one target was approved, this run has all", approved: onWeb1, today: limited({}), isWithin: false },
  {
    rule: "one target was approved, this run has another",
    approved: onWeb1,
    today: limited({ machines: machines("web-2") }),
    isWithin: false,
  },
  {
    rule: "one target was approved, this run has two",
    approved: onWeb1,
    today: limited({ machines: machines("web-1", "web-2") }),
    isWithin: false,
  },
  {
    rule: "a target that was excluded is deployed to",
    approved: limited({ excluded: machines("web-1") }),
    today: limited({}),
    isWithin: false,
  },
  {
    rule: "a target that was excluded is not among those of this run",
    approved: limited({ excluded: machines("web-1") }),
    today: limited({ machines: machines("web-2") }),
    isWithin: true,
  },
  { rule: "a target tag was approved, this run has none", approved: tagged, today: limited({}), isWithin: false },
  { rule: "the same target tag", approved: tagged, today: tagged, isWithin: true },
  {
    rule: "targets of a tag were excluded, and are not any more",
    approved: limited({ excludedTagIds: [asId("t")] }),
    today: limited({}),
    isWithin: false,
  },
];

describe("a run has no deployment targets that were not approved", () => {
  test.each(scopes)("$rule: $isWithin", ({ approved, today, isWithin }) => {
    const expected = isWithin ? undefined : beyondTargets;

    expect(violationOf(approvedFor(approved), today, true)).toBe(expected);
    expect(differenceFrom(intentionOf(approved, "NewRelease"), intentionOf(today, "NewRelease"))).toBe(expected);
  });
});

function approvedFor(value: Plan): ApprovedPlan {
  return { intention: intentionOf(value, "NewRelease"), digest: "d1", made: 0 };
}

describe("how far an approved plan binds a run", () => {
  const approved = approvedFor(from("1.0", "1.1"));
  const found: PlanLookup = { kind: "found", approved };
  const due: PlanLookup = { kind: "none", isDue: true, explanation: "None." };
  const withheld: PlanLookup = { ...due, isWithheld: true };
  const notDue: PlanLookup = { kind: "none", isDue: false, explanation: "None." };
  const unreadable: PlanLookup = { kind: "unreadable", explanation: "Damaged." };
  const free = { kind: "free", remark: "None." };
  const stop = (explanation: string) => ({ kind: "stop", explanation });
  const warning = (text: string, approvesNothing: boolean) => ({ kind: "free", warning: { text, approvesNothing } });

  test.each([
    ["Use", "found", found, { kind: "bound", approved }],
    ["Use", "none, due", due, free],
    ["Use", "none, not due", notDue, free],
    ["Use", "none, because the approval deployment failed", withheld, warning("None.", true)],
    ["Use", "unreadable", unreadable, stop("Damaged.")],
    ["Fail", "found", found, { kind: "compared", approved, ifDifferent: "stop" }],
    ["Fail", "none, due", due, stop("None.")],
    ["Fail", "none, not due", notDue, free],
    ["Fail", "none, because the approval deployment failed", withheld, stop("None.")],
    ["Fail", "unreadable", unreadable, stop("Damaged.")],
    ["Warn", "found", found, { kind: "compared", approved, ifDifferent: "warn" }],
    ["Warn", "none, due", due, warning("None.", false)],
    ["Warn", "none, not due", notDue, free],
    ["Warn", "none, because the approval deployment failed", withheld, warning("None.", true)],
    ["Warn", "unreadable", unreadable, warning("Damaged.", true)],
    ["Ignore", "not asked", { kind: "not-asked" }, { kind: "free" }],
  ] as const)("%s, %s", (policy, _lookup, lookup, constraint) => {
    expect(constraintOf(policy, lookup)).toEqual(constraint);
  });
});

describe("how the choice of this run differs from the approved plan", () => {
  test.each([
    { rule: "the same", approved: from("1.0", "1.1"), today: from("1.0", "1.1"), difference: undefined },
    {
      rule: "the same, while another release is current",
      approved: from("1.0", "1.1"),
      today: from("0.9", "1.1"),
      difference: undefined,
    },
    {
      rule: "another release",
      approved: from("1.0", "1.1"),
      today: from("1.0", "1.2"),
      difference: "1.1 was approved, but this run would deploy 1.2",
    },
    {
      rule: "this run deploys nothing",
      approved: from("1.0", "1.1"),
      today: from("1.1", "1.1", skip),
      difference: undefined,
    },
    {
      rule: "this run deploys nothing, because only the current release may be chosen",
      approved: from("1.0", "1.1"),
      today: from("1.0", "1.0", skip),
      difference: "1.1 was approved, but this run would deploy nothing",
    },
    {
      rule: "this run deploys nothing, because no release is found",
      approved: from("1.0", "1.1"),
      today: { ...from("1.0", "1.1", { kind: "not-found", policy: "Skip", gaveUp: false }), selected: undefined },
      difference: "1.1 was approved, but this run would deploy nothing",
    },
    {
      rule: "a higher release has become current",
      approved: from("1.0", "1.1"),
      today: from("1.2", "1.1"),
      difference: "1.2 is current now, which is higher",
    },
    {
      rule: "a downgrade that was approved as one",
      approved: from("1.2", "1.1"),
      today: from("1.3", "1.1"),
      difference: undefined,
    },
    {
      rule: "the approved plan deploys nothing",
      approved: from("1.1", "1.1", skip),
      today: from("1.1", "1.2"),
      difference: "it deploys nothing, but this run would deploy 1.2",
    },
    {
      rule: "neither deploys anything",
      approved: from("1.1", "1.1", skip),
      today: from("1.2", "1.2", skip),
      difference: undefined,
    },
    {
      rule: "another variable snapshot",
      approved: from("1.0", "1.1"),
      today: from("1.0", "1.1", deploy, { snapshotIds: ["s-2"] }),
      difference: "the snapshots of 1.1 were updated",
    },
    {
      rule: "another process",
      approved: from("1.0", "1.1"),
      today: from("1.0", "1.1", deploy, { processId: "p-2" }),
      difference: "the snapshots of 1.1 were updated",
    },
    {
      rule: "another variable snapshot, and the plan said that it would be refreshed",
      approved: outdated("1.0", "1.1"),
      today: from("1.0", "1.1", deploy, { snapshotIds: ["s-2"] }),
      difference: undefined,
    },
    {
      rule: "another process, although the plan said only that the variables would be refreshed",
      approved: outdated("1.0", "1.1"),
      today: from("1.0", "1.1", deploy, { processId: "p-2" }),
      difference: "the snapshots of 1.1 were updated",
    },
    {
      rule: "another commit",
      approved: from("1.0", "1.1"),
      today: from("1.0", "1.1", deploy, { gitReference: "main abc" }),
      difference: "the git reference of 1.1 was changed",
    },
    {
      rule: "the same skipped steps, in another order",
      approved: without(["a-1", "a-2"]),
      today: without(["a-2", "a-1"]),
      difference: undefined,
    },
    {
      rule: "one more skipped step",
      approved: from("1.0", "1.1"),
      today: without(["a-1"]),
      difference: "the steps to skip were none, but this run would skip a-1",
    },
    {
      rule: "one skipped step less",
      approved: without(["a-1", "a-2"]),
      today: without(["a-2"]),
      difference: "the steps to skip were a-1, a-2, but this run would skip a-2",
    },
    {
      rule: "a skipped step, and this run deploys nothing",
      approved: without(["a-1"]),
      today: from("1.1", "1.1", skip),
      difference: undefined,
    },
  ])("$rule", ({ approved, today, difference }) => {
    expect(differenceFrom(intentionOf(approved, "x"), intentionOf(today, "y"))).toBe(difference);
  });
});

describe("whether the release asked for now excludes the approved one", () => {
  test.each([
    { rule: "any release", pattern: "", approved: from("1.0", "1.1"), exclusion: undefined },
    { rule: "this version", pattern: "1.1", approved: from("1.0", "1.1"), exclusion: undefined },
    { rule: "a pattern that it matches", pattern: "1.*", approved: from("1.0", "1.1"), exclusion: undefined },
    {
      rule: "another version",
      pattern: "1.2",
      approved: from("1.0", "1.1"),
      exclusion: "the release number of this run, 1.2, excludes that release",
    },
    {
      rule: "a pattern that it does not match",
      pattern: ">=1.2",
      approved: from("1.0", "1.1"),
      exclusion: "the release number of this run, >=1.2, excludes that release",
    },
    {
      rule: "the approved plan deploys nothing",
      pattern: "1.2",
      approved: from("1.1", "1.1", skip),
      exclusion: undefined,
    },
  ])("$rule", ({ pattern, approved, exclusion }) => {
    const parsed = parseReleasePattern(pattern);
    if (typeof parsed === "string") throw new Error(parsed);

    expect(exclusionOf(intentionOf(approved, "x"), parsed)).toBe(exclusion);
  });
});

describe("why an approved release may not be deployed any more", () => {
  const approved = from("1.0", "1.1");
  test.each([
    { rule: "nothing prevents it", today: from("1.0", "1.1"), violation: undefined },
    { rule: "another, lower release is current", today: from("0.9", "1.1"), violation: undefined },
    {
      rule: "refused by the server",
      today: from("1.0", "1.1"),
      allowed: false,
      violation: /^Octopus no longer allows the release in Staging/,
    },
    {
      rule: "refused by the server, but current meanwhile",
      today: from("1.1", "1.1", skip),
      allowed: false,
      violation: undefined,
    },
    {
      rule: "refused by the server, but its deployment already runs",
      today: from("1.0", "1.1", { kind: "adopt", attempt: attempt() }),
      allowed: false,
      violation: undefined,
    },
    {
      rule: "overtaken by a higher one",
      today: from("1.2", "1.1"),
      violation: /1\.2, which is higher, was deployed to Staging since/,
    },
    {
      rule: "overtaken by a higher one, although the condition would skip",
      today: from("1.2", "1.1", { kind: "skip", reason: "NotHigher" }),
      violation: /1\.2, which is higher/,
    },
    {
      rule: "a downgrade that was planned as one",
      plan: from("1.2", "1.1"),
      today: from("1.3", "1.1"),
      violation: undefined,
    },
    {
      rule: "renamed",
      today: plan(deploy, {
        current: { release: release("1.0") },
        selected: { release: release("1.1", { version: "1.1.9" }) },
      }),
      violation: /its version was changed to 1\.1\.9/,
    },
    {
      rule: "other packages",
      today: from("1.0", "1.1", deploy, {
        packages: [{ actionName: "Deploy", packageReferenceName: "", version: "6.6" }],
      }),
      violation: /the packages of 1\.1 were changed/,
    },
    { rule: "the same skipped step", plan: without(["a-1"]), today: without(["a-1"]), violation: undefined },
    {
      rule: "another skipped step",
      plan: without(["a-1"]),
      today: without(["a-2"]),
      violation: /the steps to skip were a-1, but this run would skip a-2/,
    },
    {
      rule: "another skipped step, but the deployment already runs",
      plan: without(["a-1"]),
      today: { ...without(["a-2"]), decision: { kind: "adopt" as const, attempt: attempt() } },
      violation: undefined,
    },
  ])("$rule", ({ plan: planned = approved, today, allowed = true, violation }) => {
    const found = violationOf(approvedFor(planned), today, allowed);

    if (violation === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(violation);
  });
});
