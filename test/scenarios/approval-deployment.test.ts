import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { createParentDeployment } from "../parent-process/create-parent-deployment.ts";
import {
  accountRoles,
  answer,
  approvalWorld,
  call,
  childSpace,
  endings,
  forQa,
  notesOf,
  proceed,
  submissions,
  teams,
} from "./approval-world.ts";
import { type OpenTask, type Walk, walk } from "./in-process.ts";
import { child, created, type Parameters, parent, serve } from "./scenario.ts";

const elsewhere = { "ChildProject.ManualIntervention.EnvironmentToUse": "Prod Approval" };
const unanswered = ["Step 2: Question 1: unanswered"];
const answered = ["Step 2: Question 1: Proceed by release-conductor"];

/** The parent's lifecycle has Prod Approval before Production, perhaps as an optional phase. A deployment there may be for a tenant. */
function world(isOptional = false): World {
  const environments = ["Development", "Test", "Staging", "Prod Approval", "Production"];
  const base = approvalWorld([[forQa]]);
  return {
    ...base,
    environments,
    lifecycles: [
      { name: "Child", phases: ["Test", "Production"] },
      {
        name: "Parent",
        phases: [
          "Staging",
          { name: "Prod Approval", environments: ["Prod Approval"], optional: isOptional },
          "Production",
        ],
      },
    ],
    tenants: [{ name: "Contoso", projects: { [parent.project]: ["Prod Approval"] } }],
    projects: [
      {
        name: parent.project,
        lifecycle: "Parent",
        tenanted: "TenantedOrUntenanted",
        releases: [parent.release, "2021.0.9"],
        scripts: [{ external: true }],
      },
      child("Web API", [{ version: "1.0", deployments: ["Test"] }], {
        scripts: [{ duration: "2m", steps: [{ name: "Question 1", interventions: [forQa] }] }],
      }),
    ],
  };
}

interface Approval {
  readonly state?: "Success" | "Failed" | "Canceled" | "running";
  readonly tenant?: string;
  readonly release?: string;
  readonly environment?: string;
  readonly createdBy?: string;
}

interface Case {
  readonly rule: string;
  readonly approvals: readonly Approval[];
  readonly parameters?: Parameters;
  readonly isOptional?: boolean;
  readonly walk?: Partial<Walk>;
  /** In the parent's own task, before the step begins. */
  readonly before?: (server: OctopusServer, task: OpenTask) => Promise<void>;
  readonly ends?: readonly string[];
  readonly log?: RegExp;
}

const cases: readonly Case[] = [
  { rule: "a successful deployment with an approval", approvals: [{}], ends: answered },
  {
    rule: "only the newest deployment counts: an older one succeeded with an approval, the newest one failed",
    approvals: [{}, { state: "Failed" }],
    log: /warning: The deployment of Release Orchestration 2021\.1\.0 to Prod Approval \(Deployments-\d+\) ended as Failed, so it approves nothing\./,
  },
  { rule: "a deployment that was cancelled", approvals: [{ state: "Canceled" }], log: /warning: .* ended as Canceled/ },
  { rule: "a deployment that still runs", approvals: [{ state: "running" }], log: /warning: .* has not ended yet/ },
  {
    rule: "a deployment of another release",
    approvals: [{ release: "2021.0.9" }],
    log: /warning: There is no deployment of/,
  },
  {
    rule: "a deployment to another environment",
    approvals: [{ environment: "Staging" }],
    log: /warning: There is no deployment of/,
  },
  {
    rule: "a deployment for a tenant, while the step names none",
    approvals: [{ tenant: "Contoso" }],
    log: /warning: There is no/,
  },
  {
    rule: "a successful deployment with an approval, but an Abort in the run's own task since",
    approvals: [{}],
    before: (server, task) => abort(server, task, "bob"),
    log: /warning: Nothing is approved automatically: the last answer in this run's own task was Abort, not Proceed: /,
  },
  {
    rule: "a successful deployment with an approval, and a Proceed in the run's own task",
    approvals: [{}],
    before: (server, task) => proceed(server, task, "bob"),
    ends: answered,
  },
  {
    rule: "an untenanted deployment, while the step names a tenant",
    approvals: [{}],
    parameters: { "ChildProject.ManualIntervention.Tenant.Name": "contoso" },
    log: /There is no deployment of Release Orchestration 2021\.1\.0 to Prod Approval for Contoso/,
  },
  {
    rule: "a deployment for the tenant that the step names",
    approvals: [{ tenant: "Contoso" }, {}],
    parameters: { "ChildProject.ManualIntervention.Tenant.Name": "Contoso" },
    ends: answered,
  },
  {
    rule: "no deployment, although the lifecycle requires one: a warning",
    approvals: [],
    log: /warning: There is no deployment of/,
  },
  {
    rule: "no deployment, which is optional in the lifecycle: no warning",
    approvals: [],
    isOptional: true,
    log: /info: There is no deployment of/,
  },
  {
    rule: "the requester of the approval deployment does not count",
    approvals: [{ createdBy: "alice" }],
    parameters: { "ChildProject.ManualIntervention.RequesterMayApprove": "No" },
    log: /does not count: the user requested the deployment and may not approve it/,
  },
  {
    rule: "the requester of this deployment, who approved there, does not count",
    approvals: [{}],
    parameters: { "ChildProject.ManualIntervention.RequesterMayApprove": "No" },
    walk: { createdBy: "alice" },
    log: /does not count: the user requested the deployment and may not approve it/,
  },
  {
    rule: "no approver counts if Octopus does not report the requester",
    approvals: [{}],
    parameters: { "ChildProject.ManualIntervention.RequesterMayApprove": "No" },
    walk: { system: { "Octopus.Deployment.CreatedBy.Id": "" } },
    log: /warning: No approval counts: .* Octopus does not tell who the requester is/,
  },
];

