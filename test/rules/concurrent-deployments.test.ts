import { describe, expect, test } from "vitest";
import { asId, type Interruption, type ServerTask, type Supersession } from "../../src/model.ts";
import { markerText } from "../../src/rules/marker.ts";
import type { PlannedStart } from "../../src/rules/planned-start.ts";
import {
  judgeConcurrent,
  mayBeSuperseded,
  pauseOf,
  scheduledForLater,
  supersededWhen,
} from "../../src/rules/concurrent-deployments.ts";
import { type DeploymentScope, everything } from "../../src/rules/deployment-scope.ts";
import { attempt, type AttemptFacts, minutes, task } from "./build.ts";

const identity = { projectId: "Projects-9", actionId: "action", taskId: "ServerTasks-77" };
const intended = {
  releaseId: asId<"Release">("Releases-1.0"),
  environmentId: asId<"Environment">("Environments-1"),
  scope: everything,
};
const now = minutes(100);

function by(who: Partial<typeof identity>) {
  return { comments: `Deployed nightly. ${markerText({ ...identity, ...who }, 1)}` };
}

/** Queued by this step, to start at minute 200. */
function scheduled(differences: Partial<AttemptFacts["deployment"]> = {}): AttemptFacts {
  return {
    id: "Deployments-5",
    state: "Queued",
    start: "never",
    deployment: { ...by({}), queueTime: minutes(200), ...differences },
  };
}

function start(minute: number, kind: "at" | "past" = "at", isDelay = false): PlannedStart {
  return { kind, instant: minutes(minute), local: "", zone: "UTC", utc: "", isDelay, expirySeconds: 3600 };
}

const pause = { waitsFor: "intervention", version: "0.9", url: "http://octopus/5" } as const;

const otherTask = by({ taskId: "ServerTasks-1" });

interface Case {
  readonly rule: string;
  readonly start?: PlannedStart;
  readonly attempts: readonly AttemptFacts[];
  readonly others: string;
}

