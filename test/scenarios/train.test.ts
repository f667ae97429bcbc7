import { expect, test } from "vitest";
import type { World } from "../octopus-server/world/world.ts";
import { walk } from "./in-process.ts";
import { child, created, orchestration, type Parameters, type Project, serve } from "./scenario.ts";

const releases: Project["releases"] = [
  { version: "1.0", created: "-3d", deployments: ["Development", "Test", "Staging"] },
  { version: "1.1", created: "-1d", deployments: ["Development", "Test"] },
];

function world(more: Readonly<Record<string, Partial<Project>>> = {}): World {
  const names = ["Database", "Web API", "Scheduling Service", "Web UI"];
  return orchestration({
    projects: names.map((name) => child(name, releases, { scripts: [{ duration: "10s" }], ...more[name] })),
  });
}

const list = "Database\nWeb API\n+ Scheduling Service\nWeb UI";

function train(parameters: Parameters = {}) {
  return { child: "Train", parameters: { "ChildProject.Project.Name": list, ...parameters } };
}

test("children are deployed level by level, each once", async () => {
  const server = await serve(world());

  const { exitCode, outputs, log } = await walk(server, train());

  expect(exitCode, log).toBe(0);
  expect(outputs.Summary).toContain("Deployed");
  expect(created(server)).toEqual([
    "Database 1.1 to Staging",
    "Web API 1.1 to Staging",
    "Scheduling Service 1.1 to Staging",
    "Web UI 1.1 to Staging",
  ]);
});
