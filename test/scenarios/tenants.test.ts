import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { OctopusServer, World } from "../octopus-server/octopus-server.ts";
import { playParent, runOrWalk, sameTask, walk } from "./in-process.ts";
import {
  type Run,
  child,
  type Deployment,
  deployStep,
  orchestration,
  type Parameters,
  type Project,
  serve,
} from "./scenario.ts";

type Tenants = NonNullable<World["tenants"]>;

const both = { "Web API": ["Test", "Staging"] };
const tenants: Tenants = [
  { name: "Contoso", tags: ["Ring/Stable"], projects: both },
  { name: "Fabrikam", tags: ["Ring/Early"], projects: both },
  { name: "Northwind", projects: both },
  { name: "Late Comers", projects: { "Web API": ["Staging"] } },
  { name: "Testers", projects: { "Web API": ["Test"] } },
  { name: "Strangers" },
  { name: "Closed", disabled: true, projects: both },
];

/** A child whose lifecycle is Test, then Staging. */
function world(project: Partial<Project> = {}, more: Partial<World> = {}): World {
  return orchestration({
    tagSets: [{ name: "Ring", tags: ["Early", "Stable"] }],
    tenants,
    ...more,
    lifecycles: [
      { name: "Child", phases: ["Test", "Staging"] },
      { name: "Parent", phases: [{ name: "Everywhere", environments: ["Test", "Staging"] }] },
    ],
    projects: [child("Web API", [], { tenanted: "Tenanted", ...project })],
  });
}

/** `Contoso: Test -3h` is a deployment to an environment, for a tenant if one is named. */
function deployed(...places: readonly string[]): Deployment[] {
  return places.map((place) => {
    const [, tenant, environment = "", at = ""] = /^(?:(.+): )?(\w+) (\S+)$/.exec(place) ?? [];
    return { environment, at, ...(tenant === undefined ? {} : { tenant }) };
  });
}

const releases: Project["releases"] = [
  {
    version: "1.0",
    created: "-9h",
    deployments: deployed(
      ...["Contoso", "Fabrikam", "Northwind", "Closed"].flatMap((name) => [
        `${name}: Test -8h`,
        `${name}: Staging -7h`,
      ]),
    ),
  },
  {
    version: "1.1",
    created: "-6h",
    deployments: deployed("Contoso: Test -5h", "Fabrikam: Test -5h", "Fabrikam: Staging -4h", "Closed: Test -5h"),
  },
  { version: "1.2", created: "-3h", deployments: deployed("Northwind: Test -2h") },
];

const forTenant = (name: string): Parameters => ({ "ChildProject.Tenant.Name": name });
const end = ({ outputs }: Pick<Run, "outputs">) => `${outputs["Outcome"]} ${outputs["Reason"]}`;

const Request = z.object({ ReleaseId: z.string(), TenantId: z.nullable(z.string()) });

/** The deployments that were created: `1.1 for Contoso`. */
function asked(server: OctopusServer): readonly string[] {
  const { history, tenants: known } = server.simulator.state();
  return server
    .journal()
    .filter(({ route, status }) => route === "POST deployments" && status === 201)
    .map(({ body }) => {
      const { ReleaseId, TenantId } = Request.parse(body);
      const recipient = TenantId === null ? "" : ` for ${known.get(TenantId)?.name}`;
      return `${history.releases.get(ReleaseId)?.version}${recipient}`;
    });
}

