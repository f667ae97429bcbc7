import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import type { Clock } from "../../src/clock.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { ParentStepResult } from "../parent-process/parent-result.ts";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";
import { isLong } from "../random-cases.ts";
import { inThisProcess, sameTask, walk } from "./in-process.ts";
import { child, created, deployStep, orchestration, parent, type Project, type Run, serve } from "./scenario.ts";

const names = Array.from({ length: isLong ? 20 : 12 }, (_, number) => `Component ${number + 1}`);

function component(name: string): Project {
  const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));
  return child(name, [{ version: "1.0", created: "-3h", deployments }], { scripts: [{ duration: "10m" }] });
}

test(`${names.length} children side by side, and a server that takes 200 requests a minute: all of them succeed`, async () => {
  const server = await serve(orchestration({ projects: names.map(component) }));
  server.simulator.useProfile("rateLimited");
  const clock = sharedClock(server, names.length);

  const { steps } = await runParentDeployment(server, {
    ...parent,
    environment: "Staging",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: names.map((name) => deployStep(name, {}, { start: "with-previous" })),
    runScript: async (script) => {
      const result = await inThisProcess(clock)(script);
      clock.leave();
      return result;
    },
  });

  expect(steps.map(endOf)).toEqual(names.map(() => "Deployed"));
  expect(created(server)).toHaveLength(names.length);
  expect(server.journal().some(({ status }) => status === 429)).toBe(true);
}, 900_000);

test("the step goes on after a server was away for five minutes while the child runs", async () => {
  const server = await serve(orchestration({ projects: [component("Web API")] }));

  const { outputs, log } = await walk(server, {
    child: "Web API",
    meanwhile: (minutes) => {
      server.simulator.clearFaults();
      if (minutes >= 2 && minutes < 7) server.simulator.addFault({ reset: "before" });
    },
  });

  expect(outputs["Outcome"], log).toBe("Deployed");
  expect(log.match(/Retrying in/g)?.length).toBeGreaterThan(20);
});

test("a server that is away from the start fails the step after a minute", async () => {
  const server = await serve(orchestration({ projects: [component("Web API")] }));
  const begin = server.now();
  server.simulator.addFault({ status: 503 });

  const { exitCode, outputs } = await walk(server, { child: "Web API" });

  expect([exitCode, outputs["Reason"]]).toEqual([1, "Blocked"]);
  expect(outputs["Message"]).toContain("within 60 s");
  expect(server.now() - begin).toBeLessThan(65_000);
});

test("a step that Octopus repeats after its child succeeded adopts that child, even under Always", async () => {
  const server = await serve(orchestration({ projects: [component("Web API")] }));
  const always = { "ChildProject.Deployment.Condition": "Always" };
  const first = await walk(server, { child: "Web API", parameters: always });

  const repeated = await walk(server, { child: "Web API", parameters: always, system: sameTask(first) });
  const later = await walk(server, { child: "Web API", parameters: always });

  expect([first, repeated, later].map(endOf)).toEqual(["Deployed", "Deployed", "Deployed"]);
  expect(repeated.log).toMatch(/highlight: Continuing with the deployment/);
  expect(later.log).toMatch(/highlight: Created the deployment/);
  expect(created(server)).toHaveLength(2);
});

test("a server that stays away fails the step with a remedy", async () => {
  const server = await serve(orchestration({ projects: [component("Web API")] }));
  server.simulator.addFault({ method: "GET", route: "tasks/{id}", skip: 2, status: 503 });

  const { exitCode, outputs, log } = await walk(server, { child: "Web API" });

  expect([exitCode, outputs["Outcome"]]).toEqual([1, "Failed"]);
  expect(log).toMatch(/could not answer.*Check that the Octopus Server is healthy/s);
});

