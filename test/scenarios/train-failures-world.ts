import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { clockOf, type Walk, walk } from "./in-process.ts";
import { child, orchestration, type Parameters, type Project } from "./scenario.ts";

/** 1.0 runs in Staging, and 1.1 waits in Test. */
export const releases: NonNullable<Project["releases"]> = [
  { version: "1.0", created: "-3d", deployments: ["Development", "Test", "Staging"] },
  { version: "1.1", created: "-1d", deployments: ["Development", "Test"] },
];

export type Script = NonNullable<Project["scripts"]>[number];

/** The first deployment of 1.1 fails. */
export const fails: Script = {
  version: "1.1",
  times: 1,
  duration: "10s",
  steps: [{ name: "Deploy", result: "Failed" }],
};

/** A child list with three levels. */
export const list = "Database\nWeb API\n+ Scheduling Service\nWeb UI";

/** Four children with these differences. A deployment takes ten seconds. */
export function trainWorld(
  projects: Readonly<Record<string, Partial<Project>>> = {},
  more: Partial<World> = {},
): World {
  const names = ["Database", "Web API", "Scheduling Service", "Web UI"];
  return orchestration({
    projects: names.map((name) => {
      const { scripts = [], ...project } = projects[name] ?? {};
      return child(name, releases, { ...project, scripts: [...scripts, { duration: "10s" }] });
    }),
    ...more,
  });
}

export function train(policy: string, parameters: Parameters = {}) {
  return {
    child: "Train",
    parameters: { "ChildProject.Project.Name": list, "ChildProject.Failure.Policy": policy, ...parameters },
  };
}

interface OtherDeployment {
  readonly project: string;
  readonly version: string;
  readonly comments?: string;
  /** Absent means the default space. */
  readonly space?: string | undefined;
}

/** Deploys a release to Staging as another user. */
export async function deployAsAnotherUser(
  server: OctopusServer,
  { project, version, comments, space = "Default" }: OtherDeployment,
): Promise<void> {
  const { spaces, projects, environments, history } = server.simulator.state();
  const spaceId = [...spaces.values()].find(({ name }) => name === space)?.id;
  const isThere = (each: { readonly name: string; readonly spaceId: string }, name: string) =>
    each.spaceId === spaceId && each.name === name;
  const projectId = [...projects.values()].find((each) => isThere(each, project))?.id;
  const release = [...history.releases.values()].find(
    (each) => each.projectId === projectId && each.version === version,
  );
  const place = [...environments.values()].find((each) => isThere(each, "Staging"));
  const response = await fetch(`${server.url}/api/${spaceId}/deployments`, {
    method: "POST",
    headers: { "X-Octopus-ApiKey": server.apiKey, "Content-Type": "application/json" },
    body: JSON.stringify({ ReleaseId: release?.id, EnvironmentId: place?.id, Comments: comments }),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** Runs the step until `isTime`, and then stops it for good, as if its process were killed. Returns the parent's task, for a repeat. */
export async function killWhen(
  server: OctopusServer,
  options: Walk,
  isTime: () => boolean,
): Promise<NonNullable<Walk["system"]>> {
  const clock = clockOf(server);
  let isKilled = false;
  let taskId = "";
  const died = new Promise<void>((resolve) => {
    const sleep: typeof clock.sleep = async (milliseconds, signal) => {
      isKilled ||= isTime();
      if (isKilled) {
        resolve();
        await new Promise<never>(() => undefined);
      }
      await clock.sleep(milliseconds, signal);
    };
    const before: Walk["before"] = (task) => {
      ({ taskId } = task);
      return Promise.resolve();
    };
    void walk(server, { ...options, before, clock: { ...clock, sleep } });
  });
  await died;
  const { history } = server.simulator.state();
  const parent = [...history.deployments.values()].find((each) => each.taskId === taskId);
  return { "Octopus.Task.Id": taskId, "Octopus.Deployment.Id": parent?.id ?? "" };
}
