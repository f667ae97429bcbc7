import type { ServerTask } from "../octopus-server/documents/execution.ts";
import type { OctopusServer, World } from "../octopus-server/octopus-server.ts";
import type { ParentDeployment } from "./parent-deployment.ts";
import type { ParentResult } from "./parent-result.ts";
import type { ScriptStep } from "./parent-steps.ts";
import { runParentDeployment } from "./run-parent-deployment.ts";
import { plainScript } from "./step-template.ts";

/** A parent project with one release, a user in QA and another user: enough to test the parent process itself. */
export const parentWorld: World = {
  now: "2021-01-14T11:00:00Z",
  space: { name: "Release", id: "Spaces-603" },
  environments: ["Staging", "Production"],
  users: [
    { name: "alice", displayName: "Alice King", email: "alice@example.com", teams: ["QA"] },
    { name: "mallory", displayName: "Mallory" },
  ],
  teams: [
    { name: "QA", roles: ["Deployment creator", "Project deployer"] },
    { name: "Others", members: ["mallory"], roles: ["Project viewer"] },
  ],
  lifecycles: [{ name: "Parent", phases: ["Staging", "Production"] }],
  projects: [
    { name: "Release Orchestration", lifecycle: "Parent", releases: [{ version: "2021.1.0", notes: "All of it" }] },
  ],
};

export function scriptStep(name: string, body: string, parameters: Record<string, string> = {}): ScriptStep {
  return { kind: "script", name, template: plainScript(body), parameters };
}

/** Deploys the parent's release to Staging, without the agent's note about the environment. */
export async function deployParent(
  server: OctopusServer,
  steps: ParentDeployment["steps"],
  more: Partial<ParentDeployment> = {},
): Promise<ParentResult> {
  const quiet = { "Octopus.Action.Script.SuppressEnvironmentLogging": "True" };
  return runParentDeployment(server, {
    project: "Release Orchestration",
    release: "2021.1.0",
    environment: "Staging",
    ...more,
    variables: { ...quiet, ...more.variables },
    steps,
  });
}

export function taskOf(server: OctopusServer, { taskId }: ParentResult): ServerTask | undefined {
  return server.simulator.state().history.tasks.get(taskId);
}
