import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startOctopusServer, type OctopusServer } from "../octopus-server/octopus-server.ts";
import { isLong } from "../random-cases.ts";
import type { runStep } from "../step-host/run-step.ts";
import { stepLog } from "../step-host/step-log.ts";
import type { ParentDeployment } from "./parent-deployment.ts";
import { stepOf } from "./parent-result.ts";
import type { ManualInterventionStep, ScriptStep } from "./parent-steps.ts";
import type { Failure, Guidance } from "./parent-task.ts";
import { deployParent, parentWorld, scriptStep, taskOf } from "./parent-world.ts";

let server: OctopusServer;
let folder: string;

beforeEach(async () => {
  server = await startOctopusServer({ world: parentWorld });
  folder = mkdtempSync(join(tmpdir(), "train-"));
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  await server.stop();
});

const childProjects = [
  "Database",
  "    roll back: never",
  "Web API #{Octopus.Environment.Name}",
  "\t+ Scheduling Service\r",
  "",
  "  prompted variables:\u00a0",
  "      Colour::red [a] (b) \\ $HOME `id` \"c\" 'd'",
].join("\n");

/** A step that outputs its task's id, and fails until it has run `runs` times. */
function flakyStep(name: string, runs: number): ScriptStep {
  const body = [
    'file="$(get_octopusvariable Folder)/$(get_octopusvariable Octopus.Action.Name)"',
    'echo x >> "$file"',
    'count="$(wc -l < "$file")"',
    'set_octopusvariable "Run$count" "$(get_octopusvariable Octopus.Task.Id)"',
    'echo "$count" > report; new_octopusartifact report "report $count.md"',
    'if [ "$count" -lt "$(get_octopusvariable Runs)" ]; then fail_step "run $count broke"; fi',
  ];
  return scriptStep(name, body.join("\n"), { Folder: folder, Runs: String(runs) });
}

/** Runs `flakyStep` in this process, and no other scripts, because Bash with its helper functions takes a second. */
function withoutBash(): Pick<ParentDeployment, "runScript"> {
  const runs = new Map<string, number>();
  const runScript: typeof runStep = async ({ variables, onLine = () => undefined }) => {
    const name = variables["Octopus.Action.Name"] ?? "";
    const run = (runs.get(name) ?? 0) + 1;
    runs.set(name, run);
    const log = stepLog([], onLine);
    const isFlaky = variables["Runs"] !== undefined;
    const isBroken = run < Number(variables["Runs"]);
    if (isFlaky)
      log.fromStdout(serviceMessage("setVariable", { name: `Run${run}`, value: variables["Octopus.Task.Id"] }));
    if (isBroken) log.fromStdout(serviceMessage("resultMessage", { message: `run ${run} broke` }));
    if (isBroken) log.write("fatal", log.resultMessage ?? "");
    const { lines, outputs, sensitiveOutputs, progress, resultMessage } = log;
    const artifacts = isFlaky ? [{ name: `report ${run}.md`, content: Buffer.from(String(run)) }] : [];
    return Promise.resolve({
      exitCode: isBroken ? 1 : 0,
      log: lines,
      outputs,
      sensitiveOutputs,
      progress,
      artifacts,
      leftovers: [],
      stdout: "",
      stderr: "",
      ...(resultMessage === undefined ? {} : { resultMessage }),
    });
  };
  return { runScript };
}

function serviceMessage(name: string, attributes: Readonly<Record<string, string | undefined>>): string {
  const words = Object.entries(attributes).map(
    ([key, value = ""]) => ` ${key}='${Buffer.from(value).toString("base64")}'`,
  );
  return `##octopus[${name}${words.join("")}]`;
}

/** Runs the first case of a table through Bash, in `npm run test:long` all cases. */
function bashFor(isFirst: boolean): Pick<ParentDeployment, "runScript"> {
  return isFirst || isLong ? {} : withoutBash();
}

const approve: ManualInterventionStep = {
  kind: "manual-intervention",
  name: "Approve",
  instructions: "#{Octopus.Action[Plan].Output.ReleasePlan}",
  teams: ["QA"],
};

describe("a list of child projects", () => {
  const keep = 'set_octopusvariable List "$(get_octopusvariable ChildProject.Project.Name; echo .)"';
  const list = { "ChildProject.Project.Name": childProjects };

  test("reaches both steps as it was typed, with its expressions evaluated", async () => {
    const result = await deployParent(server, [scriptStep("Plan", keep, list), scriptStep("Deploy", keep, list)]);

    const evaluated = childProjects.replace("#{Octopus.Environment.Name}", "Staging");
    for (const name of ["Plan", "Deploy"])
      expect(stepOf(result, name).outputs["List"]?.replace(/\n?\.$/, "")).toBe(evaluated);
  });

  test("is planned, approved by a user who sees the plan, and deployed in one task", async () => {
    const seen: string[] = [];

    const result = await deployParent(
      server,
      [
        scriptStep("Plan", `${keep}\nset_octopusvariable ReleasePlan "$(printf 'first\\nsecond')"`, list),
        approve,
        scriptStep("Deploy", 'set_octopusvariable Task "$(get_octopusvariable Octopus.Task.Id)"', list),
      ],
      {
        people: ({ instructions }) => {
          seen.push(instructions);
          return { by: "alice", result: "Proceed" };
        },
      },
    );

    expect(seen).toEqual(["first\nsecond"]);
    expect(result.state).toBe("Success");
    expect(stepOf(result, "Deploy").outputs["Task"]).toBe(result.taskId);
  });
});