describe("each tenant has its own candidates and its own current release", () => {
  test("one is promoted from its own Test, one is current, one gets a release that only it has tested", async () => {
    const server = await serve(world({ releases }));

    const ends = [];
    for (const name of ["Contoso", "Fabrikam", "Northwind"]) {
      const walked = await walk(server, { child: "Web API", parameters: forTenant(name) });
      ends.push(`${name}: ${end(walked)} ${walked.outputs["CurrentRelease"]} > ${walked.outputs["ReleaseToPromote"]}`);
    }

    expect(ends).toEqual([
      "Contoso: Deployed NewRelease 1.0 > 1.1",
      "Fabrikam: Skipped AlreadyCurrent 1.1 > 1.1",
      "Northwind: Deployed NewRelease 1.0 > 1.2",
    ]);
    expect(asked(server)).toEqual(["1.1 for Contoso", "1.2 for Northwind"]);
  });

  test("the parent's tenant is the child's by default, and every line names it. Another one may be named", async () => {
    const server = await serve(world({ releases }));
    const walked = await walk(server, { child: "Web API", tenant: "Contoso" });

    expect(walked.log).toContain("highlight: Deploying Web API 1.1 to Staging for Contoso (currently 1.0)");
    expect(walked.log).toMatch(/verbose: Plan [0-9a-f]{32} \(Web API to Staging for Contoso\)/);
    expect(walked.outputs["Message"]).toBe("The deployment of Web API 1.1 to Staging for Contoso succeeded.");
    expect(JSON.parse(walked.outputs["ReleasePlan"] ?? "")).toMatchObject({
      tenant: "Contoso",
      intention: { identity: { tenant: expect.stringMatching(/^Tenants-/) } },
    });

    const named = await runOrWalk(server, "Web API", forTenant("northwind"));

    expect(named.outputs).toMatchObject({ Outcome: "Deployed", ReleaseToPromote: "1.2" });
    expect(asked(server)).toEqual(["1.1 for Contoso", "1.2 for Northwind"]);
  });

  test("the tenant may be given by its slug, and Redeploy repeats its current release", async () => {
    const server = await serve(world({ releases }));
    const redeploy = { "ChildProject.DeploymentMode.Value": "Redeploy" };

    await walk(server, { child: "Web API", parameters: { ...forTenant("fabrikam"), ...redeploy } });
    await walk(server, { child: "Web API", parameters: { ...forTenant("CONTOSO"), ...redeploy } });

    expect(asked(server)).toEqual(["1.1 for Fabrikam", "1.0 for Contoso"]);
  });
});

interface Row {
  readonly rule: string;
  readonly project?: Partial<Project>;
  readonly more?: Partial<World>;
  /** The server also allows untenanted deployments of releases that only tenants have tested. */
  readonly isLenient?: boolean;
  readonly tenant?: string;
  readonly parameters?: Parameters;
  /** `Outcome Reason`, and what was created. */
  readonly expected: readonly string[];
  readonly log: RegExp;
}

