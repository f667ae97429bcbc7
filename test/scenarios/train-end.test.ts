import { describe, expect, test } from "vitest";
import { emptyOutputs } from "../../src/step/outputs.ts";
import { sameTask, walk } from "./in-process.ts";
import { created, type Parameters, type Project, type Run, serve } from "./scenario.ts";
import { deployAsAnotherUser } from "./train-failures-world.ts";
import {
  component,
  continuing,
  deployments,
  endOf,
  failing,
  linesOf,
  mostAtOnce,
  numbered,
  output,
  train,
  trainWorld,
  usual,
  usualNames,
  usualReleases,
  whatIf,
} from "./train-world.ts";

function once(act: () => void, second: number) {
  let done = false;
  return (minutes: number): void => {
    if (done || minutes * 60 < second) return;
    done = true;
    act();
  };
}

const six = numbered(6);
const oneLevel = six.map((name, index) => (index === 0 ? name : `+ ${name}`)).join("\n");

describe("a child that fails", () => {
  test("under Stop lets its running siblings end, and nothing else is started", async () => {
    const server = await serve(trainWorld({ "Component 1": failing }, {}, six));

    const run = await walk(
      server,
      train({ "ChildProject.Project.Name": oneLevel, "ChildProject.Parallel.Limit": "2" }),
    );

    expect(run.exitCode).toBe(1);
    expect(six.map((name) => endOf(run, name))).toEqual([
      "Failed NewRelease",
      "Deployed NewRelease",
      ...Array.from({ length: 4 }, () => "NotStarted SiblingFailed"),
    ]);
    expect(output(run, "Child[Component 5].Message")).toContain("because Component 1 failed");
    expect(server.journal().some(({ path }) => path.endsWith("/cancel"))).toBe(false);
    expect(run.outputs.Failed).toBe("Component 1");
    expect(run.outputs.NotStarted?.split("\n")).toHaveLength(4);
  });

  test("under Continue lets all others run, and the step fails naming all", async () => {
    const server = await serve(trainWorld({ Database: failing, "Web API": failing }));

    const run = await walk(server, train(continuing));

    expect(created(server)).toHaveLength(4);
    expect(usualNames.map((name) => endOf(run, name))).toEqual([
      "Failed NewRelease",
      "Failed NewRelease",
      "Deployed NewRelease",
      "Deployed NewRelease",
    ]);
    expect([run.exitCode, run.outputs.Outcome, run.outputs.Failed]).toEqual([1, "Failed", "Database\nWeb API"]);
    expect(run.outputs.Message).toMatch(/Database: .*The disk is full.*Web API: .*The disk is full/s);
  });

  test("is reported once, with its link", async () => {
    const server = await serve(trainWorld({ Database: failing }));

    const run = await walk(server, train());

    const lines = run.log.split("\n").filter((line) => line.includes("The deployment of 1.1 to Staging failed"));
    expect(lines).toEqual([expect.stringMatching(/^fatal: .* Database: The deployment of .*See http/)]);
  });

  test.each<[string, Project["scripts"], string]>([
    ["runs out of time", [{ duration: "1h" }], "TimedOut NewRelease"],
    ["times out in the queue", [{ queuedFor: "forever", queueTimeout: "5m" }], "TimedOut NewRelease"],
    ["is cancelled", [{ queuedFor: "forever", supersededAfter: "1m" }], "Canceled NewRelease"],
  ])("because it %s is a failure for the others", async (_, scripts = [], end) => {
    const server = await serve(trainWorld({ Database: { scripts } }));

    const run = await walk(server, train({ "ChildProject.CancelDeployment.Seconds": "10m" }));

    expect([run.exitCode, endOf(run, "Database"), endOf(run, "Web API")], run.log).toEqual([
      1,
      end,
      "NotStarted SiblingFailed",
    ]);
    expect(run.outputs.Failed).toBe("Database");
    expect(created(server)).toHaveLength(1);
  });
});

test("a deployment that may or may not exist counts as one for run conditions", async () => {
  const server = await serve(trainWorld());
  server.simulator.addFault({ method: "POST", route: "deployments", status: 504 });

  const run = await walk(server, train());

  expect([run.exitCode, run.outputs.ChildReleaseToDeploy]).toEqual([1, "True"]);
  expect(output(run, "Child[Database].ChildReleaseToDeploy")).toBe("True");
  expect(output(run, "Child[Web API].ChildReleaseToDeploy")).toBe("False");
  expect(endOf(run, "Web API")).toBe("NotStarted SiblingFailed");
});

