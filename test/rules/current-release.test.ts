import { describe, expect, test } from "vitest";
import { currentRelease, newestCoveringSuccess } from "../../src/rules/current-release.ts";
import { attempt, type AttemptFacts } from "./build.ts";
import { asId, type Attempt } from "../../src/model.ts";
import { covers, everything } from "../../src/rules/deployment-scope.ts";

const isFull = (each: Attempt) => covers(each, everything);

const toOneMachine = { specificMachineIds: [asId<"Machine">("Machines-1")] };
const skippingAStep = { skippedActionIds: ["step"] };

interface Case {
  readonly rule: string;
  readonly attempts: readonly AttemptFacts[];
  readonly unreadHistory?: true;
  readonly current: string;
}

const cases: readonly Case[] = [
  { rule: "nothing was ever deployed", attempts: [], current: "nothing" },
  { rule: "an empty first page decides nothing yet", attempts: [], unreadHistory: true, current: "undecided" },
  {
    rule: "the newest success is current",
    attempts: [
      { release: "1.0", end: 10 },
      { release: "1.1", end: 20 },
    ],
    current: "1.1 complete",
  },
  {
    rule: "the one that finished last, though created first, is current",
    attempts: [
      { id: "Deployments-1", release: "1.0", start: 1, end: 30 },
      { id: "Deployments-2", release: "1.1", start: 10, end: 20 },
    ],
    current: "1.0 complete",
  },
  {
    rule: "of two that finished at the same instant, the higher deployment id is current",
    attempts: [
      { id: "Deployments-10", release: "1.1", end: 10 },
      { id: "Deployments-9", release: "1.0", end: 10 },
    ],
    current: "1.1 complete",
  },
  {
    rule: "failed attempts before the newest success do not count",
    attempts: [{ release: "1.0", state: "Failed", end: 5 }, { release: "1.1" }],
    current: "1.1 complete",
  },
  {
    rule: "a newer failed attempt of another release makes the current release incomplete",
    attempts: [
      { release: "1.0", end: 10 },
      { id: "Deployments-2", release: "1.1", state: "Failed", end: 20 },
    ],
    current: "1.0 LastAttemptFailed Deployments-2",
  },
  {
    rule: "a newer cancelled attempt that had started makes the current release incomplete",
    attempts: [
      { release: "1.0", end: 10 },
      { id: "Deployments-2", release: "1.0", state: "Canceled", end: 20 },
    ],
    current: "1.0 LastAttemptFailed Deployments-2",
  },
  {
    rule: "a deployment that was cancelled in the queue changed nothing",
    attempts: [
      { release: "1.0", end: 10 },
      { release: "1.1", state: "Canceled", start: "never", end: 20 },
    ],
    current: "1.0 complete",
  },
  {
    rule: "a deployment that timed out in the queue changed nothing",
    attempts: [
      { release: "1.0", end: 10 },
      { release: "1.1", state: "TimedOut", start: "never", end: 20 },
    ],
    current: "1.0 complete",
  },
  {
    rule: "a deployment in progress decides nothing",
    attempts: [
      { release: "1.0", end: 10 },
      { release: "1.1", state: "Executing", start: 15 },
    ],
    current: "1.0 complete",
  },
  {
    rule: "a deployment to one machine only is partial",
    attempts: [
      { release: "1.0", end: 10 },
      { id: "Deployments-2", release: "1.1", end: 20, deployment: toOneMachine },
    ],
    current: "1.1 PartiallyDeployed Deployments-2",
  },
  {
    rule: "a deployment with a skipped step is partial",
    attempts: [
      { release: "1.0", end: 10 },
      { id: "Deployments-2", release: "1.1", end: 20, deployment: skippingAStep },
    ],
    current: "1.1 PartiallyDeployed Deployments-2",
  },
  {
    rule: "a partial deployment after a full deployment of the same release leaves it complete",
    attempts: [
      { release: "1.0", end: 10 },
      { release: "1.0", end: 20, deployment: toOneMachine },
    ],
    current: "1.0 complete",
  },
  {
    rule: "a full deployment does not help if another release was deployed in between",
    attempts: [
      { id: "Deployments-1", release: "1.0", end: 10 },
      { id: "Deployments-2", release: "1.1", end: 20 },
      { id: "Deployments-3", release: "1.0", end: 30, deployment: toOneMachine },
    ],
    current: "1.0 PartiallyDeployed Deployments-3",
  },
  {
    rule: "only partial deployments so far: older pages may hold a full one",
    attempts: [{ release: "1.0", end: 30, deployment: toOneMachine }],
    unreadHistory: true,
    current: "undecided",
  },
  {
    rule: "a full deployment needs no older page",
    attempts: [{ release: "1.0", end: 30 }],
    unreadHistory: true,
    current: "1.0 complete",
  },
  {
    rule: "a deployment without a task proves no success",
    attempts: [{ release: "1.0", state: "purged", end: 10 }],
    current: "nothing",
  },
  {
    rule: "if the newest deployment has no task, the current release is uncertain",
    attempts: [
      { release: "1.0", end: 5 },
      { id: "Deployments-2", release: "1.1", state: "purged", end: 10 },
    ],
    current: "1.0 HistoryUnknown Deployments-2",
  },
  {
    rule: "if the newest deployment has no task, even one of the same release, the current release is uncertain",
    attempts: [
      { release: "1.0", end: 5 },
      { id: "Deployments-2", release: "1.0", state: "purged", end: 10 },
    ],
    current: "1.0 HistoryUnknown Deployments-2",
  },
  {
    rule: "a deployment without a task before the newest success changes nothing",
    attempts: [
      { release: "1.1", state: "purged", end: 5 },
      { release: "1.0", end: 10 },
    ],
    current: "1.0 complete",
  },
  {
    rule: "a later failure is the reason, rather than a deployment without a task",
    attempts: [
      { release: "1.0", end: 5 },
      { id: "Deployments-2", release: "1.1", state: "purged", end: 10 },
      { id: "Deployments-3", release: "1.1", state: "Failed", end: 15 },
    ],
    current: "1.0 LastAttemptFailed Deployments-3",
  },
  {
    rule: "only deployments without a task so far: older pages may hold a success",
    attempts: [{ release: "1.0", state: "purged", end: 10 }],
    unreadHistory: true,
    current: "undecided",
  },
];

