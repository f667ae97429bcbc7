import { describe, expect, test } from "vitest";
import { isOfSameStep, isOfSameTask, markerText, parseMarker } from "../../src/rules/marker.ts";
import { attempt } from "./build.ts";

const identity = { projectId: "Projects-1", actionId: "4f1c", taskId: "ServerTasks-9" };

const travel = {
  was: "Releases-1",
  release: "Releases-2",
  choice: ["Releases-2", null, "Releases-7"],
  start: "2021-01-14T19:00:00Z",
  train: "0a1b",
  pass: 1,
  undo: null,
};

describe("the marker in a deployment's comment", () => {
  test.each([
    { rule: "survives the round trip", comments: markerText(identity, 2), marker: { ...identity, attempt: 2 } },
    {
      rule: "is found among other text",
      comments: `Please watch.\n${markerText(identity, 1)} Thanks!`,
      marker: { ...identity, attempt: 1 },
    },
    {
      rule: "keeps blanks and brackets in ids apart",
      comments: markerText({ ...identity, actionId: "a b] x" }, 1),
      marker: { ...identity, actionId: "a b] x", attempt: 1 },
    },
    { rule: "is absent from a user's own comment", comments: "Hot fix, see ticket 12", marker: undefined },
    { rule: "is absent when cut off", comments: markerText(identity, 1).slice(0, -12), marker: undefined },
    {
      rule: "with a damaged escape is read as it stands",
      comments: "[deploy-child-project parent=%E0 action=a task=t attempt=1]",
      marker: { projectId: "%E0", actionId: "a", taskId: "t", attempt: 1 },
    },
    {
      rule: "carries the facts of the run",
      comments: markerText(identity, 1, travel),
      marker: { ...identity, attempt: 1, travel },
    },
    {
      rule: "keeps absent values, and ids with separators in them",
      comments: markerText(identity, 1, { ...travel, was: null, choice: [null, "a,b] c"], start: null, train: null }),
      marker: {
        ...identity,
        attempt: 1,
        travel: { ...travel, was: null, choice: [null, "a,b] c"], start: null, train: null },
      },
    },
    {
      rule: "ignores fields that a later version added",
      comments: markerText(identity, 1, travel).replace(" train=", " colour=blue train="),
      marker: { ...identity, attempt: 1, travel },
    },
    {
      rule: "with a damaged second bracket is read as one of an earlier version",
      comments: `${markerText(identity, 1)} [was=Releases-1 choice=Releases-2]`,
      marker: { ...identity, attempt: 1 },
    },
    {
      rule: "does not include other brackets of the comment",
      comments: `${markerText(identity, 1)} [see ticket 12]`,
      marker: { ...identity, attempt: 1 },
    },
  ])("$rule", ({ comments, marker }) => {
    expect(parseMarker(comments)).toEqual(marker);
  });

  test("says in which pass the deployment was created, and which deployment it undoes", () => {
    const later = { ...travel, pass: 3, undo: "Deployments-9" };

    expect(markerText(identity, 1, later)).toContain(" pass=3 undo=Deployments-9 train=0a1b]");
    expect(parseMarker(markerText(identity, 1, later))?.travel).toEqual(later);
  });

  test("begins as every version of the step writes it", () => {
    expect(markerText(identity, 1, travel)).toBe(
      "[deploy-child-project parent=Projects-1 action=4f1c task=ServerTasks-9 attempt=1] " +
        "[was=Releases-1 release=Releases-2 choice=Releases-2,-,Releases-7 start=2021-01-14T19%3A00%3A00Z train=0a1b]",
    );
  });

  test.each([
    { rule: "the same task and attempt: both", marker: markerText(identity, 1), sameStep: true, sameTask: true },
    { rule: "another attempt in the same task: both", marker: markerText(identity, 2), sameStep: true, sameTask: true },
    {
      rule: "another task of the parent: same step",
      marker: markerText({ ...identity, taskId: "ServerTasks-1" }, 1),
      sameStep: true,
      sameTask: false,
    },
    {
      rule: "another action: neither",
      marker: markerText({ ...identity, actionId: "x" }, 1),
      sameStep: false,
      sameTask: false,
    },
    {
      rule: "another project: neither",
      marker: markerText({ ...identity, projectId: "x" }, 1),
      sameStep: false,
      sameTask: false,
    },
    { rule: "no marker: neither", marker: "", sameStep: false, sameTask: false },
  ])("$rule", ({ marker, sameStep, sameTask }) => {
    const created = attempt({ deployment: { comments: marker } });

    expect(isOfSameStep(created, identity)).toBe(sameStep);
    expect(isOfSameTask(created, identity)).toBe(sameTask);
  });
});
