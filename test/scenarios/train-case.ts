import * as timersPromises from "node:timers/promises";
import * as fc from "fast-check";
import type { Clock } from "../../src/clock.ts";
import { type OctopusServer, startOctopusServer } from "../octopus-server/octopus-server.ts";
import { clockOf, type Walk, walk } from "./in-process.ts";
import { noon, type Parameters, type Run } from "./scenario.ts";
import { deployAsAnotherUser } from "./train-failures-world.ts";
import { train, trainWorld } from "./train-world.ts";

export const policies = ["Stop", "Continue", "RerunUntilDone", "RollBack"] as const;
export const faults = ["killed", "answer lost", "request lost", "not available", "another user deploys"] as const;
export const phases = ["planning", "deploying", "after a failure"] as const;

/** A failure policy, a fault besides failing children, and the phase in which the fault strikes. */
export interface Cell {
  readonly policy: (typeof policies)[number];
  readonly fault: (typeof faults)[number];
  readonly phase: (typeof phases)[number];
}

/** How a deployment ends. One that hangs is cancelled by the step at its time limit. */
const endings = ["Success", "Failed", "Canceled", "superseded", "hangs"] as const;
type Ending = (typeof endings)[number];

export interface Case {
  readonly children: readonly {
    readonly together: boolean;
    /** The ends of its deployments, one after the other. Later deployments succeed. */
    readonly ends: readonly Ending[];
    readonly undo: Ending;
  }[];
  /** How many children of a level start at the same time. 0 means all of them. */
  readonly limit: number;
  /** Requests that pass before the fault strikes. */
  readonly skip: number;
  readonly hasEffect: boolean;
  /** The child and version that another user deploys. */
  readonly victim: number;
  readonly version: string;
  readonly repeat: "same task" | "new task";
}

const ending = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Ending>("Success") },
  { weight: 3, arbitrary: fc.constant<Ending>("Failed") },
  { weight: 2, arbitrary: fc.constantFrom(...endings) },
);

/** Random cases. In the phase after a failure the first child fails, because otherwise there might be no failure. */
export function casesOf({ phase }: Cell): fc.Arbitrary<Case> {
  const child = fc.record({ together: fc.boolean(), ends: fc.array(ending, { maxLength: 2 }), undo: ending });
  const failing = fc.record({
    together: fc.constant(false),
    ends: fc.constantFrom<readonly Ending[]>(["Failed"], ["Failed", "Failed"], ["hangs"]),
    undo: ending,
  });
  const first = phase === "after a failure" ? failing : child;
  return fc.record({
    children: fc
      .tuple(first, fc.array(child, { minLength: 1, maxLength: 3 }))
      .map(([one, others]) => [
        one,
        ...others.map((each, index) => ({ ...each, together: each.together || index < 2 })),
      ]),
    limit: fc.constantFrom(0, 1, 1, 2, 2, 3),
    skip: fc.integer({ min: 0, max: phase === "planning" ? 25 : 6 }),
    hasEffect: fc.boolean(),
    victim: fc.nat({ max: 1 }),
    version: fc.constantFrom("1.0", "1.1"),
    repeat: fc.constantFrom("same task", "new task"),
  });
}

export const nameOf = (index: number) => `C${index + 1}`;

/** The level of each child. The first level is 1. */
export function levelsOf({ children }: Case): readonly number[] {
  let level = 0;
  return children.map(({ together }, index) => (together && index > 0 ? level : (level += 1)));
}

/** The server after the runs, and the runs that ended. A run that was killed is missing. */
export interface Played {
  readonly server: OctopusServer;
  readonly runs: readonly Run[];
  readonly hasStruck: boolean;
}

/** Runs a train under one fault, and runs it again. Completions come in the scheduler's order. */
export async function play(cell: Cell, one: Case, scheduler: fc.Scheduler): Promise<Played> {
  const names = one.children.map((_, index) => nameOf(index));
  const more = Object.fromEntries(names.map((name) => [name, { scripts: [{ external: true }] }]));
  const server = await startOctopusServer({ world: trainWorld(more, {}, names), checkShapes: false });
  const nature = openNature(server, one, scheduler);
  const trouble = openTrouble(server, cell, one);
  if (cell.phase === "planning") await trouble.begin();
  let taskId = "";
  const { first, died } = mortal(
    server,
    async () => {
      if (hasComeTo(cell, server)) await trouble.begin();
      await nature.goOn();
    },
    trouble.isDeadly,
  );
  const before: Walk["before"] = async (task) => {
    ({ taskId } = task);
  };
  const step = train(parametersOf(cell, one));
  const run = await Promise.race([walk(server, { ...step, before, clock: first }), died.then(() => undefined)]);
  const hasStruck = trouble.hasStruck();
  server.simulator.clearFaults();
  server.advance(600_000);
  const parent = [...server.simulator.state().history.deployments.values()].find((each) => each.taskId === taskId);
  const system =
    one.repeat === "same task" ? { "Octopus.Task.Id": taskId, "Octopus.Deployment.Id": parent?.id ?? "" } : {};
  const again = await walk(server, { ...step, system, clock: observed(clockOf(server), () => nature.goOn()) });
  return { server, runs: [...(run === undefined ? [] : [run]), again], hasStruck };
}