async function abort(server: OctopusServer, { taskId }: OpenTask, by: string): Promise<void> {
  const id = server.simulator.task(taskId).raiseIntervention({ step: "Go" });
  await answer(server, id, by, { Result: "Abort" });
}

/** A deployment of the parent in which alice approved, and how it ended. */
async function approve(server: OctopusServer, { state = "Success", environment = "Prod Approval", ...more }: Approval) {
  const { taskId } = createParentDeployment(server, { ...parent, environment, steps: [], ...more });
  await proceed(server, { taskId: taskId ?? "" }, "alice");
  if (state !== "running") server.simulator.task(taskId ?? "").complete({ state });
}

describe("which deployment of the parent holds the approvals", () => {
  test.each(cases)(
    "$rule",
    async ({ approvals, before, parameters, isOptional, ends = unanswered, log, walk: more }) => {
      const server = await serve(world(isOptional));
      for (const approval of approvals) {
        server.advance(60_000);
        await approve(server, approval);
      }

      const walked = await walk(server, {
        child: "Web API",
        environment: "Production",
        before: async (task) => before?.(server, task),
        parameters: { ...elsewhere, "ChildProject.CancelDeployment.Seconds": "5m", ...parameters },
        ...more,
      });

      expect(endings(server, walked.outputs["TaskId"]), walked.log).toEqual(ends);
      if (log !== undefined) expect(walked.log).toMatch(log);
    },
  );

  test.each([
    [
      "ChildProject.ManualIntervention.EnvironmentToUse",
      "Prod Aproval",
      /approval environment "Prod Aproval" was not found in the parent's space.*"Prod Approval"/,
    ],
    [
      "ChildProject.ManualIntervention.Tenant.Name",
      "Contosso",
      /approval tenant "Contosso" was not found in the parent's space.*"Contoso"/,
    ],
  ])("a name that does not exist ends the run before anything is created: %s", async (name, value, message) => {
    const server = await serve(world());

    const walked = await walk(server, { child: "Web API", environment: "Production", parameters: { [name]: value } });

    expect(walked.exitCode).toBe(1);
    expect(walked.outputs["Message"]).toMatch(message);
    expect(created(server)).toEqual([]);
  });
});

test("nothing is approved if the key cannot see whether the run's own task was aborted", async () => {
  const inChild = ["Project viewer", "Deployment creator", "Task canceller", "Answerer"];
  const roles = [
    ...inChild.map((role) => ({ role, projects: ["Web API"] })),
    { role: "Project viewer", projects: [parent.project], environments: ["Prod Approval"] },
    { role: "Deployment viewer", projects: [parent.project] },
    "Environment viewer",
    { role: "Project viewer", system: true },
  ];
  const server = await serve({ ...world(), teams: teams(roles) });
  await approve(server, {});

  const { outputs, log } = await walk(server, {
    child: "Web API",
    environment: "Production",
    before: (task) => abort(server, task, "bob"),
    parameters: { ...elsewhere, "ChildProject.CancelDeployment.Seconds": "5m" },
  });

  expect(endings(server, outputs["TaskId"]), log).toEqual(unanswered);
  expect(log).toMatch(
    /warning: Nothing is approved automatically: without InterruptionView the API key cannot see whether this run's own task ServerTasks-\d+ was aborted/,
  );
});

