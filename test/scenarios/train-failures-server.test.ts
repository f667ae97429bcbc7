import { describe, expect, test } from "vitest";
import type { World } from "../octopus-server/world/world.ts";
import { walk } from "./in-process.ts";
import { created, type Parameters, parent, type Project, serve } from "./scenario.ts";
import { deployAsAnotherUser, fails, releases, train, trainWorld } from "./train-failures-world.ts";

const two: Parameters = { "ChildProject.Project.Name": "Database\nWeb API" };

describe("RollBack", () => {
  test("a child that may have been deployed is not rolled back, and the others are", async () => {
    const server = await serve(trainWorld());
    const fault = { method: "POST", route: "deployments", skip: 1, reset: "before" } as const;
    server.simulator.addFault(fault);
    const isOver = () => server.now() > Date.parse("2021-01-14T12:02:10Z");
    const meanwhile = () => {
      if (isOver()) server.simulator.clearFaults();
    };

    const { exitCode, outputs, log } = await walk(server, { ...train("RollBack", two), meanwhile });

    expect(exitCode, log).toBe(1);
    expect(outputs, log).toMatchObject({
      "Child[Web API].RollBack": "NotRolledBack",
      "Child[Database].RollBack": "RolledBack",
      RolledBack: "Database",
    });
    expect(outputs.Message).toContain("A deployment may exist all the same.");
    expect(outputs.Message).toContain("Web API: Not rolled back. It is unknown whether the child was deployed.");
    expect(created(server)).toEqual(["Database 1.1 to Staging", "Database 1.0 to Staging"]);
  });

  test.each([
    { rule: "has ended by then is rolled back", undo: "5m", end: "RolledBack", text: undefined },
    { rule: "runs by then is not", undo: "2m", end: "NotRolledBack", text: /Deployments-\d+ is still running/ },
  ])("a deployment that appears when the others are rolled back and $rule", async ({ undo, end, text }) => {
    const slow = { Database: { version: "1.0", duration: undo }, "Web API": { version: "1.1", duration: "2m" } };
    const server = await serve(
      trainWorld({ Database: { scripts: [slow.Database] }, "Web API": { scripts: [slow["Web API"]] } }),
    );
    server.simulator.addFault({ method: "POST", route: "deployments", skip: 1, lateCommit: "150s", times: 1 });

    const { exitCode, outputs, log } = await walk(server, train("RollBack", two));

    expect(exitCode, log).toBe(1);
    expect(outputs, log).toMatchObject({ "Child[Database].RollBack": "RolledBack", "Child[Web API].RollBack": end });
    if (text !== undefined) expect(outputs.Message, log).toMatch(text);
    expect(created(server), log).toEqual([
      "Database 1.1 to Staging",
      "Database 1.0 to Staging",
      "Web API 1.1 to Staging",
      ...(end === "RolledBack" ? ["Web API 1.0 to Staging"] : []),
    ]);
  });

  test("a retry that may have been created keeps its child from being rolled back", async () => {
    const server = await serve(trainWorld({ "Web API": { scripts: [fails] } }));
    server.simulator.addFault({ method: "POST", route: "deployments", skip: 2, lateCommit: "1h", times: 1 });

    const { outputs, log } = await walk(server, train("RollBack", { ...two, "ChildProject.Deployment.Retries": "1" }));

    expect(outputs, log).toMatchObject({ "Child[Web API].RollBack": "NotRolledBack", RolledBack: "Database" });
    expect(outputs.Message, log).toMatch(/Web API: Not rolled back\. .*unknown.* Database: Rolled back/);
  });

  test("a child whose task could not be read is rolled back once its end is known", async () => {
    const server = await serve(trainWorld({ Database: { scripts: [{ version: "1.0", duration: "5m" }] } }));
    let isOver = false;
    const meanwhile = () => {
      if (isOver || !created(server).includes("Web API 1.1 to Staging")) return;
      isOver = true;
      server.simulator.addFault({ method: "GET", route: "tasks", status: 403, times: 1 });
    };

    const { outputs, log } = await walk(server, { ...train("RollBack", two), meanwhile });

    expect(outputs, log).toMatchObject({ Failed: "Web API", RolledBack: "Database\nWeb API" });
    expect(created(server).slice(2), log).toEqual(["Database 1.0 to Staging", "Web API 1.0 to Staging"]);
  });

  test.each([
    { rule: "refuses the undo", reason: "", end: "RollBackFailed", undone: 0 },
    { rule: "is overridden for the undo as well", reason: "hot fix 42", end: "RolledBack", undone: 1 },
  ])("a freeze that begins while the children are deployed $rule", async ({ reason, end, undone }) => {
    const freezes = [
      {
        name: "Evening",
        start: "2021-01-14T12:00:15Z",
        end: "2021-01-14T20:00:00Z",
        projects: ["Database"],
        environments: ["Staging"],
      },
    ];
    const server = await serve(trainWorld({ "Web API": { scripts: [fails] } }));
    let isOver = false;
    const meanwhile = () => {
      if (isOver || !created(server).includes("Web API 1.1 to Staging")) return;
      isOver = true;
      server.simulator.addWorld({ freezes });
    };

    const { exitCode, outputs, log } = await walk(server, {
      ...train("RollBack", { ...two, "ChildProject.Freeze.OverrideReason": reason }),
      meanwhile,
    });

    expect(exitCode, log).toBe(1);
    expect(outputs, log).toMatchObject({ "Child[Database].RollBack": end, "Child[Web API].RollBack": "RolledBack" });
    expect(created(server).filter((each) => each === "Database 1.0 to Staging")).toHaveLength(undone);
    if (undone === 0) expect(outputs.Message).toContain('the deployment freeze "Evening"');
  });

  test("a child whose earlier release was deleted meanwhile cannot be rolled back, and the others are", async () => {
    const server = await serve(trainWorld({ "Web API": { scripts: [fails] } }));
    const { history, projects } = server.simulator.state();
    const database = [...projects.values()].find(({ name }) => name === "Database")?.id;
    const old = [...history.releases.values()].find((each) => each.projectId === database && each.version === "1.0");
    const meanwhile = () => {
      if (created(server).includes("Web API 1.1 to Staging")) history.releases.delete(old?.id ?? "");
    };

    const { outputs, log } = await walk(server, { ...train("RollBack", two), meanwhile });

    expect(outputs, log).toMatchObject({ "Child[Database].RollBack": "RollBackFailed", RolledBack: "Web API" });
    expect(outputs.Message).toMatch(/Database: The roll back failed\. .*was deleted/);
  });

  test.each([
    { rule: "before it started", script: { queuedFor: "forever" as const }, end: "NothingToRollBackTo" },
    {
      rule: "after it had started",
      script: { steps: [{ name: "Ask", interventions: [{ instructions: "Go on?" }] }] },
      end: "NotRolledBack",
    },
  ])("a child that the server cancelled for a newer deployment $rule is not rolled back", async ({ script, end }) => {
    const superseded = { version: "1.1", supersededAfter: "3m", ...script };
    const server = await serve(trainWorld({ "Web API": { scripts: [superseded] } }));

    const { outputs, log } = await walk(server, train("RollBack", two));

    expect(outputs, log).toMatchObject({ "Child[Web API].RollBack": end, RolledBack: "Database" });
    expect(created(server).filter((each) => each.startsWith("Web API"))).toHaveLength(1);
  });
});

