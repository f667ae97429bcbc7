import { expect, test } from "vitest";
import type { World } from "../octopus-server/world/world.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { walk as walkInParent } from "./in-process.ts";
import {
  child,
  created,
  type Deployment,
  orchestration,
  type Parameters,
  parent,
  type Project,
  serve,
} from "./scenario.ts";

type Script = NonNullable<Deployment["script"]>;

/** The step with the key of an administrator, without approvals and plans. */
async function walk(server: OctopusServer, parameters: Parameters) {
  const { outputs, log } = await walkInParent(server, {
    child: "Web API",
    key: server.apiKey,
    parameters: {
      "ChildProject.ManualInterventions.UseApprovalsFromParent": "No",
      "ChildProject.Plan.Policy": "Ignore",
      ...parameters,
    },
  });
  return { kind: outputs.Outcome, message: outputs.Message ?? "", log: log.split("\n") };
}

const through = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));

/** A deployment of 0.9 to Staging has been under way since yesterday, and waits. */
function worldWith(script: Script, project: Partial<Project> = {}): World {
  const state = script.precondition === undefined ? "Executing" : "Queued";
  const waiting: Deployment = { environment: "Staging", at: "-1d", state, script };
  const releases = [
    { version: "0.9", created: "-2d", deployments: [...through.map((each) => ({ ...each, at: "-30h" })), waiting] },
    { version: "1.0", created: "-4h", deployments: through },
  ];
  return orchestration({
    teams: [{ name: "QA" }],
    projects: [
      child("Web API", releases, {
        guidedFailure: "On",
        scripts: [{ duration: "1m" }],
        ...project,
      }),
    ],
  });
}

const approve = { name: "Approve", interventions: [{ instructions: "ok?", teams: ["QA"] }] };

test.each<{ readonly rule: string; readonly script: Script; readonly says: RegExp }>([
  {
    rule: "a manual intervention",
    script: { steps: [approve] },
    says: /Deployments-\d+ \(0\.9\) to Staging, created by .*, is waiting for a manual intervention.* See http.*Deployments-\d+\./,
  },
  {
    rule: "guidance",
    script: { steps: [{ name: "Deploy", result: "Failed", failures: 1 }] },
    says: /Deployments-\d+ \(0\.9\) to Staging, created by .*, failed half deployed and is waiting for guidance.* See http/,
  },
])("another user's deployment that waits for $rule is not waited for", async ({ script, says }) => {
  const server = await serve(worldWith(script));
  server.advance(60_000);

  const { kind, log } = await walk(server, { "ChildProject.WaitForFinish.Value": "No" });

  expect(kind, log.join("\n")).toBe("Started");
  expect(log.join("\n")).toMatch(says);
  expect(created(server)).toContain("Web API 1.0 to Staging");
});

test.each<{ readonly who: string; readonly old?: true; readonly script: Script; readonly says: RegExp }>([
  {
    who: "the type of a manual intervention that a newer server reports",
    script: { steps: [approve] },
    says: /\(0\.9\) to Staging, created by .*, is waiting for a manual intervention.* See http/,
  },
  {
    who: "the type of a guided failure that a newer server reports",
    script: { steps: [{ name: "Deploy", result: "Failed", failures: 1 }] },
    says: /\(0\.9\) to Staging, created by .*, failed half deployed and is waiting for guidance.* See http/,
  },
  {
    who: "the flag that an old server reports for a manual intervention",
    old: true,
    script: { steps: [approve] },
    says: /\(0\.9\) to Staging, created by .*, is waiting for an answer to an interruption.* See http/,
  },
  {
    who: "the flag that an old server reports for a guided failure",
    old: true,
    script: { steps: [{ name: "Deploy", result: "Failed", failures: 1 }] },
    says: /\(0\.9\) to Staging, created by .*, is waiting for an answer to an interruption.* See http/,
  },
])("a key that may not view interruptions goes by $who", async ({ old = false, script, says }) => {
  const server = await serve(worldWith(script));
  server.simulator.setSwitches({ pendingTypesOnTasks: !old, interruptionTypes: !old });
  server.advance(60_000);
  server.simulator.addFault({ method: "GET", route: "interruptions", status: 403 });

  const { kind, log } = await walk(server, { "ChildProject.WaitForFinish.Value": "No" });

  expect(kind, log.join("\n")).toBe("Started");
  expect(log.join("\n")).toMatch(says);
});

