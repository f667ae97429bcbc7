import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import type { Person } from "../parent-process/parent-task.ts";
import { approvalWorld, endings, forQa, proceed } from "./approval-world.ts";
import { playParent, walk } from "./in-process.ts";
import {
  type Run,
  child,
  created,
  deployStep,
  noon,
  orchestration,
  parent,
  type Parameters,
  run,
  serve,
} from "./scenario.ts";

type Script = NonNullable<World["scripts"]>[number];

/** Release 1.0 waits in Test to be deployed to Staging. */
function world(script: Script = {}, now = noon, more: Partial<World> = {}): World {
  const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));
  return orchestration({
    now,
    projects: [child("Web API", [{ version: "1.0", created: "-3h", deployments }])],
    scripts: [{ project: "Web API", environment: "Staging", duration: "5m", ...script }],
    ...more,
  });
}

const at = (time: string, more: Parameters = {}): Parameters => ({
  "ChildProject.Deployment.FutureTime": time,
  ...more,
});
const through: Parameters = { "ChildProject.WaitForFinish.Value": "ThroughSchedule" };
const whatIf: Parameters = { "ChildProject.WhatIf.Value": "Yes" };
const zone = (name: string): Parameters => ({ "ChildProject.Schedule.TimeZone": name });

function deploy(server: OctopusServer, parameters: Parameters, timeZone: string | undefined = "UTC"): Promise<Run> {
  return walk(server, { child: "Web API", parameters, timeZone });
}

/** The bodies of the step's requests to create a deployment. */
function asked(server: OctopusServer): readonly unknown[] {
  return server
    .journal()
    .flatMap(({ method, path, body, user }) =>
      method === "POST" && /\/deployments(\/override)?$/.test(path) && user === "release-conductor" ? [body] : [],
    );
}

const outcome = ({ outputs }: Run) => `${outputs["Outcome"]} ${outputs["Reason"]}`;

