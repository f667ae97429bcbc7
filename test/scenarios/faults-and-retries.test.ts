import { describe, expect, test } from "vitest";
import type { FaultInput } from "../octopus-server/http/faults.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { SwitchChanges } from "../octopus-server/switches.ts";
import type { World } from "../octopus-server/world/world.ts";
import { stepOf } from "../parent-process/parent-result.ts";
import { runOrWalk, walk } from "./in-process.ts";
import { child, created, type Parameters, orchestration, type Project, type Run, serve } from "./scenario.ts";

type Script = NonNullable<World["scripts"]>[number];

/** Release 1.0 waits in Test to be deployed to Staging. */
function world(script: Script = {}, more: Partial<World> = {}, project: Partial<Project> = {}): World {
  const deployments = [
    { environment: "Development", at: "-3h" },
    { environment: "Test", at: "-3h" },
  ];
  return orchestration({
    projects: [child("Web API", [{ version: "1.0", created: "-3h", deployments }], project)],
    scripts: [{ project: "Web API", environment: "Staging", duration: "5m", ...script }],
    ...more,
  });
}

const frozen: Partial<World> = {
  freezes: [{ name: "Xmas", start: "-1h", end: "+1d", projects: ["Web API"], environments: ["Staging"] }],
};

function bodies(server: OctopusServer, path: RegExp): readonly unknown[] {
  return server
    .journal()
    .flatMap(({ method, path: asked, body }) => (method !== "GET" && path.test(asked) ? [body] : []));
}

function outcome({ outputs }: Run): string {
  return `${outputs.Outcome} ${outputs.Reason}`;
}

describe("a deployment that may or may not exist", () => {
  const faults: readonly {
    readonly rule: string;
    readonly fault: FaultInput;
    readonly found: boolean;
    readonly shipped?: true;
  }[] = [
    { rule: "the answer is lost: the deployment is found", fault: { reset: "after" }, found: true, shipped: true },
    {
      rule: "a gateway time-out after the request took effect: the deployment is found",
      fault: { status: 504, after: true },
      found: true,
    },
    { rule: "the deployment is committed a minute late: it is found", fault: { lateCommit: "1m" }, found: true },
    { rule: "the answer is cut off in the middle: the deployment is found", fault: { truncate: "cut" }, found: true },
    {
      rule: "the request is lost: no deployment appears, and the message says so",
      fault: { reset: "before" },
      found: false,
    },
    {
      rule: "maintenance: no deployment appears, and the message says so",
      fault: { status: 503 },
      found: false,
      shipped: true,
    },
  ];

  test.each(faults)("$rule", async ({ fault, found, shipped }) => {
    const server = await serve(world());
    server.simulator.addFault({ method: "POST", route: "deployments", times: 1, ...fault });

    const result = shipped === true ? await runOrWalk(server, "Web API") : await walk(server, { child: "Web API" });

    expect(created(server)).toHaveLength(found ? 1 : 0);
    expect(outcome(result), result.log).toBe(found ? "Deployed NewRelease" : "Failed Blocked");
    expect(result.log).toMatch(
      found
        ? /Found it: Deployments-\d+/
        : /No deployment by this step appeared within two minutes\. .*Run the step again after ten minutes: .* never deploys twice\./,
    );
    expect(bodies(server, /\/deployments$/)).toHaveLength(1);
  });

  test.each([
    { status: 400, errors: ["The release is not deployable."] },
    { status: 409, errors: ["Somebody changed the release."] },
  ])("a refusal with $status is final and printed", async ({ status, errors }) => {
    const server = await serve(world());
    server.simulator.addFault({ method: "POST", route: "deployments", status, errors });

    const result = await walk(server, { child: "Web API" });

    expect(outcome(result)).toBe("Failed Blocked");
    expect(result.log).toContain(errors[0]);
    expect(bodies(server, /\/deployments$/)).toHaveLength(1);
    expect(created(server)).toEqual([]);
  });
});

