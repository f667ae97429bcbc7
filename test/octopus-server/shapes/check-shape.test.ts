import { describe, expect, it } from "vitest";
import { arrayOf, checkShape, collectionOf, isShapeName, type ShapeName } from "./check-shape.ts";
import { pageOf, sampleOf } from "./sample-answer.ts";

describe("values", () => {
  const task = sampleOf("TaskResource");

  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ["a text id", { Id: "ServerTasks-1" }, []],
    ["a number as id", { Id: 1 }, ["$.Id is 1 but must be a text."]],
    ["a number as boolean", { IsCompleted: 0 }, ["$.IsCompleted is 0 but must be a boolean."]],
    ["a text as boolean", { IsCompleted: "true" }, ['$.IsCompleted is "true" but must be a boolean.']],
    ["an integer", { EstimatedRemainingQueueDurationSeconds: 0 }, []],
    [
      "a fraction",
      { EstimatedRemainingQueueDurationSeconds: 0.5 },
      ["$.EstimatedRemainingQueueDurationSeconds is 0.5 but must be an integer."],
    ],
    [
      "a number in text",
      { EstimatedRemainingQueueDurationSeconds: "5" },
      ['$.EstimatedRemainingQueueDurationSeconds is "5" but must be an integer.'],
    ],
    ["a word of the list", { State: "TimedOut" }, []],
    [
      "a word in another case",
      { State: "queued" },
      [expect.stringContaining('$.State is "queued" but must be one of Canceled,')],
    ],
    ["an array", { PendingPreconditionTypes: ["Approval"] }, []],
    [
      "a text instead of an array",
      { PendingPreconditionTypes: "Approval" },
      ['$.PendingPreconditionTypes is "Approval" but must be an array.'],
    ],
    [
      "a null in an array",
      { PendingPreconditionTypes: ["Approval", null] },
      ["$.PendingPreconditionTypes[1] is null but must be a text."],
    ],
    [
      "an object instead of an array",
      { PendingPreconditionTypes: {} },
      ["$.PendingPreconditionTypes is {} but must be an array."],
    ],
    ["a null in a dictionary", { Links: { Self: null } }, []],
    ["a number in a dictionary", { Links: { Self: 1 } }, ["$.Links.Self is 1 but must be a text."]],
    ["an array instead of a dictionary", { Links: [] }, ["$.Links is [] but must be a dictionary."]],
    ["a key with a dot", { Links: { "Page.Next": 1 } }, ['$.Links["Page.Next"] is 1 but must be a text.']],
    ["any argument", { Arguments: { DeploymentId: "Deployments-1", Count: 1 } }, []],
    [
      "a property in another case",
      { taskId: 1, serverNode: "n" },
      [
        "$ has taskId, which TaskResource does not declare.",
        "$ has serverNode, which TaskResource does not declare (ServerNode it does).",
      ],
    ],
    ["what JSON leaves out", { Surprise: undefined }, []],
    [
      "what JSON leaves out although it is declared",
      { Name: undefined },
      ["$ lacks Name, which TaskResource declares."],
    ],
    ["no changes: left out", { LastModifiedOn: undefined, LastModifiedBy: undefined }, []],
    ["no id", { Id: undefined }, ["$ lacks Id, which TaskResource declares."]],
  ])("%s", (_rule, values, violations) => {
    expect(checkShape("TaskResource", { ...task, ...values })).toEqual(violations);
  });

  it.each([
    ["2026-02-10T23:01:26.205+00:00", true],
    ["2026-02-10T23:01:26.2+00:00", true],
    ["2026-02-10T23:01:26.2053331-05:30", true],
    ["2026-02-10T23:01:26.205Z", true],
    ["0001-01-01T00:00:00.000+00:00", true],
    ["2026-02-10T23:01:26.20533311Z", false],
    ["2026-02-10T23:01:26Z", false],
    ["2026-02-10T23:01:26.Z", false],
    ["2026-02-10T23:01:26.205", false],
    ["2026-02-10 23:01:26.205Z", false],
    ["2026-02-10T23:01:26.205+0000", false],
    ["2026-13-10T23:01:26.205Z", false],
    ["2026-02-32T23:01:26.205Z", false],
    ["2026-02-10T24:01:26.205Z", false],
    ["2026-02-10", false],
    ["Tuesday, February 10, 2026 11:01 PM", false],
    [1_770_000_000_000, false],
  ])("date-time %s: %s", (QueueTime, fine) => {
    expect(checkShape("TaskResource", { ...task, QueueTime }).length).toBe(fine ? 0 : 1);
  });

  it.each<[string, ShapeName, unknown, readonly string[]]>([
    [
      "a UUID",
      "RootResource",
      { ...sampleOf("RootResource"), InstallationId: "9f155416-5d9e-4e19-ba58-b710d4edf336" },
      [],
    ],
    [
      "no UUID",
      "RootResource",
      { ...sampleOf("RootResource"), InstallationId: "1234" },
      ['$.InstallationId is "1234" but must be a UUID.'],
    ],
    ["a root without id", "RootResource", { ...sampleOf("RootResource"), Id: undefined }, []],
    [
      "a plain and a sensitive property",
      "DeploymentStepResource",
      { ...sampleOf("DeploymentStepResource"), Properties: { a: "1", b: { HasValue: true, NewValue: null } } },
      [],
    ],
    [
      "a property that is neither",
      "DeploymentStepResource",
      { ...sampleOf("DeploymentStepResource"), Properties: { a: 1 } },
      ["$.Properties.a is 1 but must be a SensitiveValue."],
    ],
    ["an endpoint of its own kind", "EndpointResource", { ...sampleOf("EndpointResource"), Host: "web-01" }, []],
    [
      "scopes as a dictionary",
      "VariableResource",
      { ...sampleOf("VariableResource"), Scope: { Environment: ["Environments-1"] } },
      [],
    ],
    ["a control by its type", "Control", { Type: "TextArea", Label: "Notes" }, []],
    [
      "a control that lacks something of its type",
      "Control",
      { Type: "Paragraph", Text: "Check" },
      ["$ lacks ResolveLinks, which ParagraphControl declares."],
    ],
    ["an unknown control", "Control", { Type: "Slider" }, ['$ has the Type "Slider", which is none of a Control.']],
    [
      "an error body with its message alone",
      "ErrorResponse",
      { ErrorMessage: "The resource 'ServerTasks-1' was not found." },
      [],
    ],
    ["an empty error body", "ErrorResponse", {}, ["$ lacks ErrorMessage, which ErrorResponse declares."]],
    [
      "tasks in camel case",
      "CreateDeploymentsResponse",
      { DeploymentServerTasks: [{ deploymentId: "Deployments-1", serverTaskId: "ServerTasks-1" }] },
      [
        "$.DeploymentServerTasks[0] has deploymentId, which DeploymentServerTask does not declare (DeploymentId it does).",
        "$.DeploymentServerTasks[0] has serverTaskId, which DeploymentServerTask does not declare (ServerTaskId it does).",
        "$.DeploymentServerTasks[0] lacks DeploymentId, which DeploymentServerTask declares.",
        "$.DeploymentServerTasks[0] lacks ServerTaskId, which DeploymentServerTask declares.",
      ],
    ],
    [
      "tasks in camel case, by their name",
      "CreateDeploymentsCamelCaseResponse",
      { DeploymentServerTasks: [{ deploymentId: "Deployments-1", serverTaskId: "ServerTasks-1" }] },
      [],
    ],
    ["a bare array", arrayOf("TeamMembership"), [sampleOf("TeamMembership"), sampleOf("TeamMembership")], []],
    ["an empty array", arrayOf("TeamMembership"), [], []],
    [
      "an envelope instead of a bare array",
      arrayOf("TeamMembership"),
      pageOf("TeamMembership", { skip: 0, take: 30, total: 0 }),
      [expect.stringMatching(/^\$ is \{.*…? but must be an array\.$/)],
    ],
    [
      "a bare array instead of an envelope",
      collectionOf("TeamResource"),
      [],
      ["$ is [] but must be a ResourceCollection_of_TeamResource."],
    ],
    [
      "a wrong item of an array",
      arrayOf("TeamMembership"),
      [sampleOf("TeamMembership"), { ...sampleOf("TeamMembership"), IsDirectlyAssigned: 1 }],
      ["$[1].IsDirectlyAssigned is 1 but must be a boolean."],
    ],
    ["nothing", "TaskResource", null, ["$ is null but must be a TaskResource."]],
    ["a text", "TaskResource", "<html>", ['$ is "<html>" but must be a TaskResource.']],
  ])("%s", (_rule, shape, answer, violations) => {
    expect(checkShape(shape, answer)).toEqual(violations);
  });

  it("finds a fault deep inside a tree", () => {
    const leaf = {
      ...sampleOf("ActivityLogTreeNode"),
      LogElements: [{ ...sampleOf("ActivityLogEntry"), Category: "Loud" }],
    };
    const tree = {
      ...sampleOf("ActivityLogTreeNode"),
      Children: [{ ...sampleOf("ActivityLogTreeNode"), Children: [leaf] }],
    };

    expect(checkShape("ActivityLogTreeNode", tree)).toEqual([
      expect.stringMatching(
        /^\$\.Children\[0\]\.Children\[0\]\.LogElements\[0\]\.Category is "Loud" but must be one of /,
      ),
    ]);
  });
});

describe("names", () => {
  it.each([
    ["TaskResource", true],
    ["EnvironmentsV2Response", true],
    ["ResourceCollection_of_EventResource", true],
    ["[TeamMembership]", true],
    ["{TaskResource}", false],
    ["ResourceCollection", false],
    ["ResourceCollection_of_Nothing", false],
    ["[Nothing]", false],
    ["Nothing", false],
    ["[TaskResource}", false],
    ["toString", false],
    ["", false],
  ])("%s: %s", (text, known) => {
    expect(isShapeName(text)).toBe(known);
  });
});