const cases: readonly Case[] = [
  { rule: "nothing there: nobody", attempts: [], others: "nobody" },
  {
    rule: "finished ones are nobody",
    attempts: [{ state: "Success" }, { state: "Failed" }, { state: "TimedOut" }],
    others: "nobody",
  },
  {
    rule: "one of this step and release is attached to",
    attempts: [{ id: "Deployments-5", state: "Executing", deployment: by({}) }],
    others: "adopt Deployments-5",
  },
  {
    rule: "also one an earlier task of the parent started",
    attempts: [{ id: "Deployments-5", state: "Executing", deployment: by({ taskId: "ServerTasks-1" }) }],
    others: "adopt Deployments-5",
  },
  {
    rule: "also a queued one",
    attempts: [{ id: "Deployments-5", state: "Queued", start: "never", deployment: by({}) }],
    others: "adopt Deployments-5",
  },
  {
    rule: "one of this step that goes to fewer machines does not do what this run is to do: waited for",
    attempts: [
      { id: "Deployments-5", state: "Executing", deployment: { ...by({}), specificMachineIds: [asId("Machines-1")] } },
    ],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one of another step is waited for",
    attempts: [{ id: "Deployments-5", state: "Executing", deployment: by({ actionId: "other" }) }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one of another parent is waited for",
    attempts: [{ id: "Deployments-5", state: "Executing", deployment: by({ projectId: "Projects-8" }) }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one of a person is waited for",
    attempts: [{ id: "Deployments-5", state: "Executing" }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one of this step but another release is waited for",
    attempts: [{ id: "Deployments-5", release: "0.9", state: "Executing", deployment: by({}) }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one that is being cancelled is waited for",
    attempts: [{ id: "Deployments-5", state: "Cancelling" }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one that waits for people holds up nobody",
    attempts: [{ id: "Deployments-5", state: "Queued", pause }],
    others: "nobody",
  },
  {
    rule: "behind one that waits for people, one that runs is waited for",
    attempts: [
      { id: "Deployments-6", state: "Queued", pause },
      { id: "Deployments-5", state: "Executing" },
    ],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one of this step and release that waits for people is attached to all the same",
    attempts: [{ id: "Deployments-5", state: "Queued", pause, deployment: by({}) }],
    others: "adopt Deployments-5",
  },
  {
    rule: "last week's child of this step, of another release, that waits for people holds up nobody",
    attempts: [{ id: "Deployments-5", release: "0.9", state: "Queued", pause, deployment: by({}) }],
    others: "nobody",
  },
  {
    rule: "the parent's own deployment is nobody else",
    attempts: [{ id: "Deployments-5", state: "Executing", task: { id: asId("ServerTasks-77") } }],
    others: "nobody",
  },
  {
    rule: "one scheduled for later is nobody's business yet",
    attempts: [{ state: "Queued", start: "never", deployment: { queueTime: minutes(200) } }],
    others: "nobody",
  },
  {
    rule: "a scheduled one whose time has come is waited for",
    attempts: [{ id: "Deployments-5", state: "Queued", start: "never", deployment: { queueTime: minutes(99) } }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one this step scheduled for the same instant is attached to, whatever task did it",
    attempts: [scheduled(otherTask)],
    start: start(200),
    others: "adopt Deployments-5",
  },
  { rule: "for another instant: nobody", attempts: [scheduled()], start: start(201), others: "nobody" },
  { rule: "for later, while this run deploys at once: nobody", attempts: [scheduled()], others: "nobody" },
  {
    rule: "for the same instant, by somebody else: nobody",
    attempts: [scheduled({ comments: "" })],
    start: start(200),
    others: "nobody",
  },
  {
    rule: "for the same instant, of another release: nobody",
    attempts: [{ ...scheduled(), release: "0.9" }],
    start: start(200),
    others: "nobody",
  },
  {
    rule: "a delay of the same task is attached to, whatever instant it means now",
    attempts: [scheduled()],
    start: start(220, "at", true),
    others: "adopt Deployments-5",
  },
  {
    rule: "a delay of another task is not, not even at the same instant",
    attempts: [scheduled(otherTask)],
    start: start(200, "at", true),
    others: "nobody",
  },
  {
    rule: "one of this step whose time has come is attached to, though its time is past",
    attempts: [scheduled({ queueTime: minutes(99) })],
    start: start(99, "past"),
    others: "adopt Deployments-5",
  },
];

describe("somebody else is at work", () => {
  test.each(cases)("$rule", ({ attempts, start: asked, others }) => {
    const found = judgeConcurrent(attempts.map(attempt), { ...intended, start: asked }, { identity, now });

    expect(found.kind === "nobody" ? "nobody" : `${found.kind} ${found.attempt.deployment.id}`).toBe(others);
  });

  test("a step that does not know its parent recognises nothing as its own", () => {
    const own = attempt({ state: "Executing", deployment: { comments: markerText({}, 1) } });

    expect(judgeConcurrent([own], intended, { identity: {}, now }).kind).toBe("wait-for");
  });

  test("what is scheduled for later is told apart", () => {
    const later = attempt({
      id: "Deployments-6",
      state: "Queued",
      start: "never",
      deployment: { queueTime: minutes(200) },
    });

    expect(scheduledForLater([later, attempt({ state: "Executing" })], now)).toEqual([later]);
  });
});

describe("what a deployment waits for", () => {
  const asks = (type: Interruption["type"], isPending = true) => ({ type, isPending });
  const interrupted = { hasPendingInterruptions: true };
  test.each<
    [
      string,
      Partial<ServerTask>,
      readonly Pick<Interruption, "type" | "isPending">[],
      boolean | undefined,
      string | undefined,
    ]
  >([
    ["an answer", interrupted, [asks("ManualIntervention")], false, "intervention"],
    ["guidance", interrupted, [asks("GuidedFailure")], undefined, "guidance"],
    ["a precondition", { hasPendingPreconditions: true }, [], undefined, "precondition"],
    ["its turn", {}, [], undefined, undefined],
    [
      "an answer the key may not view",
      { ...interrupted, pendingTypes: ["ManualIntervention"] },
      [],
      false,
      "intervention",
    ],
    ["guidance the key may not view", { ...interrupted, pendingTypes: ["GuidedFailure"] }, [], undefined, "guidance"],
    ["another kind the key may not view", { ...interrupted, pendingTypes: ["Other"] }, [], false, undefined],
    [
      "another kind beside the one it may view",
      { ...interrupted, pendingTypes: ["ManualIntervention", "Other"] },
      [asks("ManualIntervention")],
      false,
      undefined,
    ],
    [
      "an answer the key may not view, beside guidance that it may",
      { ...interrupted, pendingTypes: ["ManualIntervention", "GuidedFailure"] },
      [asks("GuidedFailure")],
      true,
      undefined,
    ],
    ["something an old server does not show", interrupted, [], false, "answer"],
    ["something an old server does not show, which may block", interrupted, [], true, undefined],
    ["something an old server does not show, and its process is not known", interrupted, [], undefined, undefined],
    ["an answer that others have to wait for as well", interrupted, [asks("ManualIntervention")], true, undefined],
    ["an answer, and its process is not known", interrupted, [asks("ManualIntervention")], undefined, undefined],
    ["something of another kind", interrupted, [asks("GuidedFailure"), asks("Other")], false, undefined],
    ["something new after an answer", interrupted, [asks("ManualIntervention", false)], false, "answer"],
    ["an answer, but it runs", { ...interrupted, state: "Executing" }, [asks("ManualIntervention")], false, undefined],
    [
      "an answer, but is being cancelled",
      { ...interrupted, state: "Cancelling" },
      [asks("GuidedFailure")],
      false,
      undefined,
    ],
  ])("%s", (_, differences, interruptions, blocksOthers, waitsFor) => {
    expect(pauseOf({ ...task("Queued"), ...differences }, interruptions, blocksOthers)).toBe(waitsFor);
  });
});

describe("superseded deployments", () => {
  const both = { queued: true, running: true };
  const paused: AttemptFacts = { state: "Queued", pause };
  const queued: AttemptFacts = { state: "Queued", start: "never" };
  const limited = { skippedActionIds: ["action"] };
  test.each<[string, AttemptFacts, DeploymentScope, Supersession, string | undefined]>([
    ["paused", paused, everything, both, "succeeded"],
    ["paused, where only queued ones are cancelled", paused, everything, { ...both, running: false }, undefined],
    ["queued", queued, everything, both, "created"],
    ["queued, where only running ones are cancelled", queued, everything, { ...both, queued: false }, undefined],
    ["limited itself", { ...queued, deployment: limited }, everything, both, undefined],
    ["whole, where the new one is limited", queued, { ...everything, ...limited }, both, undefined],
    ["whole, where the new one goes to some machines", paused, { ...everything, machines: [] }, both, undefined],
  ])("one that is %s", (_, facts, limits, supersession, when) => {
    expect(supersededWhen(attempt(facts), limits, supersession)).toBe(when);
  });

  test.each<[string, AttemptFacts, boolean]>([
    ["one that is paused", paused, true],
    ["one that is queued", queued, true],
    ["one that runs", { state: "Executing" }, false],
    ["one that ended", { state: "Success" }, false],
    ["one that is scheduled for later", scheduled(), false],
  ])("%s may be: %s", (_, facts, may) => {
    expect(mayBeSuperseded(attempt(facts), now)).toBe(may);
  });
});