describe("freezes", () => {
  test("an active freeze is an error before anything is created", async () => {
    const server = await serve(world({}, frozen));

    const result = await walk(server, { child: "Web API" });

    expect(outcome(result), result.log).toBe("Failed Frozen");
    expect(result.log).toMatch(/prevented by the deployment freeze "Xmas" until 2021-01-15 12:00 UTC/);
    expect(result.exitCode).toBe(1);
    expect(bodies(server, /\/deployments/)).toEqual([]);
  });

  test("a reason overrides it and is recorded", async () => {
    const server = await serve(world({}, frozen));

    const result = await runOrWalk(server, "Web API", { "ChildProject.Freeze.OverrideReason": "hot fix 42" });

    expect(outcome(result), result.log).toBe("Deployed NewRelease");
    expect(bodies(server, /\/deployments\/override$/)).toMatchObject([
      { Reason: "hot fix 42", FreezeIds: [expect.stringMatching(/^DeploymentFreezes-/)] },
    ]);
  });

  test("a release that is already current is skipped, frozen or not", async () => {
    const server = await serve(world());
    await walk(server, { child: "Web API" });
    server.simulator.addWorld(frozen);

    expect(outcome(await walk(server, { child: "Web API" }))).toBe("Skipped AlreadyCurrent");
  });

  describe("a freeze that the plan did not see, and for which the server refuses the deployment", () => {
    const why = { "ChildProject.Freeze.OverrideReason": "hot fix 42" };
    /** The plan sees no freeze. */
    const unseen = (server: OctopusServer, times?: number) =>
      server.simulator.addFault({ route: "deploymentfreezes", status: 404, ...(times === undefined ? {} : { times }) });

    test("without a reason: frozen, in the server's words", async () => {
      const server = await serve(world({}, frozen));
      unseen(server);

      const result = await walk(server, { child: "Web API" });

      expect(outcome(result), result.log).toBe("Failed Frozen");
      expect(result.outputs.Message).toContain("prevented by the deployment freeze 'Xmas'");
      expect(result.log).toMatch(/enter a reason in the parameter "Deployment freeze: override reason"/);
      expect(bodies(server, /\/deployments/)).toHaveLength(1);
      expect(created(server)).toEqual([]);
    });

    test("with a reason: the freezes are read once more, and the freeze is overridden", async () => {
      const server = await serve(world({}, frozen));
      unseen(server, 1);

      const result = await walk(server, { child: "Web API", parameters: why });

      expect(outcome(result), result.log).toBe("Deployed NewRelease");
      expect(result.log).toMatch(/warning: Overriding the deployment freeze "Xmas" until .*. Reason: hot fix 42/);
      expect(bodies(server, /\/deployments\/override$/)).toMatchObject([
        { Reason: "hot fix 42", FreezeIds: [expect.stringMatching(/^DeploymentFreezes-/)] },
      ]);
      expect(created(server)).toEqual(["Web API 1.0 to Staging"]);
    });

    test("with a reason, but the freeze still cannot be seen: frozen, without another attempt", async () => {
      const server = await serve(world({}, frozen));
      unseen(server);

      const result = await walk(server, { child: "Web API", parameters: why });

      expect(outcome(result), result.log).toBe("Failed Frozen");
      expect(result.outputs.Message).toContain("prevented by the deployment freeze 'Xmas'");
      expect(result.log).toContain("An override reason was given, but the API key sees no freeze to override.");
      expect(bodies(server, /\/deployments/)).toHaveLength(1);
      expect(created(server)).toEqual([]);
    });
  });

  test("freezes are read for the instant at which the deployment starts", async () => {
    const server = await serve(world());

    await walk(server, {
      child: "Web API",
      parameters: { "ChildProject.Deployment.FutureTime": "2021-01-14T21:00:00Z" },
    });

    const asked = server.journal().filter(({ path }) => path.includes("/deploymentfreezes?"));
    expect(asked.length).toBeGreaterThan(0);
    for (const { path } of asked) expect(path).toContain("effectiveDate=2021-01-14T21%3A00%3A00.000Z");
  });

  test("a server without freezes deploys", async () => {
    const server = await serve(world());
    server.simulator.addFault({ route: "deploymentfreezes", status: 404, message: "The resource was not found." });

    expect(
      outcome(
        await walk(server, { child: "Web API", parameters: { "ChildProject.Freeze.OverrideReason": "in vain" } }),
      ),
    ).toBe("Deployed NewRelease");
  });
});

