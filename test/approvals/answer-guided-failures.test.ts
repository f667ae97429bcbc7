import * as fc from "fast-check";
import { expect, test } from "vitest";
import { answerGuidedFailures } from "../../src/approvals/answer-guided-failures.ts";
import { RequestRefusedError, ServerUnavailableError, UnknownWriteError } from "../../src/errors.ts";
import { createTaskPoller } from "../../src/monitor/task-poller.ts";
import { asId, type Id, type Interruption, type ServerTask } from "../../src/model.ts";
import { pollTask } from "../../src/monitor/poll-task.ts";
import { stdoutRuntime } from "../../src/step/runtime.ts";
import { task } from "../rules/build.ts";
import { randomCases } from "../random-cases.ts";

/** A part of a task's life. Users answer its interruption at the end of the part, unless the step does so before. */
interface Stretch {
  readonly state: "Queued" | "Executing" | "failure" | "intervention";
  readonly lasts: number;
  /** Faults of reading the interruption, taking responsibility and submitting the answer, in order. Later requests succeed. */
  readonly faults: readonly ("away" | "refused" | "lost" | "cut")[];
}

const stretch: fc.Arbitrary<Stretch> = fc.record({
  state: fc.constantFrom("Queued", "Executing", "failure", "failure", "intervention"),
  lasts: fc.integer({ min: 0, max: 400_000 }),
  faults: fc.array(fc.constantFrom("away", "refused", "lost", "cut"), { maxLength: 3 }),
});

const life = fc.record({
  stretches: fc.array(stretch, { maxLength: 8 }),
  last: fc.constantFrom(task("Success"), task("Failed"), task("Canceled"), task("TimedOut"), task("Executing")),
  response: fc.constantFrom("Retry", "Ignore", "Fail"),
  retries: fc.integer({ min: 0, max: 3 }),
  jumps: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -7_200_000, max: 7_200_000 })), {
    minLength: 1,
    maxLength: 8,
  }),
});

test("whatever goes wrong, a task with interruptions ends rightly and in time, with each guided failure answered once", async () => {
  await fc.assert(
    fc.asyncProperty(life, async ({ stretches, last, response, retries, jumps }) => {
      const limits = { queue: 900_000, run: 900_000 };
      const world = playLife(stretches, last, jumps);
      const step = stdoutRuntime({ write: () => undefined, workingDirectory: "." });
      const poller = createTaskPoller(world.space);
      const observers = [answerGuidedFailures({ response, retries }, { poller, space: world.space, step })];

      const polling = { poller, limits, observers };
      const result = await pollTask(asId("ServerTasks-1"), polling, { step, clock: world.clock });

      if (result.kind === "finished") expect(result.end).toBe(world.now().state);
      else expect(world.elapsed()).toBeGreaterThanOrEqual(limits[result.limit] - 20_000);
      expect(world.elapsed()).toBeLessThan(limits.queue + limits.run + 60_000);
      expect(world.wrong).toEqual([]);
      expect(world.answers.filter((guidance) => guidance === "Retry").length).toBeLessThanOrEqual(retries);
      expect(world.answers.filter((each) => each !== response && each !== "Fail")).toEqual([]);
    }),
    randomCases(500, 20210115),
  );
});

/** Simulates the task on a true clock. The worker's clock jumps at every pause. */
function playLife(stretches: readonly Stretch[], last: ServerTask, jumps: readonly number[]) {
  const truth = { now: 0, offset: 0, index: 0, since: 0, sleeps: 0 };
  const faults = stretches.map((each) => [...each.faults]);
  const answers: string[] = [];
  const wrong: string[] = [];
  const answered = new Set<number>();
  let shown = -1;
  const pass = (milliseconds: number) => {
    truth.now += milliseconds;
    for (
      let each = stretches[truth.index];
      each && truth.now - truth.since >= each.lasts;
      each = stretches[truth.index]
    ) {
      truth.since += each.lasts;
      truth.index += 1;
    }
  };
  const asks = (index = truth.index) => ["failure", "intervention"].includes(stretches[index]?.state ?? "");
  const now = () => {
    const { state } = stretches[truth.index] ?? { state: undefined };
    if (state === undefined) return last;
    if (asks()) return task("Queued", { start: "never", hasPendingInterruptions: true });
    return task(
      state === "Queued" ? "Queued" : "Executing",
      truth.index === 0 && state === "Queued" ? { start: "never" } : {},
    );
  };
  const interruptionAt = (index: number): Interruption => ({
    id: asId(`Interruptions-${index}`),
    taskId: asId("ServerTasks-1"),
    title: "Deploy",
    type: stretches[index]?.state === "failure" ? "GuidedFailure" : "ManualIntervention",
    isPending: index === truth.index,
    created: index,
    responsibleTeamIds: [],
    canTakeResponsibility: true,
    hasResponsibility: false,
    correlationId: "step-1",
    instructions: "",
  });
  const fault = (index: number, isWrite: boolean) => {
    pass(50);
    const kind = faults[index]?.shift();
    if (kind === "away" || (kind !== undefined && !isWrite && kind !== "refused"))
      throw new ServerUnavailableError("The server is away.", "Wait.");
    if (kind === "refused") throw new RequestRefusedError(409, "Not now.", "Look again.");
    return kind;
  };
  const numberOf = (id: string) => Number(id.replace("Interruptions-", ""));
  const space = {
    task: async () => {
      pass(50);
      return now();
    },
    interruptionsOf: async () => {
      fault(truth.index, false);
      shown = truth.index;
      return stretches.flatMap((_, index) => (index <= truth.index && asks(index) ? [interruptionAt(index)] : []));
    },
    interruption: async (id: Id<"Interruption">) => interruptionAt(numberOf(id)),
    takeResponsibility: async (id: Id<"Interruption">) => {
      if (numberOf(id) !== shown) wrong.push(`${id} was not pending when it was read`);
      fault(numberOf(id), true);
    },
    submitInterruption: async (id: Id<"Interruption">, values: Readonly<Record<string, string>>) => {
      const index = numberOf(id);
      const kind = fault(index, true);
      if (kind === "lost") throw new UnknownWriteError("The request was lost.", "Look.");
      // Another user was faster.
      if (index !== truth.index) throw new RequestRefusedError(400, "It was answered already.", "");
      if (stretches[index]?.state !== "failure" || answered.has(index)) wrong.push(id);
      answered.add(index);
      answers.push(values["Guidance"] ?? "");
      truth.since = truth.now;
      truth.index += 1;
      if (kind === "cut") throw new UnknownWriteError("The answer was cut off.", "Look.");
    },
  };
  const clock = {
    now: () => truth.now + truth.offset,
    elapsed: () => truth.now,
    sleep: async (milliseconds: number) => {
      if (truth.sleeps > 2_000) throw new Error("The run does not end.");
      truth.offset += jumps[truth.sleeps++ % jumps.length] ?? 0;
      pass(milliseconds);
    },
  };
  return { space, clock, now, elapsed: () => truth.now, answers, wrong };
}