const mixed: Partial<Project> = { tenanted: "TenantedOrUntenanted" };
const rows: readonly Row[] = [
  {
    rule: "a tenant that is not connected to the project: skipped, with the reason",
    tenant: "Strangers",
    expected: ["Skipped TenantNotConnected"],
    log: /highlight: Tenant Strangers is not connected to Web API\. Skipped\./,
  },
  {
    rule: "a tenant that is not connected to the destination: skipped as well",
    tenant: "Testers",
    expected: ["Skipped TenantNotInEnvironment"],
    log: /Tenant Testers is not connected to Staging in Web API\. Skipped\./,
  },
  {
    rule: "Always deploys nothing for a tenant that is not connected either",
    tenant: "Testers",
    parameters: { "ChildProject.DeploymentMode.Value": "AlwaysLatest", "ChildProject.Deployment.Condition": "Always" },
    expected: ["Skipped TenantNotInEnvironment"],
    log: /Testers is not connected to Staging/,
  },
  {
    rule: "a what-if run publishes the skip of a tenant that is not connected",
    tenant: "Strangers",
    parameters: { "ChildProject.WhatIf.Value": "Yes" },
    expected: ["Skipped TenantNotConnected"],
    log: /artifact: Web API Staging for Strangers \w+\.plan\.json/,
  },
  {
    rule: "a tenant that is not connected to Test gets the newest release of any tenant there, with a warning",
    project: {
      releases: [...(releases ?? []), { version: "1.3", created: "-1h" }],
    },
    tenant: "Late Comers",
    expected: ["Deployed NewRelease", "1.2 for Late Comers"],
    log: /warning: Late Comers is not connected to Test: deployments for any tenant count\./,
  },
  {
    rule: "the newest release of any tenant includes untenanted deployments",
    project: {
      ...mixed,
      releases: [
        { version: "2.0", created: "-5h", deployments: deployed("Contoso: Test -4h") },
        { version: "2.1", created: "-3h", deployments: deployed("Test -2h") },
      ],
    },
    tenant: "Late Comers",
    expected: ["Deployed NewRelease", "2.1 for Late Comers"],
    log: /eploying .* to Staging for Late Comers/,
  },
  {
    rule: "a tenant that is connected to Test gets only releases that it has tested itself",
    project: { releases: [{ version: "2.0", created: "-5h", deployments: deployed("Contoso: Test -4h") }] },
    tenant: "Fabrikam",
    expected: ["Skipped NoMatchingRelease"],
    log: /No release of Web API matches: channel Default, deployed to Test, allowed in Staging for Fabrikam\. .*Untenanted deployments do not count for a tenant\./,
  },
  {
    rule: "the current release of a tenant is not the untenanted current release",
    project: {
      ...mixed,
      releases: [
        { version: "2.0", created: "-9h", deployments: deployed("Test -8h", "Staging -7h") },
        {
          version: "2.1",
          created: "-6h",
          deployments: deployed("Test -5h", "Contoso: Test -5h", "Contoso: Staging -4h"),
        },
      ],
    },
    expected: ["Deployed NewRelease", "2.1"],
    log: /\(currently 2\.0\)/,
  },
  {
    rule: "a release that only a tenant has tested is no candidate for an untenanted deployment",
    isLenient: true,
    project: {
      ...mixed,
      releases: [
        { version: "2.0", created: "-9h", deployments: deployed("Test -8h", "Staging -7h") },
        { version: "2.1", created: "-6h", deployments: deployed("Contoso: Test -5h") },
      ],
    },
    expected: ["Skipped AlreadyCurrent"],
    log: /2\.0 is already deployed to Staging\. Skipped\./,
  },
  {
    rule: "a failed or running deployment for a tenant does not matter to an untenanted run",
    project: {
      ...mixed,
      releases: [
        { version: "2.0", created: "-9h", deployments: deployed("Test -8h", "Staging -7h") },
        {
          version: "2.1",
          created: "-6h",
          deployments: [
            { environment: "Staging", tenant: "Contoso", at: "-5h", state: "Failed" },
            { environment: "Staging", tenant: "Fabrikam", at: "-1m", state: "Executing" },
          ],
        },
      ],
    },
    expected: ["Skipped AlreadyCurrent"],
    log: /2\.0 is already deployed to Staging\. Skipped\./,
  },
  {
    rule: "a running deployment for another tenant is not waited for",
    project: {
      releases: [
        {
          version: "2.0",
          created: "-9h",
          deployments: [
            ...deployed("Contoso: Test -8h"),
            { environment: "Staging", tenant: "Fabrikam", at: "-1m", state: "Executing" },
          ],
        },
      ],
    },
    tenant: "Contoso",
    expected: ["Deployed NewRelease", "2.0 for Contoso"],
    log: /\(first deployment to Staging for Contoso\)/,
  },
  {
    rule: "a project that needs a tenant and gets none",
    expected: ["Failed Blocked"],
    log: /fatal: The project "Web API" can only be deployed for a tenant, and this deployment has none\. Deploy the parent for a tenant/,
  },
  {
    rule: "a project without tenants is deployed without one, and the log says so",
    project: {
      tenanted: "Untenanted",
      releases: [{ version: "2.0", created: "-5h", deployments: deployed("Test -4h") }],
    },
    tenant: "Contoso",
    expected: ["Deployed NewRelease", "2.0"],
    log: /info: Tenant Contoso ignored: Web API is deployed without tenants\./,
  },
  {
    rule: "a release that is allowed without a tenant may be refused for one: the channel is limited to other tags",
    project: {
      ...mixed,
      channels: [{ name: "Early", tenantTags: ["Ring/Early"] }],
      releases: [
        { version: "2.0", channel: "Early", created: "-5h", deployments: deployed("Test -4h", "Contoso: Test -3h") },
      ],
    },
    tenant: "Contoso",
    parameters: { "ChildProject.Channel.Name": "Early" },
    expected: ["Skipped NoMatchingRelease"],
    log: /The channel Early is for tenants with the tags Ring\/Early; Contoso has Ring\/Stable\./,
  },
  {
    rule: "a tenant with a tag of the channel gets its releases, and the log mentions no tags",
    project: {
      ...mixed,
      channels: [{ name: "Early", tenantTags: ["Ring/Early"] }],
      releases: [{ version: "2.0", channel: "Early", created: "-5h", deployments: deployed("Fabrikam: Test -3h") }],
    },
    tenant: "Fabrikam",
    parameters: { "ChildProject.Channel.Name": "Early" },
    expected: ["Deployed NewRelease", "2.0 for Fabrikam"],
    log: /^(?![^]*with the tags)/,
  },
  {
    rule: "a disabled tenant blocks the deployment",
    tenant: "Closed",
    expected: ["Failed Blocked"],
    log: /Cannot deploy Web API 1\.1 to Staging for Closed yet\.[^]*Blocked: The tenant Closed is disabled\. Nothing was created\. Fix this/,
  },
  {
    rule: "a freeze for another tenant does not hold for this one",
    more: {
      freezes: [
        {
          name: "Audit",
          start: "-1d",
          end: "+1d",
          projects: ["Web API"],
          environments: ["Staging"],
          tenants: ["Fabrikam"],
        },
      ],
    },
    tenant: "Contoso",
    expected: ["Deployed NewRelease", "1.1 for Contoso"],
    log: /Deploying/,
  },
  {
    rule: "a freeze for this tenant holds",
    more: {
      freezes: [
        {
          name: "Audit",
          start: "-1d",
          end: "+1d",
          projects: ["Web API"],
          environments: ["Staging"],
          tenants: ["Contoso"],
        },
      ],
    },
    tenant: "Contoso",
    expected: ["Failed Frozen"],
    log: /Deployments of "Web API" to Staging for Contoso are prevented by the deployment freeze "Audit"/,
  },
  {
    rule: "a tenant that does not exist: the nearest names, and nothing is created",
    tenant: "Contosa",
    expected: ["Failed Blocked"],
    log: /fatal: The tenant "Contosa" was not found in the child's space\. The nearest names: "Contoso"/,
  },
];

