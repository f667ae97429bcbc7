import { InternalError } from "../errors.ts";
import { asId } from "../model.ts";
import type { ApprovalSettings, ChildSettings, Parent, Settings, TargetingSettings } from "../settings.ts";
import {
  type DeclarationOf,
  type ParameterDeclaration,
  parameterDeclarations,
  type ParameterName,
} from "./parameter-declarations.ts";
import {
  choice,
  credential,
  durationIn,
  given,
  machineNames,
  nameLines,
  nameList,
  optionalField,
  optionalFieldFromOctopus,
  ParameterProblem,
  promptedValues,
  releasePattern,
  requiredField,
  schedule,
  serverUrl,
  spaceOr,
  timeLimit,
  timeZone,
  wholeNumber,
  yesOrNo,
} from "./parameter-kinds.ts";
import type { RawVariables, SystemVariableName } from "./system-variables.ts";

/** Reads one parameter. Problems are collected, so that all of them are reported together. */
export type Reader = <Name extends Unprefixed<ParameterName>, Value>(
  name: Name,
  kind: (raw: string | undefined, declaration: DeclarationOf<`ChildProject.${Name}`>, firstLine: number) => Value,
) => Value;

type Unprefixed<Name> = Name extends `ChildProject.${infer Rest}` ? Rest : never;

/** Where the texts of the parameters come from. */
export interface ParameterTexts {
  readonly textOf: (name: ParameterName) => string | undefined;
  /** How a sentence about the parameter begins. */
  readonly titleOf: (name: ParameterName) => string;
  /** The line in which the parameter's text begins. */
  readonly firstLineOf: (name: ParameterName) => number;
}

/** Takes one whole sentence. */
export type Report = (problem: string) => void;

/** @param report called with every problem. A value with a problem must not be used */
export function readerOf({ textOf, titleOf: titleIn, firstLineOf }: ParameterTexts, report: Report): Reader {
  return (rest, kind) => {
    const name = `ChildProject.${rest}` as const;
    return readReporting(report, titleIn(name), () => kind(textOf(name), declarationOf(name), firstLineOf(name)));
  };
}

