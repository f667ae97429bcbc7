import { describe, expect, test } from "vitest";
import type { World } from "../octopus-server/world/world.ts";
import { sameTask, walk } from "./in-process.ts";
import { child, created, type Parameters, serve } from "./scenario.ts";
import { deployAsAnotherUser } from "./train-failures-world.ts";
import {
  component,
  continuing,
  deployments,
  endOf,
  numbered,
  output,
  train,
  trainWorld,
  usual,
  usualNames,
  usualReleases,
  whatIf,
} from "./train-world.ts";

const eight = numbered(8);
const listOfEight: Parameters = { "ChildProject.Project.Name": eight.join("\n") };
const frozenSeventh: NonNullable<World["freezes"]>[number] = {
  name: "Stocktaking",
  start: "-1h",
  end: "+1d",
  projects: ["Component 7"],
  environments: ["Staging"],
};

describe("a blocker of one child is found before anything is deployed", () => {
  test.each(["Stop", "Continue"])("a freeze of the seventh of eight, policy %s", async (policy) => {
    const server = await serve(trainWorld({}, { freezes: [frozenSeventh] }, eight));

    const run = await walk(server, train({ ...listOfEight, "ChildProject.Failure.Policy": policy }));

    expect(created(server)).toEqual([]);
    expect([run.exitCode, run.outputs.Outcome, run.outputs.Reason]).toEqual([1, "Failed", "Frozen"]);
    expect(run.outputs.ChildReleaseToDeploy).toBe("False");
    expect(endOf(run, "Component 7")).toBe("Failed Frozen");
    expect(endOf(run, "Component 1")).toBe("NotStarted SiblingFailed");
    expect(output(run, "Child[Component 1].Message")).toContain("because of Component 7");
    expect(run.outputs.NotStarted?.split("\n")).toHaveLength(7);
  });

  test("the freeze is overridden with a reason", async () => {
    const server = await serve(trainWorld({}, { freezes: [frozenSeventh] }, eight));

    const run = await walk(server, train({ ...listOfEight, "ChildProject.Freeze.OverrideReason": "agreed" }));

    expect(run.exitCode, run.log).toBe(0);
    expect(created(server)).toHaveLength(8);
  });

  test("the plan of a train that would be stopped deploys nothing, and says so to run conditions", async () => {
    const server = await serve(trainWorld({}, { freezes: [frozenSeventh] }, eight));

    const run = await walk(server, train({ ...listOfEight, ...whatIf }));

    expect([run.exitCode, run.outputs.ChildReleaseToDeploy]).toEqual([0, "False"]);
    expect(output(run, "Child[Component 1].ChildReleaseToDeploy")).toBe("False");
    expect(run.outputs.ReleaseNotes).toContain("**Component 7 will not be deployed:**");
  });

  test("the permission to deploy one of them is missing", async () => {
    const server = await serve(trainWorld({}, { teams: mayNotDeploy("Web UI") }));

    const run = await walk(server, train(continuing));

    expect(created(server)).toEqual([]);
    expect([run.exitCode, endOf(run, "Web UI")]).toEqual([1, "Failed PermissionMissing"]);
    expect(run.outputs.Message).toContain("DeploymentCreate");
    expect(endOf(run, "Database")).toBe("NotStarted SiblingFailed");
  });

  test("the server refuses to list the channels of one of them", async () => {
    const server = await serve(trainWorld());
    server.simulator.addFault({ method: "GET", route: "channels", missingPermission: "ProcessView", skip: 3 });
    server.simulator.addFault({
      method: "GET",
      route: "projects/{id}/channels",
      missingPermission: "ProcessView",
      skip: 3,
    });

    const run = await walk(server, train(continuing));

    expect(created(server), run.log).toEqual([]);
    expect([run.exitCode, run.outputs.Outcome, run.outputs.Reason]).toEqual([1, "Failed", "PermissionMissing"]);
  });

  test("unknown names of two children are in one message", async () => {
    const server = await serve(trainWorld());
    const list = "Database\nWeb APi 2\nScheduling Service\n    channel: Hotfix\nWeb UI";

    const run = await walk(server, train({ "ChildProject.Project.Name": list }));

    expect(created(server)).toEqual([]);
    expect(run.exitCode).toBe(1);
    expect(run.outputs.Message).toContain("Web APi 2");
    expect(run.outputs.Message).toContain("Hotfix");
    expect(run.outputs.ChildReleaseToDeploy).toBe("False");
    expect(endOf(run, "Database")).toBe("NotStarted SiblingFailed");
  });

  test.each([
    ["a value that is no option", "Colour::green"],
    ["no value", ""],
    ["a value that no child prompts for", "Colour::red\nShape::round"],
  ])("a prompted value is wrong: %s", async (_, values) => {
    const server = await serve(trainWorld({ "Web UI": prompting }));

    const run = await walk(server, train({ "ChildProject.Prompted.Variables": values }));

    expect(created(server), run.log).toEqual([]);
    expect(run.exitCode).toBe(1);
    expect(run.outputs.ChildReleaseToDeploy).toBe("False");
  });

  test("a prompted value goes to the children that prompt for it", async () => {
    const server = await serve(trainWorld({ "Web UI": prompting }));

    const run = await walk(server, train({ "ChildProject.Prompted.Variables": "Colour::red" }));

    expect(run.exitCode, run.log).toBe(0);
    expect(created(server)).toHaveLength(4);
  });
});

