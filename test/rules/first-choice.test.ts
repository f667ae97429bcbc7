import { expect, test } from "vitest";
import type { Attempt } from "../../src/model.ts";
import { firstChoice } from "../../src/rules/first-choice.ts";
import { markerText, type StepIdentity, type Travel } from "../../src/rules/marker.ts";
import { attempt } from "./build.ts";

const identity = { projectId: "Projects-1", actionId: "4f1c", taskId: "ServerTasks-9" };

const travel: Travel = {
  was: "Releases-1",
  release: "Releases-2",
  choice: ["Releases-2", null, "Releases-7"],
  start: null,
  train: null,
  pass: 1,
  undo: null,
};

/** Created by a step, so many minutes after the start. */
function marked(end: number, differences: Partial<Travel> = {}, by: StepIdentity = identity): Attempt {
  const comments = markerText(by, 1, { ...travel, ...differences });
  return attempt({ id: `Deployments-${end}`, end, deployment: { comments } });
}

const chosen = { kind: "chosen", releases: travel.choice, pass: 1, isRolledBack: false };

test.each([
  { rule: "nothing was deployed: there is none", attempts: [], choice: { kind: "none" } },
  { rule: "people's deployments are none", attempts: [attempt()], choice: { kind: "none" } },
  {
    rule: "another task's is none",
    attempts: [marked(10, {}, { ...identity, taskId: "ServerTasks-8" })],
    choice: { kind: "none" },
  },
  {
    rule: "another step's in the same task is none",
    attempts: [marked(10, {}, { ...identity, actionId: "other" })],
    choice: { kind: "none" },
  },
  { rule: "one's own counts", attempts: [marked(10)], choice: chosen },
  {
    rule: "the oldest one counts, whatever came later",
    attempts: [
      marked(30, { choice: ["Releases-2", null, "Releases-8"] }),
      marked(10),
      marked(20, { choice: ["Releases-2"] }),
    ],
    choice: chosen,
  },
  {
    rule: "the highest pass counts, wherever it stands",
    attempts: [marked(10), marked(30, { pass: 2 }), marked(20, { pass: 3 })],
    choice: { ...chosen, pass: 3 },
  },
  {
    rule: "an undo among them tells that the run was taken back",
    attempts: [marked(10), marked(20, { undo: "Deployments-10", release: "Releases-1", choice: ["Releases-1"] })],
    choice: { ...chosen, isRolledBack: true },
  },
  {
    rule: "a deployment of an earlier version of the step tells no choice",
    attempts: [attempt({ deployment: { comments: markerText(identity, 1) } })],
    choice: { kind: "damaged" },
  },
  {
    rule: "a choice without the release that was deployed is damaged",
    attempts: [marked(10, { choice: ["Releases-7"] })],
    choice: { kind: "damaged" },
  },
])("the choice of a run: $rule", ({ attempts, choice }) => {
  expect(firstChoice(attempts, identity)).toEqual(choice);
});