function parametersOf({ policy }: Cell, { children, limit }: Case): Parameters {
  return {
    "ChildProject.Project.Name": children
      .map(({ together }, index) => `${together && index > 0 ? "+ " : ""}${nameOf(index)}`)
      .join("\n"),
    "ChildProject.Parallel.Limit": String(limit),
    "ChildProject.Failure.Policy": policy,
    "ChildProject.CancelDeployment.Seconds": "180",
  };
}

const marker = "[deploy-child-project ";

/** Deployments of the children since the runs began, with their tasks. */
function happened(server: OctopusServer) {
  const { history, projects } = server.simulator.state();
  return [...history.deployments.values()].flatMap((deployment) => {
    const name = projects.get(deployment.projectId)?.name ?? "";
    const task = history.tasks.get(deployment.taskId ?? "");
    const isOfChild = /^C\d$/.test(name) && deployment.created >= Date.parse(noon);
    return isOfChild && task !== undefined ? [{ name, deployment, task }] : [];
  });
}

function hasComeTo({ phase }: Cell, server: OctopusServer): boolean {
  const ofStep = happened(server).filter(({ deployment }) => deployment.comments.includes(marker));
  if (phase === "deploying") return ofStep.length > 0;
  return ofStep.some(({ task }) => task.completedTime !== null && task.state !== "Success");
}

/** Ends deployments, one every 20 seconds, in the scheduler's order. */
function openNature(server: OctopusServer, { children }: Case, scheduler: fc.Scheduler) {
  const known = new Set<string>();
  const counts = new Map<string, number>();
  let last = server.now();

  function endingOf(name: string, comments: string): Ending {
    const child = children[Number(name.slice(1)) - 1];
    if (!comments.includes(marker)) return "Success";
    if (comments.includes(" undo=")) return child?.undo ?? "Success";
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return child?.ends[count] ?? "Success";
  }

  function end(taskId: string, how: Ending): void {
    const task = server.simulator.state().history.tasks.get(taskId);
    if (task?.completedTime !== null) return;
    const error = how === "superseded" ? "Superseded by a newer deployment." : "It did not work.";
    const state = how === "superseded" || how === "hangs" ? "Canceled" : how;
    server.simulator.task(taskId).complete(state === "Success" ? { state } : { state, error });
  }

  async function endInTurn(taskId: string, how: Ending): Promise<void> {
    await scheduler.schedule(Promise.resolve(), how);
    end(taskId, how);
  }

  return {
    async goOn(): Promise<void> {
      for (const { name, deployment, task } of happened(server)) {
        if (task.state !== "Executing" || known.has(task.id)) continue;
        known.add(task.id);
        const how = endingOf(name, deployment.comments);
        if (how !== "hangs") void endInTurn(task.id, how);
      }
      if (scheduler.count() === 0 || server.now() - last < 20_000) return;
      last = server.now();
      await scheduler.waitNext(1);
    },
  };
}

/** The fault besides failing children. It begins once. */
function openTrouble(server: OctopusServer, { fault }: Cell, { skip, hasEffect, victim, version }: Case) {
  let hasBegun = false;
  const hasStruck = () =>
    hasBegun && (fault === "another user deploys" || (server.simulator.faultsStruck()[0] ?? 0) > 0);
  return {
    hasStruck,
    isDeadly: () => fault === "killed" && hasStruck(),
    async begin(): Promise<void> {
      if (hasBegun) return;
      hasBegun = true;
      switch (fault) {
        case "another user deploys":
          await deployAsAnotherUser(server, { project: nameOf(victim), version });
          return;
        case "killed":
          server.simulator.addFault({ reset: hasEffect ? "after" : "before", skip, times: 1 });
          // Other requests are lost together with the process.
          server.simulator.addFault({ reset: "before", skip });
          return;
        case "answer lost":
        case "request lost":
          server.simulator.addFault({ reset: fault === "answer lost" ? "after" : "before", skip, times: 1 });
          return;
        case "not available":
          server.simulator.addFault({ status: 503, after: hasEffect, skip, times: 4 });
      }
    },
  };
}

function observed(clock: Clock, onTime: () => Promise<void>): Clock {
  return {
    ...clock,
    sleep: async (milliseconds, signal) => {
      await clock.sleep(milliseconds, signal);
      await onTime();
    },
  };
}

/** A clock for a run that may be killed. After that, none of the run's pauses ends. */
function mortal(server: OctopusServer, onTime: () => Promise<void>, isDead: () => boolean) {
  const clock = observed(clockOf(server), onTime);
  let bury = (): void => undefined;
  const died = new Promise<void>((resolve) => {
    bury = resolve;
  });
  const unlessDead = async (): Promise<void> => {
    if (!isDead()) return;
    // Requests that are under way end first, together with the process.
    for (let turns = 0; turns < 5; turns += 1) {
      await timersPromises.setImmediate();
      if (server.inFlight() > 0) turns = -1;
    }
    bury();
    await new Promise<never>(() => undefined);
  };
  const sleep: Clock["sleep"] = async (milliseconds, signal) => {
    await unlessDead();
    await clock.sleep(milliseconds, signal);
    await unlessDead();
  };
  return { first: { ...clock, sleep }, died };
}
