import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { walk } from "./in-process.ts";
import { created, type Parameters, type Project, serve } from "./scenario.ts";
import { endOf, linesOf, train, trainWorld, usualNames, whatIf } from "./train-world.ts";

/** How often each thing was read about the children after the planning. */
function afterPlanning(server: OctopusServer) {
  const journal = server.journal().map(({ method, path }) => ({ method, path: decodeURIComponent(path) }));
  const ahead = journal.findLastIndex(({ path }) => path.includes("deploymentfreezes") && !path.includes("projectIds"));
  const asked = journal.slice(ahead + 1);
  const count = (pattern: RegExp) => asked.filter(({ path }) => pattern.test(path)).length;
  return {
    releases: count(/\/releases\/Releases-\d+$/),
    templates: count(/\/deployments\/template$/),
    previews: count(/\/deployments\/preview\//),
    freezes: count(/deploymentfreezes/),
    rights: count(/\/users\//),
  };
}

const together: Parameters = {
  "ChildProject.Project.Name": usualNames.join("\n+ "),
  "ChildProject.Parallel.Limit": "0",
};

describe("before each deployment is created", () => {
  test("the release is read once more, but freezes and prompts not within half a minute of the plan", async () => {
    const server = await serve(trainWorld());
    server.clearJournal();

    const run = await walk(server, train(together));

    expect(run.exitCode, run.log).toBe(0);
    expect(afterPlanning(server)).toEqual({ releases: 4, templates: 0, previews: 0, freezes: 0, rights: 0 });
  });

  test("freezes and prompts of a later level are read once more, freezes once for the level", async () => {
    const slow = usualNames.map((name): [string, Partial<Project>] => [name, { scripts: [{ duration: "2m" }] }]);
    const server = await serve(trainWorld(Object.fromEntries(slow)));
    server.clearJournal();

    const run = await walk(server, train());

    expect(run.exitCode, run.log).toBe(0);
    // Two later levels, with three children.
    expect(afterPlanning(server)).toEqual({ releases: 4, templates: 0, previews: 3, freezes: 2, rights: 0 });
  });

  test("freezes and prompts are read once more if the plan has grown old", async () => {
    const server = await serve(trainWorld());
    server.clearJournal();
    // The last look is put off for a minute.
    server.simulator.addFault({ route: "deployments", method: "GET", status: 429, retryAfter: 60, skip: 2, times: 1 });

    const run = await walk(server, train(together));

    expect(run.exitCode, run.log).toBe(0);
    expect(afterPlanning(server)).toEqual({ releases: 4, templates: 0, previews: 4, freezes: 1, rights: 0 });
  });

  test("freezes and prompts of a single child are read once more only if the plan has grown old", async () => {
    const counts = [];
    for (const retryAfter of [undefined, 60]) {
      const server = await serve(trainWorld());
      if (retryAfter !== undefined)
        server.simulator.addFault({ route: "deployments", method: "GET", status: 429, retryAfter, skip: 2, times: 1 });
      server.clearJournal();

      const run = await walk(server, { child: "Database" });

      expect(run.exitCode, run.log).toBe(0);
      const paths = server.journal().map(({ path }) => path);
      counts.push([
        paths.filter((path) => path.includes("/deployments/preview/")).length,
        paths.filter((path) => path.includes("deploymentfreezes")).length,
      ]);
    }
    expect(counts).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });
});

describe("a deployment by an earlier task of the step that did not finish", () => {
  const text =
    /1\.1 was deployed to Staging by the unfinished run ServerTasks-\d+ of this step and will not be rolled back/;
  const failingOnce = { scripts: [{ duration: "5s", result: "Failed" as const, times: 1 }, { duration: "10s" }] };

  test("is a warning in the next task for the same release of the parent, in the plan and in the run", async () => {
    const server = await serve(trainWorld({ "Web API": failingOnce }));
    const first = await walk(server, train());

    const plan = await walk(server, train(whatIf));
    const run = await walk(server, train());

    for (const next of [plan, run]) {
      const warnings = linesOf(next, "warning").filter((line) => text.test(line));
      expect(warnings, next.log).toHaveLength(1);
      expect(warnings[0]).toContain(
        `Database: 1.1 was deployed to Staging by the unfinished run ${first.parent.taskId}`,
      );
    }
    expect(plan.outputs.ReleaseNotes).toMatch(text);
    expect(endOf(run, "Database")).toBe("Skipped AlreadyCurrent");
    expect(created(server).filter((line) => line.startsWith("Database"))).toHaveLength(1);
  });

  test.each(["the task came to its end", "it is of another release of the parent", "it is this task"])(
    "is no warning if %s",
    async (why) => {
      const server = await serve(trainWorld(why === "the task came to its end" ? {} : { "Web API": failingOnce }));
      const first = await walk(server, train());
      server.simulator.addWorld({ projects: [{ name: "Release Orchestration", releases: ["2021.2.0"] }] });
      const { taskId, deploymentId } = first.parent;

      const next = await walk(server, {
        ...train(),
        ...(why.includes("another release") ? { release: "2021.2.0" } : {}),
        ...(why.includes("this task")
          ? { system: { "Octopus.Task.Id": taskId, "Octopus.Deployment.Id": deploymentId } }
          : {}),
      });

      expect(endOf(next, "Database"), next.log).toBe("Skipped AlreadyCurrent");
      expect(next.log).not.toMatch(text);
    },
  );
});
