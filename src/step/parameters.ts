import * as z from "zod/mini";
import { ParameterError } from "../errors.ts";
import { asId } from "../model.ts";
import type { Parent, Settings } from "../settings.ts";
import { notYetAvailable, optionsNotYetAvailable } from "./not-yet-available.ts";
import {
  choice,
  credential,
  declarationOf,
  duration,
  given,
  isUnresolvedSystemVariable,
  nameLines,
  nameList,
  optionalField,
  optionalFieldFromOctopus,
  promptedValues,
  releasePattern,
  requiredField,
  schedule,
  serverUrl,
  timeLimit,
  timeZone,
  wholeNumber,
  yesOrNo,
} from "./parameter-kinds.ts";
import { parameterDeclarations, type ParameterName } from "./parameter-declarations.ts";
import type { RawVariables, SystemVariableName } from "./system-variables.ts";

const Parameters = z.object({
  "ChildProject.Web.ServerUrl": serverUrl(),
  "ChildProject.Api.Key": credential(),
  "ChildProject.Space.Name": requiredField("the name of the child project's space"),
  "ChildProject.Project.Name": requiredField("the name of the child project"),
  "ChildProject.Channel.Name": optionalField(),
  "ChildProject.Release.Number": releasePattern(),
  "ChildProject.Release.NotFoundError": choice("ChildProject.Release.NotFoundError"),
  "ChildProject.Destination.EnvironmentName": requiredField("the environment the child project is deployed to"),
  "ChildProject.SourceEnvironment.Name": optionalField(),
  "ChildProject.DeploymentMode.Value": choice("ChildProject.DeploymentMode.Value"),
  "ChildProject.Deployment.Condition": choice("ChildProject.Deployment.Condition"),
  "ChildProject.WhatIf.Value": yesOrNo("ChildProject.WhatIf.Value"),
  "ChildProject.Plan.Policy": choice("ChildProject.Plan.Policy"),
  "ChildProject.ReleaseNotes.SaveAsArtifact": yesOrNo("ChildProject.ReleaseNotes.SaveAsArtifact"),
  "ChildProject.Tenant.Name": optionalFieldFromOctopus(),
  "ChildProject.Target.MachineNames": nameList(),
  "ChildProject.Excluded.MachineNames": nameList(),
  "ChildProject.Deployment.IgnoreSpecificMachineMismatch": yesOrNo(
    "ChildProject.Deployment.IgnoreSpecificMachineMismatch",
  ),
  "ChildProject.Prompted.Variables": promptedValues(),
  "ChildProject.Skip.StepNames": nameLines(),
  "ChildProject.RefreshVariableSnapShots.Option": yesOrNo("ChildProject.RefreshVariableSnapShots.Option"),
  "ChildProject.Deployment.FutureTime": schedule(),
  "ChildProject.Schedule.TimeZone": timeZone(),
  "ChildProject.Schedule.ExpiryMinutes": duration("ChildProject.Schedule.ExpiryMinutes", "minutes"),
  "ChildProject.WaitForFinish.Value": choice("ChildProject.WaitForFinish.Value"),
  "ChildProject.CancelDeployment.Seconds": timeLimit("ChildProject.CancelDeployment.Seconds"),
  "ChildProject.QueueTimeout.Seconds": timeLimit("ChildProject.QueueTimeout.Seconds"),
  "ChildProject.EnableEnhancedLogging.Value": yesOrNo("ChildProject.EnableEnhancedLogging.Value"),
  "ChildProject.ManualInterventions.UseApprovalsFromParent": yesOrNo(
    "ChildProject.ManualInterventions.UseApprovalsFromParent",
  ),
  "ChildProject.ManualIntervention.EnvironmentToUse": optionalFieldFromOctopus(),
  "ChildProject.ManualIntervention.Tenant.Name": optionalFieldFromOctopus(),
  "ChildProject.ManualIntervention.MinimumApprovers": wholeNumber(
    "ChildProject.ManualIntervention.MinimumApprovers",
    1,
    100,
  ),
  "ChildProject.ManualIntervention.RequesterMayApprove": yesOrNo("ChildProject.ManualIntervention.RequesterMayApprove"),
  "ChildProject.GuidedFailure.Mode": choice("ChildProject.GuidedFailure.Mode"),
  "ChildProject.GuidedFailure.Response": choice("ChildProject.GuidedFailure.Response"),
  "ChildProject.GuidedFailure.Retries": wholeNumber("ChildProject.GuidedFailure.Retries", 0, 100),
  "ChildProject.Deployment.Retries": wholeNumber("ChildProject.Deployment.Retries", 0, 100),
  "ChildProject.Freeze.OverrideReason": optionalField(),
} satisfies Record<ParameterName, z.ZodMiniType>);
type Parameters = z.infer<typeof Parameters>;

