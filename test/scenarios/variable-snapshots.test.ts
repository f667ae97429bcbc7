import { describe, expect, test } from "vitest";
import type { FaultInput } from "../octopus-server/http/faults.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { approvalWorld, call } from "./approval-world.ts";
import { playParent } from "./in-process.ts";
import { type Run, child, created, deployStep, type Parameters, parent, type Release, serve } from "./scenario.ts";

const refresh: Parameters = { "ChildProject.RefreshVariableSnapShots.Option": "Yes" };
const whatIf: Parameters = { "ChildProject.WhatIf.Value": "Yes" };
const approvedElsewhere: Parameters = { "ChildProject.ManualIntervention.EnvironmentToUse": "Test" };

/** 1.0 is current in Staging; 1.1 may wait in Test. Approvals are given in a deployment of the parent to Test. */
async function start(newer = false, mayEdit = true): Promise<OctopusServer> {
  const to = (at: string, ...environments: readonly string[]) =>
    environments.map((environment) => ({ environment, at }));
  const releases: Release[] = [
    { version: "1.0", created: "-9d", deployments: to("-8d", "Development", "Test", "Staging") },
    ...(newer ? [{ version: "1.1", created: "-3d", deployments: to("-2d", "Development", "Test") }] : []),
  ];
  const base = approvalWorld([]);
  return await serve({
    ...base,
    projects: [...(base.projects ?? []).slice(0, 1), child("Web API", releases)],
    userRoles: [
      ...(base.userRoles ?? []),
      { name: "Editor", permissions: mayEdit ? ["ReleaseEdit", "VariableView"] : [] },
    ],
    teams: [...(base.teams ?? []), { name: "Editors", members: ["release-conductor"], roles: ["Editor"] }],
  });
}

async function play(server: OctopusServer, parameters: Parameters, environment = "Staging"): Promise<Run> {
  const to = { "ChildProject.Destination.EnvironmentName": "Staging" };
  const played = await playParent(server, {
    ...parent,
    environment,
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: [
      deployStep("Web API", { ...to, ...parameters }, { name: "Plan" }),
      ...(environment === "Test"
        ? [{ kind: "manual-intervention", name: "Approve", instructions: "Go?", teams: ["QA"] } as const]
        : []),
    ],
    people: () => ({ by: "alice", result: "Proceed" }),
  });
  server.advance(60_000);
  return played;
}

/** Makes a plan in a what-if run, which is then approved. */
const approve = (server: OctopusServer, parameters: Parameters = refresh) =>
  play(server, { ...whatIf, ...parameters }, "Test");

const deploy = (server: OctopusServer, parameters: Parameters = refresh) =>
  play(server, { ...approvedElsewhere, ...parameters });

const outcome = ({ outputs }: Run) => `${outputs["Outcome"]} ${outputs["Reason"]}`;

/** Writes of the step, in order: `snapshot`, `deployment`. */
function writes(server: OctopusServer): readonly string[] {
  return server
    .journal()
    .flatMap(({ method, path, user }) =>
      method !== "POST" || user !== "release-conductor"
        ? []
        : path.endsWith("/snapshot-variables")
          ? ["snapshot"]
          : path.endsWith("/deployments")
            ? ["deployment"]
            : [],
    );
}

