import { describe, expect, test } from "vitest";
import { parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import { parseTrain } from "../../src/train/parse-train.ts";

// A process that used the community template "Deploy Child Octopus Deploy Project" (version 29) keeps its values: they are read as they are.

const token = (name: string) => ["#", "{", name, "}"].join("");

interface Given {
  readonly name: string;
  readonly byDefault: string;
  /** What its form offers; absent: any text. */
  readonly options?: readonly string[];
  /** What a process had in it; absent: what stands in front of it. */
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

/** What a step hands over whose fields hold these examples, and nothing but the fields of that template. */
const process: Readonly<Record<string, string>> = Object.fromEntries(
  given.map(({ name, byDefault, example = byDefault }) => [`ChildProject.${name}`, example]),
);

function settingsOf(changes: Readonly<Record<string, string>> = {}) {
  return parseTrain(new Map(Object.entries({ ...process, ...changes }))).levels[0][0].settings;
}

describe.each(given)("$name", ({ name, byDefault, options = [] }) => {
  const declaration = parameterDeclarations.find((each) => each.name === `ChildProject.${name}`);

  test("has the name and the default value that it had", () => {
    expect(declaration?.defaultValue).toBe(byDefault);
  });

  test("means something of its own by every value that its form offered", () => {
    const read = options.map((option) => JSON.stringify(settingsOf({ [`ChildProject.${name}`]: option })));
    expect(new Set(read).size).toBe(options.length);
  });
});

test("a process with these fields alone deploys what it deployed", () => {
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
