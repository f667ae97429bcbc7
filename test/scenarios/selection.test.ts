import { describe, expect, test } from "vitest";
import type { World } from "../octopus-server/octopus-server.ts";
import { runOrWalk, walk } from "./in-process.ts";
import {
  child,
  created,
  type Deployment,
  orchestration,
  type Parameters,
  type Project,
  type Release,
  serve,
} from "./scenario.ts";

/** A release that was created and deployed to Development at one time, and then deployed elsewhere. */
function release(version: string, at: string, ...deployments: readonly Deployment[]): Release {
  return { version, created: at, deployments: [{ environment: "Development", at }, ...deployments] };
}

function to(environment: string, at: string, more: Partial<Deployment> = {}): Deployment {
  return { environment, at, ...more };
}

type Lifecycle = NonNullable<World["lifecycles"]>[number];

interface Case {
  readonly rule: string;
  readonly releases: Project["releases"];
  readonly parameters?: Parameters;
  readonly to?: string;
  /** `deploys 1.0`, or the outputs `Outcome Reason` of a run that creates nothing. */
  readonly expected: string;
  readonly log?: RegExp;
  /** Through the shipped script in `npm run test:long`; the other rows are the same program without Bash around it. */
  readonly shipped?: true;
}

const number = (text: string): Parameters => ({ "ChildProject.Release.Number": text });