describe("a child without tenants, of a parent that runs for one", () => {
  test.each([
    { rule: "is not rolled back", listed: "Database\nWeb API", end: "NotRolledBack", undone: 0 },
    {
      rule: "is rolled back if the list says so",
      listed: "Database\n  roll back: yes\nWeb API",
      end: "RolledBack",
      undone: 1,
    },
  ])("$rule", async ({ listed, end, undone }) => {
    const world = trainWorld({ "Web API": { scripts: [fails] } });
    const [own, ...others] = world.projects ?? [];
    const tenanted = {
      ...(typeof own === "object" ? own : {}),
      name: parent.project,
      tenanted: "TenantedOrUntenanted" as const,
    };
    const tenants = [{ name: "Contoso", projects: { [parent.project]: ["Staging"] } }];
    const server = await serve({ ...world, projects: [tenanted, ...others], tenants });

    const { outputs, log } = await walk(server, {
      ...train("RollBack", { "ChildProject.Project.Name": listed }),
      tenant: "Contoso",
    });

    expect(outputs, log).toMatchObject({ "Child[Database].RollBack": end, Failed: "Web API" });
    expect(created(server).filter((each) => each === "Database 1.0 to Staging")).toHaveLength(undone);
  });
});

/** 1.0 of Database, in a channel of its own. */
const inOldChannel: Partial<Project> = {
  releases: [
    { version: "1.0", created: "-3d", deployments: [{ environment: "Staging", at: "-2d" }], channel: "Old" },
    ...releases.slice(1),
  ],
  channels: ["Default", { name: "Old", lifecycle: "Dead end" }],
};
const withDeadEnd: Partial<World> = {
  lifecycles: [
    { name: "Child", phases: ["Development", "Test", "Staging", "Production"] },
    { name: "Parent", phases: [{ name: "Everywhere", environments: ["Staging"] }] },
    { name: "Dead end", phases: ["Development"] },
  ],
};
const asksInOldChannel: Partial<Project> = {
  releases: [
    { version: "1.0", created: "-3d", deployments: ["Development", "Test", "Staging"], channel: "Old" },
    ...releases.slice(1),
  ],
  channels: ["Default", "Old"],
  variables: [{ name: "Ticket", channels: ["Old"], prompt: { required: true } }],
};

