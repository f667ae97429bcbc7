import { expect, test } from "vitest";
import * as z from "zod";
import { deployChildProject } from "../../src/deploy-child-project.ts";
import { StepError } from "../../src/errors.ts";
import { asId, type Deployment } from "../../src/model.ts";
import { connectToOctopus } from "../../src/octopus/client-gateway.ts";
import type { OctopusGateway } from "../../src/octopus/gateway.ts";
import { parseTrain } from "../../src/train/parse-train.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { openParentTask } from "../parent-process/open-parent-task.ts";
import { deploymentVariables, scriptVariables } from "../parent-process/step-variables.ts";
import { clockOf, recordingStep } from "./recording-step.ts";
import { child, created, deployStep, orchestration, type Parameters, parent, serve } from "./scenario.ts";

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

/** As the server answers, but the deployment of the parent is limited by tags, or cannot be seen. */
function withParentAs(
  octopus: OctopusGateway,
  deploymentId: string,
  of: Partial<Deployment> | "hidden",
): OctopusGateway {
  return {
    ...octopus,
    inSpace(spaceId) {
      const space = octopus.inSpace(spaceId);
      return {
        ...space,
        deployment: async (id) => {
          const found = await space.deployment(id);
          if (id !== deploymentId || found === undefined) return found;
          return of === "hidden" ? undefined : { ...found, ...of };
        },
      };
    },
  };
}

/** Runs the step for Web API in a parent deployment to Staging. */
async function play(server: OctopusServer, parentAs: Partial<Deployment> | "hidden", parameters: Parameters = {}) {
  const task = openParentTask(server, { ...parent, environment: "Staging", steps: [] });
  const log: string[] = [];
  try {
    const key = server.keys["release-conductor"] ?? "";
    const known = deploymentVariables({ "Orchestration.ApiKey": key, ...task.variables }, []);
    const { variables } = scriptVariables(deployStep("Web API", parameters), 1, known);
    const { settings } = parseTrain(new Map(Object.entries(variables))).levels[0][0];
    const clock = clockOf(server);
    const octopus = await connectToOctopus({
      serverUrl: server.url,
      credential: settings.server.credential,
      secrets: [],
      clock,
      userAgent: "test",
      patience: { planning: 0, polling: 0 },
      onRetry: () => undefined,
    });
    const limited = withParentAs(octopus, settings.parent.deploymentId ?? "", parentAs);
    const step = recordingStep(log);
    const { kind, reason, message } = await deployChildProject({ settings, ifMissing: "error" }, {
      octopus: limited,
      step,
      clock,
      publish: () => undefined,
    });
    return { end: `${kind} ${reason}`, message, log: log.join("\n") };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return { end: error.name, message: error.message, log: log.join("\n") };
  } finally {
    task.complete(undefined, false);
    task.close();
  }
}

const Body = z.object({
  SpecificTargetTagIds: z.array(z.string()).optional(),
  ExcludedTargetTagIds: z.array(z.string()).optional(),
});

/** What the server was asked to limit each created deployment to. */
function asked(server: OctopusServer) {
  return server
    .journal()
    .filter(({ route, status }) => route === "POST deployments" && status === 201)
    .map(({ body }) => Body.parse(body));
}

function tagOf(server: OctopusServer, name: string) {
  const tags = [...server.simulator.state().tagSets.values()].flatMap((set) => set.tags);
  return asId<"TargetTag">(tags.find((tag) => tag.name === name)?.id ?? "");
}

/** To targets with the tag api, but none with the tag old. */
function limitsOf(server: OctopusServer) {
  return { specificTagIds: [tagOf(server, "api")], excludedTagIds: [tagOf(server, "old")] };
}

test("the parent's target tags are passed on, and said", async () => {
  const server = await serve(world());

  const { end, log } = await play(server, limitsOf(server));

  expect(end, log).toBe("Deployed NewRelease");
  const [api, old] = [tagOf(server, "api"), tagOf(server, "old")];
  expect(asked(server)).toEqual([{ SpecificTargetTagIds: [api], ExcludedTargetTagIds: [old] }]);
  expect(log).toContain(`Only to targets with the tags: ${api}.`);
  expect(log).toContain(`To no targets with the tags: ${old}.`);
});

test("a parent without tags limits nothing, and is read once", async () => {
  const server = await serve(world());

  const { end, log } = await play(server, {});

  expect(end, log).toBe("Deployed NewRelease");
  expect(asked(server)).toEqual([{}]);
  const own = [...server.simulator.state().history.deployments.values()].at(-2)?.id ?? "";
  expect(server.journal().filter(({ path }) => path.endsWith(`/deployments/${own}`))).toHaveLength(1);
});

test("machines typed into the step win over the tags the parent is limited to", async () => {
  const server = await serve(world());

  const { end, log } = await play(server, limitsOf(server), { "ChildProject.Target.MachineNames": "staging-01" });

  expect(end, log).toBe("Deployed NewRelease");
  expect(asked(server)).toEqual([{ ExcludedTargetTagIds: [tagOf(server, "old")] }]);
  expect(log).toContain("Only to the machines: staging-01.");
});

test("where tags mean nothing the run is refused, never widened", async () => {
  const server = await serve(world());

  const { end, message } = await play(server, limitsOf(server), { "ChildProject.Space.Name": "Components" });

  expect(end).toBe("NotFoundError");
  expect(message).toBe(
    `The parent's deployment is limited by target tags (${tagOf(server, "api")}, ${tagOf(server, "old")}), which mean nothing in the child's space.`,
  );
  expect(created(server)).toEqual([]);
});

test.each(["Yes", "No"])("where they cannot be read nothing is deployed, what-if %s", async (whatIf) => {
  const server = await serve(world());

  const { end, message } = await play(server, "hidden", { "ChildProject.WhatIf.Value": whatIf });

  expect(end).toBe(whatIf === "Yes" ? "WhatIf PermissionMissing" : "Failed PermissionMissing");
  expect(message).toMatch(/whether it is limited to target tags is not known: give .* DeploymentView for the project/);
  expect(created(server)).toEqual([]);
});