const prompting = {
  variables: [{ name: "Colour", value: "", prompt: { required: true, control: "Select", options: ["red", "blue"] } }],
};

/** The service account may see all projects and deploy all but one. */
function mayNotDeploy(project: string): NonNullable<World["teams"]> {
  const others = usualNames.filter((name) => name !== project);
  return [
    {
      name: "Release Management",
      members: ["release-conductor"],
      roles: [
        { role: "Deployment creator", projects: ["Release Orchestration", ...others] },
        "Project viewer",
        "Environment viewer",
        "Task canceller",
      ],
    },
  ];
}

describe("N/A as the release number of a child", () => {
  const list = "Database\nWeb API\n    release number: N/A\nWeb UI";

  test("skips it, and the others are deployed", async () => {
    const server = await serve(trainWorld());

    const run = await walk(server, train({ "ChildProject.Project.Name": list }));

    expect(run.exitCode, run.log).toBe(0);
    expect(created(server)).toEqual(["Database 1.1 to Staging", "Web UI 1.1 to Staging"]);
    expect(endOf(run, "Web API")).toBe("Skipped NoMatchingRelease");
    expect(run.outputs.Skipped).toBe("Web API");
  });

  test("is a blocker if a missing release is an error", async () => {
    const server = await serve(trainWorld());

    const run = await walk(
      server,
      train({ "ChildProject.Project.Name": list, "ChildProject.Release.NotFoundError": "Error" }),
    );

    expect(created(server)).toEqual([]);
    expect([run.exitCode, endOf(run, "Web API")]).toEqual([1, "Failed NoMatchingRelease"]);
    expect(endOf(run, "Database")).toBe("NotStarted SiblingFailed");
  });
});

describe("a project that does not exist", () => {
  const list = "Database\nWeb API\n    if missing: skip\nMail\n    if missing: skip\nWeb UI";

  test("is skipped if the list says so and the key sees all projects", async () => {
    const server = await serve(trainWorld());

    const run = await walk(server, train({ "ChildProject.Project.Name": list }));

    expect(run.exitCode, run.log).toBe(0);
    expect(endOf(run, "Mail")).toBe("Skipped ProjectMissing");
    expect(created(server)).toHaveLength(3);
  });

  test("stops the run if the key sees some projects only", async () => {
    const roles = ["Deployment creator", "Project viewer", "Environment viewer", "Task canceller"];
    const projects = ["Release Orchestration", ...usualNames];
    const teams = [
      { name: "Release Management", members: ["release-conductor"], roles: roles.map((role) => ({ role, projects })) },
    ];
    const server = await serve(trainWorld({}, { teams }));

    const run = await walk(server, train({ "ChildProject.Project.Name": list }));

    expect(created(server), run.log).toEqual([]);
    expect([run.exitCode, run.outputs.Reason]).toEqual([1, "PermissionMissing"]);
    expect(endOf(run, "Mail")).toBe("Failed PermissionMissing");
  });

  test("stops the run if the list says nothing", async () => {
    const server = await serve(trainWorld());

    const run = await walk(server, train({ "ChildProject.Project.Name": "Database\nMail" }));

    expect(created(server)).toEqual([]);
    expect([run.exitCode, run.outputs.Message]).toEqual([1, expect.stringContaining("Mail")]);
  });
});

describe("the same child twice", () => {
  test("by name and slug is found when the names are resolved", async () => {
    const server = await serve(trainWorld());

    const run = await walk(server, train({ "ChildProject.Project.Name": "Database\nWeb API\nweb-api" }));

    expect(created(server)).toEqual([]);
    expect(run.exitCode).toBe(1);
    expect(run.outputs.Message).toContain("line 2");
  });

  test("may not be promoted for a tenant from where the list deploys it untenanted, if the tenant is not there", async () => {
    const shop = child("Shop", usualReleases, { tenanted: "TenantedOrUntenanted" });
    const tenants = [{ name: "Contoso", projects: { Shop: ["Staging"] } }];
    const server = await serve(trainWorld({}, { projects: [shop], tenants }));
    const list = "Shop\n    destination environment: Test\nShop\n    tenant: Contoso";

    const run = await walk(server, train({ "ChildProject.Project.Name": list }));

    expect([run.exitCode, created(server)], run.log).toEqual([1, []]);
    expect(run.outputs.Message).toContain("Line 3 promotes Shop from Test, where line 1 deploys it");
  });

  test("for two tenants is two children, whose names tell them apart", async () => {
    const at = (tenant: string) => ["Development", "Test"].map((environment) => ({ environment, tenant, at: "-3h" }));
    const shop = child("Shop", [{ version: "1.0", deployments: [...at("Contoso"), ...at("Fabrikam")] }], {
      tenanted: "Tenanted",
      scripts: [{ duration: "5s" }],
    });
    const projects = { Shop: ["Development", "Test", "Staging"] };
    const tenants = ["Contoso", "Fabrikam"].map((name) => ({ name, projects }));
    const server = await serve(trainWorld({}, { projects: [shop, component("Database")], tenants }));
    const list = "Shop\n    tenant: Contoso\n+ Shop\n    tenant: Fabrikam\nDatabase";

    const run = await walk(server, train({ "ChildProject.Project.Name": list }));

    expect(run.exitCode, run.log).toBe(0);
    expect(created(server)).toHaveLength(3);
    expect(endOf(run, "Shop / Contoso")).toBe("Deployed NewRelease");
    expect(endOf(run, "Shop / Fabrikam")).toBe("Deployed NewRelease");
    expect(run.outputs.Deployed).toBe("Shop / Contoso\nShop / Fabrikam\nDatabase");
  });
});

