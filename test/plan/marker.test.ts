import { describe, expect, test } from "vitest";
import { isOfSameRun, isOfSameStep, markerText, parseMarker } from "../../src/plan/marker.ts";
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
    { rule: "the same task and attempt: same run", marker: markerText(identity, 1), sameStep: true, sameRun: true },
    { rule: "another attempt: same step", marker: markerText(identity, 2), sameStep: true, sameRun: false },
    {
      rule: "another task of the parent: same step",
      marker: markerText({ ...identity, taskId: "ServerTasks-1" }, 1),
      sameStep: true,
      sameRun: false,
    },
    {
      rule: "another action: neither",
      marker: markerText({ ...identity, actionId: "x" }, 1),
      sameStep: false,
      sameRun: false,
    },
    {
      rule: "another project: neither",
      marker: markerText({ ...identity, projectId: "x" }, 1),
      sameStep: false,
      sameRun: false,
    },
    { rule: "no marker: neither", marker: "", sameStep: false, sameRun: false },
  ])("$rule", ({ marker, sameStep, sameRun }) => {
    const created = attempt({ deployment: { comments: marker } });

    expect(isOfSameStep(created, identity)).toBe(sameStep);
    expect(isOfSameRun(created, identity, 1)).toBe(sameRun);
  });
});