/** The result of `read`. Problems are reported as sentences that begin with the title; the result must not be used then. */
export function readReporting<Value>(report: Report, title: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ParameterProblem)) throw error;
    for (const problem of error.problems) report(`${title} ${problem}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- never used: a problem ends the parsing
    return undefined as never;
  }
}

/** The settings of one child. */
export function readSettings(read: Reader, parent: Parent, project: string): Settings {
  return {
    server: {
      url: read("Web.ServerUrl", serverUrl),
      credential: read("Api.Key", credential),
    },
    parent,
    child: readChildSettings(read, parent, project),
    whatIf: read("WhatIf.Value", yesOrNo),
    planPolicy: read("Plan.Policy", choice),
    saveReleaseNotes: read("ReleaseNotes.SaveAsArtifact", yesOrNo),
    report: read("Report.SaveAsArtifact", choice),
    targeting: readTargeting(read),
    schedule: {
      start: read("Deployment.FutureTime", schedule),
      timeZone: read("Schedule.TimeZone", timeZone),
      expirySeconds: read("Schedule.ExpiryMinutes", durationIn("minutes")),
    },
    wait: read("WaitForFinish.Value", choice),
    limits: {
      run: read("CancelDeployment.Seconds", timeLimit),
      queue: read("QueueTimeout.Seconds", timeLimit),
    },
    relayLog: read("EnableEnhancedLogging.Value", yesOrNo),
    approvals: readApprovals(read),
    guidedFailure: {
      mode: read("GuidedFailure.Mode", choice),
      response: read("GuidedFailure.Response", choice),
      retries: read("GuidedFailure.Retries", wholeNumber(0, 100)),
    },
    retries: read("Deployment.Retries", wholeNumber(0, 100)),
    freezeOverrideReason: read("Freeze.OverrideReason", optionalField),
  };
}

export function readChildSettings(read: Reader, parent: Parent, project: string): ChildSettings {
  return {
    space: read("Space.Name", spaceOr(parent.spaceName)),
    project,
    channel: read("Channel.Name", optionalField),
    destination: read("Destination.EnvironmentName", requiredField("the environment the child project is deployed to")),
    source: read("SourceEnvironment.Name", optionalField),
    pattern: read("Release.Number", releasePattern),
    notFound: read("Release.NotFoundError", choice),
    mode: read("DeploymentMode.Value", choice),
    condition: read("Deployment.Condition", choice),
  };
}

export function readTargeting(read: Reader): TargetingSettings {
  return {
    tenant: read("Tenant.Name", optionalFieldFromOctopus),
    machines: read("Target.MachineNames", machineNames),
    excludedMachines: read("Excluded.MachineNames", nameList),
    ignoreMachineMismatch: read("Deployment.IgnoreSpecificMachineMismatch", yesOrNo),
    promptedValues: read("Prompted.Variables", promptedValues),
    skippedSteps: read("Skip.StepNames", nameLines),
    refreshSnapshot: read("RefreshVariableSnapShots.Option", yesOrNo),
  };
}

export function readApprovals(read: Reader): ApprovalSettings {
  return {
    useParents: read("ManualInterventions.UseApprovalsFromParent", yesOrNo),
    environment: read("ManualIntervention.EnvironmentToUse", optionalFieldFromOctopus),
    tenant: read("ManualIntervention.Tenant.Name", optionalFieldFromOctopus),
    minimumApprovers: read("ManualIntervention.MinimumApprovers", wholeNumber(1, 100)),
    requesterMayApprove: read("ManualIntervention.RequesterMayApprove", yesOrNo),
  };
}

/** The deployment or runbook run that the step belongs to, from the system variables. */
export function parentOf(raw: RawVariables): Parent {
  const value = (name: SystemVariableName) => given(raw.get(name));
  const id = <Kind extends string>(name: SystemVariableName) => {
    const text = value(name);
    return text === undefined ? undefined : asId<Kind>(text);
  };
  const machineIds = (name: SystemVariableName) => nameList(raw.get(name)).map(asId<"Machine">);
  return {
    serverUrl: value("Octopus.Web.ServerUri"),
    spaceId: id("Octopus.Space.Id"),
    spaceName: value("Octopus.Space.Name"),
    projectId: id("Octopus.Project.Id"),
    projectName: value("Octopus.Project.Name"),
    projectGroupId: id("Octopus.ProjectGroup.Id"),
    releaseId: id("Octopus.Release.Id"),
    releaseNumber: value("Octopus.Release.Number"),
    environmentId: id("Octopus.Environment.Id"),
    environmentName: value("Octopus.Environment.Name"),
    tenantId: id("Octopus.Deployment.Tenant.Id"),
    tenantName: value("Octopus.Deployment.Tenant.Name"),
    deploymentId: id("Octopus.Deployment.Id"),
    specificMachineIds: machineIds("Octopus.Deployment.SpecificMachines"),
    excludedMachineIds: machineIds("Octopus.Deployment.ExcludedMachines"),
    starterId: id("Octopus.RunbookRun.CreatedBy.Id") ?? id("Octopus.Deployment.CreatedBy.Id"),
    runbookRunId: value("Octopus.RunbookRun.Id"),
    runbookName: value("Octopus.Runbook.Name"),
    taskId: id("Octopus.Task.Id"),
    actionId: value("Octopus.Action.Id"),
    stepName: value("Octopus.Step.Name"),
  };
}

function declarationOf<Name extends ParameterName>(name: Name): DeclarationOf<Name> {
  const declaration = parameterDeclarations.find((each): each is DeclarationOf<Name> => each.name === name);
  if (declaration === undefined) throw new InternalError(`The parameter ${name} is not declared.`);
  return declaration;
}

/** `"Child projects" (ChildProject.Project.Name)` */
export function titleOf(name: ParameterName): string {
  const { label }: ParameterDeclaration = declarationOf(name);
  return `"${label}" (${name})`;
}

/** Why the step cannot run in this place. `undefined` means that it can. */
export function placeProblem(raw: RawVariables): string | undefined {
  return given(raw.get("Octopus.Machine.Id")) === undefined ? undefined : onTargets;
}

const onTargets =
  "The step refuses to run on deployment targets, because it would deploy the child project once per target. In the step's Execution Location choose Run once on a worker.";