describe("at the same time", () => {
  test.each([
    ["1", 1],
    ["2", 2],
    ["4", 4],
    ["0", 6],
  ])("%s: at most %d run", async (limit, most) => {
    const server = await serve(trainWorld({}, {}, six));

    const run = await walk(
      server,
      train({ "ChildProject.Project.Name": oneLevel, "ChildProject.Parallel.Limit": limit }),
    );

    expect(run.exitCode, run.log).toBe(0);
    expect(mostAtOnce(deployments(server))).toBe(most);
  });

  test("deployments that an earlier run left running count", async () => {
    const slow: Partial<Project> = { scripts: [{ duration: "30m" }] };
    const server = await serve(trainWorld(Object.fromEntries(six.map((name) => [name, slow])), {}, six));
    const parameters = { "ChildProject.Project.Name": oneLevel, "ChildProject.Parallel.Limit": "2" };
    const lose = once(() => server.simulator.addFault({ reset: "before" }), 60);
    const lost = await walk(server, train(parameters, { meanwhile: lose }));
    server.simulator.clearFaults();
    const left = deployments(server).filter(({ state }) => state === "Executing");

    const run = await walk(server, train(parameters, { system: sameTask(lost) }));

    expect(left).toHaveLength(2);
    expect(run.exitCode, run.log).toBe(0);
    expect(deployments(server)).toHaveLength(6);
    expect(mostAtOnce(deployments(server))).toBe(2);
  });
});

describe("a freeze that begins while the first levels run", () => {
  const freezes = [{ name: "Weekend", start: "+15s", end: "+1d", projects: ["Web UI"], environments: ["Staging"] }];

  test("ends the child as Frozen", async () => {
    const server = await serve(trainWorld({}, { freezes }));

    const run = await walk(server, train());

    expect([run.exitCode, endOf(run, "Web API"), endOf(run, "Web UI")], run.log).toEqual([
      1,
      "Deployed NewRelease",
      "Failed Frozen",
    ]);
    expect(created(server)).toHaveLength(3);
  });

  test("keeps later levels from starting under Stop, and not under Continue", async () => {
    const list = "Database\nWeb API\nWeb UI\nScheduling Service";
    for (const policy of ["Stop", "Continue"]) {
      const server = await serve(trainWorld({}, { freezes }));

      const run = await walk(
        server,
        train({ "ChildProject.Project.Name": list, "ChildProject.Failure.Policy": policy }),
      );

      expect([endOf(run, "Web UI"), endOf(run, "Scheduling Service")]).toEqual([
        "Failed Frozen",
        policy === "Stop" ? "NotStarted SiblingFailed" : "Deployed NewRelease",
      ]);
    }
  });
});

describe("waiting behind this run's own siblings", () => {
  test("does not count as time in the queue", async () => {
    const server = await serve(trainWorld({}, {}, six));
    server.simulator.setSwitches({ taskCap: 2 });

    const run = await walk(
      server,
      train({
        "ChildProject.Project.Name": oneLevel,
        "ChildProject.Parallel.Limit": "0",
        "ChildProject.QueueTimeout.Seconds": "60",
      }),
    );

    expect(run.exitCode, run.log).toBe(0);
    expect(run.log).not.toMatch(/deadlock/i);
    expect(run.log).toContain("The child deployment is queued behind");
    expect(run.log).not.toMatch(new RegExp(`queued behind .*\\(${run.parent.taskId}\\)`));
  });

  test("unlike waiting for anything else", async () => {
    const server = await serve(trainWorld({ "Web API": { scripts: [{ queuedFor: "forever" }] } }));

    const run = await walk(server, train({ "ChildProject.QueueTimeout.Seconds": "5m" }));

    expect([run.exitCode, endOf(run, "Web API")], run.log).toEqual([1, "TimedOut NewRelease"]);
  });
});

/** Characters of all outputs together. */
function sizeOf({ outputs }: Run): number {
  return Object.entries(outputs).reduce((sum, [name, value]) => sum + name.length + (value ?? "").length, 0);
}

