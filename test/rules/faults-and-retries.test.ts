import { describe, expect, test } from "vitest";
import { type Activity, asId, type Interruption } from "../../src/model.ts";
import { canceledText, describeQueue, describeWait } from "../../src/rules/describe-task.ts";
import { guidanceFor } from "../../src/rules/guidance.ts";
import { missesLines, nothingRelayed, relayNewLines } from "../../src/rules/relay-log.ts";
import { whyNotAgain } from "../../src/rules/retry-deployment.ts";
import { chooseSkippedSteps } from "../../src/rules/skipped-steps.ts";
import { attempt, task } from "./build.ts";

function failure(differences: Partial<Interruption> = {}): Interruption {
  return {
    id: asId("Interruptions-1"),
    taskId: asId("ServerTasks-1"),
    title: "Step 1",
    type: "GuidedFailure",
    isPending: true,
    created: 0,
    responsibleTeamIds: [],
    canTakeResponsibility: true,
    hasResponsibility: false,
    correlationId: "step-1",
    instructions: "",
    ...differences,
  };
}

describe("the answer to a guided failure", () => {
  const answered = failure({ isPending: false });
  interface Case {
    readonly rule: string;
    readonly pending: Partial<Interruption>;
    readonly all: readonly Interruption[];
    readonly response: Parameters<typeof guidanceFor>[2]["response"];
    readonly answer: string;
  }
  test.each<Case>([
    { rule: "as set", pending: {}, all: [], response: "Ignore", answer: "Ignore" },
    { rule: "Retry while retries are left", pending: {}, all: [answered], response: "Retry", answer: "Retry" },
    { rule: "then Fail", pending: {}, all: [answered, answered], response: "Retry", answer: "Fail" },
    {
      rule: "another step's failures do not count",
      pending: {},
      all: [answered, failure({ isPending: false, correlationId: "step-2" })],
      response: "Retry",
      answer: "Retry",
    },
    {
      rule: "held by a person",
      pending: { responsibleUserId: asId("Users-1") },
      all: [],
      response: "Fail",
      answer: "leave",
    },
    { rule: "no right", pending: { canTakeResponsibility: false }, all: [], response: "Fail", answer: "leave" },
    {
      rule: "held by us",
      pending: { responsibleUserId: asId("Users-1"), hasResponsibility: true },
      all: [],
      response: "Fail",
      answer: "Fail",
    },
  ])("$rule", ({ pending, all, response, answer }) => {
    const decision = guidanceFor(failure(pending), all, { response, retries: 2 });

    expect(decision.kind === "leave" ? "leave" : decision.guidance).toBe(answer);
  });
});

