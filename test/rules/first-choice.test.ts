import { expect, test } from "vitest";
import { asId } from "../../src/model.ts";
import { firstChoice } from "../../src/rules/first-choice.ts";
import { markerText, type Travel } from "../../src/rules/marker.ts";
import { attempt } from "./build.ts";

const me = { projectId: "Projects-9", actionId: "action", taskId: "ServerTasks-9" };

function own(release: string, choice: readonly (string | null)[], created = 1, more: Partial<typeof me> = {}) {
  const travel: Travel = {
    was: null,
    release: `Releases-${release}`,
    choice,
    start: null,
    train: null,
    pass: 1,
    undo: null,
  };
  const comments = `Created by a step. ${markerText({ ...me, ...more }, 1, travel)} and more`;
  return attempt({ id: `Deployments-${created}`, release, deployment: { comments, created } });
}

function old(release: string) {
  return attempt({ release, deployment: { comments: markerText(me, 1), created: 1 } });
}

const ab = ["Releases-a", "Releases-b"];

test.each([
  ["no deployment yet", [[], []], "none"],
  ["another user's deployment", [[attempt({ release: "a" })], []], "none"],
  ["another step's deployment", [[own("a", ab, 1, { actionId: "other" })], []], "none"],
  ["another task's deployment", [[own("a", ab, 1, { taskId: "ServerTasks-8" })], []], "none"],
  ["a deployment of this task", [[own("a", ab)], []], ab],
  ["the older of two deployments of this task", [[own("a", ab, 2)], [own("b", ab, 1)]], ab],
  ["a child without a release", [[], [own("b", [null, "Releases-b"])]], [null, "Releases-b"]],
  ["an older version of the step created the deployment", [[old("a")], []], "damaged"],
  ["the choice lacks the release itself", [[own("a", ["Releases-c", "Releases-b"])], []], "damaged"],
  ["the list is longer now", [[own("a", ab)], [], []], "damaged"],
  ["the list has another order now", [[], [own("a", ab)]], "damaged"],
  ["a later deployment is of another release", [[own("a", ab, 1)], [own("c", ab, 2)]], "damaged"],
] as const)("%s", (_, children, expected) => {
  const choice = firstChoice(children, me);

  expect(choice.kind === "chosen" ? choice.releases : choice.kind).toEqual(expected);
});

test("a damaged choice says what was deployed for which child", () => {
  const choice = firstChoice([[], [own("a", ab, 7)]], me);

  expect(choice.kind === "damaged" && choice.deployed.map((each) => each.map(({ id }) => id))).toEqual([
    [],
    [asId("Deployments-7")],
  ]);
});

test("the highest pass counts, wherever it stands, and an undo means that the run was rolled back", () => {
  const travel: Travel = {
    was: "Releases-0",
    release: "Releases-a",
    choice: ab,
    start: null,
    train: null,
    pass: 1,
    undo: null,
  };
  const marked = (created: number, more: Partial<Travel>) => {
    const comments = markerText(me, 1, { ...travel, ...more });
    const release = (more.release ?? travel.release).replace("Releases-", "");
    return attempt({ id: `Deployments-${created}`, release, deployment: { comments, created } });
  };
  const first = marked(1, {});

  expect(firstChoice([[first, marked(3, { pass: 2 }), marked(2, { pass: 3 })], []], me)).toMatchObject({
    kind: "chosen",
    pass: 3,
    isRolledBack: false,
  });
  expect(firstChoice([[marked(2, { undo: "Deployments-1", release: "Releases-0" }), first], []], me)).toMatchObject({
    kind: "chosen",
    releases: ab,
    isRolledBack: true,
  });
  // The mode Previous takes back what another task deployed.
  expect(firstChoice([[marked(1, { undo: "Deployments-0" })], []], me)).toMatchObject({ isRolledBack: false });
});
