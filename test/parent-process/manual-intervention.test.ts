import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startOctopusServer, type OctopusServer } from "../octopus-server/octopus-server.ts";
import { stepOf } from "./parent-result.ts";
import type { ManualInterventionStep } from "./parent-steps.ts";
import { deployParent, parentWorld, scriptStep, taskOf } from "./parent-world.ts";

/** Generous, because the machine may be busy. */
const patience = { timeout: 10_000 };

let server: OctopusServer;

beforeEach(async () => {
  server = await startOctopusServer({ world: parentWorld });
});

afterEach(() => server.stop());

const approve: ManualInterventionStep = {
  kind: "manual-intervention",
  name: "Approve",
  instructions: "Web API #{Octopus.Action[Plan].Output.ReleaseToPromote} to #{Octopus.Environment.Name}",
  teams: ["QA"],
};

test("users see the evaluated instructions, and one of them answers through the public API", async () => {
  const seen: unknown[] = [];

  const result = await deployParent(
    server,
    [
      scriptStep("Plan", "set_octopusvariable ReleaseToPromote 2021.1.0.22"),
      approve,
      scriptStep("Deploy", 'echo "$(get_octopusvariable By)"', {
        By: "#{Octopus.Action[Approve].Output.Manual.ResponsibleUser.Username}: #{Octopus.Action[Approve].Output.Manual.Notes}",
      }),
    ],
    {
      onStep: (step, status) => {
        const [task] = server.simulator.state().history.tasks.values();
        if (step === "Deploy" && status === "Running") seen.push(task?.state);
      },
      people: (question) => {
        const interruption = server.simulator.state().interruptions.get(question.interruptionId);
        seen.push(question.instructions, interruption?.instructions, interruption?.responsibleTeamIds.length);
        seen.push(server.simulator.state().history.tasks.get(interruption?.taskId ?? "")?.state);
        return { by: "alice", result: "Proceed", notes: "looks good" };
      },
    },
  );

  expect(seen).toEqual(["Web API 2021.1.0.22 to Staging", "Web API 2021.1.0.22 to Staging", 1, "Queued", "Executing"]);
  expect(stepOf(result, "Approve").log.map(({ level, text }) => [level, text])).toEqual([
    ["wait", "Waiting for manual intervention"],
    ["info", "Submitted by: Alice King"],
    ["info", "Result: Proceed"],
    ["info", "Notes: looks good"],
  ]);
  expect(stepOf(result, "Deploy").log.at(-1)?.text).toBe("alice: looks good");
  expect(taskOf(server, result)?.state).toBe("Success");
  expect(server.journal().map(({ method, user }) => [method, user])).toEqual([
    ["PUT", "alice"],
    ["POST", "alice"],
  ]);
});

test("an abort fails the deployment", async () => {
  const result = await deployParent(server, [approve, scriptStep("Deploy", "echo deployed")], {
    people: () => ({ by: "alice", result: "Abort" }),
  });

  expect(result).toMatchObject({ state: "Failed", error: "Approve was aborted by Alice King" });
  expect(result.steps.map(({ status }) => status)).toEqual(["Failed", "Skipped"]);
  expect(taskOf(server, result)?.state).toBe("Failed");
});

test("a user of another team is refused; then the deployment fails, and the step beside it is killed", async () => {
  const beside = { ...scriptStep("Beside", "echo started; sleep 60"), start: "with-previous" as const };
  const lines: string[] = [];

  const attempt = deployParent(server, [approve, beside], {
    people: () =>
      vi.waitFor(() => expect(lines).toContain("started"), patience).then(() => ({ by: "mallory", result: "Proceed" })),
    onLine: (_step, { text }) => lines.push(text),
  });

  await expect(attempt).rejects.toThrow(/answered 403/);
  const [task] = server.simulator.state().history.tasks.values();
  expect(task?.state).toBe("Failed");
  await vi.waitFor(() => expect(lines).toContain("Script execution canceled."), patience);
});

test("the deployment waits for a late answer", async () => {
  const later = new Promise<{ by: string; result: "Proceed" }>((resolve) => {
    setImmediate(() => resolve({ by: "alice", result: "Proceed" }));
  });

  expect((await deployParent(server, [approve], { people: () => later })).state).toBe("Success");
});

test("a step whose condition is false raises no intervention", async () => {
  const condition = { expression: '#{if Octopus.Action[Plan].Output.ChildReleaseToDeploy == "True"}True#{/if}' };

  const result = await deployParent(server, [{ ...approve, condition }]);

  expect(stepOf(result, "Approve").status).toBe("Skipped");
  expect(server.simulator.state().interruptions.size).toBe(0);
});
