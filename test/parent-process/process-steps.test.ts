import { expect, test } from "vitest";
import type { Action, Process, Step } from "../octopus-server/documents/process.ts";
import { processSteps, usesTemplate } from "./process-steps.ts";
import { plainScript } from "./step-template.ts";

const template = plainScript("the template");
const place = {
  environmentId: "Environments-1",
  channelId: "Channels-1",
  template,
  teams: new Map([["Teams-7", { name: "QA" }]]),
};

function processOf(action: Partial<Action>, step: Partial<Step> = {}): Process {
  const own: Action = {
    id: "a",
    name: "Deploy",
    actionType: "Octopus.Script",
    notes: null,
    isDisabled: false,
    isRequired: false,
    environmentIds: [],
    excludedEnvironmentIds: [],
    channelIds: [],
    tenantTags: [],
    packages: [],
    properties: {},
    canBeUsedForProjectVersioning: false,
    workerPoolId: null,
    ...action,
  };
  const only: Step = {
    id: "s",
    name: "Deploy",
    condition: "Success",
    startTrigger: "StartAfterPrevious",
    packageRequirement: "LetOctopusDecide",
    properties: {},
    actions: [own],
    ...step,
  };
  return { id: "p", spaceId: "Spaces-1", projectId: "Projects-1", version: 1, steps: [only] };
}

test.each<{ rule: string; action: Partial<Action>; runs: boolean }>([
  { rule: "without limits", action: {}, runs: true },
  { rule: "of its environment", action: { environmentIds: ["Environments-1", "Environments-2"] }, runs: true },
  { rule: "of another environment", action: { environmentIds: ["Environments-2"] }, runs: false },
  { rule: "not of its environment", action: { excludedEnvironmentIds: ["Environments-1"] }, runs: false },
  { rule: "of its channel", action: { channelIds: ["Channels-1"] }, runs: true },
  { rule: "of another channel", action: { channelIds: ["Channels-2"] }, runs: false },
  { rule: "that is disabled", action: { isDisabled: true }, runs: false },
])("a step $rule runs: $runs", ({ action, runs }) => {
  expect(processSteps(processOf(action), place)).toHaveLength(runs ? 1 : 0);
});

test.each<{ rule: string; action: Partial<Action>; made: object }>([
  {
    rule: "fields of the template runs the template's script",
    action: { properties: { "ChildProject.Api.Key": "k", "Octopus.Action.RunOnServer": "true" } },
    made: { kind: "script", template, parameters: { "ChildProject.Api.Key": "k" } },
  },
  {
    rule: "a script of its own runs that script",
    action: { properties: { "Octopus.Action.Script.ScriptBody": "echo 1" } },
    made: { kind: "script", template: plainScript("echo 1"), parameters: {} },
  },
  {
    rule: "a manual intervention asks its teams",
    action: {
      actionType: "Octopus.Manual",
      properties: {
        "Octopus.Action.Manual.Instructions": "Go?",
        "Octopus.Action.Manual.ResponsibleTeamIds": "Teams-7,Teams-8",
      },
    },
    made: { kind: "manual-intervention", instructions: "Go?", teams: ["QA"] },
  },
  {
    rule: "any other type says that it is not run",
    action: { actionType: "Octopus.TentaclePackage" },
    made: { kind: "script", template: plainScript("echo 'Steps of the type Octopus.TentaclePackage are not run.'") },
  },
])("a step with $rule", ({ action, made }) => {
  expect(processSteps(processOf(action), place)).toMatchObject([{ name: "Deploy", ...made }]);
});

test.each<[string, Partial<Step>, unknown]>([
  ["Success", {}, "success"],
  ["Failure", {}, "failure"],
  ["Always", {}, "always"],
  ["Variable", { properties: { "Octopus.Step.ConditionVariableExpression": "x" } }, { expression: "x" }],
])("the run condition %s", (condition, step, expected) => {
  expect(processSteps(processOf({}, { ...step, condition }), place)[0]?.condition).toEqual(expected);
});

test("a step that starts with the one before says so", () => {
  expect(processSteps(processOf({}, { startTrigger: "StartWithPrevious" }), place)[0]?.start).toBe("with-previous");
});

test.each([
  [{ "ChildProject.Project.Name": "Web API" }, true],
  [{ "Octopus.Action.RunOnServer": "true" }, false],
])("a process with the properties %o has the step: %s", (properties, expected) => {
  expect(usesTemplate(processOf({ properties }))).toBe(expected);
});
