import { describe, expect, test } from "vitest";
import type { World } from "../octopus-server/world/world.ts";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";
import { runOrWalk, walk } from "./in-process.ts";
import {
  child,
  created,
  type Deployment,
  deployStep,
  type Release,
  orchestration,
  parent,
  run,
  serve,
} from "./scenario.ts";

const deployed = (version: string, at: string, more: readonly Deployment[] = []): Release => ({
  version,
  created: at,
  deployments: [{ environment: "Development", at }, { environment: "Test", at }, ...more],
});

function world(script: Script, more: readonly Deployment[] = []): World {
  const releases = [deployed("1.0", "-3h", more)];
  return orchestration({
    projects: [child("Web API", releases)],
    scripts: [{ project: "Web API", environment: "Staging", ...script }],
  });
}

type Script = NonNullable<World["scripts"]>[number];

interface Case {
  readonly rule: string;
  readonly script: Script;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly ends: string;
  readonly exitCode: number;
  readonly log?: RegExp;
  readonly cancels?: boolean;
  readonly shipped?: true;
}

const cases: readonly Case[] = [
  { rule: "a success", script: { duration: "10m" }, ends: "Deployed NewRelease Success", exitCode: 0 },
  {
    rule: "a success with warnings",
    script: { duration: "1m", result: "Warning" },
    ends: "Deployed NewRelease Success",
    exitCode: 0,
    log: /succeeded with warnings/,
  },
  {
    rule: "a failure, with the failed step and the child's last errors",
    script: {
      result: "Failed",
      error: "The deployment failed because one or more steps failed.",
      steps: [{ name: "Deploy", result: "Failed", log: ["copying", { text: "disk full", category: "Error" }] }],
    },
    ends: "Failed NewRelease Failed",
    exitCode: 1,
    shipped: true,
    log: /error: Failed: .*Deploy\nerror: .* disk full\nerror: .* exit code 1\nfatal: The deployment of Web API 1\.0 to Staging failed: .*exit code 1\. See http/,
  },
  {
    rule: "cancelled by the server (superseded)",
    script: { queuedFor: "forever", supersededAfter: "5m" },
    ends: "Canceled NewRelease Canceled",
    exitCode: 1,
  },
  {
    rule: "timed out in the server's queue",
    script: { queuedFor: "forever", queueTimeout: "10m" },
    ends: "TimedOut NewRelease TimedOut",
    exitCode: 1,
    log: /timed out in the server's queue/,
    shipped: true,
  },
  {
    rule: "longer than its time limit: it is cancelled",
    script: { duration: "2h" },
    ends: "TimedOut NewRelease Canceled",
    exitCode: 1,
    log: /Deployment time limit \(30 min\) exceeded\. Cancelling the child deployment\.\n.*exceeded the deployment time limit of 30 min\./,
    cancels: true,
    shipped: true,
  },
  {
    rule: "longer than its time limit, and the cancel takes long: the message says so",
    script: { duration: "2h", cancelTakes: "10m" },
    ends: "TimedOut NewRelease Cancelling",
    exitCode: 1,
    log: /It is still Cancelling a minute after it was cancelled/,
    cancels: true,
  },
  {
    rule: "longer in the queue than its queue limit: it is cancelled",
    script: { queuedFor: "forever" },
    parameters: { "ChildProject.QueueTimeout.Seconds": "10m" },
    ends: "TimedOut NewRelease Canceled",
    exitCode: 1,
    log: /Queue time limit \(10 min\) exceeded\. Cancelling the child deployment\.\n.*exceeded the queue time limit of 10 min\./,
    cancels: true,
  },
  {
    rule: "no time limit",
    script: { duration: "90m" },
    parameters: { "ChildProject.CancelDeployment.Seconds": "0" },
    ends: "Deployed NewRelease Success",
    exitCode: 0,
  },
  {
    rule: "time in the queue does not count against the time limit",
    script: { queuedFor: "50m", duration: "20m" },
    ends: "Deployed NewRelease Success",
    exitCode: 0,
  },
  {
    rule: "an open change request is waited for without the queue limit, and named",
    script: { precondition: { after: "90m" }, duration: "1m" },
    ends: "Deployed NewRelease Success",
    exitCode: 0,
    log: /wait: .*change request/,
  },
  {
    rule: "not waited for",
    script: { duration: "2h" },
    parameters: { "ChildProject.WaitForFinish.Value": "No" },
    ends: "Started NewRelease ",
    exitCode: 0,
  },
];