test.each(rows)("$rule", async ({ project, more, isLenient = false, tenant, parameters, expected, log: said }) => {
  const server = await serve(world({ releases, ...project }, more));
  server.simulator.setSwitches({ promoteToCountsTenantDeployments: isLenient });

  const walked = await walk(server, {
    child: "Web API",
    parameters: { ...(tenant === undefined ? {} : forTenant(tenant)), ...parameters },
  });

  expect([end(walked), ...asked(server)]).toEqual(expected);
  const artifacts = walked.parent.steps.flatMap((step) => step.artifacts.map(({ name }) => `artifact: ${name}`));
  expect([walked.log, ...artifacts].join("\n")).toMatch(said);
});

describe("an account whose roles are limited to tenants", () => {
  const limitedTo = (...names: readonly string[]): Partial<World> => ({
    teams: [
      {
        name: "Release Management",
        members: ["release-conductor"],
        roles: ["Project viewer", "Environment viewer", { role: "Deployment creator", tenants: [...names] }],
      },
    ],
  });

  test("deploys for them, and the message says that it may not for others", async () => {
    const server = await serve(world({ releases }, limitedTo("Contoso", "Fabrikam")));

    const own = await walk(server, { child: "Web API", parameters: forTenant("Contoso") });
    const other = await walk(server, { child: "Web API", parameters: forTenant("Northwind") });

    expect([end(own), end(other)]).toEqual(["Deployed NewRelease", "Failed PermissionMissing"]);
    expect(other.log).toMatch(
      /lacks the permission DeploymentCreate for the project "Web API" in "Staging" for the tenant "Northwind"/,
    );
    expect(asked(server)).toEqual(["1.1 for Contoso"]);
  });
});

