import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { isLong } from "../random-cases.ts";
import { sameTask, walk } from "./in-process.ts";
import { created, type Project, serve } from "./scenario.ts";
import { continuing, deployments, endOf, linesOf, output, train, trainWorld, usualReleases } from "./train-world.ts";

/** Adds a newer tested release, which a new choice would prefer. */
function release12(server: OctopusServer, name: string): void {
  const at = new Date(server.now() - 1000).toISOString();
  const tested = ["Development", "Test"].map((environment) => ({ environment, at, took: "1s" }));
  server.simulator.addWorld({ projects: [{ name, releases: [{ version: "1.2", created: at, deployments: tested }] }] });
}

function once(act: () => void, second: number) {
  let done = false;
  return (minutes: number): void => {
    if (done || minutes * 60 < second) return;
    done = true;
    act();
  };
}

const failingOnce: Partial<Project> = {
  scripts: [{ duration: "5s", result: "Failed", times: 1 }, { duration: "10s" }],
};

describe("the choice", () => {
  test("stays the same until the last level", async () => {
    const server = await serve(trainWorld());

    const run = await walk(server, train({}, { meanwhile: once(() => release12(server, "Web UI"), 15) }));

    expect(run.exitCode, run.log).toBe(0);
    expect(created(server).at(-1)).toBe("Web UI 1.1 to Staging");
  });

  test("stays the same when the step is repeated in the same task", async () => {
    const server = await serve(trainWorld({ "Web API": failingOnce }));
    const first = await walk(server, train());
    release12(server, "Web UI");
    release12(server, "Web API");

    const again = await walk(server, train({}, { system: sameTask(first) }));

    expect([first.exitCode, again.exitCode], again.log).toEqual([1, 0]);
    expect(created(server).filter((text) => text.endsWith(" to Staging"))).toEqual([
      "Database 1.1 to Staging",
      "Web API 1.1 to Staging",
      "Scheduling Service 1.1 to Staging",
      "Web API 1.1 to Staging",
      "Web UI 1.1 to Staging",
    ]);
    expect(endOf(again, "Database")).toBe("Skipped AlreadyCurrent");
  });

  test("is said to be an earlier run's", async () => {
    const server = await serve(trainWorld());
    const first = await walk(server, train());

    const { log } = await walk(server, {
      ...train({ "ChildProject.Deployment.Condition": "Always" }),
      system: sameTask(first),
    });

    expect(log).toContain("info: The releases are those that an earlier run of this step in the same task chose.");
    expect(log).not.toContain("Selected 1.1");
  });

  test("is made anew in a new task", async () => {
    const server = await serve(trainWorld({ "Web API": failingOnce }));
    await walk(server, train());
    release12(server, "Web UI");

    const again = await walk(server, train());

    expect(again.exitCode, again.log).toBe(0);
    expect(created(server).at(-1)).toBe("Web UI 1.2 to Staging");
  });

  test("that cannot be read back stops a repeated run, which names what is deployed", async () => {
    const server = await serve(trainWorld({ "Web API": failingOnce }));
    const first = await walk(server, train());
    for (const deployment of server.simulator.state().history.deployments.values())
      Object.assign(deployment, { comments: deployment.comments.replace(/ \[was=.*/, "") });

    const again = await walk(server, train({}, { system: sameTask(first) }));

    expect([again.exitCode, again.outputs.Reason]).toEqual([1, "PlanChanged"]);
    expect(again.outputs.Message).toContain("Database");
    expect(created(server)).toHaveLength(3);
  });

  test("of another list in the same task stops the run", async () => {
    const server = await serve(trainWorld({ "Web API": failingOnce }));
    const first = await walk(server, train());
    const list = "Web API\nDatabase\n+ Scheduling Service\nWeb UI";

    const again = await walk(server, train({ "ChildProject.Project.Name": list }, { system: sameTask(first) }));

    expect([again.exitCode, again.outputs.Reason], again.log).toEqual([1, "PlanChanged"]);
    expect(created(server)).toHaveLength(3);
  });
});

describe("a step that is lost at any request and repeated", () => {
  const ways = (["before", "after"] as const).flatMap((reset) =>
    ["the same task", "a new task"].map((repeat) => ({ reset, repeat })),
  );
  /** In `npm test` each case tries one of the ways. */
  const cases = [20, 30, 34, 38, 50, 70].map((skip, index) => ({
    skip,
    ways: ways.filter((_, way) => isLong || way === index % ways.length),
  }));

  test.each(cases)("after $skip of them", async ({ skip, ways: tried }) => {
    for (const { reset, repeat } of tried) {
      const server = await serve(trainWorld());
      server.simulator.addFault({ reset, skip, times: 1 });
      server.simulator.addFault({ reset: "before", skip });
      const lost = await walk(server, train());
      server.simulator.clearFaults();

      const again = await walk(server, train({}, repeat === "a new task" ? {} : { system: sameTask(lost) }));

      expect(again.exitCode, `${reset} ${repeat}: ${again.log}`).toBe(0);
      expect([...created(server)].sort(), again.log).toEqual([
        "Database 1.1 to Staging",
        "Scheduling Service 1.1 to Staging",
        "Web API 1.1 to Staging",
        "Web UI 1.1 to Staging",
      ]);
    }
  });
});

describe("the destination of a later child", () => {
  /** Another user deploys to Staging. */
  function deployed(
    server: OctopusServer,
    name: string,
    version: string,
    state: "Success" | "Failed" = "Success",
  ): void {
    const at = new Date(server.now() - 2_000).toISOString();
    const deployment = { environment: "Staging", at, took: "1s", state };
    server.simulator.addWorld({
      projects: [{ name, releases: [{ version, created: at, deployments: [deployment] }] }],
    });
  }

  test.each([
    ["a newer release", "1.5", "Success"],
    ["an older one", "0.9", "Success"],
    ["a deployment that failed", "1.5", "Failed"],
  ] as const)("was changed since by another user: %s", async (_, version, state) => {
    const server = await serve(trainWorld());

    const run = await walk(
      server,
      train(continuing, { meanwhile: once(() => deployed(server, "Web API", version, state), 5) }),
    );

    expect([run.exitCode, endOf(run, "Web API")], run.log).toEqual([1, "Failed PlanChanged"]);
    expect(endOf(run, "Web UI")).toBe("Deployed NewRelease");
    expect(created(server).filter((text) => text.startsWith("Web API"))).toHaveLength(1);
  });

  test("already has the release: skipped", async () => {
    const server = await serve(trainWorld());

    const run = await walk(server, train({}, { meanwhile: once(() => deployed(server, "Web API", "1.1"), 5) }));

    expect([run.exitCode, endOf(run, "Web API")], run.log).toEqual([0, "Skipped AlreadyCurrent"]);
  });

  test("does not get a release that was changed since", async () => {
    const server = await serve(trainWorld());

    const run = await walk(server, train({}, { meanwhile: once(() => changePackages(server, "Web UI"), 5) }));

    expect([run.exitCode, endOf(run, "Web UI")], run.log).toEqual([1, "Failed PlanChanged"]);
  });

  test("does not get a release that was deleted since", async () => {
    const server = await serve(trainWorld());

    const run = await walk(server, train({}, { meanwhile: once(() => deleteRelease(server, "Web UI"), 5) }));

    expect([run.exitCode, endOf(run, "Web UI")], run.log).toEqual([1, "Failed PlanChanged"]);
  });

  test.each([
    ["1.0", "Deployed NewRelease"],
    ["1.1", "Skipped AlreadyCurrent"],
    ["1.5", "Failed PlanChanged"],
  ])(
    "has another user's running deployment of %s, which is waited for at the child's turn: %s",
    async (version, end) => {
      const live = { environment: "Staging", at: "-1m", state: "Executing", script: { duration: "9m" } } as const;
      const others = usualReleases.map((each) =>
        typeof each !== "string" && each.version === version
          ? { ...each, deployments: [...(each.deployments ?? []), live] }
          : each,
      );
      const newer = version === "1.5" ? [{ version, created: "-1h", deployments: [live] }] : [];
      const server = await serve(trainWorld({ "Web API": { releases: [...others, ...newer] } }));

      const run = await walk(server, train(continuing));

      expect(endOf(run, "Web API"), run.log).toBe(end);
      const [first, , third] = deployments(server);
      // The first level does not wait for it.
      expect(first?.created).toBeLessThan(60);
      expect(third?.created).toBeGreaterThan(120);
      expect(output(run, "Child[Web UI].Outcome")).toBe("Deployed");
      expect(linesOf(run, "highlight").join("\n")).toContain("Level 2 of 3");
    },
  );
});

function releaseOf(server: OctopusServer, name: string) {
  const { projects, history } = server.simulator.state();
  const project = [...projects.values()].find((each) => each.name === name);
  const found = [...history.releases.values()].find(
    ({ projectId, version }) => projectId === project?.id && version === "1.1",
  );
  if (found === undefined) throw new Error(`There is no release of ${name}.`);
  return found;
}

function changePackages(server: OctopusServer, name: string): void {
  const release = releaseOf(server, name);
  release.packages = release.packages.map((each) => ({ ...each, version: "9.9" }));
}

function deleteRelease(server: OctopusServer, name: string): void {
  server.simulator.state().history.releases.delete(releaseOf(server, name).id);
}

test("a deployment that an earlier run left running is waited for although a blocker stops the run, and nothing else is created", async () => {
  const freezes = [{ name: "Weekend", start: "+3m", end: "+1d", projects: ["Web UI"], environments: ["Staging"] }];
  const slow: Partial<Project> = { scripts: [{ duration: "30m" }] };
  const server = await serve(trainWorld({ Database: slow }, { freezes }));
  const lose = once(() => server.simulator.addFault({ reset: "before" }), 60);
  const lost = await walk(server, train({}, { meanwhile: lose }));
  server.simulator.clearFaults();

  const again = await walk(server, train({}, { system: sameTask(lost) }));

  expect(deployments(server).map(({ project, state }) => `${project} ${state}`)).toEqual(["Database Success"]);
  expect(
    [again.exitCode, endOf(again, "Database"), endOf(again, "Web UI"), endOf(again, "Web API")],
    again.log,
  ).toEqual([1, "Deployed Attached", "Failed Frozen", "NotStarted SiblingFailed"]);
  expect(again.outputs.ChildReleaseToDeploy).toBe("True");
});