describe("how a child deployment ends", () => {
  test.each(cases)("$rule", async ({ script, parameters, ends, exitCode, log, cancels = false, shipped }) => {
    const server = await serve(world(script));

    const result =
      shipped === true
        ? await runOrWalk(server, "Web API", parameters)
        : await walk(server, { child: "Web API", ...(parameters && { parameters }) });

    const { Outcome, Reason, TaskState } = result.outputs;
    expect(`${Outcome} ${Reason} ${TaskState}`, result.log).toBe(ends);
    expect(result.exitCode).toBe(exitCode);
    expect(result.outputs).toMatchObject({ ReleaseToPromote: "1.0", ChildReleaseToDeploy: "True" });
    expect(result.outputs.DeploymentUrl).toContain("/deployments/releases/1.0/deployments/Deployments-");
    expect(created(server)).toEqual(["Web API 1.0 to Staging"]);
    if (log !== undefined) expect(result.log).toMatch(log);
    expect(server.journal().some(({ method, path }) => method === "POST" && path.endsWith("/cancel"))).toBe(cancels);
  });

  test("the message names the missing permission if the key may not cancel", async () => {
    const base = world({ duration: "2h" });
    const server = await serve({ ...base, userRoles: [{ name: "Task canceller", permissions: [] }] });

    const { outputs, exitCode } = await walk(server, { child: "Web API" });

    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ Outcome: "TimedOut", TaskState: "Executing" });
    expect(outputs.Message).toMatch(/It could not be cancelled and is still running\. The API key lacks TaskCancel\./);
  });

  test("a thirty-minute child costs fewer than 250 requests, and its log says only what changed", async () => {
    const server = await serve(world({ duration: "29m" }));

    const { log, exitCode } = await walk(server, { child: "Web API" });

    const polls = server
      .journal()
      .filter(({ method, path }) => method === "GET" && /\/tasks\/ServerTasks-\d+$/.test(path));
    expect(exitCode).toBe(0);
    expect(polls.length).toBeGreaterThan(50);
    expect(server.journal().length).toBeLessThan(250);
    expect(log.match(/executing/g)).toHaveLength(1);
  });
});