/**
 * Reads the step's parameters and what Octopus says about the parent deployment. Throws one `ParameterError` that names every problem;
 * no problem quotes a secret.
 */
export function parseParameters(raw: RawVariables): Settings {
  const parsed = Parameters.safeParse(
    Object.fromEntries(parameterDeclarations.map(({ name }) => [name, raw.get(name)])),
  );
  const problems = [
    ...(parsed.success ? combinationProblems(parsed.data) : parsed.error.issues.map(sentenceOf)),
    ...placeProblems(raw),
    ...unavailableProblems(raw),
  ];
  if (!parsed.success || problems.length > 0) throw new ParameterError(problems);
  return settingsOf(parsed.data, parentOf(raw));
}

function settingsOf(parameters: Parameters, parent: Parent): Settings {
  return {
    server: { url: parameters["ChildProject.Web.ServerUrl"], credential: parameters["ChildProject.Api.Key"] },
    parent,
    child: {
      space: parameters["ChildProject.Space.Name"],
      project: parameters["ChildProject.Project.Name"],
      channel: parameters["ChildProject.Channel.Name"],
      destination: parameters["ChildProject.Destination.EnvironmentName"],
      source: parameters["ChildProject.SourceEnvironment.Name"],
      pattern: parameters["ChildProject.Release.Number"],
      notFound: parameters["ChildProject.Release.NotFoundError"],
      mode: parameters["ChildProject.DeploymentMode.Value"],
      condition: parameters["ChildProject.Deployment.Condition"],
    },
    whatIf: parameters["ChildProject.WhatIf.Value"],
    wait: parameters["ChildProject.WaitForFinish.Value"],
    limits: {
      queue: parameters["ChildProject.QueueTimeout.Seconds"],
      run: parameters["ChildProject.CancelDeployment.Seconds"],
    },
    ...behaviourOf(parameters),
    remarks: notYetAvailable.flatMap(({ missingDefault }) => missingDefault ?? []),
  };
}

function behaviourOf(parameters: Parameters) {
  return {
    targeting: {
      tenant: parameters["ChildProject.Tenant.Name"],
      machines: parameters["ChildProject.Target.MachineNames"],
      excludedMachines: parameters["ChildProject.Excluded.MachineNames"],
      ignoreMachineMismatch: parameters["ChildProject.Deployment.IgnoreSpecificMachineMismatch"],
      promptedValues: parameters["ChildProject.Prompted.Variables"],
      skippedSteps: parameters["ChildProject.Skip.StepNames"],
      refreshSnapshot: parameters["ChildProject.RefreshVariableSnapShots.Option"],
    },
    schedule: {
      start: parameters["ChildProject.Deployment.FutureTime"],
      timeZone: parameters["ChildProject.Schedule.TimeZone"],
      expirySeconds: parameters["ChildProject.Schedule.ExpiryMinutes"],
    },
    approvals: {
      useParents: parameters["ChildProject.ManualInterventions.UseApprovalsFromParent"],
      environment: parameters["ChildProject.ManualIntervention.EnvironmentToUse"],
      tenant: parameters["ChildProject.ManualIntervention.Tenant.Name"],
      minimumApprovers: parameters["ChildProject.ManualIntervention.MinimumApprovers"],
      requesterMayApprove: parameters["ChildProject.ManualIntervention.RequesterMayApprove"],
    },
    guidedFailure: {
      mode: parameters["ChildProject.GuidedFailure.Mode"],
      response: parameters["ChildProject.GuidedFailure.Response"],
      retries: parameters["ChildProject.GuidedFailure.Retries"],
    },
    planPolicy: parameters["ChildProject.Plan.Policy"],
    saveReleaseNotes: parameters["ChildProject.ReleaseNotes.SaveAsArtifact"],
    relayLog: parameters["ChildProject.EnableEnhancedLogging.Value"],
    retries: parameters["ChildProject.Deployment.Retries"],
    freezeOverrideReason: parameters["ChildProject.Freeze.OverrideReason"],
  };
}

