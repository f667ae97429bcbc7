import { expect, test } from "vitest";
import { obstacleOf } from "../../src/rules/gate.ts";
import { attempt, plan } from "./build.ts";

const deploy = { kind: "deploy", reason: "NewRelease" } as const;
const live = attempt({ state: "Executing" });

test.each([
  ["deploys", plan(deploy), undefined],
  ["is skipped", plan({ kind: "skip", reason: "AlreadyCurrent" }), undefined],
  ["adopts", plan({ kind: "adopt", attempt: live }), undefined],
  ["waits for another deployment first", plan({ kind: "wait-for", attempt: live }), undefined],
  ["has no release, which is a warning", plan({ kind: "not-found", policy: "Warning", gaveUp: false }), undefined],
  [
    "has no release, which is an error",
    plan({ kind: "not-found", policy: "Error", gaveUp: false }),
    "NoMatchingRelease",
  ],
  ["is frozen", plan(deploy, { blockers: [{ reason: "Frozen", text: "It is frozen." }] }), "Frozen"],
  [
    "is blocked twice",
    plan(deploy, {
      blockers: [
        { reason: "PermissionMissing", text: "One." },
        { reason: "Frozen", text: "Two." },
      ],
    }),
    "PermissionMissing",
  ],
])("a child that %s", (_, given, reason) => {
  const obstacle = obstacleOf(given);

  expect(obstacle?.reason).toBe(reason);
  if (given.blockers.length > 0) expect(obstacle?.texts).toEqual(given.blockers.map(({ text }) => text));
});