test("a paused deployment is waited for if the key cannot see whether its intervention blocks others", async () => {
  const server = await serve(worldWith({ steps: [approve] }));
  server.advance(60_000);
  server.simulator.addFault({ method: "GET", route: "deploymentprocesses/{id}", status: 403 });

  const { kind } = await walk(server, {
    "ChildProject.WaitForFinish.Value": "No",
    "ChildProject.QueueTimeout.Seconds": "600",
  });

  expect(kind).toBe("TimedOut");
});

test("a paused deployment is not waited for although its process has secrets", async () => {
  const steps = ["Web API", { name: "Notify", secrets: ["Notify.Token"] }, { name: "Approve", manualIntervention: {} }];
  const server = await serve(worldWith({ steps: [approve] }, { steps }));
  server.advance(60_000);

  const { kind, log } = await walk(server, {
    "ChildProject.WaitForFinish.Value": "No",
    "ChildProject.QueueTimeout.Seconds": "600",
  });

  expect(kind, log.join("\n")).toBe("Started");
  expect(server.shapeViolations()).toEqual([]);
});

test("a deployment that pauses while it is waited for is not waited for any longer", async () => {
  const server = await serve(worldWith({ steps: [{ name: "Deploy", duration: "20s" }, approve] }));
  const start = server.now();

  const { kind, log } = await walk(server, { "ChildProject.WaitForFinish.Value": "No" });

  expect(kind, log.join("\n")).toBe("Started");
  expect(log.join("\n")).toMatch(/is executing\.[^]*is waiting for a manual intervention.* See http/);
  expect(server.now() - start).toBeLessThan(60_000);
});

test("a deployment whose intervention blocks others is waited for, and its interruptions are read once", async () => {
  const steps = [
    { name: "Deploy", packages: ["Web API"] },
    { name: "Approve", manualIntervention: { instructions: "ok?", blocksOthers: true } },
  ];
  const script = {
    steps: [
      { name: "Deploy", duration: "20s" },
      { ...approve, interventions: [{ blocksOthers: true }] },
    ],
  };
  const server = await serve(worldWith(script, { steps }));

  const { kind } = await walk(server, {
    "ChildProject.WaitForFinish.Value": "No",
    "ChildProject.QueueTimeout.Seconds": "600",
  });

  expect(kind).toBe("TimedOut");
  expect(server.journal().filter(({ route }) => route === "GET interruptions")).toHaveLength(1);
});

const settingsRoute = "projects/{id}/deploymentsettings";

test.each<{
  readonly rule: string;
  readonly script: Script;
  readonly project: Partial<Project>;
  readonly says: RegExp;
}>([
  {
    rule: "a paused deployment, once the new one has succeeded",
    script: { steps: [approve] },
    project: { cancelRunningTasks: true },
    says: /\(0\.9\) .*is waiting for a manual intervention\. .* See http\S+ By the project's settings, the server will cancel it if it is still paused when this deployment succeeds/,
  },
  {
    rule: "a deployment that waits in the queue for its precondition, at once",
    script: { precondition: { type: "Approval", after: "never" } },
    project: { cancelQueuedTasks: true },
    says: /\(0\.9\) .*is waiting for a precondition.* See http\S+ By the project's settings, the server will cancel it when this deployment is created/,
  },
])("a warning says that the server will cancel $rule", async ({ script, project, says }) => {
  const server = await serve(worldWith(script, project));
  server.advance(60_000);

  const { kind, log } = await walk(server, { "ChildProject.WaitForFinish.Value": "No" });

  expect(kind, log.join("\n")).toBe("Started");
  expect(log.join("\n")).toMatch(says);
});

test("settings that cannot be read leave the warning as it is", async () => {
  const server = await serve(worldWith({ steps: [approve] }, { cancelRunningTasks: true }));
  server.advance(60_000);
  server.simulator.addFault({ method: "GET", route: settingsRoute, status: 403 });

  const { kind, log } = await walk(server, { "ChildProject.WaitForFinish.Value": "No" });

  expect(kind, log.join("\n")).toBe("Started");
  expect(log.join("\n")).toMatch(/is waiting for a manual intervention.* See http\S+$/m);
});

