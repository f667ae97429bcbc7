import { expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { type OpenTask, sameTask, type Walk, walk } from "./in-process.ts";
import { child, created, orchestration, serve } from "./scenario.ts";

const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));
const world = orchestration({
  projects: [child("Web API", [{ version: "1.0", created: "-3h", deployments }], { scripts: [{ duration: "5m" }] })],
});

function promote(server: OctopusServer, options: Partial<Walk> = {}) {
  return walk(server, { child: "Web API", ...options });
}

/** How often a run lists the project's deployments before it creates one. */
async function listsBeforeCreating(): Promise<number> {
  const server = await serve(world);
  await promote(server);
  const journal = server.journal();
  const creation = journal.findIndex(({ method, path }) => method === "POST" && path.endsWith("/deployments"));
  return journal.slice(0, creation).filter(({ route }) => route === "GET deployments").length;
}

test.each([401, 403, 404, 409])(
  "%i while looking for the created deployment does not hide that one may exist",
  async (status) => {
    const skip = await listsBeforeCreating();
    const server = await serve(world);
    server.simulator.addFault({ method: "POST", route: "deployments", reset: "after", times: 1 });
    server.simulator.addFault({ method: "GET", route: "deployments", skip, status });

    const { outputs, log } = await promote(server);

    expect(created(server)).toHaveLength(1);
    expect(outputs, log).toMatchObject({ Outcome: "Failed", ChildReleaseToDeploy: "True" });
    expect(log).toContain(`could not be found out. The Octopus Server at ${server.url}`);
    expect(log).toMatch(
      /A deployment may exist all the same\. Run the step again after ten minutes: the step then looks/,
    );
  },
);

test("a deployment that does not appear within two minutes may exist, and another run is safe after ten minutes", async () => {
  const server = await serve(world);
  server.simulator.addFault({ method: "POST", route: "deployments", lateCommit: "150s", times: 1 });

  const first = await promote(server);
  server.advance(600_000);
  const second = await promote(server, { system: sameTask(first) });

  expect(first.outputs, first.log).toMatchObject({ Outcome: "Failed", ChildReleaseToDeploy: "True" });
  expect(first.log).toMatch(
    /within two minutes\. A deployment may exist all the same\. Run the step again after ten minutes/,
  );
  expect(second.outputs["Outcome"], second.log).toMatch(/Deployed|Skipped/);
  expect(created(server)).toHaveLength(1);
});

test("after status 429 the step lists deployments again before it repeats the request", async () => {
  const server = await serve(world);
  server.simulator.addFault({ method: "POST", route: "deployments", status: 429, retryAfter: 60, times: 3 });

  await promote(server);

  const routes = server.journal().map(({ method, route, status }) => ({ method, route, status }));
  const creations = routes.flatMap(({ method, route }, index) =>
    method === "POST" && route?.endsWith(" deployments") === true ? [index] : [],
  );
  expect(creations).toHaveLength(4);
  for (const [place, creation] of creations.slice(1).entries()) {
    const between = routes.slice((creations[place] ?? 0) + 1, creation).map(({ route }) => route);
    expect(between).toContain("GET deployments");
  }
});

test("a deployment that the same step created while this run waited after status 429 is adopted", async () => {
  const server = await serve(world);
  server.simulator.addFault({ method: "POST", route: "deployments", status: 429, retryAfter: 60, times: 1 });
  let task: OpenTask | undefined;
  let other: Promise<unknown> | undefined;
  const { outputs, log } = await promote(server, {
    before: async (open) => void (task = open),
    meanwhile: async () => {
      other ??= promote(server, { system: { "Octopus.Task.Id": task?.taskId ?? "" } });
      await other;
    },
  });
  await other;

  expect(created(server)).toHaveLength(1);
  expect(outputs["Outcome"], log).toMatch(/Deployed|Skipped/);
});

test("the message of an unexpected error after a deployment was created says that one may exist, and to wait ten minutes", async () => {
  const server = await serve(world);

  const { outputs, log } = await promote(server, { meanwhile: () => Promise.reject(new TypeError("a defect")) });

  expect(created(server)).toHaveLength(1);
  expect(outputs["Outcome"], log).toBe("Failed");
  expect(log).toMatch(/A deployment may have been created\. Run the step again after ten minutes/);
});
