import { describe, expect, test } from "vitest";
import type { Attempt } from "../../src/model.ts";
import { markerText, type Travel } from "../../src/rules/marker.ts";
import { isUndoOfTask, judgeUndo, type UndoFacts } from "../../src/rules/undo.ts";
import { attempt, type AttemptFacts } from "./build.ts";

const identity = { projectId: "Projects-1", actionId: "4f1c", taskId: "ServerTasks-9" };

type Own = AttemptFacts & Partial<Pick<Travel, "was" | "undo">> & { readonly comments?: string };

/** A deployment of 2.0 by this task, where 1.0 was current before. */
function own({ was = "Releases-1.0", undo = null, comments, ...facts }: Own = {}): Attempt {
  const release = facts.release ?? "2.0";
  const id = `Releases-${release}`;
  const travel = { was, release: id, choice: [id], start: null, train: null, pass: 1, undo };
  const deployment = { comments: comments ?? markerText(identity, 1, travel) };
  return attempt({ id: "Deployments-5", end: 50, ...facts, release, deployment });
}

/** The deployment that undoes `own`. */
function undoing(facts: AttemptFacts = {}): Attempt {
  return own({ id: "Deployments-6", release: "1.0", end: 60, undo: "Deployments-5", was: "Releases-2.0", ...facts });
}

const superseded = {
  state: "Canceled",
  task: { errorMessage: "This deployment was cancelled because a newer deployment supersedes it." },
} as const;

const back = { kind: "undo", deployment: own().deployment, to: "Releases-1.0" };
const end = (name: string, why: string) => ({ kind: "end", end: name, why: expect.stringContaining(why) });
const left = (why: string) => end("NotRolledBack", why);
const nothing = (why: string) => end("NothingToRollBackTo", why);

interface Case extends Partial<UndoFacts> {
  readonly rule: string;
  readonly verdict: object;
}

