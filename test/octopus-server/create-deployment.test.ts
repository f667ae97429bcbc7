import { describe, expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import { as, each, server, textOf } from "./support/ask.ts";
import type { Answer } from "./support/ask.ts";

const world = {
  now: "2026-02-10T12:00:00Z",
  environments: ["Dev", { name: "Test", guidedFailure: true }],
  machines: [
    {
      name: "dev-1",
      environments: ["Dev"],
      roles: ["web"],
      tenants: ["Contoso"],
      participation: "TenantedOrUntenanted",
    },
    { name: "test-1", environments: ["Test"], roles: ["web"] },
    { name: "test-contoso", environments: ["Test"], roles: ["web"], tenants: ["Contoso"] },
    { name: "test-2", environments: ["Test"], roles: ["web"], health: "Unavailable" },
    { name: "test-3", environments: ["Test"], roles: ["web"], disabled: true },
  ],
  projects: [
    {
      name: "Web",
      tenanted: "TenantedOrUntenanted",
      steps: [
        { name: "Warm up", id: "warm-up" },
        { name: "Deploy", roles: ["web"], packages: ["Web.Site"], required: true },
        { name: "Old", disabled: true },
        { name: "Only Dev", environments: ["Dev"] },
        { name: "Not in Dev", excludedEnvironments: ["Dev"] },
      ],
      variables: [
        { name: "Approver", id: "v-approver", prompt: { label: "Who?", required: true }, environments: ["Test"] },
        { name: "Secret", id: "v-secret", value: "s3cret", prompt: { control: "Sensitive" } },
        { name: "Size", id: "v-size", value: "small", prompt: { control: "Select", options: ["small", "large"] } },
      ],
      releases: [
        { version: "1.0.0", notes: "First", deployments: ["Dev", "Test"] },
        {
          version: "1.1.0",
          notes: "Second",
          buildInformation: [
            {
              package: "Web.Site",
              commits: [{ id: "a1", comment: "Fix" }],
              workItems: [{ id: "#7", description: "Bug" }],
            },
          ],
          deployments: ["Dev"],
        },
        { version: "1.2.0" },
      ],
      scripts: [{ duration: "30s" }],
    },
    { name: "Alone" },
    { name: "Must have tenant", tenanted: "Tenanted", releases: ["1.0.0"] },
    { name: "Off", disabled: true, releases: ["1.0.0"] },
  ],
  tenants: [{ name: "Contoso", projects: { Web: ["Dev"] } }, { name: "Loner" }],
} satisfies World;

const release = "Releases-2";
const toTest = { ReleaseId: release, EnvironmentId: "Environments-2", FormValues: { "v-approver": "Sam" } };

async function fixture(): Promise<OctopusServer> {
  return server({ world });
}

function problems(answer: Answer): string {
  return `${answer.status} ${JSON.stringify(answer.json["Errors"])}`;
}

describe("POST deployments", () => {
  test("answers 201 with the deployment, whose task starts by itself", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/deployments", {
      ...toTest,
      Comments: "from a test",
      UseGuidedFailure: false,
    });
    const task = await as(octopus).get(`/tasks/${textOf(made.json["TaskId"])}`);

    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      ReleaseId: release,
      ProjectId: "Projects-1",
      ChannelId: "Channels-1",
      EnvironmentId: "Environments-2",
      TenantId: null,
      Comments: "from a test",
      DeployedBy: "admin",
      QueueTime: null,
      UseGuidedFailure: false,
      FormValues: { "v-approver": "Sam" },
    });
    expect(task.json).toMatchObject({
      Name: "Deploy",
      Description: "Deploy Web release 1.1.0 to Test",
      Arguments: { DeploymentId: made.json["Id"] },
      State: "Executing",
    });
  });

  test("drops values of variables that are not prompted for in the environment", async () => {
    const octopus = await fixture();
    const FormValues = { "v-approver": "Sam", "v-secret": "x", "v-nowhere": "y" };

    const toDev = await as(octopus).post("/deployments", { ...toTest, EnvironmentId: "Environments-1", FormValues });
    const there = await as(octopus).post("/deployments", { ...toTest, FormValues });

    expect(toDev.json["FormValues"]).toEqual({ "v-secret": "x" });
    expect(there.json["FormValues"]).toEqual({ "v-approver": "Sam", "v-secret": "x" });
  });

  test("a preview has only the prompts of its environment and tenant", async () => {
    const tagged = { prompt: {}, tenantTags: ["Ring/Early"] };
    const octopus = await server({
      world: {
        environments: ["Dev", "Test"],
        tagSets: [{ name: "Ring", tags: ["Early"] }],
        projects: [
          {
            name: "Web",
            tenanted: "TenantedOrUntenanted",
            variables: [
              { name: "For Dev", prompt: {}, environments: ["Dev"] },
              { name: "For early ones", ...tagged },
            ],
            releases: ["1.0.0"],
          },
        ],
        tenants: [
          { name: "Early bird", tags: ["Ring/Early"], projects: { Web: ["Dev", "Test"] } },
          { name: "Late riser", projects: { Web: ["Dev", "Test"] } },
        ],
      },
    });
    const asked = async (place: string) => {
      const { json } = await as(octopus).get(`/releases/Releases-1/deployments/preview/${place}`);
      const elements = json["Form"]?.["Elements"];
      return [elements?.[0], elements?.[1]].flatMap((element) => element?.["Control"]?.["Name"] ?? []);
    };

    expect(await asked("Environments-1")).toEqual(["For Dev"]);
    expect(await asked("Environments-2")).toEqual([]);
    expect(await asked("Environments-1/Tenants-1")).toEqual(["For Dev", "For early ones"]);
    expect(await asked("Environments-2/Tenants-2")).toEqual([]);
  });

  test("takes guided failure from the environment when the request does not set it", async () => {
    const octopus = await fixture();

    expect((await as(octopus).post("/deployments", toTest)).json["UseGuidedFailure"]).toBe(true);
  });

  const refusals: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ["an unknown release", { ReleaseId: "Releases-99" }, "400 [\"The release 'Releases-99' was not found.\"]"],
    [
      "an unknown environment",
      { EnvironmentId: "Environments-99" },
      "400 [\"The environment 'Environments-99' was not found.\"]",
    ],
    ["an unknown tenant", { TenantId: "Tenants-99" }, "400 [\"The tenant 'Tenants-99' was not found.\"]"],
    [
      "an environment that the lifecycle does not allow yet",
      { ReleaseId: "Releases-3" },
      "cannot be deployed to the environment 'Test'",
    ],
    ["a missing prompted value", { FormValues: {} }, "the prompted variable 'Approver' is required"],
    ["a machine of another environment", { SpecificMachineIds: ["Machines-1"] }, "'Machines-1' is not available"],
    ["a disabled machine", { SpecificMachineIds: ["Machines-5"] }, "'Machines-5' is not available"],
    ["all machines excluded", { ExcludedMachineIds: ["Machines-2", "Machines-4"] }, "no deployment target"],
    ["a start in the past", { QueueTime: "2026-02-10T11:00:00Z" }, "cannot be scheduled in the past"],
    ["a start in two months", { QueueTime: "2026-04-10T11:00:00Z" }, "more than 30 days ahead"],
    [
      "an expiry before the start",
      { QueueTime: "2026-02-10T15:00:00Z", QueueTimeExpiry: "2026-02-10T14:00:00Z" },
      "must be later",
    ],
    ["a tenant of another project", { TenantId: "Tenants-2" }, "is not connected to the project 'Web'"],
    ["a tenant of another environment", { TenantId: "Tenants-1" }, "is not connected to the environment 'Test'"],
    [
      "a project that requires a tenant",
      { ReleaseId: "Releases-4", EnvironmentId: "Environments-1" },
      "requires a tenant",
    ],
    ["a disabled project", { ReleaseId: "Releases-5", EnvironmentId: "Environments-1" }, "'Off' is disabled"],
  ];

  test.each(refusals)("refuses %s", async (_name, change, expected) => {
    const octopus = await fixture();
    const { json } = await as(octopus).get("/deployments");

    const refused = await as(octopus).post("/deployments", { ...toTest, ...change });

    expect(problems(refused)).toContain(expected);
    expect(refused.status).toBe(400);
    expect((await as(octopus).get("/deployments")).json["TotalResults"]).toBe(json["TotalResults"]);
  });

  test("excludes no machine by the predecessor's misspelt key", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/deployments", { ...toTest, ExcludeMachineIds: ["Machines-2"] });

    expect(made.json["ExcludedMachineIds"]).toEqual([]);
  });

  test("names the permission that an API key lacks", async () => {
    const octopus = await server({
      world: { ...world, users: ["eve"], teams: [{ name: "Viewers", members: ["eve"], roles: ["Project viewer"] }] },
    });

    const refused = await as(octopus, "eve").post("/deployments", toTest);

    expect(refused.status).toBe(403);
    expect(refused.json["ErrorMessage"]).toMatch(/Missing permission: DeploymentCreate$/);
  });

  test("gives a scheduled deployment Octopus' default start window when no expiry is sent", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/deployments", { ...toTest, QueueTime: "2026-02-10T19:00:00+02:00" });

    expect(made.json).toMatchObject({
      QueueTime: "2026-02-10T17:00:00.000+00:00",
      QueueTimeExpiry: "2026-02-10T17:30:00.000+00:00",
    });
  });
});

