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
  { rule: "without deployments there is nothing to wait for", attempts: [], others: "nobody" },
  {
    rule: "finished deployments are not waited for",
    attempts: [{ state: "Success" }, { state: "Failed" }, { state: "TimedOut" }],
    others: "nobody",
  },
  {
    rule: "one by this step, of this release, is adopted",
    attempts: [{ id: "Deployments-5", state: "Executing", deployment: by({}) }],
    others: "adopt Deployments-5",
  },
  {
    rule: "so is one that an earlier task of the parent created",
    attempts: [{ id: "Deployments-5", state: "Executing", deployment: by({ taskId: "ServerTasks-1" }) }],
    others: "adopt Deployments-5",
  },
  {
    rule: "so is a queued one",
    attempts: [{ id: "Deployments-5", state: "Queued", start: "never", deployment: by({}) }],
    others: "adopt Deployments-5",
  },
  {
    rule: "one by this step to fewer machines is waited for, because it does less than this run",
    attempts: [
      { id: "Deployments-5", state: "Executing", deployment: { ...by({}), specificMachineIds: [asId("Machines-1")] } },
    ],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one by another step is waited for",
    attempts: [{ id: "Deployments-5", state: "Executing", deployment: by({ actionId: "other" }) }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one by another parent project is waited for",
    attempts: [{ id: "Deployments-5", state: "Executing", deployment: by({ projectId: "Projects-8" }) }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one without a marker is waited for",
    attempts: [{ id: "Deployments-5", state: "Executing" }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one by this step, of another release, is waited for",
    attempts: [{ id: "Deployments-5", release: "0.9", state: "Executing", deployment: by({}) }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one that is being cancelled is waited for",
    attempts: [{ id: "Deployments-5", state: "Cancelling" }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one that is paused for an intervention is not waited for",
    attempts: [{ id: "Deployments-5", state: "Queued", pause }],
    others: "nobody",
  },
  {
    rule: "a running one is waited for, even behind one that is paused",
    attempts: [
      { id: "Deployments-6", state: "Queued", pause },
      { id: "Deployments-5", state: "Executing" },
    ],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one by this step, of this release, is adopted even when it is paused",
    attempts: [{ id: "Deployments-5", state: "Queued", pause, deployment: by({}) }],
    others: "adopt Deployments-5",
  },
  {
    rule: "one by this step, of another release, is not waited for when it is paused",
    attempts: [{ id: "Deployments-5", release: "0.9", state: "Queued", pause, deployment: by({}) }],
    others: "nobody",
  },
  {
    rule: "the parent's own deployment is not waited for",
    attempts: [{ id: "Deployments-5", state: "Executing", task: { id: asId("ServerTasks-77") } }],
    others: "nobody",
  },
  {
    rule: "one that is scheduled for later is not waited for",
    attempts: [{ state: "Queued", start: "never", deployment: { queueTime: minutes(200) } }],
    others: "nobody",
  },
  {
    rule: "a scheduled one whose time has come is waited for",
    attempts: [{ id: "Deployments-5", state: "Queued", start: "never", deployment: { queueTime: minutes(99) } }],
    others: "wait-for Deployments-5",
  },
  {
    rule: "one that this step scheduled for the same instant is adopted, whichever task created it",
    attempts: [scheduled(otherTask)],
    start: start(200),
    others: "adopt Deployments-5",
  },
  {
    rule: "one that this step scheduled for another instant is left alone",
    attempts: [scheduled()],
    start: start(201),
    others: "nobody",
  },
  {
    rule: "one that this step scheduled for later is left alone by a run that deploys at once",
    attempts: [scheduled()],
    others: "nobody",
  },
  {
    rule: "one that another user scheduled for the same instant is left alone",
    attempts: [scheduled({ comments: "" })],
    start: start(200),
    others: "nobody",
  },
  {
    rule: "one of another release, scheduled for the same instant, is left alone",
    attempts: [{ ...scheduled(), release: "0.9" }],
    start: start(200),
    others: "nobody",
  },
  {
    rule: "one that the same task delayed is adopted, whatever instant the delay means now",
    attempts: [scheduled()],
    start: start(220, "at", true),
    others: "adopt Deployments-5",
  },
  {
    rule: "one that another task delayed is left alone, even at the same instant",
    attempts: [scheduled(otherTask)],
    start: start(200, "at", true),
    others: "nobody",
  },
  {
    rule: "one by this step whose scheduled time has passed is adopted",
    attempts: [scheduled({ queueTime: minutes(99) })],
    start: start(99, "past"),
    others: "adopt Deployments-5",
  },
];

describe("concurrent deployments", () => {
  test.each(cases)("$rule", ({ attempts, start: asked, others }) => {
    const found = judgeConcurrent(attempts.map(attempt), { ...intended, start: asked }, { identity, now });

    expect(found.kind === "nobody" ? "nobody" : `${found.kind} ${found.attempt.deployment.id}`).toBe(others);
  });

  test("a step that does not know its parent recognises no deployment as its own", () => {
    const own = attempt({ state: "Executing", deployment: { comments: markerText({}, 1) } });

    expect(judgeConcurrent([own], intended, { identity: {}, now }).kind).toBe("wait-for");
  });

  test("deployments that are scheduled for later are told apart", () => {
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
    ["a manual intervention", interrupted, [asks("ManualIntervention")], false, "intervention"],
    ["a guided failure", interrupted, [asks("GuidedFailure")], undefined, "guidance"],
    ["a precondition, such as a change request", { hasPendingPreconditions: true }, [], undefined, "precondition"],
    ["its turn", {}, [], undefined, undefined],
    [
      "a manual intervention that the key may not view",
      { ...interrupted, pendingTypes: ["ManualIntervention"] },
      [],
      false,
      "intervention",
    ],
    [
      "a guided failure that the key may not view",
      { ...interrupted, pendingTypes: ["GuidedFailure"] },
      [],
      undefined,
      "guidance",
    ],
    [
      "another type of interruption that the key may not view",
      { ...interrupted, pendingTypes: ["Other"] },
      [],
      false,
      undefined,
    ],
    [
      "another type of interruption, beside one that the key may view",
      { ...interrupted, pendingTypes: ["ManualIntervention", "Other"] },
      [asks("ManualIntervention")],
      false,
      undefined,
    ],
    [
      "a manual intervention that the key may not view, beside a guided failure that it may",
      { ...interrupted, pendingTypes: ["ManualIntervention", "GuidedFailure"] },
      [asks("GuidedFailure")],
      true,
      undefined,
    ],
    ["an interruption that an old server does not show", interrupted, [], false, "answer"],
    ["an interruption that an old server does not show, and it blocks others", interrupted, [], true, undefined],
    [
      "an interruption that an old server does not show, and its process is not known",
      interrupted,
      [],
      undefined,
      undefined,
    ],
    ["a manual intervention that blocks others", interrupted, [asks("ManualIntervention")], true, undefined],
    [
      "a manual intervention, and its process is not known",
      interrupted,
      [asks("ManualIntervention")],
      undefined,
      undefined,
    ],
    ["another type of interruption", interrupted, [asks("GuidedFailure"), asks("Other")], false, undefined],
    ["a new interruption after an answered one", interrupted, [asks("ManualIntervention", false)], false, "answer"],
    [
      "a manual intervention, but the task executes",
      { ...interrupted, state: "Executing" },
      [asks("ManualIntervention")],
      false,
      undefined,
    ],
    [
      "a guided failure, but the task is being cancelled",
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
    ["limited to fewer steps itself", { ...queued, deployment: limited }, everything, both, undefined],
    ["unlimited, where the new one skips a step", queued, { ...everything, ...limited }, both, undefined],
    [
      "unlimited, where the new one goes to specific machines",
      paused,
      { ...everything, machines: [] },
      both,
      undefined,
    ],
  ])("a deployment that is %s", (_, facts, scope, supersession, when) => {
    expect(supersededWhen(attempt(facts), scope, supersession)).toBe(when);
  });

  test.each<[string, AttemptFacts, boolean]>([
    ["a paused deployment", paused, true],
    ["a queued deployment", queued, true],
    ["a running deployment", { state: "Executing" }, false],
    ["a finished deployment", { state: "Success" }, false],
    ["a deployment that is scheduled for later", scheduled(), false],
  ])("%s may be superseded: %s", (_, facts, may) => {
    expect(mayBeSuperseded(attempt(facts), now)).toBe(may);
  });
});