describe("what the destination runs", () => {
  test.each(cases)("$rule", ({ attempts, unreadHistory, current }) => {
    const found = currentRelease(attempts.map(attempt), unreadHistory !== true, isFull);

    expect(inWords(found)).toBe(current);
  });

  test("the order in which the server lists deployments does not matter", () => {
    const attempts = [
      attempt({ id: "Deployments-1", release: "1.0", end: 10 }),
      attempt({ id: "Deployments-2", release: "1.1", end: 20 }),
      attempt({ id: "Deployments-3", release: "1.2", end: 20 }),
    ];

    const [inOrder, reversed] = [attempts, [...attempts].reverse()].map((each) => currentRelease(each, true, isFull));

    expect(inOrder).toEqual(reversed);
  });
});

describe("what Redeploy deploys again", () => {
  test("is the newest full success, whatever partial deployments came after it", () => {
    const attempts = [
      attempt({ release: "1.0", end: 10 }),
      attempt({ release: "1.1", end: 20, deployment: toOneMachine }),
      attempt({ release: "1.2", end: 30, state: "Failed" }),
    ];

    expect(inWords(newestCoveringSuccess(attempts, true, isFull))).toBe("1.0 complete");
  });

  test("is undecided until older pages are read", () => {
    expect(newestCoveringSuccess([attempt({ state: "Failed" })], false, isFull)).toEqual({ kind: "undecided" });
    expect(newestCoveringSuccess([attempt({ state: "Failed" })], true, isFull)).toEqual({ kind: "nothing" });
  });
});

function inWords(current: ReturnType<typeof currentRelease>): string {
  if (current.kind !== "release") return current.kind;
  const version = current.releaseId.replace("Releases-", "");
  return current.incomplete === undefined
    ? `${version} complete`
    : `${version} ${current.incomplete.reason} ${current.incomplete.deployment.id}`;
}
