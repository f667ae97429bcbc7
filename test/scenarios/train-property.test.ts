import * as fc from "fast-check";
import { expect, test } from "vitest";
import { emptyOutputs } from "../../src/step/outputs.ts";
import { startOctopusServer } from "../octopus-server/octopus-server.ts";
import { randomCases } from "../random-cases.ts";
import { sameTask, walk } from "./in-process.ts";
import type { Parameters, Project, Run } from "./scenario.ts";
import { deployments, mostAtOnce, output, type Seen, train, trainWorld } from "./train-world.ts";

/** How deployments of a child end, one after the other; the last one stands for all that follow. */
const ends = {
  succeeds: [{ duration: "2m" }],
  "fails at first": [{ duration: "1m", result: "Failed", times: 1 }, { duration: "2m" }],
  fails: [{ duration: "1m", result: "Failed" }],
  "is cancelled at first": [{ queuedFor: "forever", supersededAfter: "1m", times: 1 }, { duration: "3m" }],
  "takes too long": [{ duration: "3h" }],
} satisfies Readonly<Record<string, Project["scripts"]>>;

type End = keyof typeof ends;

const names: readonly End[] = ["succeeds", "fails at first", "fails", "is cancelled at first", "takes too long"];

interface Case {
  readonly children: readonly { readonly end: End; readonly together: boolean }[];
  readonly limit: number;
  readonly policy: string;
  /** Requests before the run is lost, and whether the last one took effect; absent: it is not lost. */
  readonly lost: { readonly after: number; readonly reset: "before" | "after" } | undefined;
  readonly repeat: "same task" | "new task";
}

const cases: fc.Arbitrary<Case> = fc.record({
  children: fc.array(
    fc.record({
      end: fc.oneof(
        { weight: 4, arbitrary: fc.constant<End>("succeeds") },
        { weight: 3, arbitrary: fc.constantFrom(...names) },
      ),
      together: fc.boolean(),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  limit: fc.integer({ min: 0, max: 3 }),
  policy: fc.constantFrom("Stop", "Continue"),
  lost: fc.option(
    fc.record({ after: fc.integer({ min: 5, max: 110 }), reset: fc.constantFrom("before" as const, "after" as const) }),
    { nil: undefined },
  ),
  repeat: fc.constantFrom("same task" as const, "new task" as const),
});

const nameOf = (index: number) => `C${index + 1}`;

function levelsOf({ children }: Case): readonly number[] {
  let level = 0;
  return children.map(({ together }, index) => (together && index > 0 ? level : (level += 1)));
}

function parametersOf({ children, limit, policy }: Case): Parameters {
  return {
    "ChildProject.Project.Name": children
      .map(({ together }, index) => `${together && index > 0 ? "+ " : ""}${nameOf(index)}`)
      .join("\n"),
    "ChildProject.Parallel.Limit": String(limit),
    "ChildProject.Failure.Policy": policy,
    "ChildProject.CancelDeployment.Seconds": "600",
  };
}

test("whatever happens: one success per task, no child before its level, no more at a time, all outputs", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const own = one.children.map((_, index) => nameOf(index));
      const more = Object.fromEntries(
        one.children.map(({ end }, index): [string, Partial<Project>] => [nameOf(index), { scripts: [...ends[end]] }]),
      );
      const server = await startOctopusServer({ world: trainWorld(more, {}, own), checkShapes: false });
      try {
        const parameters = parametersOf(one);
        if (one.lost !== undefined) {
          server.simulator.addFault({ reset: one.lost.reset, skip: one.lost.after, times: 1 });
          server.simulator.addFault({ reset: "before", skip: one.lost.after });
        }
        const first = await walk(server, train(parameters));
        server.simulator.clearFaults();
        const again = await walk(
          server,
          train(parameters, one.repeat === "same task" ? { system: sameTask(first) } : {}),
        );

        const seen = deployments(server);
        expectOneSuccess(seen, own);
        expectLevels(seen, levelsOf(one), one);
        expect(mostAtOnce(seen)).toBeLessThanOrEqual(one.limit === 0 ? Infinity : one.limit);
        for (const run of one.lost === undefined ? [first, again] : [again]) expectOutputs(run, own);
        if (one.children.every(({ end }) => end === "succeeds")) expect(again.exitCode, again.log).toBe(0);
      } finally {
        await server.stop();
      }
    }),
    { ...randomCases(12, 20_210_114), endOnFailure: true },
  );
});

function expectOneSuccess(seen: readonly Seen[], own: readonly string[]): void {
  for (const name of own)
    expect(
      seen.filter(({ project, state }) => project === name && state === "Success").length,
      `successes of ${name}`,
    ).toBeLessThanOrEqual(1);
}

/** When a child is created, nothing of an earlier level is under way; under Stop all of it has succeeded by then. */
function expectLevels(seen: readonly Seen[], levels: readonly number[], { policy }: Case): void {
  const levelOf = ({ project }: Seen) => levels[Number(project.slice(1)) - 1] ?? 0;
  for (const each of seen) {
    const earlier = seen.filter((other) => levelOf(other) < levelOf(each) && other.created <= each.created);
    for (const other of earlier)
      expect(other.completed, `${other.project} before ${each.project}`).toBeLessThanOrEqual(each.created);
    if (policy !== "Stop") continue;
    const before = levels.flatMap((level, index) => (level < levelOf(each) ? [nameOf(index)] : []));
    for (const name of before)
      expect(
        earlier.some(({ project, state }) => project === name && state === "Success"),
        `${name} before ${each.project}`,
      ).toBe(true);
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

function expectOutputs(run: Run, own: readonly string[]): void {
  const perChild = [...Object.keys(emptyOutputs), "RollBack"].filter((name) => !ofStepOnly.includes(name));
  const missing = [
    ...Object.keys(emptyOutputs),
    ...own.flatMap((child) => perChild.map((name) => `Child[${child}].${name}`)),
  ].filter((name) => output(run, name) === undefined);
  expect(missing, run.log).toEqual([]);
}
