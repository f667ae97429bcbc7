import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startOctopusServer, type OctopusServer } from "../octopus-server/octopus-server.ts";
import { stepOf } from "./parent-result.ts";
import { deployParent, parentWorld, scriptStep, taskOf } from "./parent-world.ts";
import { printParentLog } from "./print-parent-log.ts";

let server: OctopusServer;

beforeEach(async () => {
  server = await startOctopusServer({ world: parentWorld });
});

afterEach(() => server.stop());

describe("cancel", () => {
  test("by the signal kills the running step, and no later step runs", async () => {
    const cancel = new AbortController();

    const result = await deployParent(
      server,
      [
        scriptStep("Long", "echo started; sleep 60"),
        { ...scriptStep("Last", "echo"), condition: "always" },
        { kind: "manual-intervention", name: "Approve", instructions: "", condition: "always" },
      ],
      {
        signal: cancel.signal,
        onLine: (_step, { text }) => (text === "started" ? cancel.abort() : undefined),
      },
    );

    expect(result.state).toBe("Canceled");
    expect(result.steps.map(({ status }) => status)).toEqual(["Canceled", "Canceled", "Canceled"]);
    expect(server.simulator.state().interruptions.size).toBe(0);
    expect(stepOf(result, "Long").script?.exitCode).toBe(-43);
    expect(taskOf(server, result)?.state).toBe("Canceled");
  });

  test("by a user on the server ends the deployment", async () => {
    const result = await deployParent(server, [scriptStep("Long", "echo started; sleep 60")], {
      onLine: (_step, { text }) => {
        if (text === "started") void cancelOnServer();
      },
    });

    expect(result.state).toBe("Canceled");
    expect(taskOf(server, result)?.state).toBe("Canceled");
  });

  test("while an intervention is pending", async () => {
    const cancel = new AbortController();

    const result = await deployParent(server, [{ kind: "manual-intervention", name: "Approve", instructions: "" }], {
      signal: cancel.signal,
      people: () => {
        cancel.abort();
        return undefined;
      },
    });

    expect(result.steps.map(({ status }) => status)).toEqual(["Canceled"]);
    expect(taskOf(server, result)?.state).toBe("Canceled");
  });
});

test("the task log prints as Octopus shows it", async () => {
  const parts: string[] = [];

  const result = await deployParent(server, [
    scriptStep("Plan", "write_highlight chosen; fail_step broken"),
    scriptStep("Next", "echo"),
  ]);
  printParentLog({ write: (text) => parts.push(text) }, "Deploy Release Orchestration 2021.1.0 to Staging", result);

  expect(parts.join("")).toMatchInlineSnapshot(`
    "          | == Failed: Deploy Release Orchestration 2021.1.0 to Staging ==
              |   == Failed: Step 1: Plan ==
    Highlight |     chosen
    Fatal     |     broken
              |   == Skipped: Step 2: Next ==
    Fatal     |   broken
    "
  `);
});

