import { expect, test } from "vitest";
import { inGroups, type ParentStep, type RunCondition } from "./parent-steps.ts";
import type { ParentStepResult } from "./parent-result.ts";
import { readStepTemplate } from "./step-template.ts";
import { deploymentVariables, reasonToSkip, scriptVariables } from "./step-variables.ts";

const variables = { "Octopus.Action[Plan].Output.ChildReleaseToDeploy": "True", Off: "False" };

test.each<[string, RunCondition, boolean, boolean]>([
  ["success runs after success", "success", false, true],
  ["success does not run after a failure", "success", true, false],
  ["failure does not run after success", "failure", false, false],
  ["failure runs after a failure", "failure", true, true],
  ["always runs after success", "always", false, true],
  ["always runs after a failure", "always", true, true],
  [
    "an expression that is true",
    { expression: '#{if Octopus.Action[Plan].Output.ChildReleaseToDeploy == "True"}True#{/if}' },
    false,
    true,
  ],
  ["an expression that is false", { expression: "#{Off}" }, false, false],
  ["an expression that is empty", { expression: "#{if Octopus.Deployment.Error}yes#{/if}" }, false, false],
  ["an expression runs after a failure too", { expression: "#{unless Off}yes#{/unless}" }, true, true],
])("%s", (_rule, condition, hasFailed, runs) => {
  expect(reasonToSkip(condition, hasFailed, variables) === undefined).toBe(runs);
});

test("outputs, status and error of a step become variables", () => {
  const nothing = { log: [], sensitiveOutputs: [], artifacts: [], outputs: {} };
  const finished: readonly ParentStepResult[] = [
    { ...nothing, name: "Plan A", status: "Warning", outputs: { ReleaseToPromote: "1.2" } },
    { ...nothing, name: "Deploy", status: "Failed", error: "no such project" },
    { ...nothing, name: "Later", status: "Failed", error: "another" },
  ];

  expect(deploymentVariables({ Base: "1" }, finished)).toEqual({
    Base: "1",
    "Octopus.Deployment.Error": "no such project",
    "Octopus.Deployment.ErrorDetail": "no such project",
    "Octopus.Action[Plan A].Output.ReleaseToPromote": "1.2",
    "Octopus.Step[Plan A].Status.Code": "Succeeded",
    "Octopus.Step[Plan A].Status.Error": "",
    "Octopus.Step[Deploy].Status.Code": "Failed",
    "Octopus.Step[Deploy].Status.Error": "no such project",
    "Octopus.Step[Later].Status.Code": "Failed",
    "Octopus.Step[Later].Status.Error": "another",
  });
});

test("parameters keep their defaults, or are replaced, and are evaluated", () => {
  const template = {
    scriptBody: "",
    defaults: { "Child.Environment": "#{Octopus.Environment.Name}", "Child.Number": "1", "Child.Key": "" },
    sensitive: ["Child.Key"],
  };
  const parameters = { "Child.Number": "#{Octopus.Action[Plan].Output.V}", "Child.Key": "#{Key}" };

  const result = scriptVariables({ kind: "script", name: "Deploy", template, parameters }, 3, {
    "Octopus.Environment.Name": "Staging",
    "Octopus.Action[Plan].Output.V": "2.0",
    Key: "API-1",
  });

  expect(result.variables).toMatchObject({
    "Child.Environment": "Staging",
    "Child.Number": "2.0",
    "Child.Key": "API-1",
    "Octopus.Action.Name": "Deploy",
    "Octopus.Step.Number": "3",
  });
  expect(result.sensitive).toEqual(["Child.Key"]);
});

test("steps that start with the previous one form a group", () => {
  const template = { scriptBody: "", defaults: {}, sensitive: [] };
  const step = (name: string, start?: ParentStep["start"]): ParentStep => ({
    kind: "script",
    name,
    template,
    ...(start === undefined ? {} : { start }),
  });

  const groups = inGroups([
    step("a", "with-previous"),
    step("b", "with-previous"),
    step("c"),
    step("d", "after-previous"),
  ]);

  expect(groups.map((group) => group.map(({ name }) => name))).toEqual([["a", "b"], ["c"], ["d"]]);
});

test("an exported step template is read, one without an inline Bash script is refused", () => {
  const exported = {
    Name: "Child",
    Properties: {
      "Octopus.Action.Script.Syntax": "Bash",
      "Octopus.Action.Script.ScriptSource": "Inline",
      "Octopus.Action.Script.ScriptBody": "echo 1",
    },
    Parameters: [
      { Name: "A", DefaultValue: null, DisplaySettings: { "Octopus.ControlType": "SingleLineText" } },
      { Name: "B", DefaultValue: "x", DisplaySettings: { "Octopus.ControlType": "Sensitive" } },
    ],
  };

  expect(readStepTemplate(exported)).toEqual({ scriptBody: "echo 1", defaults: { A: "", B: "x" }, sensitive: ["B"] });
  expect(() => readStepTemplate({ ...exported, Properties: {} })).toThrow(/Syntax/);
});
