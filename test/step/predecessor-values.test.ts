import { describe, expect, test } from "vitest";
import { parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import { parseTrain } from "../../src/train/parse-train.ts";

// A process that used the community template "Deploy Child Octopus Deploy Project" (version 29) keeps its values: this step reads them unchanged.

const token = (name: string) => ["#", "{", name, "}"].join("");

interface Given {
  readonly name: string;
  readonly byDefault: string;
  /** The options of its field. Absent means any text. */
  readonly options?: readonly string[];
  /** A value of a process. Absent means the default. */
  readonly example?: string;
}

const given: readonly Given[] = [
  { name: "Web.ServerUrl", byDefault: token("Octopus.Web.ServerUri"), example: "https://octopus.example.com" },
  { name: "Api.Key", byDefault: "", example: "API-SECRETSECRETSECRET" },
  { name: "Space.Name", byDefault: token("Octopus.Space.Name"), example: "Default" },
  { name: "Project.Name", byDefault: "", example: "Web API" },
  { name: "Release.Number", byDefault: "", example: "2020.2.*" },
  { name: "Release.NotFoundError", byDefault: "Warning", options: ["Error", "Warning", "Skip"] },
  { name: "Destination.EnvironmentName", byDefault: token("Octopus.Environment.Name"), example: "Staging" },
  { name: "SourceEnvironment.Name", byDefault: "", example: "Test" },
  { name: "Channel.Name", byDefault: "", example: "Hotfix" },
  { name: "Tenant.Name", byDefault: token("Octopus.Deployment.Tenant.Name") },
  { name: "Prompted.Variables", byDefault: "", example: "Approver::Sam" },
  { name: "DeploymentMode.Value", byDefault: "Promote", options: ["Promote", "Redeploy", "AlwaysLatest"] },
  { name: "RefreshVariableSnapShots.Option", byDefault: "No", options: ["No", "Yes"] },
  { name: "Target.MachineNames", byDefault: "N/A", example: "web-1,Machines-7" },
  { name: "Deployment.IgnoreSpecificMachineMismatch", byDefault: "No", options: ["No", "Yes"] },
  { name: "ReleaseNotes.SaveAsArtifact", byDefault: "No", options: ["No", "Yes"] },
  { name: "WhatIf.Value", byDefault: "No", options: ["Yes", "No"] },
  { name: "WaitForFinish.Value", byDefault: "Yes", options: ["Yes", "No"] },
  { name: "EnableEnhancedLogging.Value", byDefault: "No", options: ["Yes", "No"] },
  { name: "CancelDeployment.Seconds", byDefault: "1800" },
  { name: "Deployment.FutureTime", byDefault: "N/A", example: "7:00 PM" },
  { name: "ManualInterventions.UseApprovalsFromParent", byDefault: "Yes", options: ["No", "Yes"] },
  { name: "ManualIntervention.EnvironmentToUse", byDefault: token("Octopus.Environment.Name"), example: "Staging" },
  { name: "ManualIntervention.Tenant.Name", byDefault: token("Octopus.Deployment.Tenant.Name") },
];

/** The variables of a step with these examples, and with only the fields of that template. */
const process: Readonly<Record<string, string>> = Object.fromEntries(
  given.map(({ name, byDefault, example = byDefault }) => [`ChildProject.${name}`, example]),
);

function settingsOf(changes: Readonly<Record<string, string>> = {}) {
  return parseTrain(new Map(Object.entries({ ...process, ...changes }))).levels[0][0].settings;
}

describe.each(given)("$name", ({ name, byDefault, options = [] }) => {
  const declaration = parameterDeclarations.find((each) => each.name === `ChildProject.${name}`);

  test("keeps its name and default value", () => {
    expect(declaration?.defaultValue).toBe(byDefault);
  });

  test("reads each of its former options as a setting of its own", () => {
    const read = options.map((option) => JSON.stringify(settingsOf({ [`ChildProject.${name}`]: option })));
    expect(new Set(read).size).toBe(options.length);
  });
});

test("a process with only these fields keeps its settings", () => {
  const { child, targeting, limits, wait, whatIf, schedule, approvals } = settingsOf();

  expect(child).toMatchObject({
    space: "Default",
    project: "Web API",
    channel: "Hotfix",
    source: "Test",
    destination: "Staging",
    mode: "Promote",
    condition: "Different",
    notFound: "Warning",
    pattern: { text: "2020.2.*" },
  });
  expect(targeting).toMatchObject({
    tenant: undefined,
    machines: ["web-1", "Machines-7"],
    ignoreMachineMismatch: false,
    promptedValues: [{ name: "Approver", value: "Sam" }],
    refreshSnapshot: false,
  });
  expect({ wait, whatIf, run: limits.run }).toEqual({ wait: "Yes", whatIf: false, run: 1_800_000 });
  expect(schedule.start).toBeDefined();
  expect(approvals).toMatchObject({ useParents: true, environment: "Staging", tenant: undefined });
});