describe("the scheduled start of the child", () => {
  const january = "2021-01-10T12:00:00Z";
  test.each([
    { time: "7:00 PM", starts: "2021-01-10T19:00:00.000Z" },
    { time: "21:00", starts: "2021-01-10T21:00:00.000Z" },
    { time: "21:00:30", starts: "2021-01-10T21:00:30.000Z" },
    { time: "2021-01-14 21:00:00", starts: "2021-01-14T21:00:00.000Z" },
    { time: "2021/03/20 22:00:00", now: "2021-03-10T12:00:00Z", starts: "2021-03-20T22:00:00.000Z" },
    { time: "06/25/2021 19:00:00", now: "2021-06-10T12:00:00Z", starts: "2021-06-25T19:00:00.000Z" },
    { time: "01 Jan 2022 18:00:00", now: "2021-12-20T12:00:00Z", starts: "2022-01-01T18:00:00.000Z" },
    { time: "2021-01-14T21:00:00+05:45", starts: "2021-01-14T15:15:00.000Z" },
    { time: "tomorrow 04:00", starts: "2021-01-11T04:00:00.000Z" },
    { time: "+90m", starts: "2021-01-10T13:30:00.000Z" },
    { time: "+2h", starts: "2021-01-10T14:00:00.000Z" },
    { time: "7:00 PM", zone: "Europe/Berlin", starts: "2021-01-10T18:00:00.000Z" },
    { time: "7:00 PM", zone: "America/New_York", starts: "2021-01-11T00:00:00.000Z" },
    { time: "7:00 PM", zone: "Asia/Kathmandu", starts: "2021-01-10T13:15:00.000Z" },
    { time: "2021-01-20 19:00", zone: "Australia/Sydney", starts: "2021-01-20T08:00:00.000Z" },
    {
      time: "2021-03-28 03:00",
      zone: "Europe/Berlin",
      now: "2021-03-27T12:00:00Z",
      starts: "2021-03-28T01:00:00.000Z",
    },
    {
      time: "tomorrow 02:30",
      zone: "Europe/Berlin",
      now: "2021-10-30T12:00:00Z",
      starts: "2021-10-31T00:30:00.000Z",
      log: /warning: Clocks in Europe\/Berlin show 2021-10-31 02:30:00 twice\. The first is used/,
    },
    {
      time: "2021-11-07 01:30",
      zone: "America/New_York",
      now: "2021-11-01T12:00:00Z",
      starts: "2021-11-07T05:30:00.000Z",
      log: /show 2021-11-07 01:30:00 twice/,
    },
  ])("$time in $zone", async ({ time, zone: name, now = january, starts, log = /./ }) => {
    const server = await serve(world({}, now));

    const walked = await deploy(server, at(time, name === undefined ? {} : zone(name)));

    expect(outcome(walked), walked.log).toBe("Scheduled NewRelease");
    const expires = new Date(Date.parse(starts) + 3_600_000).toISOString();
    expect(asked(server)).toMatchObject([{ QueueTime: starts, QueueTimeExpiry: expires }]);
    expect(walked.log).toContain(`${starts.slice(11, 19).replace(/(?<=:..):00$/, "")} UTC).`);
    expect(walked.log).toMatch(log);
  });

  test.each([
    { rule: "past, today", time: "11:00", says: "2021-01-10 11:00 UTC (11:00 UTC) is past" },
    { rule: "past, with a date", time: "01 Jan 2021 18:00:00", says: "is past" },
    {
      rule: "past in a zone that is ahead",
      time: "17:44",
      zone: "Asia/Kathmandu",
      says: "17:44 Asia/Kathmandu (11:59 UTC) is past",
    },
    {
      rule: "a time that clocks in Berlin never show",
      time: "2021-03-28 02:30",
      zone: "Europe/Berlin",
      now: "2021-03-20T12:00:00Z",
      says: "2021-03-28 02:30 Europe/Berlin does not exist, because clocks are set forward then",
    },
    {
      rule: "a time that clocks in New York never show",
      time: "03/14/2021 2:15 AM",
      zone: "America/New_York",
      now: "2021-03-10T12:00:00Z",
      says: "does not exist",
    },
    {
      rule: "a time that clocks in Sydney never show, in their spring",
      time: "2021-10-03 02:30",
      zone: "Australia/Sydney",
      now: "2021-10-01T12:00:00Z",
      says: "does not exist",
    },
  ])("$rule: an error, nothing created, and a what-if shows it", async ({ time, zone: name, now = january, says }) => {
    const server = await serve(world({}, now));
    const parameters = at(time, name === undefined ? {} : zone(name));

    const planned = await deploy(server, { ...parameters, ...whatIf });
    const walked = await deploy(server, parameters);

    expect(planned.outputs, planned.log).toMatchObject({
      Outcome: "WhatIf",
      Reason: "Blocked",
      ChildReleaseToDeploy: "False",
    });
    expect(planned.log).toContain(says);
    expect([outcome(walked), walked.exitCode]).toEqual(["Failed Blocked", 1]);
    expect(walked.outputs["Message"]).toContain(says);
    expect(walked.outputs["Message"]).toContain("Nothing was created.");
    expect(asked(server)).toEqual([]);
  });

  test("more than 30 days away: a warning; the server decides and is quoted", async () => {
    const server = await serve(world({}, january));

    const walked = await deploy(server, at("2021-02-20 21:00"));

    expect(walked.log).toContain("warning: The scheduled time is more than 30 days away");
    expect(outcome(walked)).toBe("Failed Blocked");
    expect(walked.outputs["Message"]).toContain("cannot be scheduled more than 30 days ahead");
  });

  test("all problems are reported at once, before any request", async () => {
    const server = await serve(world());

    const bad = await deploy(
      server,
      at("25:00", { ...zone("Mars/Olympus"), "ChildProject.Schedule.ExpiryMinutes": "soon" }),
    );
    const feb = await deploy(server, at("31 Feb 2021 19:00"));
    const german = await deploy(server, at("25/06/2021 19:00"));

    expect(bad.outputs["Message"]).toMatch(
      /"Schedule: start time".*"25:00".*\n.*"Mars\/Olympus", which is not an IANA time zone.*\n.*"soon"/s,
    );
    expect(feb.outputs["Message"]).toContain("February 2021 has no day 31");
    expect(german.outputs["Message"]).toContain("there is no month 25");
    expect(server.journal().filter(({ user }) => user === "release-conductor")).toEqual([]);
  });

  test("the expiry of the schedule is sent to the server, and 0 means a year", async () => {
    const server = await serve(world());

    await deploy(server, at("19:00", { "ChildProject.Schedule.ExpiryMinutes": "15" }));
    await deploy(server, at("20:00", { "ChildProject.Schedule.ExpiryMinutes": "0" }));

    expect(asked(server)).toMatchObject([
      { QueueTimeExpiry: "2021-01-14T19:15:00.000Z" },
      { QueueTimeExpiry: "2022-01-14T20:00:00.000Z" },
    ]);
  });
});