function parentOf(raw: RawVariables): Parent {
  const value = (name: SystemVariableName) => given(raw.get(name));
  const id = <Kind extends string>(name: SystemVariableName) => {
    const text = value(name);
    return text === undefined ? undefined : asId<Kind>(text);
  };
  return {
    serverUrl: value("Octopus.Web.ServerUri"),
    spaceId: id("Octopus.Space.Id"),
    spaceName: value("Octopus.Space.Name"),
    projectId: id("Octopus.Project.Id"),
    projectName: value("Octopus.Project.Name"),
    releaseId: id("Octopus.Release.Id"),
    releaseNumber: value("Octopus.Release.Number"),
    environmentId: id("Octopus.Environment.Id"),
    environmentName: value("Octopus.Environment.Name"),
    tenantId: id("Octopus.Deployment.Tenant.Id"),
    tenantName: value("Octopus.Deployment.Tenant.Name"),
    deploymentId: id("Octopus.Deployment.Id"),
    starterId: id("Octopus.RunbookRun.CreatedBy.Id") ?? id("Octopus.Deployment.CreatedBy.Id"),
    runbookRunId: value("Octopus.RunbookRun.Id"),
    taskId: id("Octopus.Task.Id"),
    actionId: value("Octopus.Action.Id"),
    stepName: value("Octopus.Step.Name"),
  };
}

/** `"Child project" (ChildProject.Project.Name) is empty: …` */
function sentenceOf(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  const declaration = parameterDeclarations.find(({ name }) => name === issue.path[0]);
  return declaration === undefined ? issue.message : `${titleOf(declaration.name)} ${issue.message}`;
}

function titleOf(name: ParameterName): string {
  return `"${declarationOf(name).label}" (${name})`;
}

/** Values that are valid one by one and contradict each other. */
function combinationProblems(parameters: Parameters): readonly string[] {
  const mode = parameters["ChildProject.DeploymentMode.Value"];
  const condition = parameters["ChildProject.Deployment.Condition"];
  if (mode === "Promote" || condition === "Different" || condition === "Always" || condition === "SpecificMachines")
    return [];
  return [
    `${titleOf("ChildProject.DeploymentMode.Value")} is ${mode}, which always deploys, but ` +
      `${titleOf("ChildProject.Deployment.Condition")} is ${condition}: choose the mode Promote or the condition Always.`,
  ];
}

/** On deployment targets the step would run once per target, and each run would create a child deployment. */
function placeProblems(raw: RawVariables): readonly string[] {
  if (given(raw.get("Octopus.Machine.Id")) === undefined) return [];
  return [
    "The step runs on deployment targets, once for each, and every run would deploy the child project: " +
      "in the step's Execution Location choose a worker (Run once on a worker) instead.",
  ];
}

function unavailableProblems(raw: RawVariables): readonly string[] {
  const parameters = notYetAvailable.filter(({ parameter }) => !isDefault(parameter, raw));
  const options = parameterDeclarations.filter(({ name }) =>
    optionsNotYetAvailable[name]?.some((option) => option.toLowerCase() === given(raw.get(name))?.toLowerCase()),
  );
  return [...parameters.map(({ parameter }) => parameter), ...options.map(({ name }) => name)].map(
    (name) => `${titleOf(name)} is set, but what it does is not available yet: set it back to its default.`,
  );
}

/** Whether a parameter has the value the template gives it. */
function isDefault(name: ParameterName, raw: RawVariables): boolean {
  const { defaultValue } = declarationOf(name);
  const text = raw.get(name);
  const value = text !== undefined && isUnresolvedSystemVariable(text) ? undefined : given(text);
  return value === undefined || value.toLowerCase() === defaultValue.toLowerCase();
}