describe("steps to skip", () => {
  const steps: Project["steps"] = [
    { name: "Deploy", packages: ["Web API"] },
    { name: "Warm up" },
    { name: "Audit", required: true },
  ];

  test("step names, in any case, are sent as the ids of their actions", async () => {
    const server = await serve(world({}, {}, { steps }));

    const result = await walk(server, { child: "Web API", parameters: { "ChildProject.Skip.StepNames": "warm up" } });

    expect(outcome(result), result.log).toBe("Deployed NewRelease");
    expect(bodies(server, /\/deployments$/)).toMatchObject([{ SkipActions: [expect.stringMatching(/./)] }]);
  });

  test("a step that cannot be skipped is an error that names the steps", async () => {
    const server = await serve(world({}, {}, { steps }));

    const result = await walk(server, {
      child: "Web API",
      parameters: { "ChildProject.Skip.StepNames": "Warmup\nAudit" },
    });

    expect(result.log).toMatch(
      /Step to skip "Warmup" was not found: the deployment would run "Deploy", "Warm up", "Audit"/,
    );
    expect(result.log).toMatch(/Step to skip "Audit" is required and cannot be skipped\./);
    expect(created(server)).toEqual([]);
  });
});

describe("guided failure", () => {
  const breaks = (failures?: number): Script => ({
    duration: "5m",
    steps: [{ name: "Deploy", result: "Failed", ...(failures === undefined ? {} : { failures }) }],
  });
  const cases: readonly {
    readonly rule: string;
    readonly script: Script;
    readonly parameters: Parameters;
    readonly switches?: SwitchChanges;
    readonly ends: string;
    readonly answers: readonly string[];
  }[] = [
    {
      rule: "Off: the child fails at once",
      script: breaks(),
      parameters: { "ChildProject.GuidedFailure.Mode": "Off", "ChildProject.GuidedFailure.Response": "Retry" },
      ends: "Failed NewRelease",
      answers: [],
    },
    {
      rule: "Default: the project says On, and the failure is answered",
      script: breaks(),
      parameters: { "ChildProject.GuidedFailure.Response": "Fail" },
      ends: "Failed NewRelease",
      answers: ["Fail"],
    },
    {
      rule: "Retry twice, and the third try succeeds",
      script: breaks(2),
      parameters: { "ChildProject.GuidedFailure.Response": "Retry", "ChildProject.GuidedFailure.Retries": "2" },
      ends: "Deployed NewRelease",
      answers: ["Retry", "Retry"],
    },
    {
      rule: "Retry once, then Fail",
      script: breaks(),
      parameters: { "ChildProject.GuidedFailure.Mode": "On", "ChildProject.GuidedFailure.Response": "Retry" },
      ends: "Failed NewRelease",
      answers: ["Retry", "Fail"],
    },
    {
      rule: "Retry once, then Fail, although each failure has a correlation id of its own",
      script: breaks(),
      parameters: { "ChildProject.GuidedFailure.Response": "Retry" },
      switches: { guidedFailureCorrelation: "attempt" },
      ends: "Failed NewRelease",
      answers: ["Retry", "Fail"],
    },
    {
      rule: "Retry three times: the server offers only one retry",
      script: breaks(),
      parameters: { "ChildProject.GuidedFailure.Response": "Retry", "ChildProject.GuidedFailure.Retries": "3" },
      switches: { guidedFailureRetries: 1 },
      ends: "Failed NewRelease",
      answers: ["Retry", "Fail"],
    },
    {
      rule: "Ignore: the child goes on",
      script: breaks(),
      parameters: { "ChildProject.GuidedFailure.Response": "Ignore" },
      ends: "Deployed NewRelease",
      answers: ["Ignore"],
    },
    {
      rule: "Wait: the failure is left to users until the child is cancelled at its time limit",
      script: breaks(),
      parameters: {},
      ends: "TimedOut NewRelease",
      answers: [],
    },
  ];

  test.each(cases)("$rule", async ({ script, parameters, switches = {}, ends, answers }) => {
    const base = world(script, {}, { guidedFailure: "On" });
    const server = await serve({
      ...base,
      userRoles: [{ name: "Task canceller", permissions: ["TaskCancel", "InterruptionView", "InterruptionSubmit"] }],
    });
    server.simulator.setSwitches(switches);

    const result = await walk(server, { child: "Web API", parameters });

    expect(outcome(result), result.log).toBe(ends);
    expect(bodies(server, /\/submit$/)).toMatchObject(answers.map((Guidance) => ({ Guidance })));
  });

  test("the log says once that the key may not answer, and the step waits", async () => {
    const server = await serve(world(breaks(), {}, { guidedFailure: "On" }));
    const missingPermission = "InterruptionSubmit";
    server.simulator.addFault({ method: "PUT", route: "interruptions/{id}/responsible", missingPermission });

    const result = await walk(server, {
      child: "Web API",
      parameters: { "ChildProject.GuidedFailure.Response": "Ignore" },
    });

    expect(outcome(result), result.log).toBe("TimedOut NewRelease");
    expect(result.log.match(/guided failure .*(cannot be|was not) answered/gi)).toHaveLength(1);
  });
});