test.each<{ readonly rule: string; readonly script: Script; readonly asks: number }>([
  { rule: "ended", script: { duration: "1s" }, asks: 0 },
  { rule: "is waited for", script: { duration: "3d" }, asks: 0 },
  { rule: "is paused", script: { steps: [approve] }, asks: 1 },
])("the settings are read $asks times if another user's deployment $rule", async ({ script, asks }) => {
  const server = await serve(worldWith(script));
  server.advance(60_000);

  await walk(server, { "ChildProject.WaitForFinish.Value": "No", "ChildProject.QueueTimeout.Seconds": "60" });

  expect(server.journal().filter(({ route }) => route === `GET ${settingsRoute}`)).toHaveLength(asks);
});

test.each([
  { rule: "its teams", refused: false, by: "DBA or QA" },
  { rule: "the ids of teams the key may not view", refused: true, by: String.raw`Teams-\d+ or Teams-\d+` },
])("the message of a time-out names what the child waited for, and $rule", async ({ refused, by }) => {
  const asks = { name: "Approve", interventions: [{ instructions: "ok?", teams: ["DBA", "QA"] }] };
  const releases = [{ version: "1.0", created: "-4h", deployments: through }];
  const server = await serve(
    orchestration({
      teams: [{ name: "DBA" }, { name: "QA" }],
      projects: [child("Web API", releases, { scripts: [{ steps: [asks] }] })],
    }),
  );
  if (refused) server.simulator.addFault({ method: "GET", route: "teams/{id}", status: 403 });

  const { kind, message } = await walk(server, { "ChildProject.CancelDeployment.Seconds": "60" });

  expect(kind).toBe("TimedOut");
  expect(message).toMatch(new RegExp(`It was waiting for an answer to ".*Approve.*" by ${by}\\. It was cancelled`));
});

test("the deployment that is waited for is named, with version, state and limit", async () => {
  const server = await serve(worldWith({ duration: "3d" }));

  const { kind, message, log } = await walk(server, { "ChildProject.QueueTimeout.Seconds": "600" });

  expect(kind).toBe("TimedOut");
  expect(message).toMatch(
    /^Gave up after 10 min \(Queue time limit\)\. Deployments-\d+ of 0\.9 to Staging, created by .*, is executing\.$/,
  );
  expect(log.join("\n")).not.toContain("The child deployment");
});

test.each(["Yes", "ThroughSchedule"])("waiting (%s) for the parent's own project is an error at once", async (wait) => {
  const server = await serve(worldWith({}));
  const { exitCode, outputs, log } = await walkInParent(server, {
    child: parent.project,
    key: server.apiKey,
    parameters: { "ChildProject.WaitForFinish.Value": wait },
  });

  expect([exitCode, outputs["Outcome"]]).toEqual([1, "Failed"]);
  expect(log).toMatch(/would wait for a deployment of its own project .* Nothing was created\. Choose "No"/);
  expect(created(server)).toEqual([]);
});

test("the parent's own project can be started when it is not waited for; it runs after the parent", async () => {
  const at = (environment: string, when: string) => ({ environment, at: when });
  const releases = [
    { version: "1.0", created: "-3d", deployments: [...through, at("Staging", "-2h")] },
    { version: "1.1", created: "-1d", deployments: through },
  ];
  const server = await serve(orchestration({ projects: [child("Web API", releases)] }));

  const {
    outputs,
    log,
    parent: own,
  } = await walkInParent(server, {
    child: "Web API",
    project: "Web API",
    release: "1.1",
    parameters: { "ChildProject.DeploymentMode.Value": "Redeploy", "ChildProject.WaitForFinish.Value": "No" },
  });
  server.advance(600_000);

  expect(outputs.Outcome, log).toBe("Started");
  // The parent's own deployment runs in the same environment, which needs no warning.
  expect(log).not.toContain("warning:");
  const ended = server.simulator.state().history.tasks.get(own.taskId)?.completedTime ?? Number.NaN;
  expect(taskOf(server, "1.0")).toMatchObject({ state: "Success" });
  expect(taskOf(server, "1.0")?.startTime).toBeGreaterThanOrEqual(ended);
});

/** The task of the newest deployment of a release. */
function taskOf(server: OctopusServer, version: string) {
  const { history } = server.simulator.state();
  const deployment = [...history.deployments.values()].findLast(
    ({ releaseId }) => history.releases.get(releaseId)?.version === version,
  );
  return history.tasks.get(deployment?.taskId ?? "");
}