describe("when a variable snapshot is refreshed", () => {
  test("changed variables alone are a reason to deploy, and the snapshot is refreshed right before the deployment", async () => {
    const server = await start();
    server.simulator.touchVariables("Web API");

    const played = await deploy(server);

    expect(outcome(played), played.log).toBe("Deployed VariablesChanged");
    expect(played.log).toContain("(already current, but its variables changed)");
    expect(played.log).toMatch(/info: Refreshed the variable snapshot of 1\.0: \S+ is now \S+\./);
    expect(writes(server)).toEqual(["snapshot", "deployment"]);
    const [request] = server.journal().filter(({ path }) => path.endsWith("/snapshot-variables"));
    expect(request?.body, "what is replaced is named").toEqual({
      VariableSnapshotConcurrencyToken: expect.any(String),
    });
    expect(outcome(await deploy(server)), "and then they are current").toBe("Skipped AlreadyCurrent");
  });

  test.each([
    {
      rule: "No never refreshes",
      parameters: {},
      changed: true,
      newer: false,
      ends: "Skipped AlreadyCurrent",
      done: [],
    },
    {
      rule: "No never refreshes a new release",
      parameters: {},
      changed: true,
      newer: true,
      ends: "Deployed NewRelease",
      done: ["deployment"],
    },
    {
      rule: "unchanged variables are not refreshed",
      parameters: refresh,
      changed: false,
      newer: true,
      ends: "Deployed NewRelease",
      done: ["deployment"],
    },
    {
      rule: "unchanged variables are no reason",
      parameters: refresh,
      changed: false,
      newer: false,
      ends: "Skipped AlreadyCurrent",
      done: [],
    },
    {
      rule: "a new release is refreshed before it is deployed",
      parameters: refresh,
      changed: true,
      newer: true,
      ends: "Deployed NewRelease",
      done: ["snapshot", "deployment"],
    },
    {
      rule: "Higher does not deploy the same version for its variables",
      parameters: { ...refresh, "ChildProject.Deployment.Condition": "Higher" },
      changed: true,
      newer: false,
      ends: "Skipped AlreadyCurrent",
      done: [],
    },
    {
      rule: "Redeploy refreshes what it deploys again",
      parameters: { ...refresh, "ChildProject.DeploymentMode.Value": "Redeploy" },
      changed: true,
      newer: false,
      ends: "Deployed Redeploy",
      done: ["snapshot", "deployment"],
    },
    {
      rule: "a what-if changes nothing",
      parameters: { ...refresh, ...whatIf },
      changed: true,
      newer: false,
      ends: "WhatIf VariablesChanged",
      done: [],
    },
  ] as const)("$rule", async ({ parameters, changed, newer, ends, done }) => {
    const server = await start(newer);
    if (changed) server.simulator.touchVariables("Web API");

    const played = await deploy(server, parameters);

    expect(outcome(played), played.log).toBe(ends);
    expect(writes(server)).toEqual(done);
  });

  test("a snapshot that a user refreshed after the release was deployed counts as changed, and is not refreshed again", async () => {
    const server = await start();
    server.simulator.touchVariables("Web API");
    await refreshByHand(server);

    const played = await deploy(server);

    expect(outcome(played), played.log).toBe("Deployed VariablesChanged");
    expect(writes(server)).toEqual(["deployment"]);
  });

  test("a what-if says that it would be refreshed, in the log and in the plan", async () => {
    const server = await start();
    server.simulator.touchVariables("Web API");

    const { log, outputs } = await deploy(server, { ...refresh, ...whatIf });

    expect(log).toContain(
      "info: Variables changed since 1.0 got its snapshot. The snapshot is refreshed before the deployment, for all environments.",
    );
    expect(JSON.parse(outputs["ReleasePlan"] ?? "")).toMatchObject({
      intention: { reason: "VariablesChanged", selected: { variables: "outdated" } },
    });
  });

  test("a deployment that failed is deployed again without another refresh", async () => {
    const server = await start();
    server.simulator.touchVariables("Web API");
    server.simulator.addScript({ project: "Web API", result: "Failed", error: "disk full", times: 1 });

    const played = await deploy(server, { ...refresh, "ChildProject.Deployment.Retries": "1" });

    expect(outcome(played), played.log).toBe("Deployed VariablesChanged");
    expect(writes(server)).toEqual(["snapshot", "deployment", "deployment"]);
  });
});

describe("an approved plan binds the snapshot", () => {
  test("the plan showed the change: the snapshot is refreshed, and the approval still counts", async () => {
    const server = await start(true);
    server.simulator.touchVariables("Web API");
    await approve(server);

    const played = await deploy(server);

    expect(outcome(played), played.log).toBe("Deployed NewRelease");
    expect(played.log).toContain("Deploying the approved plan");
    expect(writes(server)).toEqual(["snapshot", "deployment"]);
    expect(outcome(await deploy(server)), "once more").toBe("Skipped AlreadyCurrent");
  });

  test.each(["Use", "Fail", "Warn"])(
    "the plan did not show the change: no refresh, with a warning (%s)",
    async (policy) => {
      const server = await start(true);
      await approve(server);
      server.simulator.touchVariables("Web API");

      const played = await deploy(server, { ...refresh, "ChildProject.Plan.Policy": policy });

      expect(outcome(played), played.log).toBe("Deployed NewRelease");
      expect(played.log).toContain(
        "warning: Variables changed since the plan was made, so the release's snapshot is not refreshed.",
      );
      expect(writes(server)).toEqual(["deployment"]);
    },
  );

  test("the plan was made by a step that does not refresh: no refresh", async () => {
    const server = await start(true);
    server.simulator.touchVariables("Web API");
    await approve(server, {});

    expect(outcome(await deploy(server))).toBe("Deployed NewRelease");
    expect(writes(server)).toEqual(["deployment"]);
  });

  test("the plan deploys nothing: variables that changed since are no reason to deploy", async () => {
    const server = await start();
    await approve(server);
    server.simulator.touchVariables("Web API");

    expect(outcome(await deploy(server))).toBe("Skipped NotInApprovedPlan");
    expect(writes(server)).toEqual([]);
  });

  test.each([
    { policy: "Use", newer: true, ends: "Deployed NewRelease" },
    { policy: "Use", newer: false, ends: "Deployed VariablesChanged" },
    { policy: "Fail", newer: true, ends: "Deployed NewRelease" },
    { policy: "Fail", newer: false, ends: "Deployed VariablesChanged" },
  ])(
    "a run that refreshed and could not create the deployment can be repeated ($policy, new release: $newer)",
    async ({ policy, newer, ends }) => {
      const server = await start(newer);
      server.simulator.touchVariables("Web API");
      await approve(server);
      server.simulator.addFault({ method: "POST", route: "deployments", times: 1, status: 400, errors: ["Not now."] });
      const first = await deploy(server, { ...refresh, "ChildProject.Plan.Policy": policy });
      server.simulator.touchVariables("Web API");

      const again = await deploy(server, { ...refresh, "ChildProject.Plan.Policy": policy });
      const then = await deploy(server, { ...refresh, "ChildProject.Plan.Policy": policy });

      expect([outcome(first), outcome(again), outcome(then)], again.log).toEqual([
        "Failed Blocked",
        ends,
        "Skipped AlreadyCurrent",
      ]);
      expect(writes(server), "refreshed once").toEqual(["snapshot", "deployment", "deployment"]);
    },
  );

  test("a user refreshed a snapshot that the plan did not show as changed: the run stops", async () => {
    const server = await start(true);
    await approve(server);
    server.simulator.touchVariables("Web API");
    await refreshByHand(server);

    const played = await deploy(server);

    expect(outcome(played), played.log).toBe("Failed PlanChanged");
    expect(writes(server)).toEqual([]);
  });
});

