import { expect, test } from "vitest";
import type * as z from "zod/mini";
import { instant, optionalInstant } from "../../src/octopus/fields.ts";
import { PermissionSet, grantsIn } from "../../src/octopus/permission-resources.ts";
import { Channel, Deployment, DeploymentTemplate, Project, Release, Tenant } from "../../src/octopus/resources.ts";
import { ServerTask, TaskDetails } from "../../src/octopus/task-resources.ts";
import { asId } from "../../src/model.ts";

test.each<[string, number]>([
  ["2026-02-10T23:01:26.205+00:00", Date.UTC(2026, 1, 10, 23, 1, 26, 205)],
  ["2026-02-10T23:01:26.205Z", Date.UTC(2026, 1, 10, 23, 1, 26, 205)],
  ["2026-02-10T23:01:26Z", Date.UTC(2026, 1, 10, 23, 1, 26)],
  ["2026-02-10T23:01:26.2+00:00", Date.UTC(2026, 1, 10, 23, 1, 26, 200)],
  ["2026-02-10T23:01:26.02+00:00", Date.UTC(2026, 1, 10, 23, 1, 26, 20)],
  ["2026-02-10T23:01:26.2059999+00:00", Date.UTC(2026, 1, 10, 23, 1, 26, 205)],
  ["2026-02-10T23:01:26.205+10:30", Date.UTC(2026, 1, 10, 12, 31, 26, 205)],
  ["2026-02-10T23:01:26.205-08:00", Date.UTC(2026, 1, 11, 7, 1, 26, 205)],
  ["2026-02-10T23:01:26.205", Date.UTC(2026, 1, 10, 23, 1, 26, 205)],
])("the date %s", (text, expected) => {
  expect(instant.parse(text)).toBe(expected);
  expect(optionalInstant.parse(text)).toBe(expected);
});

test.each([null, undefined, "", "0001-01-01T00:00:00.000+00:00", "0001-01-01T00:00:00"])("%j is no date", (value) => {
  expect(optionalInstant.parse(value)).toBeUndefined();
  expect(instant.safeParse(value).success).toBe(false);
});

test.each(["yesterday", "2026-02-10", "Monday, March 20, 2017 9:00 PM", "2026-13-45T99:00:00Z", 5])(
  "%j is not accepted as a date",
  (value) => {
    expect(optionalInstant.safeParse(value).success).toBe(false);
  },
);

/** The least that a server may send, and what it stands for. */
test.each<[string, z.ZodMiniType, object, object]>([
  [
    "project",
    Project,
    { Id: "projects-1", Name: "Web", LifecycleId: "lifecycle-ProjectGroups-1" },
    {
      id: "projects-1",
      name: "Web",
      slug: undefined,
      isDisabled: false,
      lifecycleId: "lifecycle-ProjectGroups-1",
      tenantedDeploymentMode: "Untenanted",
    },
  ],
  [
    "channel without lifecycle",
    Channel,
    { Id: "Channels-1", Name: "Default", ProjectId: "Projects-1", IsDefault: true, LifecycleId: null },
    {
      id: "Channels-1",
      name: "Default",
      slug: undefined,
      projectId: "Projects-1",
      isDefault: true,
      tenantTags: [],
      lifecycleId: undefined,
      type: "Lifecycle",
    },
  ],
  [
    "release without packages",
    Release,
    {
      Id: "Releases-1",
      ProjectId: "Projects-1",
      ChannelId: "Channels-1",
      Version: "1.0",
      Assembled: "2026-01-01T00:00:00Z",
      ReleaseNotes: null,
    },
    {
      id: "Releases-1",
      projectId: "Projects-1",
      channelId: "Channels-1",
      version: "1.0",
      releaseNotes: "",
      assembled: Date.UTC(2026, 0, 1),
      packages: [],
      gitResources: [],
      gitReference: undefined,
      snapshotIds: [],
    },
  ],
  [
    "deployment whose task was purged",
    Deployment,
    {
      Id: "Deployments-1",
      ReleaseId: "Releases-1",
      ChannelId: "Channels-1",
      EnvironmentId: "Environments-1",
      TenantId: null,
      TaskId: null,
      Created: "2026-01-01T00:00:00Z",
      QueueTime: null,
      SkipActions: null,
    },
    {
      id: "Deployments-1",
      releaseId: "Releases-1",
      channelId: "Channels-1",
      environmentId: "Environments-1",
      tenantId: undefined,
      taskId: undefined,
      created: Date.UTC(2026, 0, 1),
      comments: "",
      deployedBy: "",
      specificMachineIds: [],
      excludedMachineIds: [],
      specificTagIds: [],
      excludedTagIds: [],
      skippedActionIds: [],
      queueTime: undefined,
    },
  ],
  [
    "tenant that is connected to nothing",
    Tenant,
    { Id: "Tenants-1", Name: "Contoso", ProjectEnvironments: null },
    { id: "Tenants-1", name: "Contoso", slug: undefined, isDisabled: false, tags: [], environmentsOf: new Map() },
  ],
  [
    "template of an untenanted project",
    DeploymentTemplate,
    { PromoteTo: [{ Id: "Environments-1", Name: "Test" }], IsLibraryVariableSetModified: true },
    { promoteTo: ["Environments-1"], tenantPromotions: [], variablesModified: true },
  ],
])("a %s with as little as possible", (_case, shape, sent, expected) => {
  expect(shape.parse(sent)).toEqual(expected);
});