describe("a failed deployment is not repeated", () => {
  const failed = attempt({ id: "Deployments-5", state: "Failed" }).deployment;
  const later = attempt({ id: "Deployments-6" }).deployment;
  const abort = failure({ type: "ManualIntervention", isPending: false, result: "Abort" });
  test.each([
    { rule: "unless it failed itself", task: task("Failed"), all: [], newest: [failed], why: undefined },
    { rule: "after a cancel", task: task("Canceled"), all: [], newest: [failed], why: /ended as Canceled/ },
    {
      rule: "when it never started",
      task: task("Failed", { start: "never" }),
      all: [],
      newest: [failed],
      why: /never started/,
    },
    { rule: "after an abort", task: task("Failed"), all: [abort], newest: [failed], why: /aborted/ },
    {
      rule: "when somebody deployed since",
      task: task("Failed"),
      all: [],
      newest: [later, failed],
      why: /newer deployment/,
    },
    {
      rule: "a tenant's later one does not matter",
      task: task("Failed"),
      all: [],
      newest: [{ ...later, tenantId: asId<"Tenant">("Tenants-1") }, failed],
      why: undefined,
    },
  ])("$rule", ({ task: ended, all, newest, why }) => {
    const reason = whyNotAgain({ failed, task: ended, interruptions: all, newest });

    if (why === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(why);
  });
});

test.each([
  { wanted: ["warm UP", "Warm up"], ends: "A-2" },
  {
    wanted: ["Nope"],
    ends: 'There is no step "Nope": the deployment would run "Deploy", "Warm up", "Audit", "audit".',
  },
  { wanted: ["Deploy"], ends: 'The step "Deploy" is required and cannot be skipped.' },
  { wanted: ["AUDIT"], ends: 'Several steps are called "AUDIT".' },
])("steps to skip: $wanted", ({ wanted, ends }) => {
  const steps = ["Deploy", "Warm up", "Audit", "audit"].map((name, index) => ({
    id: asId<"Action">(`A-${index + 1}`),
    name,
    canBeSkipped: index > 0,
    machines: [],
    unavailable: [],
  }));

  const choice = chooseSkippedSteps(wanted, steps);

  expect(choice.kind === "skip" ? choice.actionIds.join() : choice.problems.join()).toBe(ends);
});

test("an empty process has no step to skip", () => {
  expect(chooseSkippedSteps(["x"], [])).toMatchObject({ problems: [expect.stringContaining("would run none")] });
});

test.each([
  { rule: "stopped", ahead: [], stopped: true, text: /queue of the child's space is stopped/ },
  {
    rule: "behind others, and ourselves, is no deadlock yet",
    ahead: ["ServerTasks-9", "ServerTasks-1"],
    stopped: false,
    text: /^The child deployment is queued behind Task \(ServerTasks-9\)\.$/,
  },
  { rule: "behind nobody but ourselves", ahead: ["ServerTasks-1"], stopped: false, text: /which waits for it: the/ },
  {
    rule: "behind many",
    ahead: ["a", "b", "c", "d"],
    stopped: false,
    text: /Task \(a\), Task \(b\), Task \(c\) and 1 other\./,
  },
  { rule: "behind nobody", ahead: [], stopped: false, text: undefined },
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
    rule: "an answer",
    of: task("Queued", { hasPendingInterruptions: true }),
    teams: [],
    text: 'It was waiting for an answer to "Approve".',
  },
  {
    rule: "an answer by a team",
    of: task("Queued", { hasPendingInterruptions: true }),
    teams: ["DBA"],
    text: 'It was waiting for an answer to "Approve" by DBA.',
  },
  {
    rule: "an answer by one of two teams",
    of: task("Queued", { hasPendingInterruptions: true }),
    teams: ["DBA", "QA"],
    text: 'It was waiting for an answer to "Approve" by DBA or QA.',
  },
  {
    rule: "others",
    of: task("Queued", { start: "never" }),
    text: "It was waiting behind Task (a), Task (b), Task (c) and 1 other.",
  },
  {
    rule: "a precondition",
    of: task("Queued", { start: "never", hasPendingPreconditions: true }),
    text: "It waits for a precondition, such as the approval of its change request.",
  },
  { rule: "nothing", of: task("Executing"), text: undefined },
])("what a child whose time is up waited for: $rule", ({ of, teams = [], text }) => {
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

describe("the log is relayed", () => {
  const node = (id: string, lines: readonly string[], children: readonly Activity[] = [], first = 1): Activity => ({
    id,
    name: id,
    status: "Running",
    progress: 0,
    lines: [
      ...(first > 1 ? [{ category: "Gap", occurredAt: 0, text: "..." }] : []),
      ...lines.map((text, index) => ({ category: "Info", occurredAt: 0, text, number: first + index })),
    ],
    children,
  });
  const texts = (lines: readonly { readonly text: string }[]) => lines.map(({ text }) => text);

  test("in the order of the tree, each line once, a node named when it changes", () => {
    const first = relayNewLines([node("root", ["begin"], [node("a", ["1"], [node("b", ["2"])])])], nothingRelayed);
    const second = relayNewLines(
      [node("root", ["begin"], [node("a", ["1", "3"], [node("b", ["2", "4"])])])],
      first.relayed,
    );
    const third = relayNewLines(
      [node("root", ["begin"], [node("a", ["1", "3"], [node("b", ["2", "4"])])])],
      second.relayed,
    );

    expect(texts(first.lines)).toEqual(["Child: task log", "  begin", "Child: a", "  1", "Child: a > b", "  2"]);
    expect(texts(second.lines)).toEqual(["Child: a", "  3", "Child: a > b", "  4"]);
    expect(third.lines).toEqual([]);
  });

  test("a node cut before what was relayed misses nothing, one cut after it does", () => {
    const { relayed } = relayNewLines([node("root", ["1", "2", "3"])], nothingRelayed);

    expect(missesLines([node("root", ["3", "4"], [], 3)], relayed)).toBe(false);
    expect(missesLines([node("root", ["4"], [], 4)], relayed)).toBe(false);
    expect(missesLines([node("root", ["5"], [], 5)], relayed)).toBe(true);
  });

  test("lines without numbers are counted, and levels kept", () => {
    const lines = ["Info", "Warning", "Error"].map((category) => ({ category, occurredAt: 0, text: category }));
    const { lines: shown, relayed } = relayNewLines([{ ...node("root", []), lines }], nothingRelayed);

    expect(shown.slice(1).map(({ level }) => level)).toEqual(["info", "warning", "error"]);
    expect(relayNewLines([{ ...node("root", []), lines }], relayed).lines).toEqual([]);
  });
});
