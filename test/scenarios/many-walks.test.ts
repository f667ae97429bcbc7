import { expect, test } from "vitest";
import type { Clock } from "../../src/clock.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { walk } from "./in-process.ts";
import { clockOf } from "./recording-step.ts";
import { child, created, orchestration, type Project, serve } from "./scenario.ts";

const names = Array.from({ length: 20 }, (_, number) => `Component ${number + 1}`);

function component(name: string): Project {
  const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));
  return child(name, [{ version: "1.0", created: "-3h", deployments }], { scripts: [{ duration: "10m" }] });
}

test("20 children side by side, and a server that takes 200 requests a minute: all of them succeed", async () => {
  const server = await serve(orchestration({ projects: names.map(component) }));
  server.simulator.useProfile("rateLimited");
  const clock = sharedClock(server, names.length);

  const walks = await Promise.all(
    names.map(async (project) => {
      const result = await walk(server, {}, { project, actionId: `action of ${project}` }, clock);
      clock.leave();
      return result;
    }),
  );

  expect(walks.map(({ kind, message }) => (kind === "Deployed" ? kind : message))).toEqual(names.map(() => "Deployed"));
  expect(created(server)).toHaveLength(names.length);
  expect(server.journal().some(({ status }) => status === 429)).toBe(true);
}, 30_000);

test("a server that is away for five minutes while a child is watched", async () => {
  const server = await serve(orchestration({ projects: [component("Web API")] }));
  const clock = clockOf(server);
  const away = server.now() + 120_000;
  const shaky: Clock = {
    now: () => clock.now(),
    sleep: async (milliseconds) => {
      await clock.sleep(milliseconds);
      server.simulator.clearFaults();
      if (server.now() >= away && server.now() < away + 300_000) server.simulator.addFault({ reset: "before" });
    },
  };

  const { kind, log } = await walk(server, {}, {}, shaky);

  expect(kind, log.join("\n")).toBe("Deployed");
  expect(log.some((line) => line.startsWith("retry: "))).toBe(true);
});

test("one that stays away ends the step with what to do", async () => {
  const server = await serve(orchestration({ projects: [component("Web API")] }));
  server.simulator.addFault({ method: "GET", route: "tasks/{id}", skip: 2, status: 503 });

  const { kind, message } = await walk(server);

  expect(kind).toBe("error");
  expect(message).toMatch(/was not able to answer.*Check that the Octopus Server is healthy/s);
});

test("two parents at once: each waits for what the other started, and none of it is touched", async () => {
  const server = await serve(orchestration({ projects: [component("Web API")] }));
  const clock = sharedClock(server, 2);
  const parents = ["ServerTasks-901", "ServerTasks-902"].map(async (taskId, number) => {
    const result = await walk(server, {}, { taskId, actionId: `action of parent ${number}` }, clock);
    clock.leave();
    return result;
  });

  const kinds = (await Promise.all(parents)).map(({ kind }) => kind);

  expect(kinds.every((kind) => kind === "Deployed" || kind === "Skipped")).toBe(true);
  expect(server.journal().some(({ path }) => path.endsWith("/cancel"))).toBe(false);
});

/** Time passes when everybody sleeps: to the first one's awakening. Each walk leaves when it has ended. */
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
