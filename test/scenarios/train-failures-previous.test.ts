import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { walk } from "./in-process.ts";
import { child, orchestration, parent, type Project, serve } from "./scenario.ts";

/** A project whose own process has the step: 2021.1.0 is current in Staging, after 2020.9.0 and 2020.8.0. */
function serveOwn(more: Partial<Project> = {}): Promise<OctopusServer> {
  const own = child(
    parent.project,
    [
      { version: "2020.8.0", created: "-20d", deployments: ["Development", "Test", "Staging"] },
      { version: "2020.9.0", created: "-9d", deployments: ["Development", "Test", "Staging"] },
      { version: parent.release, created: "-3d", deployments: ["Development", "Test", "Staging"] },
    ],
    { scripts: [{ external: true }], ...more },
  );
  return serve({ ...orchestration(), projects: [own] });
}

const previous = {
  child: parent.project,
  parameters: { "ChildProject.DeploymentMode.Value": "Previous", "ChildProject.WaitForFinish.Value": "No" },
};

/** The deployments that the step created, without the parent deployments. */
function started(server: OctopusServer) {
  const { history } = server.simulator.state();
  return [...history.deployments.values()]
    .filter(({ comments }) => comments.includes("deploy-child-project"))
    .map(({ releaseId, id }) => ({ version: history.releases.get(releaseId)?.version, id }));
}

describe("the mode Previous in the project's own process", () => {
  test("deploys another release than the one that runs the step", async () => {
    const server = await serveOwn();

    const { exitCode, outputs, log } = await walk(server, previous);

    expect(exitCode, log).toBe(0);
    expect(outputs, log).toMatchObject({ Outcome: "Started" });
    expect(started(server).map(({ version }) => version)).toEqual(["2020.9.0"]);
  });

  test("starts nothing in a deployment that is itself a roll back", async () => {
    const server = await serveOwn();
    await walk(server, previous);
    const [undo] = started(server);
    const system = { "Octopus.Deployment.Id": undo?.id ?? "" };

    const { exitCode, outputs, log } = await walk(server, { ...previous, release: "2020.9.0", system });

    expect(exitCode, log).toBe(0);
    expect(outputs, log).toMatchObject({ Outcome: "Skipped", Reason: "NothingToRollBackTo" });
    expect(started(server)).toHaveLength(1);
  });

  test("is an error if the server would cancel the running deployment", async () => {
    const server = await serveOwn({ cancelRunningTasks: true });

    const { exitCode, outputs, log } = await walk(server, previous);

    expect(exitCode, log).toBe(1);
    expect(outputs.Message, log).toContain("cancels running deployments when a newer one succeeds");
    expect(started(server)).toEqual([]);
  });

  test("is an error if the step would wait for the deployment", async () => {
    const server = await serveOwn();
    const parameters = { ...previous.parameters, "ChildProject.WaitForFinish.Value": "Yes" };

    const { exitCode, log } = await walk(server, { ...previous, parameters });

    expect(exitCode, log).toBe(1);
    expect(started(server)).toEqual([]);
  });
});