test("packages and git resources of a release", () => {
  const release = Release.parse({
    Id: "Releases-1",
    ProjectId: "Projects-1",
    ChannelId: "Channels-1",
    Version: "1.0",
    Assembled: "2026-01-01T00:00:00Z",
    SelectedPackages: [{ ActionName: "Deploy web", StepName: "Step", PackageReferenceName: "", Version: "1.2" }],
    SelectedGitResources: [
      {
        ActionName: "Deploy chart",
        GitResourceReferenceName: "chart",
        GitReferenceResource: { GitRef: "refs/heads/main", GitCommit: "abc" },
      },
    ],
  });

  expect(release).toMatchObject({
    packages: [{ actionName: "Deploy web", packageReferenceName: "", version: "1.2" }],
    gitResources: [
      { actionName: "Deploy chart", referenceName: "chart", gitReference: "refs/heads/main", gitCommit: "abc" },
    ],
  });
});

test.each<[string, object, object]>([
  ["queued", { State: "Queued", IsCompleted: false }, { state: "Queued", isCompleted: false }],
  ["the internal New", { State: "New", IsCompleted: false }, { state: "Queued", isCompleted: false }],
  ["timed out, by the flag", { State: "TimedOut", IsCompleted: true }, { state: "TimedOut", isCompleted: true }],
  ["timed out, without a flag", { State: "TimedOut" }, { state: "TimedOut", isCompleted: true }],
  ["an unknown state", { State: "Pondering", IsCompleted: false }, { state: "Executing", isCompleted: false }],
  ["an unknown state without a flag", { State: "Pondering" }, { state: "Executing", isCompleted: false }],
  ["an unknown end", { State: "Abandoned", IsCompleted: true }, { state: "Failed", isCompleted: true }],
  [
    "an unknown good end",
    { State: "Splendid", IsCompleted: true, FinishedSuccessfully: true },
    { state: "Success", isCompleted: true },
  ],
  ["interruptions by the flag", { State: "Queued", HasPendingInterruptions: true }, { hasPendingInterruptions: true }],
  [
    "interruptions by their types",
    { State: "Queued", PendingInterruptionTypes: ["ManualIntervention", "PullRequestCompletion"] },
    { hasPendingInterruptions: true, pendingTypes: ["ManualIntervention", "Other"] },
  ],
  [
    "preconditions by their types",
    { State: "Queued", PendingPreconditionTypes: ["Approval"] },
    { hasPendingPreconditions: true },
  ],
  [
    "a deployment",
    { State: "Success", Arguments: { DeploymentId: "Deployments-1" } },
    { deploymentId: "Deployments-1" },
  ],
  ["something else", { State: "Success", Arguments: { RunbookRunId: "RunbookRuns-1" } }, { deploymentId: undefined }],
  ["odd arguments", { State: "Success", Arguments: { DeploymentId: 7 } }, { deploymentId: undefined }],
  [
    "paused, with the instant of the pause as the end",
    { State: "Queued", IsCompleted: false, CompletedTime: "2026-01-01T00:00:00Z" },
    { completedTime: undefined },
  ],
  ["dates that are not set", { State: "Queued", StartTime: "0001-01-01T00:00:00" }, { startTime: undefined }],
])("a server task: %s", (_case, sent, expected) => {
  expect(ServerTask.parse({ Id: "ServerTasks-1", ...sent })).toMatchObject(expected);
});

test("a log is a tree, in the server's order", () => {
  const line = (text: string) => ({ Category: "Info", OccurredAt: "2026-01-01T00:00:00Z", MessageText: text });
  const gap = { Category: "Gap", OccurredAt: "0001-01-01T00:00:00Z", MessageText: "…" };

  const activities = TaskDetails.parse({
    ActivityLogs: [
      {
        Id: "1",
        Name: "Deploy",
        Status: "Running",
        LogElements: null,
        Children: [
          { Id: "1/1", Name: "Step 1", Status: "Dreaming", LogElements: [gap, line("a"), line("b")], Children: [] },
          { Id: "1/2", Name: "Step 2", Status: "SuccessWithWarning" },
        ],
      },
    ],
  });

  expect(activities).toEqual([
    {
      id: "1",
      name: "Deploy",
      status: "Running",
      progress: 0,
      lines: [],
      children: [
        {
          id: "1/1",
          name: "Step 1",
          status: "Running",
          progress: 0,
          lines: [
            { category: "Gap", occurredAt: 0, text: "…", number: undefined },
            { category: "Info", occurredAt: Date.UTC(2026, 0, 1), text: "a", number: undefined },
            { category: "Info", occurredAt: Date.UTC(2026, 0, 1), text: "b", number: undefined },
          ],
          children: [],
        },
        { id: "1/2", name: "Step 2", status: "SuccessWithWarning", progress: 0, lines: [], children: [] },
      ],
    },
  ]);
});

test("permissions of this space, of every space and of the system count, those of another space do not", () => {
  const permissions = PermissionSet.parse({
    SpacePermissions: {
      DeploymentCreate: [
        { SpaceId: "Spaces-1", RestrictedToProjectIds: ["Projects-1"], RestrictedToTenantIds: ["Tenants-1"] },
        { SpaceId: "Spaces-2", RestrictedToProjectIds: [] },
      ],
      TaskView: [{ SpaceId: null }],
      EventView: null,
    },
    SystemPermissions: ["AdministerSystem"],
  });

  const everywhere = { projectIds: [], projectGroupIds: [], environmentIds: [], tenantIds: [] };
  expect(grantsIn(asId("Spaces-1"), permissions)).toEqual([
    { ...everywhere, permission: "DeploymentCreate", projectIds: ["Projects-1"], tenantIds: ["Tenants-1"] },
    { ...everywhere, permission: "TaskView" },
    { ...everywhere, permission: "AdministerSystem" },
  ]);
});

test("incomplete permissions count as unknown", () => {
  expect(grantsIn(asId("Spaces-1"), PermissionSet.parse({ IsPermissionsComplete: false }))).toBeUndefined();
});