describe("concurrent deployments", () => {
  test("another user's of the same release: waited for, never cancelled, and then the release is current", async () => {
    const server = await serve(
      world({}, [
        { environment: "Staging", at: "-1m", state: "Executing", by: "release-conductor", script: { duration: "10m" } },
      ]),
    );

    const { outputs, log } = await walk(server, { child: "Web API" });

    expect(created(server)).toEqual([]);
    expect(outputs).toMatchObject({ Outcome: "Skipped", Reason: "AlreadyCurrent" });
    expect(log).toMatch(
      /wait: Waiting for another deployment of Web API to Staging to finish \(Deployments-\d+, created by release-conductor\)/,
    );
  });

  test("another user's of another release: waited for, and then the decision is made again", async () => {
    const releases = [
      deployed("0.9", "-5h", [{ environment: "Staging", at: "-1m", state: "Executing", script: { duration: "10m" } }]),
      deployed("1.0", "-3h"),
    ];
    const server = await serve(orchestration({ projects: [child("Web API", releases)] }));

    const { outputs, log } = await walk(server, { child: "Web API" });

    expect(created(server), log).toEqual(["Web API 1.0 to Staging"]);
    expect(outputs).toMatchObject({ Outcome: "Deployed", CurrentRelease: "0.9" });
  });

  test("one that does not end within the queue limit fails the step and is left alone", async () => {
    const server = await serve(
      world({}, [{ environment: "Staging", at: "-1m", state: "Executing", script: { duration: "5h" } }]),
    );

    const { outputs, exitCode } = await walk(server, { child: "Web API" });

    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ Outcome: "TimedOut", Reason: "Blocked", ChildReleaseToDeploy: "False" });
    expect(server.journal().some(({ path }) => path.endsWith("/cancel"))).toBe(false);
  });

  test("one that this step started before it was killed is adopted, not deployed again", async () => {
    const server = await serve(world({ duration: "10m" }));
    const killer = new AbortController();
    const killed = runParentDeployment(server, {
      ...parent,
      environment: "Staging",
      variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
      steps: [deployStep("Web API")],
      signal: killer.signal,
      onLine: (_, { text }) => {
        if (text.startsWith("Created the deployment")) killer.abort();
      },
    });
    expect((await killed).state).toBe("Canceled");

    const again = await run(server, "Web API");

    expect(created(server)).toEqual(["Web API 1.0 to Staging"]);
    expect(again.outputs.Outcome).toBe("Deployed");
    expect(["Attached", "NewRelease", "AlreadyCurrent"]).toContain(again.outputs.Reason);
  });

  test("one that this step started earlier and that still runs is adopted", async () => {
    const server = await serve(world({ duration: "10m" }));
    await walk(server, { child: "Web API", parameters: { "ChildProject.WaitForFinish.Value": "No" } });

    const { outputs, log } = await walk(server, { child: "Web API" });

    expect(created(server)).toEqual(["Web API 1.0 to Staging"]);
    expect(outputs, log).toMatchObject({ Outcome: "Deployed", Reason: "Attached", ChildReleaseToDeploy: "True" });
    expect(log).toMatch(/Continuing with Deployments-\d+, this step's earlier deployment of Web API 1\.0 to Staging/);
  });

  test("one scheduled for later is a warning, not a reason to wait", async () => {
    const server = await serve(world({}, [{ environment: "Staging", at: "-1m", scheduled: "+5h", state: "Queued" }]));

    const { outputs, log } = await walk(server, { child: "Web API" });

    expect(outputs.Outcome, log).toBe("Deployed");
    expect(log).toMatch(/warning: Deployments-\d+ \(1\.0\) is scheduled for Staging at 2021-01-14 17:00 UTC/);
  });

  test("a what-if shows a running one as a warning and does not wait", async () => {
    const server = await serve(
      world({}, [{ environment: "Staging", at: "-1m", state: "Executing", script: { duration: "5h" } }]),
    );

    const { outputs, log } = await walk(server, {
      child: "Web API",
      parameters: { "ChildProject.WhatIf.Value": "Yes" },
    });

    expect(created(server)).toEqual([]);
    expect(outputs).toMatchObject({ Outcome: "WhatIf", Reason: "NewRelease", ChildReleaseToDeploy: "True" });
    expect(log).toMatch(/warning: Deployments-\d+ \(1\.0\), created by .* is being deployed to Staging right now/);
  });
});

test("every output is set, for the step and for the child", async () => {
  const server = await serve(world({ duration: "1m" }));

  const first = await walk(server, { child: "Web API" });

  const ofStep = [
    "ApprovedBy",
    "ChildReleaseToDeploy",
    "CurrentRelease",
    "DeploymentId",
    "DeploymentUrl",
    "Message",
    "Outcome",
    "Reason",
    "ReleaseId",
    "ReleaseNotes",
    "ReleasePlan",
    "ReleaseToPromote",
    "TaskId",
    "TaskState",
  ];
  const ofAll = ["Deployed", "Failed", "NotStarted", "RolledBack", "Skipped", "Summary"];
  const ofChild = [...ofStep, "RollBack"]
    .filter((name) => name !== "ReleasePlan")
    .map((name) => `Child[Web API].${name}`);
  expect(Object.keys(first.outputs).toSorted()).toEqual([...ofStep, ...ofAll, ...ofChild].toSorted());
  expect(JSON.parse(first.outputs.ReleasePlan ?? "")).toMatchObject({
    version: 1,
    intention: { decision: "deploy", selected: { version: "1.0" } },
  });
});
