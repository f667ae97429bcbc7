import { expect } from "vitest";
import { emptyOutputs } from "../../src/step/outputs.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { noon, type Run } from "./scenario.ts";
import { type Case, type Cell, levelsOf, nameOf, type Played } from "./train-case.ts";
import { output } from "./train-world.ts";

/** A deployment of a child since the runs began, by this step or another user, from the history and the comment. */
interface Happened {
  readonly id: string;
  readonly project: string;
  readonly level: number;
  readonly releaseId: string;
  readonly created: number;
  /** Infinity means that the deployment has not ended. */
  readonly completed: number;
  readonly hasStarted: boolean;
  readonly isSuccess: boolean;
  /** Absent means that another user created the deployment. */
  readonly mark?: {
    readonly task: string;
    readonly pass: number;
    readonly was: string;
    readonly undo: string | undefined;
  };
}

/** The rules that hold whatever happened. */
export function expectInvariants(cell: Cell, one: Case, { server, runs }: Played): void {
  const all = happenedOn(server, one);
  const ours = all.filter(({ mark }) => mark !== undefined);
  expectOneSuccess(cell, ours);
  expectOrder(cell, one, ours);
  expectLimit(one, ours);
  expectUndos(cell, all);
  for (const run of runs) expectOutputs(run, one);
}

/** What the runs did, in an order that does not depend on which of two requests at one moment came first. */
export function recordOf(server: OctopusServer, one: Case): readonly string[] {
  return happenedOn(server, one)
    .map(({ project, releaseId, created, completed, isSuccess }) =>
      [created, project, releaseId, completed, isSuccess].join(" "),
    )
    .sort();
}

function happenedOn(server: OctopusServer, one: Case): readonly Happened[] {
  const { history, projects } = server.simulator.state();
  const levels = levelsOf(one);
  return [...history.deployments.values()].flatMap((deployment): readonly Happened[] => {
    const { id, comments, releaseId } = deployment;
    const project = projects.get(deployment.projectId)?.name ?? "";
    const task = history.tasks.get(deployment.taskId ?? "");
    const created = (deployment.created - Date.parse(noon)) / 1000;
    if (!/^C\d$/.test(project) || created < 0) return [];
    const completed = task?.completedTime;
    return [
      {
        id,
        project,
        level: levels[Number(project.slice(1)) - 1] ?? 0,
        releaseId,
        created,
        completed: typeof completed === "number" ? (completed - Date.parse(noon)) / 1000 : Infinity,
        hasStarted: typeof task?.startTime === "number",
        isSuccess: task?.state === "Success",
        ...markOf(comments),
      },
    ];
  });
}

/** Reads the marker by its text, without the program's own parser. */
function markOf(comments: string): Pick<Happened, "mark"> {
  const part = (name: string) => new RegExp(`[[ ]${name}=([^ \\]]+)`).exec(comments)?.[1];
  const task = part("task");
  if (task === undefined) return {};
  return { mark: { task, pass: Number(part("pass") ?? 1), was: part("was") ?? "", undo: part("undo") } };
}

const isForward = ({ mark }: Happened) => mark?.undo === undefined;

function grouped(all: readonly Happened[], keyOf: (each: Happened) => string): readonly (readonly Happened[])[] {
  const keys = [...new Set(all.map(keyOf))];
  return keys.map((key) => all.filter((each) => keyOf(each) === key));
}

/** At most one success of each child: in one task, over all passes. Without roll backs and other users, in all tasks together. */
function expectOneSuccess({ policy, fault }: Cell, ours: readonly Happened[]): void {
  const isForGood = policy !== "RollBack" && fault !== "another user deploys";
  const forward = ours.filter(isForward);
  for (const group of grouped(forward, ({ project, mark }) => `${project} ${isForGood ? "" : mark?.task}`)) {
    const successes = group.filter(({ isSuccess }) => isSuccess).map(({ id }) => id);
    expect(successes.length, `successes of ${group[0]?.project}: ${successes.join()}`).toBeLessThanOrEqual(1);
  }
}