describe("the parent's own deployment holds the approvals", () => {
  const own = [
    {
      words: "by its name in another case",
      parameters: { "ChildProject.ManualIntervention.EnvironmentToUse": " staging " },
    },
    { words: "by its id", parameters: { "ChildProject.ManualIntervention.EnvironmentToUse": "Environments-3" } },
    {
      words: "by leaving the environment blank",
      parameters: { "ChildProject.ManualIntervention.EnvironmentToUse": "" },
    },
  ];
  test.each(own)("$words", async ({ parameters }) => {
    const server = await serve(approvalWorld([[forQa]]));

    const { outputs, log } = await walk(server, {
      child: "Web API",
      parameters,
      before: (task) => proceed(server, task, "alice"),
    });

    expect(endings(server, outputs["TaskId"]), log).toEqual(answered);
  });

  test("also when the step reaches the server under another URL than users", async () => {
    const server = await serve(approvalWorld([[forQa]]));

    const { outputs, log } = await walk(server, {
      child: "Web API",
      system: { "Octopus.Web.ServerUri": "https://octopus.example.com" },
      parameters: { "ChildProject.Web.ServerUrl": server.url },
      before: (task) => proceed(server, task, "alice"),
    });

    expect(endings(server, outputs["TaskId"]), log).toEqual(answered);
  });

  test("but not on another server, where the same ids belong to other resources", async () => {
    const server = await serve(approvalWorld([[forQa]]));

    const { outputs, log } = await walk(server, {
      child: "Web API",
      system: {
        "Octopus.Web.ServerUri": "https://octopus.example.com",
        "Octopus.Deployment.Id": "Deployments-1",
      },
      parameters: { "ChildProject.Web.ServerUrl": server.url, "ChildProject.CancelDeployment.Seconds": "5m" },
      before: (task) => proceed(server, task, "alice"),
    });

    expect(endings(server, outputs["TaskId"]), log).toEqual(unanswered);
    expect(log).toContain("warning: The parent's deployment is on another server, so its approvals cannot be read.");
  });

  test("also for a runbook run, whatever the approval environment", async () => {
    const server = await serve(world());

    const { outputs, log } = await walk(server, {
      child: "Web API",
      environment: "Production",
      parameters: elsewhere,
      system: { "Octopus.RunbookRun.Id": "RunbookRuns-1" },
      before: (task) => proceed(server, task, "alice"),
    });

    expect(endings(server, outputs["TaskId"]), log).toEqual(answered);
  });
});

describe("the requester of a runbook run does not count, and no approver counts if the requester is unknown", () => {
  test.each([
    { rule: "alice started it", starter: "alice", ends: unanswered },
    { rule: "another user started it", starter: "bob", ends: answered },
    { rule: "the user who started it is unknown", starter: undefined, ends: unanswered },
  ])("$rule", async ({ starter, ends }) => {
    const server = await serve(approvalWorld([[forQa]]));
    const user = [...server.simulator.state().users.values()].find(({ username }) => username === starter);

    const { outputs, log } = await walk(server, {
      child: "Web API",
      parameters: {
        "ChildProject.ManualIntervention.RequesterMayApprove": "No",
        "ChildProject.CancelDeployment.Seconds": "5m",
      },
      system: {
        "Octopus.RunbookRun.Id": "RunbookRuns-1",
        "Octopus.RunbookRun.CreatedBy.Id": user?.id ?? "",
        "Octopus.Deployment.CreatedBy.Id": "",
      },
      before: (task) => proceed(server, task, "alice"),
    });

    expect(endings(server, outputs["TaskId"]), log).toEqual(ends);
  });
});