describe("previews", () => {
  test("have changes, prompts, steps and targets", async () => {
    const octopus = await fixture();

    const preview = await as(octopus).get(`/releases/${release}/deployments/preview/Environments-2`);

    expect(preview.json).toMatchObject({
      Changes: [{ Version: "1.1.0", ReleaseNotes: "Second", Commits: [{ Id: "a1" }], WorkItems: [{ Id: "#7" }] }],
      UseGuidedFailureModeByDefault: true,
      Form: { Values: { "v-approver": "", "v-secret": "", "v-size": "small" } },
    });
    expect(preview.json["Form"]?.["Elements"]).toMatchObject([
      {
        Name: "v-approver",
        IsValueRequired: true,
        Control: { Type: "VariableValue", Name: "Approver", Label: "Who?", Required: true },
      },
      { Name: "v-secret", Control: { DisplaySettings: { "Octopus.ControlType": "Sensitive" } } },
      {
        Name: "v-size",
        Control: { DisplaySettings: { "Octopus.ControlType": "Select", "Octopus.SelectOptions": "small\nlarge" } },
      },
    ]);
    expect(preview.json["StepsToExecute"]).toMatchObject([
      { ActionId: "warm-up", ActionName: "Warm up", ActionNumber: "1", CanBeSkipped: true, Machines: [] },
      {
        ActionName: "Deploy",
        CanBeSkipped: false,
        MachineNames: ["test-1"],
        UnavailableMachines: [{ Name: "test-2" }],
      },
      { ActionName: "Not in Dev", ActionNumber: "5" },
    ]);
  });

  test("have disabled steps on request, and no prompts of other environments", async () => {
    const octopus = await fixture();

    const preview = await as(octopus).get(
      `/releases/${release}/deployments/preview/Environments-1?includeDisabledSteps=true`,
    );

    expect(each({ ...preview, json: preview.json["StepsToExecute"] ?? preview.json }, "ActionName")).toEqual([
      "Warm up",
      "Deploy",
      "Old",
      "Only Dev",
    ]);
    expect(preview.json["Form"]?.["Values"]).not.toHaveProperty("v-approver");
  });

  test("of several destinations are answered by one request, in its order", async () => {
    const octopus = await fixture();

    const previews = await as(octopus).post(`/releases/${release}/deployments/previews`, {
      DeploymentPreviews: [
        { EnvironmentId: "Environments-2" },
        { EnvironmentId: "Environments-1", TenantId: "Tenants-1" },
        { EnvironmentId: "Environments-1", TenantId: "" },
      ],
    });
    const one = await as(octopus).get(`/releases/${release}/deployments/preview/Environments-1/Tenants-1`);

    expect(previews.json).toHaveLength(3);
    expect(previews.json[1]).toEqual(one.json);
    expect(previews.json[0]?.["Changes"]).toHaveLength(1);
  });
});