describe("the outputs", () => {
  const perChild = [...Object.keys(emptyOutputs), "RollBack"].filter(
    (name) => !["ReleasePlan", "Summary", "Deployed", "Failed", "Skipped", "NotStarted", "RolledBack"].includes(name),
  );

  test.each<[string, Readonly<Record<string, Partial<Project>>>, Parameters]>([
    ["all succeed", {}, {}],
    ["one fails", { Database: failing }, {}],
    ["a what-if run", {}, whatIf],
    ["a wrong name", {}, { "ChildProject.Channel.Name": "Nope" }],
    ["a policy that stops", {}, { "ChildProject.Project.Name": `${usual}\nNowhere` }],
  ])("of the step and of every child are all set: %s", async (_, more, parameters) => {
    const server = await serve(trainWorld(more));

    const run = await walk(server, train(parameters));

    expect(Object.keys(run.outputs)).toEqual(expect.arrayContaining(Object.keys(emptyOutputs)));
    for (const child of usualNames)
      for (const name of perChild) expect(output(run, `Child[${child}].${name}`), `${child} ${name}`).toBeDefined();
  });

  test("of several children are empty where only one child can have them", async () => {
    const server = await serve(trainWorld());

    const run = await walk(server, train());

    const { CurrentRelease, ReleaseId, DeploymentId, TaskId, TaskState, DeploymentUrl } = run.outputs;
    expect([CurrentRelease, ReleaseId, DeploymentId, TaskId, TaskState, DeploymentUrl].join("")).toBe("");
    expect(run.outputs.ReleaseToPromote).toBe(usualNames.map((name) => `${name} 1.1`).join("\n"));
    expect(JSON.parse(run.outputs.ReleasePlan ?? "")).toHaveLength(4);
    expect(output(run, "Child[Web API].DeploymentId")).toMatch(/^Deployments-\d+$/);
    const keys = usualNames.map((name) => `Child[${name}]`).join(", ");
    expect(run.log).toContain(`info: The output variables of each child project begin with ${keys}.`);
  });

  test("of one child with a policy are those of one child", async () => {
    const server = await serve(trainWorld());

    const run = await walk(server, train({ "ChildProject.Project.Name": "Web API", ...continuing }));

    const ofChild = (name: string) => output(run, `Child[Web API].${name}`);
    expect(run.outputs).toMatchObject({ ReleaseToPromote: "1.1", CurrentRelease: "1.0", TaskState: "Success" });
    expect(run.outputs.DeploymentId).toBe(ofChild("DeploymentId"));
    expect(JSON.parse(run.outputs.ReleasePlan ?? "")).toMatchObject({
      project: "Web API",
      intention: { decision: "deploy" },
    });
    expect(run.log).toContain("The plan for 1 child project:");
  });

  test("stay below 400,000 characters, small ones of the children first, and one warning names what is left out", async () => {
    const notes = `${"word ".repeat(40)}\n\n`.repeat(1_000);
    const names = numbered(16);
    const outputs = { Big: "x".repeat(120_000), Small: "y" };
    const releases: Project["releases"] = [
      { version: "1.1", created: "-1d", notes, deployments: ["Development", "Test"] },
    ];
    const steps = [{ name: "Deploy", outputs }];
    const worlds = names.map((name) => component(name, { releases, scripts: [{ duration: "5s", steps }] }));
    const server = await serve(trainWorld({}, { projects: worlds }));

    const run = await walk(server, train({ "ChildProject.Project.Name": names.join("\n+ ") }));

    expect(run.exitCode, run.log.slice(-3000)).toBe(0);
    expect(sizeOf(run)).toBeLessThan(400_000);
    for (const name of names) {
      expect(output(run, `Child[${name}].Deployment[Deploy].Small`)).toBe("y");
      expect(output(run, `Child[${name}].ReleaseNotes`)?.length).toBeLessThan(8_200);
    }
    const warnings = linesOf(run, "warning").filter((line) => line.includes("Not passed on"));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("Child[Component 16].Deployment[Deploy].Big");
  });

  test("of fifty children that all fail with a long error stay below the limit as well", async () => {
    const names = numbered(50);
    const fails = {
      scripts: [{ duration: "1m", result: "Failed" as const, error: "The disk is full. ".repeat(1_000) }],
    };
    const server = await serve(trainWorld(Object.fromEntries(names.map((name) => [name, fails])), {}, names));

    const run = await walk(server, train({ "ChildProject.Project.Name": names.join("\n+ "), ...continuing }));

    expect(sizeOf(run)).toBeLessThan(400_000);
    expect(run.outputs.Failed).toBe(names.join("\n"));
    expect(output(run, "Child[Component 50].Message")).toMatch(/The disk is full\. .*\.\.\. See http/);
  });

  test("of fifty children with long notes stay below the limit as well", async () => {
    const names = numbered(50);
    const notes = `${"word ".repeat(40)}\n\n`.repeat(100);
    const releases: Project["releases"] = [
      { version: "1.1", created: "-1d", notes, deployments: ["Development", "Test"] },
    ];
    const server = await serve(trainWorld({}, { projects: names.map((name) => component(name, { releases })) }));

    const run = await walk(server, train({ "ChildProject.Project.Name": names.join("\n+ "), ...whatIf }));

    expect(run.exitCode, run.log.slice(-2000)).toBe(0);
    expect(sizeOf(run)).toBeLessThan(400_000);
    expect(run.outputs.ReleaseNotes?.length).toBeLessThanOrEqual(60_000);
    const artifacts = run.parent.steps.flatMap((step) => step.artifacts);
    const whole = artifacts.find(({ name }) => name.endsWith(".ReleaseNotes.md"));
    expect(run.outputs.ReleaseNotes).toContain(`"${whole?.name}"`);
    expect(whole?.content.toString().match(/^### /gm)).toHaveLength(50);
  });
});

describe("the log", () => {
  test("has the child's name in every line about one, levels as headings, and the progress every five minutes", async () => {
    const slow: Partial<Project> = { scripts: [{ duration: "16m" }] };
    const server = await serve(trainWorld({ "Web API": slow, "Scheduling Service": slow }));

    const run = await walk(server, train());

    expect(linesOf(run, "highlight")).toEqual(
      expect.arrayContaining([
        "highlight: Level 1 of 3: Database",
        "highlight: Level 2 of 3: Web API, Scheduling Service",
        "highlight: Level 3 of 3: Web UI",
      ]),
    );
    expect(linesOf(run, "info").filter((line) => / of 4 done; running: /.test(line))).toHaveLength(3);
    const about = run.log.split("\n").filter((line) => /Created the deployment|child deployment/.test(line));
    expect(about.length, run.log).toBeGreaterThanOrEqual(4);
    for (const line of about) expect(line).toMatch(/^\w+: (Database|Web API|Scheduling Service|Web UI): /);
  });

  test("says for whose deployment a child waits, in the progress", async () => {
    const slow = { scripts: [{ version: "1.0", duration: "8m" }, { duration: "8m" }] };
    const server = await serve(trainWorld({ Database: slow }));
    await deployAsAnotherUser(server, { project: "Database", version: "1.0" });

    const run = await walk(server, train());

    const progress = linesOf(run, "info").filter((line) => / of 4 done; running: /.test(line));
    expect(progress, run.log).toEqual([
      expect.stringMatching(
        /^info: 0 of 4 done; running: Database \(5 min \d+ s, waiting for Deployments-\d+ by \S+\)$/,
      ),
      expect.stringMatching(/^info: 0 of 4 done; running: Database \(10 min \d+ s\)$/),
      expect.stringMatching(/^info: 0 of 4 done; running: Database \(15 min \d+ s\)$/),
    ]);
  });

  test("has one warning for one cause", async () => {
    const server = await serve(trainWorld());
    server.simulator.addFault({ method: "GET", route: "releases/*preview*", status: 403, message: "No." });

    const run = await walk(server, train());

    const [said, ...again] = linesOf(run, "warning").filter((line) => line.includes("could not be read"));
    expect(said, run.log).toContain("What the deployment would change");
    expect(again).toEqual([]);
    expect(linesOf(run, "verbose").filter((line) => line.includes("would change could not be read"))).toHaveLength(3);
  });

  test("says of each child that it has no release, and warns once", async () => {
    const old = { releases: usualReleases.slice(0, 1) };
    const none: Parameters = { "ChildProject.Release.Number": "7.*" };
    const server = await serve(trainWorld({ Database: old, "Web API": old }));

    const run = await walk(server, train({ "ChildProject.Project.Name": "Database\nWeb API", ...none }));

    expect(run.log).toContain("warning: Database: No release of Database matches: number 7.*");
    expect(run.log).toContain("info: Web API: No release of Web API matches: number 7.*");
  });

  test("passes on that a child succeeded with warnings", async () => {
    const server = await serve(trainWorld({ Database: { scripts: [{ duration: "5s", result: "Warning" }] } }));

    const run = await walk(server, train());

    expect(run.log).toMatch(/Database: .*warnings/);
  });
});
