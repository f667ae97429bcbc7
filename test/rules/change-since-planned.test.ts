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
const spoiled = {
  release: release("2021.1.0.20"),
  incomplete: { reason: "LastAttemptFailed", deployment: attempt({ id: "Deployments-9" }).deployment },
} as const;
const repacked = {
  ...selected,
  release: release("2021.1.0.22", { packages: [{ actionName: "Deploy", packageReferenceName: "", version: "9" }] }),
};

test.each<[string, Plan, Plan, string | undefined]>([
  ["nothing", before, plan(deploy), undefined],
  [
    "it is current now",
    before,
    plan({ kind: "skip", reason: "AlreadyCurrent" }, { current: { release: selected.release } }),
    undefined,
  ],
  ["our own deployment of it is under way", before, plan({ kind: "adopt", attempt: live }), undefined],
  ["somebody started another deployment", before, waiting, "Deployments-8 was started"],
  ["a lower release became current", before, plan(deploy, { current: lower }), "2021.1.0.10 became current"],
  ["a higher one", before, plan(deploy, { current: higher }), "2021.1.0.30 became current"],
  ["nothing is there any more", before, plan(deploy, { current: undefined }), "another release became current"],
  ["a deployment failed there", before, plan(deploy, { current: spoiled }), "Deployments-9 changed the environment"],
  ["its packages", before, plan(deploy, { selected: repacked }), "the packages of 2021.1.0.22 were changed"],
  [
    "the server refuses it now",
    before,
    plan(deploy, {
      passedOver: [{ rejection: "not-promotable", candidate: { releaseId: selected.release.id } }],
    }),
    "Octopus no longer allows the release in",
  ],
  ["what was waited for brought a lower one", waiting, plan(deploy, { current: lower }), undefined],
  ["what was waited for brought a higher one", waiting, plan(deploy, { current: higher }), "which is higher"],
  ["the next deployment is under way", waiting, waiting, undefined],
  [
    "the release is gone",
    before,
    plan({ kind: "not-found", policy: "Warning", gaveUp: false }, { selected: undefined }),
    "2021.1.0.22 is no longer there",
  ],
])("%s", (_, planned, now, change) => {
  const found = changeSincePlanned(planned, now);

  if (change === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(change);
});

describe("a last look before a deployment is created", () => {
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
    ["more of the older ones", there(seven), look([seven, six]), true],
    ["the newest of them only", there(seven, six), look([seven]), true],
    ["a newer deployment", there(seven), look(["Deployments-8", seven]), false],
    [
      "one that was created earlier and is seen only now",
      there(seven, six),
      look([seven, "Deployments-66", six]),
      false,
    ],
    ["none that is known", there(six), look([seven]), false],
    ["none at all, but there are more", there(six), look([]), false],
    ["nothing was there, and nothing is", [], look([], { isWhole: true }), true],
    ["nothing was there", [], look([seven], { isWhole: true }), false],
    ["one that was under way", [live], look(["Deployments-8"]), false],
    ["the release is gone", there(seven), look([seven], { release: undefined }), false],
    ["its packages", there(seven), look([seven], { release: repacked.release }), false],
    [
      "its variables",
      there(seven),
      look([seven], { release: release("2021.1.0.22", { snapshotIds: [asId("variableset-9")] }) }),
      false,
    ],
  ])("%s", (_, inDestination, seen, expected) => {
    expect(isAsPlanned({ selected, inDestination }, seen)).toBe(expected);
  });
});
