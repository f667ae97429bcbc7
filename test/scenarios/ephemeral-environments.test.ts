import { describe, expect, test } from "vitest";
import { walk } from "./in-process.ts";
import { child, created, orchestration, type Parameters, serve } from "./scenario.ts";

/** A pull request's ephemeral environment, below its parent environment, and a channel for such environments. */
function world() {
  const base = orchestration({
    projects: [
      child(
        "Web API",
        [
          { version: "1.0.0-pr-451.3", channel: "PR", created: "-2h" },
          { version: "1.0.0-pr-451.4", channel: "PR", created: "-1h" },
          { version: "2.0.0", created: "-30m" },
        ],
        {
          channels: [
            { name: "Default", isDefault: true },
            { name: "PR", type: "EphemeralEnvironment", parentEnvironment: "Pull requests" },
          ],
        },
      ),
    ],
  });
  const ephemeral = [
    { name: "Pull requests", type: "Parent" as const },
    { name: "pr-451", type: "Ephemeral" as const, parent: "Pull requests" },
  ];
  return { ...base, environments: [...(base.environments ?? []), ...ephemeral] };
}

const toPullRequest: Parameters = {
  "ChildProject.Destination.EnvironmentName": "PR-451",
  "ChildProject.Channel.Name": "PR",
};

describe("an ephemeral environment is a destination", () => {
  test.each([
    { rule: "the newest created release of its channel", parameters: {}, expected: "Web API 1.0.0-pr-451.4 to pr-451" },
    {
      rule: "that matches the pattern",
      parameters: { "ChildProject.Release.Number": "*.3" },
      expected: "Web API 1.0.0-pr-451.3 to pr-451",
    },
    {
      rule: "AlwaysLatest",
      parameters: { "ChildProject.DeploymentMode.Value": "AlwaysLatest" },
      expected: "Web API 1.0.0-pr-451.4 to pr-451",
    },
  ])("$rule", async ({ parameters, expected }) => {
    const server = await serve(world());

    const { outputs, log } = await walk(server, { child: "Web API", parameters: { ...toPullRequest, ...parameters } });

    expect(created(server), log).toEqual([expected]);
    expect(outputs).toMatchObject({ Outcome: "Deployed" });
  });

  test("once, and again only by Redeploy", async () => {
    const server = await serve(world());
    await walk(server, { child: "Web API", parameters: toPullRequest });

    const again = await walk(server, { child: "Web API", parameters: toPullRequest });
    const parameters: Parameters = { ...toPullRequest, "ChildProject.DeploymentMode.Value": "Redeploy" };
    const redeployed = await walk(server, { child: "Web API", parameters });

    expect(again.outputs).toMatchObject({ Outcome: "Skipped", Reason: "AlreadyCurrent" });
    expect(redeployed.outputs).toMatchObject({ Outcome: "Deployed", Reason: "Redeploy" });
  });

  test("by its id as well, and as a source", async () => {
    const server = await serve(world());
    const id = [...server.simulator.state().environments.values()].find(({ name }) => name === "pr-451")?.id ?? "";

    const parameters: Parameters = { ...toPullRequest, "ChildProject.Destination.EnvironmentName": id };
    const first = await walk(server, { child: "Web API", parameters });
    const same = await walk(server, {
      child: "Web API",
      parameters: { ...parameters, "ChildProject.SourceEnvironment.Name": "pr-451" },
    });

    expect(first.outputs, first.log).toMatchObject({ Outcome: "Deployed" });
    expect(same.outputs["Message"]).toMatch(/are both "pr-451"/);
  });

  test("not of a channel that has a lifecycle", async () => {
    const server = await serve(world());

    const parameters: Parameters = { "ChildProject.Destination.EnvironmentName": "pr-451" };
    const { outputs } = await walk(server, { child: "Web API", parameters });

    expect(created(server)).toEqual([]);
    expect(outputs["Message"]).toMatch(/"pr-451" is not in the lifecycle of the channel "Default"/);
  });

  test("is searched for only if no other environment has the name", async () => {
    const server = await serve(world());
    const asked = () => server.journal().filter(({ path }) => path.includes("environments/v2")).length;

    await walk(server, { child: "Web API" });
    expect(asked()).toBe(0);
    const { outputs } = await walk(server, {
      child: "Web API",
      parameters: {
        "ChildProject.Destination.EnvironmentName": "pr-45",
        "ChildProject.SourceEnvironment.Name": "pr-4",
      },
    });
    expect(asked()).toBe(1);
    expect(outputs["Message"]).toMatch(/destination environment "pr-45" was not found.*pr-451/);
  });
});