test("a variable that is prompted for some tenants only is sent for them, and ignored for others", async () => {
  const variables = [{ name: "Ring.Owner", tenantTags: ["Ring/Stable"], prompt: { required: true } }];
  const server = await serve(world({ releases, variables }));
  const given = { "ChildProject.Prompted.Variables": "Ring.Owner::Sam" };

  const ends = [];
  let log = "";
  for (const parameters of [
    forTenant("Contoso"),
    { ...forTenant("Contoso"), ...given },
    forTenant("Northwind"),
    { ...forTenant("Late Comers"), ...given },
  ]) {
    const walked = await walk(server, { child: "Web API", parameters });
    ends.push(end(walked));
    ({ log } = walked);
  }

  expect(ends).toEqual(["Failed Blocked", "Deployed NewRelease", "Deployed NewRelease", "Deployed NewRelease"]);
  expect(log).toMatch(/^info: .*"Ring\.Owner"/m);
  expect(log).not.toContain("Sam");
  const sent = server.journal().filter(({ route, status }) => route === "POST deployments" && status === 201);
  const Form = z.object({ FormValues: z.record(z.string(), z.string()) });
  expect(sent.map(({ body }) => Object.values(Form.parse(body).FormValues))).toEqual([["Sam"], [], []]);
});

test("a plan is approved per tenant: one parent task, two plans, each carried out for its own tenant", async () => {
  const server = await serve(world({ releases }));
  const step = (name: string, what: string, parameters: Parameters) =>
    deployStep("Web API", { ...forTenant(name), ...parameters }, { name: `${what} ${name}` });
  const played = await playParent(server, {
    project: "Release Orchestration",
    release: "2021.1.0",
    environment: "Staging",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    people: () => Promise.resolve({ by: "admin", result: "Proceed" }),
    steps: [
      step("Northwind", "Plan", { "ChildProject.WhatIf.Value": "Yes" }),
      step("Contoso", "Plan", { "ChildProject.WhatIf.Value": "Yes" }),
      {
        kind: "manual-intervention",
        name: "Approve",
        instructions: ["#", "{Octopus.Action[Plan Contoso].Output.ReleaseNotes}"].join(""),
      },
      step("Northwind", "Deploy", {}),
    ],
  });

  expect(played.log).toMatch(/Deploying the approved plan [0-9a-f]{32}\./);
  expect(asked(server)).toEqual(["1.2 for Northwind"]);
});

test("a step that runs again while its deployment for the tenant is unfinished adopts that one", async () => {
  const server = await serve(world({ releases, scripts: [{ duration: "20m" }] }));
  const more = { child: "Web API", parameters: { ...forTenant("Contoso"), "ChildProject.WaitForFinish.Value": "No" } };
  await walk(server, more);
  await walk(server, { ...more, parameters: { ...more.parameters, ...forTenant("Northwind") } });

  const again = await walk(server, { child: "Web API", parameters: forTenant("Contoso") });

  expect(end(again)).toBe("Deployed Attached");
  expect(asked(server)).toEqual(["1.1 for Contoso", "1.2 for Northwind"]);
});