describe("a schedule", () => {
  const through: Parameters = { "ChildProject.WaitForFinish.Value": "ThroughSchedule" };
  const at = (time: string): Parameters => ({ ...through, "ChildProject.Deployment.FutureTime": time });
  const levels = "Database\n+ Web API\n+ Scheduling Service\nWeb UI";

  test.each([
    ["14:00", usual, "0"],
    ["14:00", levels, "1"],
    ["+2h", levels, "1"],
  ])("at %s is the start of the first level, and later children follow at once", async (time, list, limit) => {
    const server = await serve(trainWorld());

    const run = await walk(
      server,
      train({ ...at(time), "ChildProject.Project.Name": list, "ChildProject.Parallel.Limit": limit }),
    );

    expect(run.exitCode, run.log).toBe(0);
    const [first] = deployments(server);
    expect(created(server)).toHaveLength(4);
    expect(first?.started).toBe(7200);
    expect(server.now()).toBeLessThan(Date.parse("2021-01-14T14:11:00Z"));
  });

  test("that is a delay is the same instant for a child that waits for another user's deployment first", async () => {
    const slow = { scripts: [{ version: "1.0", duration: "8m" }, { duration: "10s" }] };
    const server = await serve(trainWorld({ "Web API": slow }));
    await deployAsAnotherUser(server, { project: "Web API", version: "1.0" });

    const run = await walk(server, train({ ...at("+30m"), "ChildProject.Project.Name": levels }));

    expect(run.exitCode, run.log).toBe(0);
    const first = deployments(server).filter(({ project }) => project !== "Web UI");
    expect(first.map(({ started }) => started)).toEqual([1800, 1800, 1800]);
  });

  test("is the start of the second level if the first one needs no deployment", async () => {
    const server = await serve(trainWorld({ Database: { releases: usualReleases.slice(0, 1) } }));

    const run = await walk(server, train(at("14:00")));

    expect(run.exitCode, run.log).toBe(0);
    expect(deployments(server).map(({ project, started = 0 }) => [project, started >= 7200])).toEqual([
      ["Web API", true],
      ["Scheduling Service", true],
      ["Web UI", true],
    ]);
  });

  test.each(["Stop", "Continue"])(
    "that is past stops the run before anything is deployed, policy %s",
    async (policy) => {
      const server = await serve(trainWorld());

      const run = await walk(server, train({ ...at("09:00"), "ChildProject.Failure.Policy": policy }));

      expect(created(server)).toEqual([]);
      expect([run.exitCode, run.outputs.Message]).toEqual([1, expect.stringContaining("is past")]);
    },
  );

  test("is not applied again when the step is repeated after its time", async () => {
    const server = await serve(
      trainWorld({ "Web API": { scripts: [{ duration: "5s", result: "Failed", times: 1 }] } }),
    );
    const first = await walk(server, train(at("14:00")));

    const again = await walk(server, train(at("14:00"), { system: sameTask(first) }));

    expect([first.exitCode, again.exitCode], again.log).toEqual([1, 0]);
    expect(created(server)).toHaveLength(5);
  });
});

test("the permission to deploy a child is checked even for a redeployment", async () => {
  const server = await serve(trainWorld({}, { teams: mayNotDeploy("Web UI") }));
  const list = "Database\nWeb UI\n    deployment mode: Redeploy";

  const run = await walk(server, train({ "ChildProject.Project.Name": list }));

  expect(created(server), run.log).toEqual([]);
  expect([run.exitCode, endOf(run, "Web UI")]).toEqual([1, "Failed PermissionMissing"]);
});

test("nothing is deployed if every child is current", async () => {
  const current = { releases: usualReleases.slice(0, 1) };
  const server = await serve(trainWorld(Object.fromEntries(usualNames.map((name) => [name, current]))));

  const run = await walk(server, train());

  expect([run.exitCode, run.outputs.Outcome, run.outputs.ReleaseToPromote]).toEqual([0, "Skipped", "N/A"]);
  expect(created(server)).toEqual([]);
});