const cases: readonly Case[] = [
  {
    rule: "the release deployed last wins, not the newest",
    shipped: true,
    releases: [release("14", "-5h", to("Test", "-2h")), release("15", "-4h", to("Test", "-3h"))],
    expected: "deploys 14",
  },
  {
    rule: "a failed deployment does not count",
    releases: [release("14", "-5h", to("Test", "-2h")), release("16", "-4h", to("Test", "-1h", { state: "Failed" }))],
    expected: "deploys 14",
  },
  {
    rule: "a running deployment does not count",
    releases: [
      release("14", "-5h", to("Test", "-2h")),
      release("16", "-4h", to("Test", "-1h", { state: "Executing" })),
    ],
    expected: "deploys 14",
  },
  {
    rule: "a newer release that was never deployed to Test does not count",
    releases: [release("14", "-5h", to("Test", "-2h")), release("13", "-1h")],
    expected: "deploys 14",
  },
  {
    rule: "the deployment that finished last wins, though it was created first",
    releases: [
      release("14", "-6h", to("Test", "-5h", { completed: "-1h" })),
      release("15", "-6h", to("Test", "-3h", { completed: "-2h" })),
    ],
    expected: "deploys 14",
    log: /were deployed to Test at the same time/,
  },
  {
    rule: "an exact version, though a newer one is in Test",
    releases: [release("2021.1.0.14", "-5h", to("Test", "-4h")), release("2021.1.0.15", "-3h", to("Test", "-2h"))],
    parameters: number("2021.1.0.14"),
    expected: "deploys 2021.1.0.14",
  },
  {
    rule: "a star without a dot before it also means 2021.1.15, and the log warns",
    releases: [
      release("2021.1.1.3", "-9h", to("Test", "-8h")),
      release("2021.1.10.1", "-7h", to("Test", "-6h")),
      release("2021.1.15.2", "-5h", to("Test", "-4h")),
    ],
    parameters: number("2021.1.1*"),
    expected: "deploys 2021.1.15.2",
    log: /warning: .*\*/,
  },
  {
    rule: "a star after a dot does not also mean 2021.1.15",
    releases: [
      release("2021.1.1.3", "-9h", to("Test", "-8h")),
      release("2021.1.10.1", "-7h", to("Test", "-6h")),
      release("2021.1.15.2", "-5h", to("Test", "-4h")),
    ],
    parameters: number("2021.1.1.*"),
    expected: "deploys 2021.1.1.3",
  },
  {
    rule: "a range compares by number",
    releases: [
      release("1.9.0", "-9h", to("Test", "-8h")),
      release("1.10.0", "-7h", to("Test", "-6h")),
      release("2.0.0", "-5h", to("Test", "-4h")),
    ],
    parameters: number("[1.0,2.0)"),
    expected: "deploys 1.10.0",
  },
  {
    rule: "nothing matches, Warning: a real warning, and success",
    shipped: true,
    releases: [release("2021.1.0.7", "-3h", to("Test", "-2h"))],
    parameters: number("2021.1.1.*"),
    expected: "Skipped NoMatchingRelease",
    log: /warning: No release of Web API matches: number 2021\.1\.1\.\*, channel Default, deployed to Test, allowed in Staging\. Closest: 2021\.1\.0\.7 \(number does not match\)/,
  },
  {
    rule: "nothing matches, Skip: a plain line",
    releases: [release("2021.1.0.7", "-3h", to("Test", "-2h"))],
    parameters: { ...number("2021.1.1.*"), "ChildProject.Release.NotFoundError": "Skip" },
    expected: "Skipped NoMatchingRelease",
    log: /info: No release of Web API/,
  },
  {
    rule: "nothing matches, Error: the step fails",
    shipped: true,
    releases: [release("2021.1.0.7", "-3h", to("Test", "-2h"))],
    parameters: { ...number("2021.1.1.*"), "ChildProject.Release.NotFoundError": "Error" },
    expected: "Failed NoMatchingRelease",
    log: /fatal: No release of Web API/,
  },
  {
    rule: "a match that is blocked is named before all releases that do not match",
    releases: [
      ...["2.0", "2.1", "2.2", "2.3"].map((version) => release(version, "-6h", to("Test", "-5h"))),
      { ...release("1.5", "-4h", to("Test", "-3h")), defects: ["broken"] },
    ],
    parameters: number("1.*"),
    expected: "Skipped NoMatchingRelease",
    log: /info: Passed over 1\.5: blocked by a defect\.[^]*Closest: 1\.5 \(blocked by a defect\)/,
  },
  {
    rule: "a match that was never deployed to Test is named as the closest",
    releases: [release("2021.1.0.7", "-3h", to("Test", "-2h")), release("2021.1.1.1", "-1h")],
    parameters: number("2021.1.1.*"),
    expected: "Skipped NoMatchingRelease",
    log: /2021\.1\.1\.1 \(never deployed to Test\)/,
  },
  {
    rule: "a deployment to one machine only counts, with a warning",
    releases: [
      release("14", "-5h", to("Test", "-4h")),
      release("15", "-3h", to("Test", "-2h", { specificMachines: ["test-01"] })),
    ],
    expected: "deploys 15",
    log: /warning: Deployments-\d+, which deployed 15 to Test, went only to the machines test-01/,
  },
  {
    rule: "a deployment with a skipped step counts, with a warning",
    releases: [release("15", "-3h", to("Test", "-2h", { skippedSteps: ["Deploy"] }))],
    expected: "deploys 15",
    log: /warning: .*skipped 1 step/,
  },
  {
    rule: "a release blocked by a defect is passed over, and named",
    releases: [
      release("14", "-5h", to("Test", "-4h")),
      { ...release("15", "-3h", to("Test", "-2h")), defects: ["broken"] },
    ],
    expected: "deploys 14",
    log: /info: Passed over 15: blocked by a defect/,
  },
  {
    rule: "a lower release than the current one is not deployed because a better match was refused",
    releases: [
      release("14", "-9h", to("Test", "-3h")),
      release("15", "-8h", to("Test", "-7h"), to("Staging", "-6h")),
      { ...release("16", "-5h", to("Test", "-2h")), defects: ["broken"] },
    ],
    expected: "Skipped NoMatchingRelease",
    log: /The next best is 14, which would be a downgrade from 15 in Staging/,
  },
  {
    rule: "a lower release than the current one is deployed with a warning",
    releases: [release("14", "-9h", to("Test", "-3h")), release("15", "-8h", to("Test", "-7h"), to("Staging", "-6h"))],
    expected: "deploys 14",
    log: /warning: Downgrade: 15 \u2192 14\./,
  },
  {
    rule: "the first phase takes the newest created release",
    releases: [release("14", "-5h"), { version: "15", created: "-1h" }],
    to: "Development",
    expected: "deploys 15",
  },
  {
    rule: "AlwaysLatest takes the newest that may be deployed, matching the pattern, and deploys it again",
    releases: [
      release("1.4", "-5h", to("Test", "-4h"), to("Staging", "-3h")),
      release("1.5", "-2h"),
      { version: "2.0", created: "-1h" },
    ],
    parameters: { "ChildProject.DeploymentMode.Value": "AlwaysLatest", ...number("1.*") },
    expected: "deploys 1.4",
  },
  {
    rule: "Redeploy finds nothing if nothing was deployed",
    releases: [release("14", "-5h", to("Test", "-4h"))],
    parameters: { "ChildProject.DeploymentMode.Value": "Redeploy" },
    expected: "Skipped NoMatchingRelease",
  },
  {
    rule: "Redeploy ignores the pattern, and says so",
    releases: [release("14", "-5h", to("Test", "-4h"), to("Staging", "-3h"))],
    parameters: { "ChildProject.DeploymentMode.Value": "Redeploy", ...number("15.*") },
    expected: "deploys 14",
    log: /Release number 15\.\* ignored: Redeploy mode/,
  },
  {
    rule: "Redeploy takes the newest full success, not a canary",
    releases: [
      release("14", "-9h", to("Test", "-8h"), to("Staging", "-7h")),
      release("15", "-6h", to("Test", "-5h"), to("Staging", "-4h", { specificMachines: ["staging-01"] })),
    ],
    parameters: { "ChildProject.DeploymentMode.Value": "Redeploy" },
    expected: "deploys 14",
  },
  {
    rule: "a given source environment is used wherever it is",
    releases: [release("14", "-9h", to("Test", "-8h"), to("Staging", "-7h")), release("15", "-6h", to("Test", "-5h"))],
    parameters: { "ChildProject.SourceEnvironment.Name": "development" },
    expected: "deploys 15",
  },
  {
    rule: "a given source environment without deployments finds nothing",
    releases: [release("14", "-9h", to("Test", "-8h"))],
    parameters: { "ChildProject.SourceEnvironment.Name": "Production" },
    expected: "Skipped NoMatchingRelease",
    log: /comes after the destination Staging in the lifecycle/,
  },
  {
    rule: "a current release whose last deployment failed is deployed again",
    releases: [
      release("14", "-9h", to("Test", "-8h"), to("Staging", "-7h"), to("Staging", "-6h", { state: "Failed" })),
    ],
    expected: "deploys 14",
    log: /a later deployment failed|its last deployment failed/,
  },
  {
    rule: "a current release whose last deployment was cancelled is deployed again",
    releases: [
      release("14", "-9h", to("Test", "-8h"), to("Staging", "-7h"), to("Staging", "-6h", { state: "Canceled" })),
    ],
    expected: "deploys 14",
  },
  {
    rule: "after a rollback the newer one is deployed again",
    releases: [
      release("14", "-9h", to("Test", "-8h"), to("Staging", "-3h")),
      release("15", "-7h", to("Test", "-6h"), to("Staging", "-5h")),
    ],
    expected: "deploys 15",
  },
  {
    rule: "Higher does not go back",
    releases: [
      release("1.9.0", "-9h", to("Test", "-2h")),
      release("1.10.0", "-8h", to("Test", "-7h"), to("Staging", "-6h")),
    ],
    parameters: { "ChildProject.Deployment.Condition": "Higher" },
    expected: "Skipped NotHigher",
  },
  {
    rule: "Higher goes forward, by number",
    releases: [
      release("2021.1.0.9", "-9h", to("Test", "-8h"), to("Staging", "-7h")),
      release("2021.1.0.10", "-6h", to("Test", "-5h")),
    ],
    parameters: { "ChildProject.Deployment.Condition": "Higher" },
    expected: "deploys 2021.1.0.10",
  },
  {
    rule: "PackagesDiffer skips a release with the same packages",
    releases: [
      { ...release("2.0.0", "-9h", to("Test", "-8h"), to("Staging", "-7h")), packages: { Deploy: "7" } },
      { ...release("2.0.1", "-6h", to("Test", "-5h")), packages: { Deploy: "7" } },
    ],
    parameters: { "ChildProject.Deployment.Condition": "PackagesDiffer" },
    expected: "Skipped PackagesUnchanged",
  },
  {
    rule: "Always deploys the current release again",
    releases: [release("14", "-9h", to("Test", "-8h"), to("Staging", "-7h"))],
    parameters: { "ChildProject.Deployment.Condition": "Always" },
    expected: "deploys 14",
  },
  {
    rule: "a deployment whose task was purged proves nothing",
    releases: [release("14", "-9d", to("Test", "-8d", { taskPurged: true }))],
    expected: "Skipped NoMatchingRelease",
    log: /Closest: 14 \(the server task of Deployments-\d+ is gone, so nothing proves that it succeeded\)/,
  },
];