describe("approvals for the child", () => {
  test("interventions in another space are answered with approvals of the parent's space, by teams of the child's space", async () => {
    const base = approvalWorld([]);
    const server = await serve({
      ...base,
      spaces: [childSpace([{ version: "1.0", deployments: ["Test"] }])],
    });

    const { outputs, log } = await walk(server, {
      child: "Web API",
      parameters: { "ChildProject.Space.Name": "Components" },
      before: (task) => proceed(server, task, "alice", "bob"),
    });

    expect(endings(server, outputs["TaskId"]), log).toEqual(answered);
    expect(outputs["ApprovedBy"]).toBe("Bob Stone (bob)");
    expect(notesOf(server, outputs["TaskId"])[0]).toContain("/app#/Spaces-1/tasks/ServerTasks-");
  });

  test("a step that runs again answers the child that still waits, with the approvals of its own run", async () => {
    const server = await serve(approvalWorld([[forQa]]));
    const first = await walk(server, { child: "Web API", parameters: { "ChildProject.WaitForFinish.Value": "No" } });
    server.advance(60_000);

    const second = await walk(server, { child: "Web API", before: (task) => proceed(server, task, "alice") });

    expect(first.outputs["Outcome"]).toBe("Started");
    expect(second.outputs, second.log).toMatchObject({
      Outcome: "Deployed",
      Reason: "Attached",
      TaskId: first.outputs["TaskId"],
      ApprovedBy: "Alice King (alice)",
    });
    expect(created(server)).toEqual(["Web API 1.0 to Staging"]);
    expect(submissions(server)).toBe(1);
  });

  test("a responsibility that the account already has is not taken again", async () => {
    const server = await serve(approvalWorld([[forQa]]));
    const first = await walk(server, {
      child: "Web API",
      before: async (task) => {
        await proceed(server, task, "alice");
        server.simulator.addFault({ method: "POST", route: "interruptions/{id}/submit", status: 503 });
      },
      meanwhile: (minutes) => {
        if (minutes > 3) server.simulator.clearFaults();
      },
    });

    expect(first.outputs, first.log).toMatchObject({ Outcome: "Deployed", ApprovedBy: "Alice King (alice)" });
    expect(
      server.journal().filter(({ method, path }) => method === "PUT" && path.endsWith("/responsible")),
    ).toHaveLength(2);
  });

  test("while the child has no interruption, the step reads no users, teams or interruptions", async () => {
    const server = await serve(approvalWorld([]));

    await walk(server, { child: "Web API", before: (task) => proceed(server, task, "alice") });

    const asked = server
      .journal()
      .filter(({ user }) => user === "release-conductor")
      .map(({ path }) => path);
    expect(asked.filter((path) => /teammembership|\/interruptions$|users\/Users-\d+$/.test(path))).toEqual([]);
  });

  test.each([
    { rule: "for an intervention", approvers: ["bob"] },
    {
      rule: "for an intervention that another user has taken, with two approvers",
      approvers: ["bob", "dana"],
      holder: "carol",
    },
    {
      rule: "for an intervention, while guided failures are answered",
      approvers: ["bob"],
      parameters: { "ChildProject.GuidedFailure.Response": "Retry" },
    },
    {
      rule: "for an interruption that the key cannot see",
      approvers: [],
      roles: accountRoles.filter(
        (role) => role === "Deployment creator" || role === "Environment viewer" || role === "Task canceller",
      ),
      parameters: { "ChildProject.Plan.Policy": "Ignore" },
    },
  ] as const)("a child that waits half an hour $rule costs fewer than 250 requests", async (given) => {
    const { approvers, holder, parameters, roles } = {
      holder: undefined,
      parameters: {},
      roles: accountRoles,
      ...given,
    };
    const server = await serve(approvalWorld([[forQa]], { teams: teams(roles) }));
    // Before the first deployment ever, the step would also read the key's permissions.
    const deployments = ["Development", "Test", "Staging"].map((environment) => ({ environment, at: "-8d" }));
    server.simulator.addWorld({
      projects: [{ name: "Web API", releases: [{ version: "0.9", created: "-9d", deployments }] }],
    });

    const { outputs } = await walk(server, {
      child: "Web API",
      parameters,
      before: (task) => proceed(server, task, ...approvers),
      meanwhile: async () => {
        const [question] = [...server.simulator.state().interruptions.values()].filter(({ isPending }) => isPending);
        if (holder === undefined || question === undefined || question.responsibleUserId !== null) return;
        await call(server, "PUT", `Spaces-1/interruptions/${question.id}/responsible`, holder);
      },
    });

    const asked = server.journal().filter(({ user }) => user === "release-conductor");
    expect(outputs["Outcome"]).toBe("TimedOut");
    expect(asked.length).toBeLessThan(250);
  });
});