describe("how a child is rolled back", () => {
  test.each<Case>([
    { rule: "this task deployed nothing: untouched", own: [], verdict: { kind: "untouched" } },
    {
      rule: "only another user deployed: untouched",
      own: [],
      others: [attempt({ end: 90 })],
      verdict: { kind: "untouched" },
    },
    { rule: "a successful deployment is undone", verdict: back },
    {
      rule: "a failed deployment is undone as well",
      own: [own({ state: "Failed" })],
      verdict: { ...back, deployment: own().deployment },
    },
    { rule: "a cancelled deployment that had started is undone", own: [own({ state: "Canceled" })], verdict: back },
    {
      rule: "after several attempts, the last is undone, and the release before the first is deployed",
      own: [
        own({ id: "Deployments-8", end: 80, was: "Releases-2.0" }),
        own({ id: "Deployments-5", end: 50, was: "Releases-1.0", state: "Failed" }),
      ],
      verdict: { kind: "undo", deployment: expect.objectContaining({ id: "Deployments-8" }), to: "Releases-1.0" },
    },
    {
      rule: "no release was current before",
      own: [own({ was: null })],
      verdict: nothing("Nothing was deployed there before"),
    },
    {
      rule: "the same release was current before",
      own: [own({ was: "Releases-2.0" })],
      verdict: nothing("same release"),
    },
    {
      rule: "the deployment never started",
      own: [own({ state: "TimedOut", start: "never" })],
      verdict: nothing("never started"),
    },
    {
      rule: "only the last of two deployments never started: the first changed something",
      own: [own({ state: "Failed" }), own({ id: "Deployments-8", state: "TimedOut", start: "never", end: 80 })],
      verdict: { kind: "undo", deployment: expect.objectContaining({ id: "Deployments-8" }), to: "Releases-1.0" },
    },
    {
      rule: "a deployment still runs",
      own: [own({ state: "Cancelling" })],
      verdict: left("Deployments-5 is still running"),
    },
    { rule: "the list says never", rollBack: "never", verdict: left("never") },
    { rule: "other tenants rely on the child", isShared: true, verdict: left("other tenants") },
    { rule: "other tenants rely on the child, and the list says yes", isShared: true, rollBack: "yes", verdict: back },
    { rule: "the run adopted what another task deployed", own: [], isAdopted: true, verdict: left("Another task") },
    { rule: "the run adopted what this task deployed", isAdopted: true, verdict: back },
    { rule: "the child may have been deployed", own: [], besides: new Set(), verdict: left("unknown") },
    { rule: "another deployment may exist", besides: new Set(["Deployments-5"]), verdict: left("unknown") },
    {
      rule: "it was unknown whether the child was deployed, and a deployment is found",
      besides: new Set(["Deployments-4"]),
      verdict: back,
    },
    { rule: "it was unknown how the deployment ended, and its end is found", besides: new Set(), verdict: back },
    {
      rule: "it is still unknown how the deployment ended",
      besides: new Set(),
      own: [own({ state: "purged" })],
      verdict: left("It is unknown how Deployments-5 ended"),
    },
    {
      rule: "it was unknown whether the child was deployed, and a running deployment is found",
      besides: new Set(),
      own: [own({ state: "Executing" })],
      verdict: left("Deployments-5 is still running"),
    },
    {
      rule: "the server cancelled the deployment for a newer one after it had started",
      own: [own(superseded)],
      verdict: left("The server cancelled Deployments-5 for a newer deployment"),
    },
    {
      rule: "the server cancelled the retry for a newer deployment",
      own: [own({ state: "Failed" }), own({ id: "Deployments-8", end: 80, ...superseded, start: "never" })],
      verdict: left("The server cancelled Deployments-8 for a newer deployment"),
    },
    {
      rule: "the server cancelled an earlier deployment for a newer one of this task",
      own: [own(superseded), own({ id: "Deployments-8", end: 80 })],
      verdict: { kind: "undo", deployment: expect.objectContaining({ id: "Deployments-8" }), to: "Releases-1.0" },
    },
    {
      rule: "a user cancelled the deployment after it had started",
      own: [own({ state: "Canceled", task: { errorMessage: "Cancelled by dana." } })],
      verdict: back,
    },
    {
      rule: "another user deployed later",
      others: [attempt({ id: "Deployments-7", end: 70, deployment: { deployedBy: "dana" } })],
      verdict: left("dana deployed there since (Deployments-7)"),
    },
    {
      rule: "an unknown user's deployment is running",
      others: [attempt({ id: "Deployments-7", end: 70, state: "Executing", deployment: { deployedBy: "" } })],
      verdict: left("Another user deployed there since (Deployments-7)"),
    },
    {
      rule: "another user's later deployment failed: it may have changed something",
      others: [attempt({ id: "Deployments-7", end: 70, state: "Failed" })],
      verdict: left("(Deployments-7)"),
    },
    {
      rule: "another user's later deployment is queued",
      others: [attempt({ id: "Deployments-7", end: 70, state: "Queued", start: "never" })],
      verdict: left("(Deployments-7)"),
    },
    {
      rule: "another user's later deployment has lost its task: it may have succeeded",
      others: [attempt({ id: "Deployments-7", end: 70, state: "purged" })],
      verdict: left("(Deployments-7)"),
    },
    {
      rule: "another user's later deployment never started",
      others: [attempt({ id: "Deployments-7", end: 70, state: "Canceled", start: "never" })],
      verdict: back,
    },
    { rule: "another user's earlier deployment does not count", others: [attempt({ end: 20 })], verdict: back },
    {
      rule: "another user's earlier deployment ended after this task's began: it counts as later",
      others: [attempt({ id: "Deployments-4", start: 20, end: 70, deployment: { deployedBy: "dana" } })],
      verdict: left("dana deployed there since (Deployments-4)"),
    },
    {
      rule: "another user's earlier deployment is running: it counts as later",
      others: [attempt({ id: "Deployments-4", start: 20, state: "Executing" })],
      verdict: left("(Deployments-4)"),
    },
    {
      rule: "another user's earlier deployment waits for an interruption: it has not gone on since",
      others: [attempt({ start: 20, state: "Queued", task: { hasPendingInterruptions: true } })],
      verdict: back,
    },
    {
      rule: "another user's earlier deployment is queued",
      others: [attempt({ start: "never", end: 20, state: "Queued" })],
      verdict: back,
    },
    {
      rule: "another user's earlier deployment has lost its task",
      others: [attempt({ end: 20, state: "purged" })],
      verdict: back,
    },
    {
      rule: "the marker is one of an earlier version",
      own: [own({ comments: markerText(identity, 1) })],
      verdict: left("cannot be read"),
    },
    { rule: "the deployment is already undone", own: [undoing(), own()], verdict: { kind: "done", undo: undoing() } },
    {
      rule: "the deployment is already undone, and another user deployed since",
      own: [undoing(), own()],
      others: [attempt({ id: "Deployments-7", end: 70 })],
      verdict: { kind: "done", undo: undoing() },
    },
    { rule: "the undo is running: it goes on", own: [undoing({ state: "Executing" }), own()], verdict: back },
    {
      rule: "the undo failed: it is not tried again",
      own: [undoing({ state: "Failed" }), own()],
      verdict: end("RollBackFailed", "Deployments-6"),
    },
    {
      rule: "the undo was cancelled: it is not tried again",
      own: [undoing({ state: "Canceled" }), own()],
      verdict: end("RollBackFailed", "Deployments-6"),
    },
  ])("$rule", ({ rule: _rule, verdict, ...facts }) => {
    const usual = { rollBack: undefined, isShared: false, own: [own()], others: [], besides: undefined };
    expect(judgeUndo({ ...usual, ...facts })).toEqual(verdict);
  });
});

test.each([
  { rule: "a deployment that succeeded", of: undoing(), is: true },
  { rule: "a deployment that is running", of: undoing({ state: "Executing" }), is: true },
  { rule: "not a deployment that failed", of: undoing({ state: "Failed" }), is: false },
  { rule: "not a deployment that undoes none", of: own(), is: false },
])("an undo by this step in this task: $rule", ({ of, is }) => {
  expect(isUndoOfTask(of, identity)).toBe(is);
  expect(isUndoOfTask(of, { ...identity, taskId: "ServerTasks-8" })).toBe(false);
});