test.each([
  {
    rule: "the lifecycle does not allow it any more",
    project: inOldChannel,
    text: /Database: The roll back failed\. .*1\.0/,
  },
  { rule: "it prompts for other values", project: asksInOldChannel, text: /Database: The roll back failed\. .*Ticket/ },
])(
  "an undo to a release that the server refuses fails, and the other children are rolled back: $rule",
  async ({ project, text }) => {
    const server = await serve(trainWorld({ Database: project, "Web API": { scripts: [fails] } }, withDeadEnd));

    const { outputs, log } = await walk(server, train("RollBack", two));

    expect(outputs, log).toMatchObject({ "Child[Database].RollBack": "RollBackFailed", RolledBack: "Web API" });
    expect(outputs.Message, log).toMatch(text);
  },
);

describe("the release to which a child would be rolled back", () => {
  const whatIf: Parameters = { ...two, "ChildProject.WhatIf.Value": "Yes" };

  test.each([
    {
      rule: "is the current one",
      project: {},
      cell: /Database +1\.0 → 1\.1 +deployed +back to 1\.0/,
      warning: undefined,
    },
    {
      rule: "may have a defect that the server allows, with a warning",
      project: {
        releases: [
          { version: "1.0", created: "-3d", deployments: ["Development", "Test", "Staging"], defects: ["slow"] },
          ...releases.slice(1),
        ],
      },
      cell: /Database .* back to 1\.0/,
      warning: "If a child fails, this one goes back to 1.0, which has an unresolved defect.",
    },
    {
      rule: "is none if the release prompts for another value",
      project: asksInOldChannel,
      cell: /Database .* not rolled back: 1\.0 prompts for other values: .*Ticket/,
      warning: "If a child fails, this one cannot be rolled back. 1.0 prompts for other values: ",
    },
    {
      rule: "is none if the lifecycle does not allow it",
      project: inOldChannel,
      cell: /Database .* not rolled back: Octopus no longer allows 1\.0 in Staging\./,
      warning: "If a child fails, this one cannot be rolled back. Octopus no longer allows 1.0 in Staging.",
    },
  ])("$rule", async ({ project, cell, warning }) => {
    const server = await serve(trainWorld({ Database: project }, withDeadEnd));

    const { exitCode, outputs, log } = await walk(server, train("RollBack", whatIf));

    expect(exitCode, log).toBe(0);
    expect(outputs.Outcome).toBe("WhatIf");
    expect(log).toMatch(cell);
    if (warning !== undefined) expect(log).toContain(`warning: Database: ${warning}`);
  });

  test("is none if retention deletes it while the plan is made", async () => {
    const server = await serve(trainWorld());
    const { history, projects } = server.simulator.state();
    const database = [...projects.values()].find(({ name }) => name === "Database")?.id;
    const old = [...history.releases.values()].find((each) => each.projectId === database && each.version === "1.0");
    server.simulator.addFault({ method: "GET", route: `releases/${old?.id}/deployments/template`, status: 404 });

    const { exitCode, outputs, log } = await walk(server, train("RollBack", whatIf));

    expect(exitCode, log).toBe(0);
    expect(outputs.Outcome).toBe("WhatIf");
    expect(log).toMatch(/Database .* not rolled back: 1\.0, which is current now, was deleted\./);
    expect(log).toContain(
      "warning: Database: If a child fails, this one cannot be rolled back. 1.0, which is current now, was deleted.",
    );
  });
});

test("a wait for another parent's step ends at the queue limit and names both parents", async () => {
  const server = await serve(trainWorld({ "Web API": { scripts: [{ version: "1.0", duration: "1d" }] } }));
  const other = 'the step "Ship" of Other Train 7 to Staging (ServerTasks-9)';
  const marker = "[deploy-child-project parent=Projects-99 action=ship task=ServerTasks-9 attempt=1]";
  const comments = `Created by ${other}. ${marker}`;
  await deployAsAnotherUser(server, { project: "Web API", version: "1.0", comments });

  const run = await walk(server, train("Stop", { "ChildProject.QueueTimeout.Seconds": "10m" }));

  expect(run.exitCode, run.log).toBe(1);
  expect(run.outputs.Message).toContain(
    `is executing. It was created by ${other}, which may wait for the step "Train" of Release Orchestration`,
  );
  expect(run.outputs.Message).toContain(run.parent.taskId);
  const own = [...server.simulator.state().history.deployments.values()].map((each) => each.comments);
  expect(own.filter((text) => /^Created by the step "Train" of .+\. \[deploy-child-project /.test(text))).not.toEqual(
    [],
  );
});