describe("a refresh that the server refuses", () => {
  const refuse = (fault: FaultInput) => (server: OctopusServer) =>
    server.simulator.addFault({ method: "POST", route: "releases/{id}/snapshot-variables", ...fault });
  interface Case {
    readonly rule: string;
    readonly arrange?: (server: OctopusServer) => void;
    readonly mayEdit?: boolean;
    readonly ends?: string;
    readonly says: RegExp;
  }
  const cases: readonly Case[] = [
    {
      rule: "the process changed since",
      arrange: (server) => server.simulator.touchProcess("Web API"),
      says: /\(refreshing the variable snapshot of the release 1\.0: .*process must not have changed.* No deployment was created\..*create a new release/s,
    },
    {
      rule: "another user changed the snapshot meanwhile",
      arrange: refuse({ status: 409, message: "The variable snapshot has been changed by somebody else." }),
      says: /409.*by somebody else\. No deployment was created\..*Run the step again/s,
    },
    { rule: "the permission is missing", mayEdit: false, ends: "Failed PermissionMissing", says: /ReleaseEdit/ },
    {
      rule: "it is unknown whether the refresh took effect",
      arrange: refuse({ reset: "after", times: 1 }),
      says: /It is unknown whether.* No deployment was created\..*Run the step again after ten minutes/s,
    },
  ];
  test.each(cases)("$rule: whole sentences, and nothing is deployed", async ({ arrange, mayEdit, ends, says }) => {
    const server = await start(false, mayEdit);
    server.simulator.touchVariables("Web API");
    arrange?.(server);

    const played = await deploy(server);

    expect(outcome(played), played.log).toBe(ends ?? "Failed Blocked");
    expect(played.log).toMatch(says);
    expect(created(server)).toEqual([]);
    expect(writes(server)).toEqual(["snapshot"]);
  });

  test("after the answer was lost the step runs again and deploys what it refreshed", async () => {
    const server = await start();
    server.simulator.touchVariables("Web API");
    server.simulator.addFault({ method: "POST", route: "releases/{id}/snapshot-variables", reset: "after", times: 1 });
    await deploy(server);

    const again = await deploy(server);

    expect(outcome(again), again.log).toBe("Deployed VariablesChanged");
    expect(writes(server)).toEqual(["snapshot", "deployment"]);
  });

  test("a missing value for a variable that is prompted for only since the refresh stops the run before anything is deployed", async () => {
    const server = await start();
    const path = `Spaces-1/variables/variableset-${newestRelease(server)?.projectId}`;
    const prompt = { Label: "Who approves?", Required: true };
    await call(server, "PUT", path, "administrator", { Variables: [{ Name: "Approver", Value: "", Prompt: prompt }] });

    const played = await deploy(server);

    expect(outcome(played), played.log).toBe("Failed Blocked");
    expect(played.outputs["Message"]).toMatch(/prompted variables do not fit.*Who approves\?/);
    expect(writes(server)).toEqual(["snapshot"]);
  });

  test("a missing permission is a warning of the what-if", async () => {
    const server = await start(false, false);
    server.simulator.touchVariables("Web API");

    const { log } = await deploy(server, { ...refresh, ...whatIf });

    expect(log).toContain("ReleaseEdit (to refresh the release's variable snapshot)");
  });
});

/** The newest release of the child. */
function newestRelease(server: OctopusServer) {
  const { projects, history } = server.simulator.state();
  const releases = [...history.releases.values()];
  return releases.findLast(({ projectId }) => projects.get(projectId)?.name === "Web API");
}

/** Refreshes the snapshot as in the portal, after the variables were edited. */
async function refreshByHand(server: OctopusServer): Promise<void> {
  await call(server, "POST", `Spaces-1/releases/${newestRelease(server)?.id}/snapshot-variables`, "administrator", {});
  server.advance(60_000);
}
