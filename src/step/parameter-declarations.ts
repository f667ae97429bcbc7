/**
 * The step's parameters, declared once: the step template, the README table, the Bash bootstrap and the parser are all made from this list.
 * What only its form needs (help, labels of options) lives in `parameter-help.ts`, so that it ships once, in the template, and not again
 * inside the script.
 */
export interface ParameterDeclaration {
  readonly name: string;
  readonly label: string;
  readonly defaultValue: string;
  /** What may be entered, in the order shown; absent: any text. */
  readonly options?: readonly string[];
}

/** Below the prefix that all parameters have. */
function textField<const Name extends string>(name: Name, label: string, defaultValue = "") {
  return { name: `ChildProject.${name}`, label, defaultValue } as const;
}

/** The first option is the default unless another is given. */
function choiceField<const Name extends string, const Option extends string>(
  name: Name,
  label: string,
  options: readonly Option[],
  defaultValue = options[0] ?? "",
) {
  return { ...textField(name, label, defaultValue), options };
}

/** An Octostache expression. Never written out in one piece: the server would replace it inside the script body. */
function variable(name: string): string {
  return ["#", "{", name, "}"].join("");
}

const yesNo = ["Yes", "No"] as const;

export const parameterDeclarations = [
  textField("Web.ServerUrl", "Octopus Server URL", variable("Octopus.Web.ServerUri")),
  textField("Api.Key", "API key or access token"),
  textField("Space.Name", "Child space", variable("Octopus.Space.Name")),
  textField("Project.Name", "Child project"),
  textField("Channel.Name", "Channel"),
  textField("Release.Number", "Release number"),
  choiceField("Release.NotFoundError", "When no release is found", ["Error", "Warning", "Skip"], "Warning"),
  textField("Destination.EnvironmentName", "Destination environment", variable("Octopus.Environment.Name")),
  textField("SourceEnvironment.Name", "Source environment"),
  choiceField("DeploymentMode.Value", "Deployment mode", ["Promote", "Redeploy", "AlwaysLatest"]),
  choiceField("Deployment.Condition", "Deploy when", [
    "Different",
    "Higher",
    "PackagesDiffer",
    "SpecificMachines",
    "Always",
  ]),
  choiceField("WhatIf.Value", "What-if", yesNo, "No"),
  choiceField("Plan.Policy", "Approved plan", ["Use", "Fail", "Warn", "Ignore"]),
  choiceField("ReleaseNotes.SaveAsArtifact", "Save release notes as artifact", yesNo, "No"),
  textField("Tenant.Name", "Tenant", variable("Octopus.Deployment.Tenant.Name")),
  textField("Target.MachineNames", "Specific machines", "N/A"),
  textField("Excluded.MachineNames", "Excluded machines"),
  choiceField(
    "Deployment.IgnoreSpecificMachineMismatch",
    "Deploy to all machines when none of the specific machines fits",
    yesNo,
    "No",
  ),
  textField("Prompted.Variables", "Prompted variables"),
  textField("Skip.StepNames", "Steps to skip"),
  choiceField("RefreshVariableSnapShots.Option", "Refresh variable snapshot", yesNo, "No"),
  textField("Deployment.FutureTime", "Schedule", "N/A"),
  textField("Schedule.TimeZone", "Time zone of the schedule"),
  textField("Schedule.ExpiryMinutes", "Schedule expiry (minutes)", "60"),
  choiceField("WaitForFinish.Value", "Wait for the child deployment", ["Yes", "No", "ThroughSchedule"]),
  textField("CancelDeployment.Seconds", "Deployment time limit (seconds)", "1800"),
  textField("QueueTimeout.Seconds", "Queue time limit (seconds)", "3600"),
  choiceField("EnableEnhancedLogging.Value", "Relay the child's log", yesNo, "No"),
  choiceField("ManualInterventions.UseApprovalsFromParent", "Approve the child's manual interventions", yesNo),
  textField("ManualIntervention.EnvironmentToUse", "Approval environment", variable("Octopus.Environment.Name")),
  textField("ManualIntervention.Tenant.Name", "Approval tenant", variable("Octopus.Deployment.Tenant.Name")),
  textField("ManualIntervention.MinimumApprovers", "Approvers needed", "1"),
  choiceField("ManualIntervention.RequesterMayApprove", "The requester's own approval counts", yesNo),
  choiceField("GuidedFailure.Mode", "Guided failure", ["Default", "On", "Off"]),
  choiceField("GuidedFailure.Response", "Answer to a guided failure", ["Wait", "Retry", "Ignore", "Fail"]),
  textField("GuidedFailure.Retries", "Retries before a guided failure fails", "1"),
  textField("Deployment.Retries", "Retries of a failed deployment", "0"),
  textField("Freeze.OverrideReason", "Reason for overriding a deployment freeze"),
] satisfies readonly ParameterDeclaration[];

export type ParameterName = (typeof parameterDeclarations)[number]["name"];

export type DeclarationOf<Name extends ParameterName> = Extract<
  (typeof parameterDeclarations)[number],
  { readonly name: Name }
>;

/** What may be entered in a parameter that offers options. */
export type OptionOf<Name extends ParameterName> =
  DeclarationOf<Name> extends { readonly options: readonly (infer Option extends string)[] } ? Option : never;