describe("the release that is deployed", () => {
  test.each(cases)("$rule", async ({ releases, parameters, to: destination = "Staging", expected, log, shipped }) => {
    const machines = ["test-01", "staging-01"].map((name) => ({
      name,
      environments: [name.startsWith("test") ? "Test" : "Staging"],
    }));
    const server = await serve(orchestration({ projects: [child("Web API", releases)], machines }));

    const result =
      shipped === true
        ? await runOrWalk(server, "Web API", parameters, { to: destination })
        : await walk(server, { child: "Web API", environment: destination, ...(parameters && { parameters }) });

    const deployed = created(server).map((text) => `deploys ${text.split(" ")[2]}`);
    expect(
      deployed.length > 0 ? deployed.join() : `${result.outputs["Outcome"]} ${result.outputs["Reason"]}`,
      result.log,
    ).toBe(expected);
    expect(result.exitCode).toBe(expected.startsWith("Failed") ? 1 : 0);
    if (log !== undefined) expect(result.log).toMatch(log);
  });

  test("250 deployments of another channel before the wanted one do not hide it", async () => {
    const web = child("Web API", [release("1.0", "-20d", to("Test", "-19d"))], {
      channels: [{ name: "Default", isDefault: true }, { name: "Hotfix" }],
    });
    const history = [
      {
        project: "Web API",
        channel: "Hotfix",
        environment: ["Test"],
        count: 250,
        from: "-12d",
        every: "1h",
        version: "0.9.{n}",
      },
    ];
    const server = await serve(orchestration({ projects: [web], history }));

    await walk(server, { child: "Web API" });

    expect(created(server)).toEqual(["Web API 1.0 to Staging"]);
  });

  test("a deployment hidden behind 40 newer ones, but completed after them all, is found", async () => {
    const slow = release("0.9", "-30d", to("Test", "-29d", { completed: "-1h" }));
    const history = [
      {
        project: "Web API",
        environment: ["Development", "Test"],
        count: 40,
        from: "-12d",
        every: "1h",
        version: "1.0.{n}",
      },
    ];
    const server = await serve(orchestration({ projects: [child("Web API", [slow])], history }));

    await walk(server, { child: "Web API" });

    expect(created(server)).toEqual(["Web API 0.9 to Staging"]);
  });

  test("twenty refusals by the server end the search", async () => {
    const releases = Array.from({ length: 25 }, (_, index) => ({
      ...release(`1.${index}`, `-${60 - index}h`, to("Test", `-${30 - index}h`)),
      defects: index === 0 ? [] : ["broken"],
    }));
    const server = await serve(orchestration({ projects: [child("Web API", releases)] }));

    const { outputs, log } = await walk(server, { child: "Web API" });

    expect(created(server)).toEqual([]);
    expect(outputs).toMatchObject({ Outcome: "Skipped", Reason: "NoMatchingRelease" });
    expect(log).toContain("The search ended after 20 releases.");
  });
});