describe("script steps", () => {
  test("outputs of a step are variables of the next ones, and sensitive ones stay masked", async () => {
    const result = await deployParent(server, [
      scriptStep("Plan", 'set_octopusvariable Release "1.2 #{x"; set_octopusvariable Key s3cret-key -sensitive'),
      scriptStep("Deploy", 'echo "$(get_octopusvariable Number) $(get_octopusvariable Secret)"', {
        Number: "v#{Octopus.Action[Plan].Output.Release}",
        Secret: "#{Octopus.Action[Plan].Output.Key}",
      }),
    ]);

    expect(result.state).toBe("Success");
    expect(stepOf(result, "Deploy").log.at(-1)?.text).toBe("v1.2 #{x ********");
    expect(server.simulator.state().history.deployments.get(result.deploymentId)?.outputs).toEqual([
      { actionName: "Plan", name: "Release", value: "1.2 #{x", isSensitive: false },
      { actionName: "Plan", name: "Key", value: "s3cret-key", isSensitive: true },
    ]);
  });

  test("Octopus' own variables describe the deployment; those that do not apply are missing", async () => {
    const names = [
      "Octopus.Task.Id",
      "Octopus.Deployment.Id",
      "Octopus.Deployment.CreatedBy.Username",
      "Octopus.Deployment.Tenant.Name",
      "Octopus.Deployment.SpecificMachines",
      "Octopus.Release.Number",
      "Octopus.Project.Name",
      "Octopus.Environment.Name",
      "Octopus.Space.Id",
      "Octopus.Web.ServerUri",
      "Octopus.Action.Name",
      "Octopus.Step.Number",
    ];
    const list = names.map((name) => `echo "${name}=$(get_octopusvariable ${name} | tr '\\n' '-')"`);

    const result = await deployParent(server, [scriptStep("Facts", list.join("\n"))], { createdBy: "alice" });

    expect(
      stepOf(result, "Facts")
        .log.slice(-names.length)
        .map(({ text }) => text),
    ).toEqual([
      `Octopus.Task.Id=${result.taskId}`,
      `Octopus.Deployment.Id=${result.deploymentId}`,
      "Octopus.Deployment.CreatedBy.Username=alice",
      "Octopus.Deployment.Tenant.Name=-",
      "Octopus.Deployment.SpecificMachines=-",
      "Octopus.Release.Number=2021.1.0",
      "Octopus.Project.Name=Release Orchestration",
      "Octopus.Environment.Name=Staging",
      "Octopus.Space.Id=Spaces-603",
      `Octopus.Web.ServerUri=${server.url}`,
      "Octopus.Action.Name=Facts",
      "Octopus.Step.Number=1",
    ]);
  });

  test("a tenant, machines and project variables reach the steps", async () => {
    server.simulator.addWorld({
      machines: [
        { name: "s-app-01", environments: ["Staging"], roles: ["app"] },
        { name: "s-app-02", environments: ["Staging"], roles: ["app"] },
      ],
      tenants: [{ name: "Acme", projects: { "Release Orchestration": ["Staging"] } }],
    });

    const result = await deployParent(
      server,
      [
        scriptStep("Facts", 'for name in Where Who Only Not; do echo "$(get_octopusvariable $name)"; done', {
          Where: "#{Greeting} #{Octopus.Deployment.Tenant.Name}",
          Who: "#{Octopus.Deployment.Tenant.Id}",
          Only: "#{Octopus.Deployment.SpecificMachines}",
          Not: "#{Octopus.Deployment.ExcludedMachines}",
        }),
      ],
      { tenant: "Acme", specificMachines: ["s-app-02"], excludedMachines: ["s-app-01"], variables: { Greeting: "to" } },
    );

    const machines = [...server.simulator.state().machines.values()];
    const tenant = [...server.simulator.state().tenants.values()][0];
    expect(
      stepOf(result, "Facts")
        .log.slice(-4)
        .map(({ text }) => text),
    ).toEqual([
      "to Acme",
      tenant?.id,
      machines.find(({ name }) => name === "s-app-02")?.id,
      machines.find(({ name }) => name === "s-app-01")?.id,
    ]);
  });

  test("secrets of the project are masked", async () => {
    const variables = { "Project.ApiKey": "API-SECRET" };

    const result = await deployParent(
      server,
      [scriptStep("Leak", "get_octopusvariable Key", { Key: "#{Project.ApiKey}" })],
      {
        variables,
        sensitive: ["Project.ApiKey"],
      },
    );

    expect(stepOf(result, "Leak").log.at(-1)?.text).toBe("********");
  });

  test("a failed step ends the deployment, unless a condition says otherwise", async () => {
    const result = await deployParent(server, [
      scriptStep("Fails", 'fail_step "No such project"'),
      scriptStep("Next", "echo on"),
      { ...scriptStep("Clean up", "echo cleaned"), condition: "always" },
      {
        ...scriptStep("Tell", 'echo "$(get_octopusvariable Why)"', { Why: "#{Octopus.Deployment.Error}" }),
        condition: "failure",
      },
      {
        ...scriptStep("Celebrate", "echo yes"),
        condition: { expression: "#{unless Octopus.Deployment.Error}True#{/unless}" },
      },
    ]);

    expect(result).toMatchObject({ state: "Failed", error: "No such project" });
    expect(result.steps.map(({ name, status }) => [name, status])).toEqual([
      ["Fails", "Failed"],
      ["Next", "Skipped"],
      ["Clean up", "Success"],
      ["Tell", "Success"],
      ["Celebrate", "Skipped"],
    ]);
    expect(stepOf(result, "Tell").log.at(-1)?.text).toBe("No such project");
    expect(taskOf(server, result)).toMatchObject({ state: "Failed", errorMessage: "No such project" });
  });

  test("a later step runs only when the plan says so", async () => {
    const condition = { expression: '#{if Octopus.Action[Plan].Output.ChildReleaseToDeploy == "True"}True#{/if}' };

    const result = await deployParent(server, [
      scriptStep("Plan", "set_octopusvariable ChildReleaseToDeploy False"),
      { ...scriptStep("Deploy", "echo deployed"), condition },
    ]);

    expect(stepOf(result, "Deploy").status).toBe("Skipped");
    expect(result.state).toBe("Success");
  });

  test("steps that start with the previous one run side by side", async () => {
    const meet = (own: string, other: string) =>
      `echo > "$(get_octopusvariable Folder)/${own}"; until [ -e "$(get_octopusvariable Folder)/${other}" ]; do :; done; rm "$(get_octopusvariable Folder)/${other}"`;
    const prepare = scriptStep("Prepare", 'set_octopusvariable Folder "$(mktemp -d)"');
    const Folder = "#{Octopus.Action[Prepare].Output.Folder}";

    const result = await deployParent(server, [
      prepare,
      scriptStep("One", meet("one", "two"), { Folder }),
      { ...scriptStep("Two", meet("two", "one"), { Folder }), start: "with-previous" },
      scriptStep("Clean", 'rmdir "$(get_octopusvariable Folder)"', { Folder }),
    ]);

    expect(result.state).toBe("Success");
  });

  test("artifacts and the log are on the server, and warnings mark the task", async () => {
    const result = await deployParent(server, [
      scriptStep("Plan", 'echo plan > a; new_octopusartifact a "Web API.md"; write_warning careful'),
    ]);

    const artifacts = [...server.simulator.state().artifacts.values()];
    expect(
      artifacts.map(({ filename, serverTaskId, content }) => [filename, serverTaskId, content?.toString()]),
    ).toEqual([["Web API.md", result.taskId, "plan\n"]]);
    expect(taskOf(server, result)).toMatchObject({ state: "Success", hasWarningsOrErrors: true });
    expect(taskOf(server, result)?.log?.children.map(({ name, status }) => [name, status])).toEqual([
      ["Step 1: Plan", "SuccessWithWarning"],
    ]);
    expect(taskOf(server, result)?.log?.children[0]?.lines).toContainEqual(
      expect.objectContaining({ category: "Warning", text: "careful" }),
    );
  });

  test("a variable that refers to itself fails its step", async () => {
    const result = await deployParent(server, [
      scriptStep("Loop", "echo", { A: "#{A}" }),
      { ...scriptStep("Last", "echo"), condition: "always" },
    ]);

    expect(result).toMatchObject({ state: "Failed", error: 'The variable "A" leads back to itself.' });
    expect(stepOf(result, "Last").status).toBe("Success");
  });

  test("a Node.js program runs in the server's time", async () => {
    const program =
      'const t = require("timers/promises"); t.setTimeout(90_000).then(() => console.log(new Date().toISOString()));';

    const result = await deployParent(server, [scriptStep("Wait", `node -e '${program}' </dev/null`)]);

    expect(stepOf(result, "Wait").log.at(-1)?.text).toBe("2021-01-14T11:01:30.000Z");
    expect(server.now()).toBe(Date.parse("2021-01-14T11:01:30Z"));
  });

  test("the harness itself sends no requests", async () => {
    await deployParent(server, [scriptStep("Plan", "echo > a; new_octopusartifact a; set_octopusvariable A 1")]);

    expect(server.journal()).toEqual([]);
  });
});

async function cancelOnServer(): Promise<void> {
  const tasks = [...server.simulator.state().history.tasks.values()];
  const id = tasks.find(({ state }) => state === "Executing")?.id;
  await fetch(`${server.url}/api/tasks/${id}/cancel`, {
    method: "POST",
    headers: { "X-Octopus-ApiKey": server.apiKey },
  });
}