describe("the time zone", () => {
  test("is the worker's without a parameter", async () => {
    const server = await serve(world());

    const { log } = await deploy(server, at("7:00 PM"), "Europe/Berlin");

    expect(asked(server)).toMatchObject([{ QueueTime: "2021-01-14T18:00:00.000Z" }]);
    expect(log).toContain("highlight: Scheduled start: 2021-01-14 19:00 Europe/Berlin (18:00 UTC).");
  });

  test.each([undefined, "Etc/Unknown", "", "CET-1CEST"])(
    "is UTC for a worker that reports %j, with a warning",
    async (worker) => {
      const server = await serve(world());

      const { log } = await walk(server, { child: "Web API", parameters: at("7:00 PM"), timeZone: worker });

      expect(asked(server)).toMatchObject([{ QueueTime: "2021-01-14T19:00:00.000Z" }]);
      expect(log).toContain("warning: The worker's time zone is unknown, so the schedule is read in UTC");
    },
  );

  test.each(["UTC", "Etc/UTC", "GMT", "Etc/Greenwich"])(
    "of a worker in %s, with no zone given, is worth a warning",
    async (worker) => {
      const server = await serve(world());

      const { log } = await deploy(server, at("7:00 PM"), worker);

      expect(asked(server)).toMatchObject([{ QueueTime: "2021-01-14T19:00:00.000Z" }]);
      expect(log).toMatch(
        /warning: No time zone is given and the worker's is UTC.*the schedule is read in UTC\. Set the parameter "Schedule: time zone"\./,
      );
    },
  );

  test.each([
    { rule: "UTC was entered", parameters: at("7:00 PM", zone("UTC")), worker: "UTC" },
    {
      rule: "the worker is in another zone, which has no offset now",
      parameters: at("7:00 PM"),
      worker: "Europe/London",
    },
    { rule: "the time has its own offset", parameters: at("2021-01-14T21:00:00+01:00"), worker: "UTC" },
    { rule: "a delay needs no zone", parameters: at("+2h"), worker: "UTC" },
  ])("needs no warning if $rule", async ({ parameters, worker }) => {
    const server = await serve(world());

    const { log } = await deploy(server, parameters, worker);

    expect(asked(server)).toHaveLength(1);
    expect(log).not.toContain("the schedule is read in UTC");
  });

  test("needs no warning for a delay, even if the worker's is unknown", async () => {
    const server = await serve(world());

    const { log } = await walk(server, { child: "Web API", parameters: at("+2h"), timeZone: undefined });

    expect(log).not.toContain("time zone is unknown");
  });

  test("through the shipped body: neither TZ nor the locale of the worker matters when a zone is given", async () => {
    const server = await serve(world());
    const environment = { TZ: "Pacific/Auckland", LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8" };

    const given = await run(server, "Web API", at("01/14/2021 7:00 PM", zone("Europe/Berlin")), { environment });
    const workers = await run(server, "Web API", at("20 Jan 2021 19:00"), { environment });

    expect([given.outputs.Outcome, workers.outputs.Outcome], given.log + workers.log).toEqual([
      "Scheduled",
      "Scheduled",
    ]);
    expect(asked(server)).toMatchObject([
      { QueueTime: "2021-01-14T18:00:00.000Z" },
      { QueueTime: "2021-01-20T06:00:00.000Z" },
    ]);
  });
});

describe("the plan", () => {
  test("a what-if shows when the child would start, in the log and in the plan", async () => {
    const server = await serve(world());

    const { log, outputs } = await deploy(server, at("7:00 PM", { ...whatIf, ...zone("Europe/London") }));

    expect(log).toContain("highlight: Scheduled start: 2021-01-14 19:00 Europe/London (19:00 UTC).");
    expect(JSON.parse(outputs["ReleasePlan"] ?? "")).toMatchObject({
      start: { local: "2021-01-14 19:00:00 +00:00", zone: "Europe/London", utc: "2021-01-14T19:00:00Z" },
    });
    expect(created(server)).toEqual([]);
  });

  const tonight = { name: "Xmas", start: "+5h", end: "+12h", projects: ["Web API"], environments: ["Staging"] };
  const today = { name: "Now", start: "-1h", end: "+5h", projects: ["Web API"], environments: ["Staging"] };
  test.each([
    {
      rule: "a freeze that holds then is a blocker, though none holds now",
      freezes: [tonight],
      plan: "WhatIf Frozen",
      real: "Failed Frozen",
    },
    {
      rule: "a freeze that is over by then is none",
      freezes: [today],
      plan: "WhatIf NewRelease",
      real: "Scheduled NewRelease",
    },
  ])("freezes are judged at the start instant: $rule", async ({ freezes, plan, real }) => {
    const server = await serve(world({}, noon, { freezes }));

    const planned = await deploy(server, at("7:00 PM", whatIf));
    const walked = await deploy(server, at("7:00 PM"));

    expect([outcome(planned), outcome(walked)], walked.log).toEqual([plan, real]);
    expect(created(server)).toHaveLength(real.startsWith("Scheduled") ? 1 : 0);
  });

  test("the freezes of the start instant are overridden", async () => {
    const server = await serve(world({}, noon, { freezes: [tonight, today] }));

    const walked = await deploy(server, at("7:00 PM", { "ChildProject.Freeze.OverrideReason": "agreed" }));

    expect(outcome(walked), walked.log).toBe("Scheduled NewRelease");
    expect(walked.log).toMatch(/Overriding the deployment freeze "Xmas"/);
    expect(walked.log).not.toMatch(/Overriding.*"Now"/);
    expect(asked(server)).toMatchObject([
      { Reason: "agreed", CreateDeploymentCommand: { QueueTime: "2021-01-14T19:00:00.000Z" } },
    ]);
  });
});

describe("a child with a manual intervention that the step does not wait for", () => {
  const steps = [{ name: "Deploy" }, { name: "Sign off", manualIntervention: { instructions: "Go?" } }];
  const asks: Partial<World> = {
    projects: [
      ...(world().projects ?? []).slice(0, 1),
      child("Web API", [{ version: "1.0", deployments: ["Development", "Test"] }], { steps }),
    ],
  };
  test.each([
    { rule: "scheduled", parameters: at("7:00 PM"), isWarned: true },
    { rule: "not waited for", parameters: { "ChildProject.WaitForFinish.Value": "No" }, isWarned: true },
    { rule: "scheduled and waited for", parameters: at("7:00 PM", through), isWarned: false },
    { rule: "waited for", parameters: {}, isWarned: false },
    {
      rule: "scheduled, with automatic approval off",
      parameters: at("7:00 PM", { "ChildProject.ManualInterventions.UseApprovalsFromParent": "No" }),
      isWarned: false,
    },
  ])("$rule: a warning in the plan: $isWarned", async ({ parameters, isWarned }) => {
    const server = await serve({ ...world(), ...asks });

    const { log } = await deploy(server, { ...parameters, ...whatIf });

    expect(log.includes('warning: The manual intervention "Sign off" will not be approved automatically')).toBe(
      isWarned,
    );
  });

  test.each([
    { rule: "in another environment", of: { environments: ["Production"] } },
    { rule: "excluded in this environment", of: { excludedEnvironments: ["Staging"] } },
    { rule: "in another channel", of: { channels: ["Hotfix"] } },
    { rule: "disabled", of: { disabled: true } },
    { rule: "skipped in this run", parameters: { "ChildProject.Skip.StepNames": "Sign off" } },
  ])("no warning if the intervention is $rule", async ({ of, parameters }) => {
    const asking = { name: "Sign off", manualIntervention: { instructions: "Go?" }, ...of };
    const server = await serve({
      ...world(),
      projects: [
        ...(world().projects ?? []).slice(0, 1),
        child("Web API", [{ version: "1.0", deployments: ["Development", "Test"] }], {
          channels: [{ name: "Default" }, { name: "Hotfix" }],
          steps: [{ name: "Deploy" }, asking],
        }),
      ],
    });

    expect((await deploy(server, at("7:00 PM", { ...parameters, ...whatIf }))).log).not.toContain('"Sign off"');
  });

  test("no warning for a child without interventions", async () => {
    const server = await serve(world());

    expect((await deploy(server, at("7:00 PM", whatIf))).log).not.toContain("approved automatically");
  });
});

describe("a run finds a deployment that is scheduled already", () => {
  test("for the same instant, by this step: there is one deployment", async () => {
    const server = await serve(world());

    const first = await deploy(server, at("7:00 PM"));
    server.advance(3_600_000);
    const second = await deploy(server, at("2021-01-14T20:00:00+01:00"));

    expect([outcome(first), outcome(second)], second.log).toEqual(["Scheduled NewRelease", "Scheduled Attached"]);
    expect(second.outputs["DeploymentId"]).toBe(first.outputs["DeploymentId"]);
    expect(second.log).not.toContain("is scheduled for Staging");
    expect(created(server)).toHaveLength(1);
  });

  test("for another instant, by this step: a warning, and one more", async () => {
    const server = await serve(world());

    await deploy(server, at("7:00 PM"));
    const second = await deploy(server, at("8:00 PM"));

    expect(outcome(second)).toBe("Scheduled NewRelease");
    expect(second.log).toMatch(/warning: Deployments-\d+ .* is scheduled for Staging at 2021-01-14 19:00 UTC/);
    expect(created(server)).toHaveLength(2);
  });

  test("for later, by this step, while the run deploys at once: one more, now", async () => {
    const server = await serve(world());

    await deploy(server, at("7:00 PM"));
    const second = await deploy(server, {});

    expect(outcome(second), second.log).toBe("Deployed NewRelease");
    expect(created(server)).toHaveLength(2);
  });

  test("for the same instant, by another user: a warning, and it is left alone", async () => {
    const more = { environment: "Staging", at: "-1m", scheduled: "+7h", state: "Queued" } as const;
    const deployments = [...["Development", "Test"].map((environment) => ({ environment, at: "-3h" })), more];
    const server = await serve({
      ...world(),
      projects: [
        ...(world().projects ?? []).slice(0, 1),
        child("Web API", [{ version: "1.0", created: "-3h", deployments }]),
      ],
    });

    const walked = await deploy(server, at("7:00 PM"));

    expect(outcome(walked), walked.log).toBe("Scheduled NewRelease");
    expect(walked.log).toMatch(/warning: Deployments-\d+ .* is scheduled for Staging at 2021-01-14 19:00 UTC/);
    expect(created(server)).toHaveLength(1);
  });

  test("a delay means another instant in another task of the parent", async () => {
    const server = await serve(world());

    await deploy(server, at("+2h"));
    const second = await deploy(server, at("+2h"));

    expect(outcome(second)).toBe("Scheduled NewRelease");
    expect(created(server)).toHaveLength(2);
  });

  test.each([
    {
      rule: "five minutes after its time, the deployment is adopted although the time is past",
      minutes: 425,
      ends: "Deployed Attached",
    },
    { rule: "after it has ended, its release is current", minutes: 500, ends: "Skipped AlreadyCurrent" },
  ])("run again $rule", async ({ minutes, ends }) => {
    const server = await serve(world({ duration: "10m" }));
    await deploy(server, at("7:00 PM"));
    server.advance(minutes * 60_000);

    const again = await deploy(server, at("7:00 PM"));

    expect(outcome(again), again.log).toBe(ends);
    expect(again.exitCode).toBe(0);
    expect(created(server)).toHaveLength(1);
  });
});

describe("waiting for a scheduled child", () => {
  test.each([
    { wait: "Yes", warns: true },
    { wait: "No", warns: false },
  ])("Wait = $wait ends at once", async ({ wait, warns }) => {
    const server = await serve(world());
    const begin = server.now();

    const { outputs, log, exitCode } = await deploy(
      server,
      at("7:00 PM", { "ChildProject.WaitForFinish.Value": wait }),
    );

    expect(outputs, log).toMatchObject({ Outcome: "Scheduled", ChildReleaseToDeploy: "True" });
    expect(exitCode).toBe(0);
    expect(outputs["Message"]).toContain("is scheduled for 2021-01-14 19:00 UTC.");
    expect(log.includes("warning: The step does not wait for the scheduled deployment.")).toBe(warns);
    expect(server.now() - begin).toBeLessThan(60_000);
  });

  test("ThroughSchedule waits until the child ends, and answers its interventions on behalf of approvers", async () => {
    const server = await serve(approvalWorld([[forQa]]));

    const { outputs, log } = await walk(server, {
      child: "Web API",
      parameters: at("12:20", { ...through, ...zone("UTC") }),
      before: (task) => proceed(server, task, "alice"),
    });

    expect(outputs, log).toMatchObject({ Outcome: "Deployed", Reason: "NewRelease", ApprovedBy: "Alice King (alice)" });
    expect(endings(server, outputs["TaskId"])).toEqual(["Step 2: Question 1: Proceed by release-conductor"]);
    expect(server.now()).toBeGreaterThan(Date.parse("2021-01-14T12:20:00Z"));
  });

  test("approved in the morning, started at 7 PM: the approved release, although there is a newer one", async () => {
    const server = await serve(approvalWorld([[forQa]]));
    const variables = { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" };
    const plan = deployStep("Web API", { ...whatIf, "ChildProject.Destination.EnvironmentName": "Staging" });
    const approval = { kind: "manual-intervention", name: "Approve", instructions: "Go?", teams: ["QA"] } as const;
    const people: Person = () => ({ by: "alice", result: "Proceed" });
    await playParent(server, { ...parent, environment: "Development", variables, steps: [plan, approval], people });
    const deployments = [{ environment: "Test", at: new Date(server.now() - 60_000).toISOString(), took: "30s" }];
    server.simulator.addWorld({ projects: [{ name: "Web API", releases: [{ version: "1.1", deployments }] }] });

    const { outputs, log } = await walk(server, {
      child: "Web API",
      parameters: at("7:00 PM", {
        ...through,
        ...zone("Europe/Berlin"),
        "ChildProject.ManualIntervention.EnvironmentToUse": "Development",
      }),
    });

    const ended = { Outcome: "Deployed", ReleaseToPromote: "1.0", ApprovedBy: "Alice King (alice)" };
    expect(outputs, log).toMatchObject(ended);
    expect(asked(server)).toMatchObject([{ QueueTime: "2021-01-14T18:00:00.000Z" }]);
  });

  test("seven hours of waiting cost few requests", async () => {
    const server = await serve(world());

    const { outputs } = await deploy(server, at("7:00 PM", through));

    expect(outputs["Outcome"]).toBe("Deployed");
    expect(server.journal().length).toBeLessThan(600);
  });

  test("the queue limit counts from the scheduled instant", async () => {
    const server = await serve(world({ queuedFor: "forever" }));
    const limit = { "ChildProject.QueueTimeout.Seconds": "10m" };

    const { outputs, log } = await deploy(server, at("12:20", { ...through, ...limit }));

    expect(outputs, log).toMatchObject({ Outcome: "TimedOut", TaskState: "Canceled" });
    expect(log).toContain("Queue time limit (10 min) exceeded.");
    expect(server.now()).toBeGreaterThanOrEqual(Date.parse("2021-01-14T12:30:00Z"));
  });

  test("the message says that the schedule expired in the queue", async () => {
    const server = await serve(world({ queuedFor: "forever" }));
    const expiry = { "ChildProject.Schedule.ExpiryMinutes": "5" };

    const { outputs } = await deploy(server, at("12:20", { ...through, ...expiry }));

    expect(outputs).toMatchObject({ Outcome: "TimedOut", TaskState: "TimedOut" });
    expect(outputs["Message"]).toContain("and never started before its schedule expired at 2021-01-14 12:25 UTC");
  });

  test("a scheduled deployment that failed is retried at once, not at the past instant", async () => {
    const server = await serve(world({ result: "Failed", error: "disk full", times: 1 }));

    const { outputs, log } = await deploy(server, at("12:20", { ...through, "ChildProject.Deployment.Retries": "1" }));

    expect(outputs["Outcome"], log).toBe("Deployed");
    expect(asked(server)).toMatchObject([{ QueueTime: "2021-01-14T12:20:00.000Z" }, {}]);
    expect(asked(server)[1]).not.toHaveProperty("QueueTime");
  });

  test("the scheduled deployment is found after its answer was lost", async () => {
    const server = await serve(world());
    server.simulator.addFault({ method: "POST", route: "deployments", times: 1, reset: "after" });

    const walked = await deploy(server, at("7:00 PM"));

    expect(outcome(walked), walked.log).toBe("Scheduled NewRelease");
    expect(created(server)).toHaveLength(1);
  });
});
