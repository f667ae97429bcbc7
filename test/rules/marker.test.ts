import { describe, expect, test } from "vitest";
import { isOfSameStep, isOfSameTask, markerText, parseMarker } from "../../src/rules/marker.ts";
import { attempt } from "./build.ts";

const identity = { projectId: "Projects-1", actionId: "4f1c", taskId: "ServerTasks-9" };

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
    { rule: "is absent from a person's comment", comments: "Hot fix, see ticket 12", marker: undefined },
    { rule: "is absent when cut off", comments: markerText(identity, 1).slice(0, -12), marker: undefined },
    {
      rule: "with a damaged escape is read as it stands",
      comments: "[deploy-child-project parent=%E0 action=a task=t attempt=1]",
      marker: { projectId: "%E0", actionId: "a", taskId: "t", attempt: 1 },
    },
  ])("$rule", ({ comments, marker }) => {
    expect(parseMarker(comments)).toEqual(marker);
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