describe("deployment retries", () => {
  const twice: Parameters = { "ChildProject.Deployment.Retries": "1" };

  test("a failed deployment is deployed again, and the marker counts the attempts", async () => {
    const server = await serve(world({ result: "Failed", times: 1 }));

    const result = await walk(server, { child: "Web API", parameters: twice });

    expect(outcome(result), result.log).toBe("Deployed NewRelease");
    expect(bodies(server, /\/deployments$/)).toMatchObject([
      { Comments: expect.stringContaining("attempt=1]") },
      { Comments: expect.stringContaining("attempt=2]") },
    ]);
  });

  test("not more often than configured", async () => {
    const server = await serve(world({ result: "Failed" }));

    const result = await walk(server, { child: "Web API", parameters: twice });

    expect(outcome(result)).toBe("Failed NewRelease");
    expect(created(server)).toHaveLength(2);
  });

  test("not during a freeze that began meanwhile: the first failure is the outcome, and the log names the freeze", async () => {
    const server = await serve(world({ result: "Failed" }));
    server.simulator.addWorld({
      freezes: [{ name: "Xmas", start: "+2m", end: "+1d", projects: ["Web API"], environments: ["Staging"] }],
    });

    const result = await walk(server, { child: "Web API", parameters: twice });

    expect(outcome(result), result.log).toBe("Failed NewRelease");
    expect(result.log).toMatch(/could not be deployed again\. .*deployment freeze "Xmas"/);
    expect(created(server)).toHaveLength(1);
  });

  test.each<{ rule: string; script: Script; ends: string }>([
    { rule: "superseded", script: { queuedFor: "forever", supersededAfter: "5m" }, ends: "Canceled" },
    { rule: "timed out in the queue", script: { queuedFor: "forever", queueTimeout: "5m" }, ends: "TimedOut" },
    { rule: "a rejected change request", script: { precondition: { after: "5m", rejected: true } }, ends: "Failed" },
  ])("never after: $rule", async ({ script, ends }) => {
    const server = await serve(world(script));

    const result = await walk(server, { child: "Web API", parameters: twice });

    expect(result.outputs.Outcome, result.log).toBe(ends);
    expect(created(server)).toHaveLength(1);
  });
});