describe("the source environments are the phase before the destination, unless named", () => {
  const phased = (phases: Lifecycle["phases"], releases: Project["releases"]): World => {
    const environments = ["Development", "QA1", "QA2", "Staging", "Production"];
    const base = orchestration({ projects: [child("Web API", releases)] });
    const lifecycles = [
      { name: "Child", phases },
      { name: "Parent", phases: [{ name: "Everywhere", environments }] },
    ];
    return { ...base, environments, lifecycles };
  };
  const qa = { name: "QA", environments: ["QA1", "QA2"], minimum: 1 };
  const inBoth = [release("5", "-9h", to("QA1", "-2h")), release("6", "-8h", to("QA2", "-1h"))];

  test.each([
    {
      rule: "the environments of one phase are pooled",
      phases: ["Development", qa, "Staging"],
      releases: inBoth,
      parameters: {},
      expected: ["Web API 6 to Staging"],
    },
    {
      rule: "a given source environment narrows the choice",
      phases: ["Development", qa, "Staging"],
      releases: inBoth,
      parameters: { "ChildProject.SourceEnvironment.Name": "QA1" },
      expected: ["Web API 5 to Staging"],
    },
    {
      rule: "a given source environment without deployments finds nothing, although releases could be deployed",
      phases: ["Development", qa, "Staging"],
      releases: inBoth.slice(1),
      parameters: { "ChildProject.SourceEnvironment.Name": "QA1" },
      expected: [],
    },
    {
      rule: "an optional phase is pooled with the required one before it",
      phases: ["Development", { name: "QA1" }, { name: "QA2", optional: true }, "Staging"],
      releases: [release("5", "-9h", to("QA1", "-2h")), release("6", "-8h", to("QA1", "-7h"), to("QA2", "-1h"))],
      parameters: {},
      expected: ["Web API 6 to Staging"],
    },
    {
      rule: "an optional phase that was left out does not hide the required one before it",
      phases: ["Development", { name: "QA1" }, { name: "QA2", optional: true }, "Staging"],
      releases: [release("5", "-9h", to("QA1", "-1h")), release("6", "-8h", to("QA1", "-7h"), to("QA2", "-2h"))],
      parameters: {},
      expected: ["Web API 5 to Staging"],
    },
    {
      rule: "all earlier phases optional and empty: the newest created release",
      phases: [{ name: "QA1", optional: true }, { name: "QA2", optional: true }, "Staging"],
      releases: [
        { version: "5", created: "-9h" },
        { version: "6", created: "-1h" },
      ],
      parameters: {},
      expected: ["Web API 6 to Staging"],
    },
    {
      rule: "all earlier phases optional, with a deployment: that release",
      phases: [{ name: "QA1", optional: true }, { name: "QA2", optional: true }, "Staging"],
      releases: [
        { version: "5", created: "-9h", deployments: [to("QA1", "-8h")] },
        { version: "6", created: "-1h" },
      ],
      parameters: {},
      expected: ["Web API 5 to Staging"],
    },
  ])("$rule", async ({ phases, releases, parameters, expected }) => {
    const server = await serve(phased(phases, releases));

    const { log } = await walk(server, { child: "Web API", parameters });

    expect(created(server), log).toEqual(expected);
  });
});