/** No child is deployed before the levels above its own have ended, and none after an undo. */
function expectOrder({ policy, fault }: Cell, one: Case, ours: readonly Happened[]): void {
  const levels = levelsOf(one);
  for (const each of ours.filter(isForward)) {
    const sameTask = ours.filter(({ mark }) => mark?.task === each.mark?.task);
    const earlier = sameTask.filter(
      (other) => isForward(other) && other.level < each.level && other.created <= each.created,
    );
    for (const other of earlier)
      expect(other.completed, `${other.id} before ${each.id}`).toBeLessThanOrEqual(each.created);
    const undone = sameTask.filter((other) => !isForward(other) && other.created <= each.created);
    expect(undone, `${each.id} after an undo`).toEqual([]);
    const isStrict = (policy === "Stop" || policy === "RollBack") && fault !== "another user deploys";
    if (!isStrict) continue;
    const before = levels.flatMap((level, index) => (level < each.level ? [nameOf(index)] : []));
    for (const name of before) {
      const isDone = ours.some(
        (other) => other.project === name && isForward(other) && other.isSuccess && other.completed <= each.created,
      );
      expect(isDone, `${name} before ${each.id}`).toBe(true);
    }
  }
}

/** The limit holds in one task. A deployment that a killed run left running does not count for the next task. */
function expectLimit({ limit }: Case, ours: readonly Happened[]): void {
  for (const group of grouped(ours, ({ mark }) => mark?.task ?? "")) {
    const atOnce = group.map(
      ({ created }) => group.filter((each) => each.created <= created && created < each.completed).length,
    );
    expect(Math.max(...atOnce), "at the same time").toBeLessThanOrEqual(limit === 0 ? Infinity : limit);
  }
}

/** Undos only own deployments, only to the release before the first attempt, once, and never over another user's deployment. */
function expectUndos({ policy }: Cell, all: readonly Happened[]): void {
  const undos = all.filter(({ mark }) => mark?.undo !== undefined);
  if (policy !== "RollBack") expect(undos).toEqual([]);
  for (const undo of undos) {
    const own = all.filter(({ project, mark }) => project === undo.project && mark?.task === undo.mark?.task);
    const forward = own.filter(isForward).sort((a, b) => a.created - b.created);
    const [first] = forward;
    expect(
      forward.map(({ id }) => id),
      `what ${undo.id} takes back`,
    ).toContain(undo.mark?.undo);
    expect(undo.releaseId, `${undo.id} goes back`).toBe(first?.mark?.was);
    expect(own.filter((each) => !isForward(each)).length, `undos of ${undo.project}`).toBe(1);
    for (const each of forward)
      expect(each.completed, `${each.id} before ${undo.id}`).toBeLessThanOrEqual(undo.created);
    const behind = undos.filter(
      ({ mark, level, created }) => mark?.task === undo.mark?.task && level > undo.level && created <= undo.created,
    );
    for (const each of behind) expect(each.completed, `${each.id} before ${undo.id}`).toBeLessThanOrEqual(undo.created);
    const over = all.filter(
      ({ project, mark, created, hasStarted }) =>
        project === undo.project &&
        mark?.task !== undo.mark?.task &&
        hasStarted &&
        created >= (first?.created ?? 0) &&
        created < undo.created,
    );
    expect(over, `under ${undo.id}`).toEqual([]);
  }
}

const ofStepOnly: readonly string[] = [
  "ReleasePlan",
  "Summary",
  "Deployed",
  "Failed",
  "Skipped",
  "NotStarted",
  "RolledBack",
];

function expectOutputs(run: Run, { children }: Case): void {
  const perChild = [...Object.keys(emptyOutputs), "RollBack"].filter((name) => !ofStepOnly.includes(name));
  const missing = [
    ...Object.keys(emptyOutputs),
    ...children.flatMap((_, index) => perChild.map((name) => `Child[${nameOf(index)}].${name}`)),
  ].filter((name) => output(run, name) === undefined);
  expect(missing, run.log).toEqual([]);
  const isFailed = output(run, "Failed") !== "" || output(run, "NotStarted") !== "";
  if (isFailed) expect(run.exitCode, run.log).toBe(1);
}