describe("what a child waits for", () => {
  test("an open change request is named from the child's log", async () => {
    const server = await serve(world({ precondition: { changeRequest: "CHG0042", after: "1h" }, duration: "1m" }));

    const { log } = await walk(server, { child: "Web API" });

    expect(log.match(/Waiting for Approval CHG0042/g)).toHaveLength(1);
  });

  test("the time a change request was open does not count as time in the queue", async () => {
    const server = await serve(world({ precondition: { after: "70m" }, queuedFor: "80m", duration: "1m" }));

    expect(outcome(await walk(server, { child: "Web API" }))).toBe("Deployed NewRelease");
  });

  test("a task cap that the parent's own deployment uses up is named", async () => {
    const server = await serve(world());
    server.simulator.setSwitches({ taskCap: 1 });

    const { log, outputs } = await walk(server, {
      child: "Web API",
      parameters: { "ChildProject.QueueTimeout.Seconds": "10m" },
    });

    expect(log).toMatch(/warning: Deadlock: .*queued behind this deployment \(ServerTasks-\d+\).*task cap/);
    expect(outputs.Outcome).toBe("TimedOut");
  });

  test("another user's deployment that is ahead in the queue is named, once", async () => {
    const busy = { environment: "Staging", at: "-1m", state: "Executing", script: { duration: "20m" } } as const;
    const batch = child("Batch", [{ version: "7", created: "-3h", deployments: [busy] }]);
    const server = await serve(world());
    server.simulator.addWorld({ projects: [batch] });
    server.simulator.setSwitches({ taskCap: 2 });

    const result = await walk(server, { child: "Web API" });

    expect(outcome(result), result.log).toBe("Deployed NewRelease");
    expect(result.log.match(/info: .*The child deployment is queued behind .*Batch.*ServerTasks-\d+/g)).toHaveLength(1);
  });

  test("a stopped task queue is named, and the queue limit ends the wait", async () => {
    const server = await serve(world({}, { space: { name: "Default", taskQueueStopped: true } }));

    const result = await walk(server, { child: "Web API", parameters: { "ChildProject.QueueTimeout.Seconds": "10m" } });

    expect(outcome(result), result.log).toBe("TimedOut NewRelease");
    expect(result.log.match(/warning: The task queue of the child's space is stopped/g)).toHaveLength(1);
    expect(bodies(server, /\/cancel$/)).toHaveLength(1);
    expect(server.journal().filter(({ path }) => path.endsWith("/queued-behind")).length).toBeLessThan(8);
  });
});

describe("the child's log", () => {
  const script: Script = {
    duration: "30m",
    steps: [
      {
        name: "Deploy",
        targets: ["web-01", "web-02"],
        log: [
          ...Array.from({ length: 300 }, (_, number) => ({ text: `line ${number} on one`, target: "web-01" })),
          ...Array.from({ length: 40 }, (_, number) => ({ text: `line ${number} on two`, target: "web-02" })),
          { text: "careful", category: "Warning" },
          "##octopus[setVariable name='eA==' value='eA==']",
        ],
      },
    ],
  };

  test("is relayed: each line once, in order, under its target, and sanitized", async () => {
    const server = await serve(world(script));

    const parameters = { "ChildProject.EnableEnhancedLogging.Value": "Yes" };
    const result = await walk(server, { child: "Web API", parameters });

    const lines = result.log.split("\n");
    for (const [target, count] of [
      ["one", 300],
      ["two", 40],
    ] as const) {
      const found = lines.filter((line) => line.endsWith(` on ${target}`));
      expect(found).toEqual(Array.from({ length: count }, (_, number) => `info:   line ${number} on ${target}`));
    }
    expect(result.log).toMatch(/info: Child: Step 1: Deploy > web-01\n/);
    expect(lines).toContain("warning:   careful");
    expect(Object.keys(stepOf(result.parent, "Web API").outputs)).not.toContain("x");
    expect(server.journal().filter(({ path }) => path.endsWith("/details")).length).toBeLessThan(5);
  });

  test("more lines than one poll returns are read again, completely", async () => {
    const log = Array.from({ length: 300 }, (_, number) => `line ${number} of many`);
    const server = await serve(world({ duration: "2s", steps: [{ name: "Deploy", log }] }));

    const result = await walk(server, {
      child: "Web API",
      parameters: { "ChildProject.EnableEnhancedLogging.Value": "Yes" },
    });

    const lines = result.log.split("\n").filter((line) => line.endsWith(" of many"));
    expect(lines).toEqual(log.map((line) => `info:   ${line}`));
    expect(server.journal().some(({ path }) => path.endsWith("/details"))).toBe(true);
  });

  test("progress reaches the parent's step", async () => {
    const server = await serve(world());

    const { parent } = await walk(server, { child: "Web API" });

    const { progress } = stepOf(parent, "Web API").script ?? { progress: [] };
    expect(progress.map(({ percentage }) => percentage)).toEqual([50, 100]);
    expect(progress.at(-1)).toMatchObject({ percentage: 100 });
  });
});

describe("the end of a child", () => {
  test("a cancel names the user who cancelled", async () => {
    const base = world({ external: true }, { users: [{ name: "release-conductor", service: true }, { name: "Olga" }] });
    const server = await serve({
      ...base,
      userRoles: [{ name: "Task canceller", permissions: ["TaskCancel", "EventView"] }],
      teams: [...(base.teams ?? []), { name: "Ops", members: ["Olga"], roles: ["Task canceller", "Project viewer"] }],
    });

    const running = runOrWalk(server, "Web API");
    await cancelAs(server, "Olga");

    const result = await running;
    expect(outcome(result), result.log).toBe("Canceled NewRelease");
    expect(result.outputs.Message).toMatch(/was cancelled by Olga/i);
    expect(result.resultMessage).toBe(result.outputs.Message);
  });

  test("a superseded deployment is reported as superseded", async () => {
    const server = await serve(world({ queuedFor: "forever", supersededAfter: "5m" }));

    expect((await walk(server, { child: "Web API" })).outputs.Message).toMatch(
      /cancelled because a newer deployment supersedes it/,
    );
  });

  test("a failure names the child's error, and the step's result is that sentence", async () => {
    const server = await serve(world({ result: "Failed", error: "The disk is full" }));

    const result = await runOrWalk(server, "Web API");

    expect(result.exitCode).toBe(1);
    expect(result.resultMessage).toMatch(
      /The deployment of Web API 1\.0 to Staging failed: The disk is full\. See http/,
    );
  });

  test("a task that disappears ends the wait with a clear error", async () => {
    const server = await serve(world());
    server.simulator.addFault({ method: "GET", route: "tasks/{id}", skip: 3, status: 404, message: "Not found." });

    const result = await walk(server, { child: "Web API" });

    expect(outcome(result)).toBe("Failed Blocked");
    expect(result.log).toMatch(/The server task ServerTasks-\d+ no longer exists, or the API key lacks TaskView\./);
  });

  test("the cancel of a time-out is repeated until the server accepts it", async () => {
    const server = await serve(world({ duration: "2h" }));
    server.simulator.addFault({ method: "POST", route: "tasks/{id}/cancel", times: 2, status: 502, html: true });

    const result = await walk(server, { child: "Web API" });

    expect(outcome(result), result.log).toBe("TimedOut NewRelease");
    expect(result.outputs).toMatchObject({ TaskState: "Canceled" });
  });
});

async function cancelAs(server: OctopusServer, user: string): Promise<void> {
  for (;;) {
    const { history, projects } = server.simulator.state();
    const task = [...history.tasks.values()].find(
      ({ projectId, state }) => projects.get(projectId ?? "")?.name === "Web API" && state === "Executing",
    );
    if (task !== undefined) {
      const headers = { "X-Octopus-ApiKey": server.keys[user] ?? "", "Content-Type": "application/json" };
      const url = `${server.url}/api/${task.spaceId}/tasks/${task.id}/cancel`;
      const answer = await fetch(url, { method: "POST", headers, body: "{}" });
      expect(answer.status).toBe(200);
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