describe("freezes", () => {
  const frozen = {
    ...world,
    freezes: [{ name: "Xmas", start: "-1h", end: "+1h", projects: ["Web"], environments: ["Test"] }],
  } satisfies World;

  test("an active freeze forbids the deployment; overriding it with a reason allows it", async () => {
    const octopus = await server({ world: frozen });

    const refused = await as(octopus).post("/deployments", toTest);
    const silent = await as(octopus).post("/deployments/override", {
      SpaceId: "Spaces-1",
      FreezeIds: ["DeploymentFreezes-1"],
      Reason: "",
      CreateDeploymentCommand: toTest,
    });
    const made = await as(octopus).post("/deployments/override", {
      SpaceId: "Spaces-1",
      FreezeIds: ["DeploymentFreezes-1"],
      Reason: "hot fix",
      CreateDeploymentCommand: toTest,
    });

    expect(problems(refused)).toBe("400 [\"The deployment is prevented by the deployment freeze 'Xmas'.\"]");
    expect(silent.status).toBe(400);
    expect(made.status).toBe(201);
    expect(made.json["Deployment"]).toMatchObject({ EnvironmentId: "Environments-2" });
  });

  test("a freeze that has not begun forbids only deployments that start inside it", async () => {
    const octopus = await server({
      world: {
        ...world,
        freezes: [{ name: "Xmas", start: "+1h", end: "+2h", projects: ["Web"], environments: ["Test"] }],
      },
    });

    expect((await as(octopus).post("/deployments", toTest)).status).toBe(201);
    expect((await as(octopus).post("/deployments", { ...toTest, QueueTime: "2026-02-10T13:30:00Z" })).status).toBe(400);
  });

  test("a deployment that starts after the freeze is allowed; the status of the refusal is a switch", async () => {
    const octopus = await server({ world: frozen });
    octopus.simulator.setSwitches({ freezeStatus: 409 });

    const later = await as(octopus).post("/deployments", { ...toTest, QueueTime: "2026-02-10T13:30:00Z" });

    expect(later.status).toBe(201);
    expect((await as(octopus).post("/deployments", toTest)).status).toBe(409);
  });

  test.each([
    ["", 1],
    ["&projectIds=Projects-1", 1],
    ["&projectIds=Projects-2", 0],
    ["&environmentIds=Environments-1", 0],
    ["&tenantIds=Tenants-1", 0],
    ["&status=Active", 1],
    ["&status=Expired", 0],
    ["&effectiveDate=2027-01-01T00:00:00Z", 0],
    ["&effectiveDate=2027-01-01T00:00:00Z&includeComplete=true", 1],
    ["&partialName=xm", 1],
  ])("the list filtered by '%s' has %i", async (filter, count) => {
    const octopus = await server({ world: frozen });

    const list = await as(octopus).get(`/deploymentfreezes?skip=0&take=100${filter}`);

    expect(list.json["Count"]).toBe(count);
  });

  test("freezes are created, changed and deleted; their list requires skip and take", async () => {
    const octopus = await fixture();
    const body = {
      Name: "Sale",
      Start: "2026-02-10T10:00:00Z",
      End: "2026-02-11T00:00:00Z",
      ProjectEnvironmentScope: { "Projects-1": ["Environments-2"] },
    };

    const made = await as(octopus).post("/deploymentfreezes", body);
    const id = textOf(made.json["Id"]);
    const changed = await as(octopus).put(`/deploymentfreezes/${id}`, { ...body, Name: "Big sale" });
    const shown = await as(octopus).get(`/deploymentfreezes/${id}`);
    const gone = await as(octopus).delete(`/deploymentfreezes/${id}`);

    expect([made.status, changed.status, gone.status]).toEqual([201, 200, 200]);
    expect(shown.json).toMatchObject({
      Name: "Big sale",
      ProjectEnvironmentScope: { "Projects-1": ["Environments-2"] },
    });
    expect((await as(octopus).get("/deploymentfreezes")).status).toBe(400);
    expect((await as(octopus).post("/deploymentfreezes", { ...body, End: body.Start })).status).toBe(400);
  });
});