describe("two parents at once", () => {
  test("a duplicate that cannot be cancelled is reported as still running, and waited for", async () => {
    const server = await serve(orchestration({ projects: [component("Web API")] }));
    server.simulator.addFault({ method: "POST", route: "tasks/{id}/cancel", status: 403, message: "No." });
    const clock = sharedClock(server, 2);
    const meeting = await meetBeforePosting(server, 2);
    const parents = [1, 2].map(async () => {
      const result = await walk(server, { child: "Web API", parameters: meeting.door, clock });
      clock.leave();
      return result;
    });

    const walks = await Promise.all(parents);
    meeting.close();

    expect(walks.map(endOf)).toEqual(["Deployed", "Deployed"]);
    expect(walks.map(({ log }) => log).join("\n")).toMatch(/could not be cancelled and is still running\. .*No\./);
    expect(tasksOfChild(server).map(({ state }) => state)).toEqual(["Success", "Success"]);
  });

  test("each waits for the other's deployment and cancels none", async () => {
    const server = await serve(orchestration({ projects: [component("Web API")] }));
    const clock = sharedClock(server, 2);
    const parents = ["action of one parent", "action of the other"].map(async (action) => {
      const result = await walk(server, { child: "Web API", clock, system: { "Octopus.Action.Id": action } });
      clock.leave();
      return result;
    });

    const ends = (await Promise.all(parents)).map(endOf);

    expect(ends.every((end) => end === "Deployed" || end === "Skipped")).toBe(true);
    expect(cancels(server)).toEqual([]);
  });

  test.each([
    {
      rule: "of the same step: the younger deployment is cancelled, and both wait for the older one",
      actions: ["a", "a"],
    },
    { rule: "of different steps: the server runs one after the other", actions: ["a", "b"] },
  ])("that both looked before either created a deployment, $rule", async ({ actions }) => {
    const server = await serve(orchestration({ projects: [component("Web API")] }));
    const clock = sharedClock(server, 2);
    const meeting = await meetBeforePosting(server, 2);
    const parents = actions.map(async (action) => {
      const system = { "Octopus.Action.Id": action };
      const result = await walk(server, { child: "Web API", parameters: meeting.door, clock, system });
      clock.leave();
      return result;
    });

    const walks = await Promise.all(parents);
    meeting.close();

    expect(walks.map(endOf)).toEqual(["Deployed", "Deployed"]);
    const tasks = tasksOfChild(server);
    if (actions[0] === actions[1]) {
      expect(tasks.map(({ state, startTime }) => [state, startTime !== null])).toEqual([
        ["Success", true],
        ["Canceled", false],
      ]);
      expect(cancels(server)).toEqual([`${tasks[1]?.id}`]);
      expect(walks.map(({ log }) => log).join("\n")).toMatch(
        /warning: Cancelling Deployments-\d+, because this step created Deployments-\d+ earlier for another parent deployment\./,
      );
    } else {
      expect(tasks.map(({ state }) => state)).toEqual(["Success", "Success"]);
      expect(cancels(server)).toEqual([]);
    }
  });
});

/** The outcome, or the message of a failure. */
function endOf({ outputs }: Pick<Run, "outputs"> | Pick<ParentStepResult, "outputs">): string | undefined {
  return outputs["Outcome"] === "Failed" ? outputs["Message"] : outputs["Outcome"];
}

function tasksOfChild(server: OctopusServer) {
  const { history, projects } = server.simulator.state();
  const tasks = [...history.tasks.values()].filter(
    ({ projectId }) => projects.get(projectId ?? "")?.name === "Web API",
  );
  return tasks.slice(-2);
}

function cancels(server: OctopusServer): readonly string[] {
  return server.journal().flatMap(({ path }) => /tasks\/([^/]+)\/cancel$/.exec(path)?.slice(1) ?? []);
}

/** Holds back requests for new deployments until so many have arrived, which is the worst moment for duplicates. */
async function meetBeforePosting(server: OctopusServer, guests: number) {
  let begin: () => void = () => undefined;
  const complete = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let present = 0;
  async function letIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "POST" && request.url?.endsWith("/deployments") === true) {
      if (++present === guests) begin();
      await complete;
    }
    const { method = "", url = "", headers } = request;
    const body = method === "POST" ? await text(request) : null;
    const answer = await fetch(server.url + url, {
      method,
      headers: { "X-Octopus-ApiKey": String(headers["x-octopus-apikey"]), "Content-Type": "application/json" },
      body,
    });
    response.writeHead(answer.status, { "Content-Type": "application/json" }).end(await answer.text());
  }
  const door = createServer((request, response) => void letIn(request, response)).listen(0, "127.0.0.1");
  await once(door, "listening");
  const address = door.address();
  return {
    /** The address for the parallel runs. */
    door: {
      "ChildProject.Web.ServerUrl": `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`,
    },
    close: () => {
      door.closeAllConnections();
      door.close();
    },
  };
}

/** Time passes when all runs sleep, up to the end of the shortest sleep. A run that has ended does not count. */
function sharedClock(server: OctopusServer, walks: number): Clock & { leave(): void } {
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  let present = walks;
  function pass(): void {
    if (sleepers.size < present || sleepers.size === 0) return;
    const next = Math.min(...[...sleepers].map(({ until }) => until));
    server.advance(Math.max(0, next - server.now()));
    for (const sleeper of [...sleepers].filter(({ until }) => until <= server.now())) {
      sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
  return {
    now: () => server.now(),
    elapsed: () => server.now(),
    sleep: async (milliseconds) => {
      await new Promise<void>((wake) => {
        sleepers.add({ until: server.now() + milliseconds, wake });
        pass();
      });
    },
    leave: () => {
      present -= 1;
      pass();
    },
  };
}