describe("a project with and without tenants, and very many of them", () => {
  /** 500 tenants deployed to everywhere since the last untenanted deployment, and one release that waits in Test. */
  const count = 500;
  const names = Array.from({ length: count }, (_, index) => `Tenant ${String(index).padStart(3, "0")}`);
  const busy = orchestration({
    tenants: names.map((name) => ({ name, projects: both })),
    lifecycles: [
      { name: "Child", phases: ["Test", "Staging"] },
      { name: "Parent", phases: [{ name: "Everywhere", environments: ["Test", "Staging"] }] },
    ],
    projects: [
      child(
        "Web API",
        [
          { version: "1.0", created: "-40d", deployments: deployed("Test -39d", "Staging -38d") },
          { version: "1.1", created: "-37d", deployments: deployed("Test -36d") },
          { version: "2.0", created: "-35d" },
        ],
        mixed,
      ),
    ],
    history: names.map((tenant) => ({
      project: "Web API",
      environment: ["Test", "Staging"],
      tenant,
      release: "2.0",
      count: 3,
      from: "-30d",
      every: "1d",
    })),
  });

  test("an untenanted run reads past them in few, growing pages; a run for one tenant does not see the others", async () => {
    const server = await serve(busy);
    const before = server.journal().length;

    const untenanted = await walk(server, { child: "Web API" });
    const middle = server.journal().length;
    const tenanted = await walk(server, { child: "Web API", parameters: forTenant("Tenant 007") });

    expect([end(untenanted), end(tenanted)]).toEqual(["Deployed NewRelease", "Skipped AlreadyCurrent"]);
    expect(untenanted.log).toContain("Deploying Web API 1.1 to Staging (currently 1.0)");
    expect(asked(server)).toEqual(["1.1"]);
    const reads = server.journal().slice(before, middle);
    expect(reads.filter(({ route }) => route === "GET deployments").length).toBeLessThanOrEqual(20);
    expect(reads.filter(({ route }) => route === "GET tasks").length).toBeLessThanOrEqual(6);
    expect(server.journal().length - middle).toBeLessThanOrEqual(16);
  });

  /** More deployments for tenants than the first pages hold, created now. */
  const inBetween = (number: number): World => ({
    history: [
      {
        project: "Web API",
        environment: ["Staging"],
        tenant: "Tenant 000",
        release: "2.0",
        count: number,
        from: "-200ms",
        every: "1ms",
      },
    ],
  });
  const few = { ...busy, history: [] };
  const newest: Parameters = {
    ...forTenant(""),
    "ChildProject.DeploymentMode.Value": "AlwaysLatest",
    "ChildProject.Channel.Name": "Default",
  };

  test("never two deployments: the step finds the one it created before, behind 200 for a tenant", async () => {
    const server = await serve(few);

    const first = await walk(server, { child: "Web API", parameters: newest });
    server.simulator.addWorld(inBetween(200));
    const second = await walk(server, { child: "Web API", parameters: newest, system: sameTask(first) });

    expect([first, second].map(({ outputs }) => outputs["Outcome"])).toEqual(["Deployed", "Deployed"]);
    expect(second.log).toMatch(/Continuing with the deployment of Web API 1\.1 to Staging/);
    expect(asked(server)).toEqual(["1.1"]);
  });

  test("a failed untenanted deployment is repeated though a tenant was deployed to meanwhile", async () => {
    const server = await serve({ ...few, scripts: [{ result: "Failed", error: "no disk", times: 1 }] });
    let isQuiet = true;
    const meanwhile = () => {
      if (isQuiet) server.simulator.addWorld(inBetween(40));
      isQuiet = false;
    };

    const parameters = { ...newest, "ChildProject.Deployment.Retries": "1" };
    const walked = await walk(server, { child: "Web API", parameters, meanwhile });

    expect(end(walked)).toBe("Deployed NewRelease");
    expect(walked.log).toMatch(/Deploying again: retry 1 of 1/);
  });
});