describe("the executions API", () => {
  const command = {
    SpaceId: "Spaces-1",
    ProjectName: "web",
    ReleaseVersion: "1.1.0",
    EnvironmentNames: ["test"],
    Variables: { approver: "Sam" },
  };

  test("deploys by names", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/deployments/create/untenanted/v1", {
      ...command,
      SkipStepNames: ["Warm up", "No such step"],
      SpecificMachineNames: ["test-1"],
    });
    const id = textOf(made.json["DeploymentServerTasks"]?.[0]?.["DeploymentId"]);
    const { json } = await as(octopus).get(`/deployments/${id}`);

    expect(made.status).toBe(200);
    expect(json).toMatchObject({
      SkipActions: ["warm-up"],
      SpecificMachineIds: ["Machines-2"],
      FormValues: { "v-approver": "Sam" },
    });
  });

  test("deploys for all connected tenants", async () => {
    const octopus = await fixture();

    const made = await as(octopus).post("/deployments/create/tenanted/v1", {
      ...command,
      EnvironmentName: "Dev",
      Tenants: ["*"],
    });

    expect(made.json["DeploymentServerTasks"]).toHaveLength(1);
  });

  test.each([
    ["no environment: nothing is deployed", { EnvironmentNames: [] }, 200, ""],
    ["an unknown machine", { SpecificMachineNames: ["nope"] }, 400, "The deployment target 'nope' was not found."],
    ["an unknown environment", { EnvironmentNames: ["nope"] }, 400, "The environment 'nope' was not found."],
    ["an unknown project", { ProjectName: "nope" }, 400, "The project 'nope' was not found."],
    ["an unknown release", { ReleaseVersion: "9" }, 400, "The release '9' was not found in the project 'Web'."],
  ])("%s", async (_name, change, status, problem) => {
    const octopus = await fixture();

    const answer = await as(octopus).post("/deployments/create/untenanted/v1", { ...command, ...change });

    expect(answer.status).toBe(status);
    expect(JSON.stringify(status === 200 ? "" : answer.json["Errors"])).toContain(problem);
  });

  test("answers in camelCase on some servers", async () => {
    const octopus = await fixture();
    octopus.simulator.useProfile("camelCaseExecutions");

    const made = await as(octopus).post("/deployments/create/untenanted/v1", command);

    expect(made.json["DeploymentServerTasks"]?.[0]).toHaveProperty("deploymentId");
  });
});

test("variable snapshots are refreshed, but not with a stale token or after the process has changed", async () => {
  const octopus = await fixture();
  octopus.simulator.touchVariables("Web");

  const before = await as(octopus).get(`/releases/${release}/deployments/template`);
  const stale = await as(octopus).post(`/releases/${release}/snapshot-variables`, {
    VariableSnapshotConcurrencyToken: "c3RhbGU=",
  });
  const refreshed = await as(octopus).post(`/releases/${release}/snapshot-variables`, {});
  const after = await as(octopus).get(`/releases/${release}/deployments/template`);
  octopus.simulator.touchProcess("Web");
  const refused = await as(octopus).post(`/releases/${release}/snapshot-variables`);

  expect([before.json["IsVariableSetModified"], after.json["IsVariableSetModified"]]).toEqual([true, false]);
  expect([stale.status, refreshed.status, refused.status]).toEqual([409, 200, 400]);
  expect(refreshed.json["ProjectVariableSetSnapshotId"]).not.toBe("");
});
