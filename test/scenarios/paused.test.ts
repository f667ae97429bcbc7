import { expect, test } from "vitest";
import type { World } from "../octopus-server/world/world.ts";
import { walk } from "./in-process.ts";
import { child, created, type Deployment, orchestration, parent, serve } from "./scenario.ts";

type Script = NonNullable<Deployment["script"]>;

/** Since yesterday 0.9 is on its way to Staging and waits there. */
function worldWith(script: Script, more: Partial<World> = {}): World {
  const through = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));
  const waiting: Deployment = { environment: "Staging", at: "-1d", state: "Executing", script };
  const releases = [
    { version: "0.9", created: "-2d", deployments: [...through.map((each) => ({ ...each, at: "-30h" })), waiting] },
    { version: "1.0", created: "-4h", deployments: through },
  ];
  return orchestration({
    teams: [{ name: "QA" }],
    projects: [child("Web API", releases, { guidedFailure: "On", scripts: [{ duration: "1m" }] })],
    ...more,
  });
}

const approve = { name: "Approve", interventions: [{ instructions: "ok?", teams: ["QA"] }] };

test.each<{ readonly rule: string; readonly script: Script; readonly says: RegExp }>([
  {
    rule: "a manual intervention",
    script: { steps: [approve] },
    says: /Deployments-\d+ \(0\.9\) to Staging, created by .*, is paused until somebody answers its manual intervention.* See http.*Deployments-\d+\./,
  },
  {
    rule: "guidance",
    script: { steps: [{ name: "Deploy", result: "Failed", failures: 1 }] },
    says: /Deployments-\d+ \(0\.9\) to Staging, created by .*, failed half deployed and waits for guidance.* See http/,
  },
])("a deployment of somebody else that waits for $rule holds up nothing", async ({ script, says }) => {
  const server = await serve(worldWith(script));
  server.advance(60_000);

  const parameters = { "ChildProject.WaitForFinish.Value": "No" };
  const { outputs, log } = await walk(server, { child: "Web API", key: server.apiKey, parameters });

  expect(outputs["Outcome"], log).toBe("Started");
  expect(log).toMatch(says);
  expect(created(server)).toContain("Web API 1.0 to Staging");
});

test("what it waits for cannot be seen: it is waited for", async () => {
  const server = await serve(worldWith({ steps: [approve] }));
  server.advance(60_000);
  server.simulator.addFault({ method: "GET", route: "interruptions", status: 403 });

  const { outputs } = await walk(server, {
    child: "Web API",
    key: server.apiKey,
    parameters: {
      "ChildProject.WaitForFinish.Value": "No",
      "ChildProject.QueueTimeout.Seconds": "600",
      "ChildProject.ManualInterventions.UseApprovalsFromParent": "No",
      "ChildProject.Plan.Policy": "Ignore",
    },
  });

  expect(outputs["Outcome"]).toBe("TimedOut");
});

test("whoever is waited for is named, with version, state and limit", async () => {
  const server = await serve(worldWith({ duration: "3d" }));

  const parameters = { "ChildProject.QueueTimeout.Seconds": "600" };
  const { outputs, log } = await walk(server, { child: "Web API", key: server.apiKey, parameters });

  expect(outputs["Outcome"]).toBe("TimedOut");
  expect(outputs["Message"]).toMatch(
    /Deployments-\d+ of 0\.9 to Staging, created by .*, is executing\. It did not end within 10 min, the queue limit\./,
  );
  expect(log).not.toContain("The child deployment");
});

test.each(["Yes", "ThroughSchedule"])("waiting (%s) for the parent's own project is an error at once", async (wait) => {
  const server = await serve(worldWith({}));

  const { exitCode, outputs, log } = await walk(server, {
    child: parent.project,
    key: server.apiKey,
    parameters: { "ChildProject.WaitForFinish.Value": wait },
  });

  expect([exitCode, outputs["Outcome"]]).toEqual([1, "Failed"]);
  expect(log).toMatch(/deploy and wait for that same project: .* Nothing was created\. Choose "No"/);
  expect(created(server)).toEqual([]);
});
