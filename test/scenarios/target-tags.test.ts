import { expect, test } from "vitest";
import * as z from "zod";
import type { Deployment } from "../octopus-server/documents/execution.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { walk } from "./in-process.ts";
import { child, created, orchestration, type Parameters, serve } from "./scenario.ts";

/** 1.0 is current in Staging, 1.1 waits in Test. */
function world() {
  const at = (day: string, ...names: readonly string[]) => names.map((environment) => ({ environment, at: day }));
  const releases = [
    { version: "1.0", created: "-9d", deployments: at("-8d", "Development", "Test", "Staging") },
    { version: "1.1", created: "-3d", deployments: at("-2d", "Development", "Test") },
  ];
  return orchestration({
    projects: [child("Web API", releases, { steps: [{ name: "Deploy", roles: ["api"] }] })],
    machines: [
      { name: "staging-01", environments: ["Staging"], roles: ["api"] },
      { name: "staging-02", environments: ["Staging"], roles: ["api", "old"] },
    ],
    spaces: [
      {
        name: "Components",
        environments: ["Development", "Test", "Staging"],
        lifecycles: [{ name: "Child", phases: ["Development", "Test", "Staging"] }],
        projects: [child("Web API", releases)],
        teams: [{ name: "Robots", members: ["release-conductor"], roles: ["Deployment creator", "Project viewer"] }],
      },
    ],
  });
}

type Tags = Partial<Pick<Deployment, "specificTargetTagIds" | "excludedTargetTagIds">>;

/** Runs the step for Web API in a parent deployment to Staging that is limited by tags, or cannot be seen. */
async function play(server: OctopusServer, parentAs: Tags | "hidden", parameters: Parameters = {}) {
  const { outputs, log } = await walk(server, {
    child: "Web API",
    parameters,
    before: async ({ taskId }) => {
      const { deployments } = server.simulator.state().history;
      const own = [...deployments.values()].find((each) => each.taskId === taskId);
      if (own === undefined) throw new Error(`${taskId} has no deployment.`);
      if (parentAs === "hidden") {
        server.simulator.addFault({ method: "GET", route: `deployments/${own.id}`, status: 404 });
        server.simulator.addFault({ method: "GET", route: `releases/${own.releaseId}/deployments`, status: 403 });
      } else Object.assign(own, parentAs);
    },
  });
  return { end: `${outputs["Outcome"]} ${outputs["Reason"]}`, message: outputs["Message"], log };
}

const Body = z.object({
  SpecificTargetTagIds: z.array(z.string()).optional(),
  ExcludedTargetTagIds: z.array(z.string()).optional(),
});

/** The target tags of each deployment that was created. */
function asked(server: OctopusServer) {
  return server
    .journal()
    .filter(({ route, status }) => route === "POST deployments" && status === 201)
    .map(({ body }) => Body.parse(body));
}

function tagOf(server: OctopusServer, name: string) {
  const tags = [...server.simulator.state().tagSets.values()].flatMap((set) => set.tags);
  return tags.find((tag) => tag.name === name)?.id ?? "";
}

/** Limits a deployment to targets with the tag api, and excludes those with the tag old. */
function limitsOf(server: OctopusServer) {
  return { specificTargetTagIds: [tagOf(server, "api")], excludedTargetTagIds: [tagOf(server, "old")] };
}

test("the parent's target tags are passed on, and the log names them", async () => {
  const server = await serve(world());

  const { end, log } = await play(server, limitsOf(server));

  expect(end, log).toBe("Deployed NewRelease");
  const [api, old] = [tagOf(server, "api"), tagOf(server, "old")];
  expect(asked(server)).toEqual([{ SpecificTargetTagIds: [api], ExcludedTargetTagIds: [old] }]);
  expect(log).toContain(`Only targets with the tags: ${api}.`);
  expect(log).toContain(`No targets with the tags: ${old}.`);
});

test("a parent without tags limits nothing, and is read once", async () => {
  const server = await serve(world());

  const { end, log } = await play(server, {});

  expect(end, log).toBe("Deployed NewRelease");
  expect(asked(server)).toEqual([{}]);
  const own = [...server.simulator.state().history.deployments.values()].at(-2);
  const reads = new RegExp(`/deployments/${own?.id}$|/releases/${own?.releaseId}/deployments`);
  expect(server.journal().filter(({ path }) => reads.test(path))).toHaveLength(1);
});

test("machines typed into the step win over the tags the parent is limited to", async () => {
  const server = await serve(world());

  const { end, log } = await play(server, limitsOf(server), { "ChildProject.Target.MachineNames": "staging-01" });

  expect(end, log).toBe("Deployed NewRelease");
  expect(asked(server)).toEqual([{ ExcludedTargetTagIds: [tagOf(server, "old")] }]);
  expect(log).toContain("Only these machines: staging-01.");
});

test("a child in another space, where the parent's tags mean nothing, is not deployed", async () => {
  const server = await serve(world());

  const { end, message } = await play(server, limitsOf(server), { "ChildProject.Space.Name": "Components" });

  expect(end).toBe("Failed Blocked");
  expect(message).toBe(
    `The parent's deployment is limited by target tags (${tagOf(server, "api")}, ${tagOf(server, "old")}), which mean nothing in the child's space.`,
  );
  expect(created(server)).toEqual([]);
});

test.each(["Yes", "No"])("nothing is deployed if the parent's tags cannot be read, what-if %s", async (whatIf) => {
  const server = await serve(world());

  const { end, message } = await play(server, "hidden", { "ChildProject.WhatIf.Value": whatIf });

  expect(end).toBe(whatIf === "Yes" ? "WhatIf PermissionMissing" : "Failed PermissionMissing");
  expect(message).toMatch(/so its target tags are unknown: give .* DeploymentView for the project/);
  expect(created(server)).toEqual([]);
});