test("Redeploy ignores a cancelled deployment, however many deployments for tenants came since", async () => {
  const releases = [
    release("1.0", "-9d", to("Test", "-9d"), to("Staging", "-8d")),
    release("1.1", "-7d", to("Staging", "-6d")),
  ];
  const history = [
    { project: "Web API", environment: ["Staging"], tenant: "Contoso", release: "1.0", count: 40, from: "-2d" },
  ];
  const world = orchestration({
    tenants: [{ name: "Contoso", projects: { "Web API": ["Staging"] } }],
    projects: [child("Web API", releases, { tenanted: "TenantedOrUntenanted" })],
    history,
  });
  const server = await serve(world);
  const { history: happened } = server.simulator.state();
  const cancelled = [...happened.deployments.values()].findLast(({ tenantId }) => tenantId === null);
  const task = happened.tasks.get(cancelled?.taskId ?? "");
  if (task !== undefined) task.state = "Canceled";

  const { outputs, log } = await walk(server, {
    child: "Web API",
    parameters: { "ChildProject.DeploymentMode.Value": "Redeploy" },
  });

  expect(outputs, log).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.0", CurrentRelease: "1.0" });
});

describe("a lifecycle without phases", () => {
  const environments = ["Development", "Test", "Staging", "Prod Approval", "Production"];
  const world = (lifecycle: string) => {
    const base = orchestration({
      projects: [child("Web API", [release("5", "-9h", to("Test", "-8h"), to("Staging", "-7h"))], { lifecycle })],
    });
    const lifecycles = [
      { name: "Convention", phases: [] },
      { name: "Child", phases: ["Development", "Test", "Staging", "Production"] },
      { name: "Parent", phases: [{ name: "Everywhere", environments }] },
    ];
    return { ...base, environments, lifecycles };
  };

  test("has one phase per environment, so Prod Approval is the source of Production, and the message names it", async () => {
    const server = await serve(world("Convention"));

    const { outputs, log } = await walk(server, { child: "Web API", environment: "Production" });

    expect(created(server)).toEqual([]);
    expect(outputs.Reason).toBe("NoMatchingRelease");
    expect(log).toContain("deployed to Prod Approval, allowed in Production");
  });

  test("with explicit phases the source of Production is Staging", async () => {
    const server = await serve(world("Child"));

    await walk(server, { child: "Web API", environment: "Production" });

    expect(created(server)).toEqual(["Web API 5 to Production"]);
  });
});