describe("a failed step", () => {
  test.each([
    [2, "Success", 3],
    [0, "Failed", 1],
    [1, "Failed", 2],
    [5, "Success", 3],
  ])("that may be repeated %d times ends as %s after %d runs in the same task", async (retries, state, runs) => {
    const result = await deployParent(server, [{ ...flakyStep("Deploy", 3), retries }], bashFor(retries === 2));

    const { attempts, outputs, artifacts, log } = stepOf(result, "Deploy");
    expect([result.state, attempts]).toEqual([state, runs]);
    expect(Object.values(outputs)).toEqual(Array.from({ length: runs }, () => result.taskId));
    expect(artifacts).toHaveLength(runs);
    expect(log.filter(({ text }) => text.includes("broke"))).toHaveLength(Math.min(runs, 2));
    expect(taskOf(server, result)?.state).toBe(state);
  });

  test.each<[Guidance, string, string, number]>([
    ["Retry", "Success", "Success", 2],
    ["Ignore", "Success", "Warning", 1],
    ["Exclude", "Success", "Warning", 1],
    ["Fail", "Failed", "Failed", 1],
  ])("with the guidance %s: the task ends as %s", async (guidance, state, status, runs) => {
    const failures: Failure[] = [];
    const states: unknown[] = [];

    const result = await deployParent(server, [flakyStep("Deploy", 2), scriptStep("After", "echo")], {
      ...bashFor(guidance === "Retry"),
      guidedFailure: true,
      guide: (failure) => {
        failures.push(failure);
        const interruption = server.simulator.state().interruptions.get(failure.interruptionId);
        states.push(interruption?.type, server.simulator.state().history.tasks.get(interruption?.taskId ?? "")?.state);
        return { by: "alice", guidance };
      },
    });

    expect(failures).toMatchObject([{ step: "Deploy", error: "run 1 broke", attempts: 1 }]);
    expect(states).toEqual(["GuidedFailure", "Queued"]);
    expect([result.state, stepOf(result, "Deploy").status, stepOf(result, "Deploy").attempts]).toEqual([
      state,
      status,
      runs,
    ]);
    expect(stepOf(result, "After").status).toBe(state === "Failed" ? "Skipped" : "Success");
    expect(taskOf(server, result)?.state).toBe(state);
  });

  test("raises a guided failure each time its retries are used up, but no second approval", async () => {
    const asked: unknown[] = [];
    const steps = [scriptStep("Plan", "set_octopusvariable ReleasePlan plan"), approve];

    const result = await deployParent(server, [...steps, { ...flakyStep("Deploy", 4), retries: 1 }], {
      ...bashFor(false),
      guidedFailure: true,
      people: ({ step }) => {
        asked.push(step);
        return { by: "alice", result: "Proceed" };
      },
      guide: ({ step, attempts }) => {
        asked.push([step, attempts]);
        return { by: "alice", guidance: "Retry" };
      },
    });

    expect(asked).toEqual(["Approve", ["Deploy", 2], ["Deploy", 3]]);
    expect([result.state, stepOf(result, "Deploy").attempts]).toEqual(["Success", 4]);
    expect(new Set(Object.values(stepOf(result, "Deploy").outputs))).toEqual(new Set([result.taskId]));
  });

  test("without guidance waits until the task is cancelled", async () => {
    const cancel = new AbortController();

    const result = await deployParent(server, [flakyStep("Deploy", 2)], {
      ...bashFor(false),
      guidedFailure: true,
      signal: cancel.signal,
      guide: () => {
        cancel.abort();
        return undefined;
      },
    });

    expect([result.state, stepOf(result, "Deploy").status]).toEqual(["Canceled", "Canceled"]);
    expect(taskOf(server, result)?.state).toBe("Canceled");
  });
});

test("the same release deployed again is a new task with the same steps", async () => {
  const facts = ["Octopus.Task.Id", "Octopus.Deployment.Id", "Octopus.Release.Id", "Octopus.Action.Id"];
  const step = scriptStep(
    "Deploy",
    facts.map((name) => `set_octopusvariable ${name} "$(get_octopusvariable ${name})"`).join("\n"),
  );

  const [first, second] = [await deployParent(server, [step]), await deployParent(server, [step])];

  const seen = [first, second].map((result) => facts.map((name) => stepOf(result, "Deploy").outputs[name]));
  const [one = [], other = []] = seen;
  expect(one.map((value, index) => value === other[index])).toEqual([false, false, true, true]);
  expect([one[0], other[0]]).toEqual([first.taskId, second.taskId]);
});
