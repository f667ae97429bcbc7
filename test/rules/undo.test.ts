import { describe, expect, test } from "vitest";
import type { Attempt } from "../../src/model.ts";
import { markerText, type Travel } from "../../src/rules/marker.ts";
import { isUndoOfTask, judgeUndo, type UndoFacts } from "../../src/rules/undo.ts";
import { attempt, type AttemptFacts } from "./build.ts";

const identity = { projectId: "Projects-1", actionId: "4f1c", taskId: "ServerTasks-9" };

type Own = AttemptFacts & Partial<Pick<Travel, "was" | "undo">> & { readonly comments?: string };

/** Of this task: 2.0, where 1.0 was before. */
function own({ was = "Releases-1.0", undo = null, comments, ...facts }: Own = {}): Attempt {
  const release = facts.release ?? "2.0";
  const id = `Releases-${release}`;
  const travel = { was, release: id, choice: [id], start: null, train: null, pass: 1, undo };
  const deployment = { comments: comments ?? markerText(identity, 1, travel) };
  return attempt({ id: "Deployments-5", end: 50, ...facts, release, deployment });
}

/** Takes back what `own` did. */
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

describe("what taking a child back means", () => {
  test.each<Case>([
    { rule: "nothing of this task: untouched", own: [], verdict: { kind: "untouched" } },
    {
      rule: "only others deployed: untouched",
      own: [],
      others: [attempt({ end: 90 })],
      verdict: { kind: "untouched" },
    },
    { rule: "a success goes back", verdict: back },
    {
      rule: "a failure goes back as well",
      own: [own({ state: "Failed" })],
      verdict: { ...back, deployment: own().deployment },
    },
    { rule: "a cancelled one that had started goes back", own: [own({ state: "Canceled" })], verdict: back },
    {
      rule: "to what was there before the first attempt, and it takes back the last",
      own: [
        own({ id: "Deployments-8", end: 80, was: "Releases-2.0" }),
        own({ id: "Deployments-5", end: 50, was: "Releases-1.0", state: "Failed" }),
      ],
      verdict: { kind: "undo", deployment: expect.objectContaining({ id: "Deployments-8" }), to: "Releases-1.0" },
    },
    { rule: "nothing was there", own: [own({ was: null })], verdict: nothing("Nothing was deployed there before") },
    { rule: "the same release was there", own: [own({ was: "Releases-2.0" })], verdict: nothing("same release") },
    {
      rule: "it never started",
      own: [own({ state: "TimedOut", start: "never" })],
      verdict: nothing("never started"),
    },
    {
      rule: "only the last of two never started: the first changed something",
      own: [own({ state: "Failed" }), own({ id: "Deployments-8", state: "TimedOut", start: "never", end: 80 })],
      verdict: { kind: "undo", deployment: expect.objectContaining({ id: "Deployments-8" }), to: "Releases-1.0" },
    },
    { rule: "one still runs", own: [own({ state: "Cancelling" })], verdict: left("Deployments-5 is still running") },
    { rule: "never", rollBack: "never", verdict: left("never") },
    { rule: "others rely on it", isShared: true, verdict: left("other tenants") },
    { rule: "others rely on it, and the list says yes", isShared: true, rollBack: "yes", verdict: back },
    { rule: "it may have been deployed", own: [], besides: new Set(), verdict: left("unknown") },
    { rule: "another one may exist", besides: new Set(["Deployments-5"]), verdict: left("unknown") },
    { rule: "it was not known to be deployed, and is found", besides: new Set(["Deployments-4"]), verdict: back },
    { rule: "how it ended was not known, and is found", besides: new Set(), verdict: back },
    {
      rule: "how it ended is still not known",
      besides: new Set(),
      own: [own({ state: "purged" })],
      verdict: left("It is unknown how Deployments-5 ended"),
    },
    {
      rule: "it was not known to be deployed, and is found running",
      besides: new Set(),
      own: [own({ state: "Executing" })],
      verdict: left("Deployments-5 is still running"),
    },
    {
      rule: "the server cancelled it for a newer deployment after it had started",
      own: [own(superseded)],
      verdict: left("The server cancelled Deployments-5 for a newer deployment"),
    },
    {
      rule: "the server cancelled its retry for a newer deployment",
      own: [own({ state: "Failed" }), own({ id: "Deployments-8", end: 80, ...superseded, start: "never" })],
      verdict: left("The server cancelled Deployments-8 for a newer deployment"),
    },
    {
      rule: "the server cancelled an earlier one for this task's own",
      own: [own(superseded), own({ id: "Deployments-8", end: 80 })],
      verdict: { kind: "undo", deployment: expect.objectContaining({ id: "Deployments-8" }), to: "Releases-1.0" },
    },
    {
      rule: "somebody cancelled it by hand after it had started",
      own: [own({ state: "Canceled", task: { errorMessage: "Cancelled by dana." } })],
      verdict: back,
    },
    {
      rule: "somebody deployed later",
      others: [attempt({ id: "Deployments-7", end: 70, deployment: { deployedBy: "dana" } })],
      verdict: left("dana deployed there since (Deployments-7)"),
    },
    {
      rule: "somebody nobody knows deploys just now",
      others: [attempt({ id: "Deployments-7", end: 70, state: "Executing", deployment: { deployedBy: "" } })],
      verdict: left("Another user deployed there since (Deployments-7)"),
    },
    {
      rule: "somebody's later one failed: it may have changed something",
      others: [attempt({ id: "Deployments-7", end: 70, state: "Failed" })],
      verdict: left("(Deployments-7)"),
    },
    {
      rule: "somebody's later one is queued",
      others: [attempt({ id: "Deployments-7", end: 70, state: "Queued", start: "never" })],
      verdict: left("(Deployments-7)"),
    },
    {
      rule: "somebody's later one has lost its task: it may have succeeded",
      others: [attempt({ id: "Deployments-7", end: 70, state: "purged" })],
      verdict: left("(Deployments-7)"),
    },
    {
      rule: "somebody's later one never started",
      others: [attempt({ id: "Deployments-7", end: 70, state: "Canceled", start: "never" })],
      verdict: back,
    },
    { rule: "what others deployed earlier counts for nothing", others: [attempt({ end: 20 })], verdict: back },
    {
      rule: "somebody's earlier one that ended after this one began is newer there",
      others: [attempt({ id: "Deployments-4", start: 20, end: 70, deployment: { deployedBy: "dana" } })],
      verdict: left("dana deployed there since (Deployments-4)"),
    },
    {
      rule: "somebody's earlier one runs just now: it is newer there",
      others: [attempt({ id: "Deployments-4", start: 20, state: "Executing" })],
      verdict: left("(Deployments-4)"),
    },
    {
      rule: "somebody's earlier one waits for people: it has not gone on since",
      others: [attempt({ start: 20, state: "Queued", task: { hasPendingInterruptions: true } })],
      verdict: back,
    },
    {
      rule: "somebody's earlier one is queued",
      others: [attempt({ start: "never", end: 20, state: "Queued" })],
      verdict: back,
    },
    {
      rule: "somebody's earlier one has lost its task",
      others: [attempt({ end: 20, state: "purged" })],
      verdict: back,
    },
    {
      rule: "the marker is one of an earlier version",
      own: [own({ comments: markerText(identity, 1) })],
      verdict: left("cannot be read"),
    },
    { rule: "it was taken back already", own: [undoing(), own()], verdict: { kind: "done", undo: undoing() } },
    {
      rule: "it was taken back already, and somebody deployed since",
      own: [undoing(), own()],
      others: [attempt({ id: "Deployments-7", end: 70 })],
      verdict: { kind: "done", undo: undoing() },
    },
    { rule: "the undo is under way: it goes on", own: [undoing({ state: "Executing" }), own()], verdict: back },
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
  { rule: "one that succeeded", of: undoing(), is: true },
  { rule: "one under way", of: undoing({ state: "Executing" }), is: true },
  { rule: "not one that failed", of: undoing({ state: "Failed" }), is: false },
  { rule: "not a deployment that takes back nothing", of: own(), is: false },
])("what this step took back in this task: $rule", ({ of, is }) => {
  expect(isUndoOfTask(of, identity)).toBe(is);
  expect(isUndoOfTask(of, { ...identity, taskId: "ServerTasks-8" })).toBe(false);
});
