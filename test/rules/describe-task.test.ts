import { expect, test } from "vitest";
import { canceledText, describeQueue, describeWait } from "../../src/rules/describe-task.ts";
import { task } from "./build.ts";

test.each([
  { rule: "is stopped", ahead: [], stopped: true, text: /queue of the child's space is stopped/ },
  {
    rule: "behind another task and the parent's own is no deadlock yet",
    ahead: ["ServerTasks-9", "ServerTasks-1"],
    stopped: false,
    text: /^The child deployment is queued behind Task \(ServerTasks-9\)\.$/,
  },
  {
    rule: "behind the parent's own task alone is a deadlock",
    ahead: ["ServerTasks-1"],
    stopped: false,
    text: /^Deadlock: .*, which waits for the child\. Raise/,
  },
  {
    rule: "behind many tasks names three",
    ahead: ["a", "b", "c", "d"],
    stopped: false,
    text: /Task \(a\), Task \(b\), Task \(c\) and 1 other\./,
  },
  { rule: "behind no task is not mentioned", ahead: [], stopped: false, text: undefined },
])("the queue: $rule", ({ ahead, stopped, text }) => {
  const line = describeQueue(
    ahead.map((id) => ({ id, description: "Task" })),
    stopped,
    "ServerTasks-1",
  );

  if (text === undefined) expect(line).toBeUndefined();
  else expect(line?.text).toMatch(text);
});

test.each([
  {
    rule: "a manual intervention",
    of: task("Queued", { hasPendingInterruptions: true }),
    teams: [],
    text: 'It was waiting for an answer to "Approve".',
  },
  {
    rule: "a manual intervention of one team",
    of: task("Queued", { hasPendingInterruptions: true }),
    teams: ["DBA"],
    text: 'It was waiting for an answer to "Approve" by DBA.',
  },
  {
    rule: "a manual intervention of two teams",
    of: task("Queued", { hasPendingInterruptions: true }),
    teams: ["DBA", "QA"],
    text: 'It was waiting for an answer to "Approve" by DBA or QA.',
  },
  {
    rule: "other tasks",
    of: task("Queued", { start: "never" }),
    text: "It was waiting behind Task (a), Task (b), Task (c) and 1 other.",
  },
  {
    rule: "a precondition",
    of: task("Queued", { start: "never", hasPendingPreconditions: true }),
    text: "It was waiting for a precondition, such as the approval of its change request.",
  },
  { rule: "nothing", of: task("Executing"), text: undefined },
])("what a child was waiting for when its time limit was reached: $rule", ({ of, teams = [], text }) => {
  const ahead = ["a", "b", "c", "d"].map((id) => ({ id, description: "Task" }));

  expect(describeWait(of, of.hasPendingInterruptions ? [{ title: "Approve", teams }] : [], ahead)).toBe(text);
});

test.each([
  { error: "", by: undefined, text: "was cancelled." },
  { error: "", by: "Olga", text: "was cancelled by Olga." },
  { error: "Superseded by ServerTasks-5", by: "system", text: /newer deployment supersedes it.*ServerTasks-5\./ },
])("a cancel: $text", ({ error, by, text }) => {
  expect(canceledText(task("Canceled", { errorMessage: error }), by)).toMatch(text);
});
