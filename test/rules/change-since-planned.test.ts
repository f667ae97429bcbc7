import { describe, expect, test } from "vitest";
import { changeSincePlanned, isAsPlanned, type LastLook } from "../../src/rules/change-since-planned.ts";
import type { Plan } from "../../src/rules/plan.ts";
import { asId } from "../../src/model.ts";
import { attempt, plan, release, selected } from "./build.ts";

const deploy = { kind: "deploy", reason: "NewRelease" } as const;
const before = plan(deploy);
const live = attempt({ id: "Deployments-8", state: "Executing" });
const waiting = plan({ kind: "wait-for", attempt: live });
const lower = { release: release("2021.1.0.10") };
const higher = { release: release("2021.1.0.30") };
const incompleteNow = {
  release: release("2021.1.0.20"),
  incomplete: { reason: "LastAttemptFailed", deployment: attempt({ id: "Deployments-9" }).deployment },
} as const;
const repacked = {
  ...selected,
  release: release("2021.1.0.22", { packages: [{ actionName: "Deploy", packageReferenceName: "", version: "9" }] }),
};

test.each<[string, Plan, Plan, string | undefined]>([
  ["nothing changed", before, plan(deploy), undefined],
  [
    "the release became current",
    before,
    plan({ kind: "skip", reason: "AlreadyCurrent" }, { current: { release: selected.release } }),
    undefined,
  ],
  ["this step's own deployment of the release runs", before, plan({ kind: "adopt", attempt: live }), undefined],
  ["another deployment was started", before, waiting, "Deployments-8 was started"],
  ["a lower release became current", before, plan(deploy, { current: lower }), "2021.1.0.10 became current"],
  ["a higher release became current", before, plan(deploy, { current: higher }), "2021.1.0.30 became current"],
  ["no release is current any more", before, plan(deploy, { current: undefined }), "another release became current"],
  [
    "a deployment to the destination failed",
    before,
    plan(deploy, { current: incompleteNow }),
    "Deployments-9 changed the environment",
  ],
  [
    "the packages of the release changed",
    before,
    plan(deploy, { selected: repacked }),
    "the packages of 2021.1.0.22 were changed",
  ],
  [
    "the server refuses the release now",
    before,
    plan(deploy, {
      passedOver: [{ rejection: "not-promotable", candidate: { releaseId: selected.release.id } }],
    }),
    "Octopus no longer allows the release in",
  ],
  ["the deployment that was waited for brought a lower release", waiting, plan(deploy, { current: lower }), undefined],
  [
    "the deployment that was waited for brought a higher release",
    waiting,
    plan(deploy, { current: higher }),
    "which is higher",
  ],
  ["another deployment still has to finish", waiting, waiting, undefined],
  [
    "the release is no longer found",
    before,
    plan({ kind: "not-found", policy: "Warning", gaveUp: false }, { selected: undefined }),
    "2021.1.0.22 is no longer there",
  ],
])("%s", (_, planned, now, change) => {
  const found = changeSincePlanned(planned, now);

  if (change === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(change);
});

describe("the last look before a deployment is created finds what the plan was made from", () => {
  const there = (...ids: readonly string[]) => ids.map((id) => attempt({ id }));
  const look = (ids: readonly string[], more: Partial<LastLook> = {}): LastLook => ({
    release: selected.release,
    newest: there(...ids).map(({ deployment }) => deployment),
    isWhole: false,
    ...more,
  });
  const seven = "Deployments-7";
  const six = "Deployments-6";

  test.each<[string, readonly ReturnType<typeof attempt>[], LastLook, boolean]>([
    ["the same deployments", there(seven, six), look([seven, six]), true],
    ["the same deployments and an older one", there(seven), look([seven, six]), true],
    ["only the newest of the same deployments", there(seven, six), look([seven]), true],
    ["a newer deployment", there(seven), look(["Deployments-8", seven]), false],
    [
      "a deployment that was created earlier and is listed only now",
      there(seven, six),
      look([seven, "Deployments-66", six]),
      false,
    ],
    ["only a deployment that the plan did not know", there(six), look([seven]), false],
    ["no deployment, in a list that is not complete", there(six), look([]), false],
    ["no deployment then, and none now", [], look([], { isWhole: true }), true],
    ["no deployment then, and one now", [], look([seven], { isWhole: true }), false],
    ["a deployment that ran when the plan was made", [live], look(["Deployments-8"]), false],
    ["the release was deleted", there(seven), look([seven], { release: undefined }), false],
    ["the packages of the release changed", there(seven), look([seven], { release: repacked.release }), false],
    [
      "the variable snapshot of the release changed",
      there(seven),
      look([seven], { release: release("2021.1.0.22", { snapshotIds: [asId("variableset-9")] }) }),
      false,
    ],
  ])("%s", (_, inDestination, seen, expected) => {
    expect(isAsPlanned({ selected, inDestination }, seen)).toBe(expected);
  });
});
