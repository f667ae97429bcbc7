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

/** An Octostache expression. Never written out in one piece: the server would replace it inside the script body. */
function variable(name: string): string {
  return ["#", "{", name, "}"].join("");
}

const yesNo = ["Yes", "No"] as const;

export const parameterDeclarations = [
  { name: "ChildProject.Web.ServerUrl", label: "Octopus Server URL", defaultValue: variable("Octopus.Web.ServerUri") },
  { name: "ChildProject.Api.Key", label: "API key or access token", defaultValue: "" },
  { name: "ChildProject.Space.Name", label: "Child space", defaultValue: variable("Octopus.Space.Name") },
  { name: "ChildProject.Project.Name", label: "Child project", defaultValue: "" },
  { name: "ChildProject.Channel.Name", label: "Channel", defaultValue: "" },
  { name: "ChildProject.Release.Number", label: "Release number", defaultValue: "" },
  {
    name: "ChildProject.Release.NotFoundError",
    label: "When no release is found",
    defaultValue: "Warning",
    options: ["Error", "Warning", "Skip"],
  },
  {
    name: "ChildProject.Destination.EnvironmentName",
    label: "Destination environment",
    defaultValue: variable("Octopus.Environment.Name"),
  },
  { name: "ChildProject.SourceEnvironment.Name", label: "Source environment", defaultValue: "" },
  {
    name: "ChildProject.DeploymentMode.Value",
    label: "Deployment mode",
    defaultValue: "Promote",
    options: ["Promote", "Redeploy", "AlwaysLatest"],
  },
  {
    name: "ChildProject.Deployment.Condition",
    label: "Deploy when",
    defaultValue: "Different",
    options: ["Different", "Higher", "PackagesDiffer", "SpecificMachines", "Always"],
  },
  { name: "ChildProject.WhatIf.Value", label: "What-if", defaultValue: "No", options: yesNo },
  {
    name: "ChildProject.Plan.Policy",
    label: "Approved plan",
    defaultValue: "Use",
    options: ["Use", "Fail", "Warn", "Ignore"],
  },
  {
    name: "ChildProject.ReleaseNotes.SaveAsArtifact",
    label: "Save release notes as artifact",
    defaultValue: "No",
    options: yesNo,
  },
  { name: "ChildProject.Tenant.Name", label: "Tenant", defaultValue: variable("Octopus.Deployment.Tenant.Name") },
  { name: "ChildProject.Target.MachineNames", label: "Specific machines", defaultValue: "N/A" },
  { name: "ChildProject.Excluded.MachineNames", label: "Excluded machines", defaultValue: "" },
  {
    name: "ChildProject.Deployment.IgnoreSpecificMachineMismatch",
    label: "Deploy to all machines when none of the specific machines fits",
    defaultValue: "No",
    options: yesNo,
  },
  { name: "ChildProject.Prompted.Variables", label: "Prompted variables", defaultValue: "" },
  { name: "ChildProject.Skip.StepNames", label: "Steps to skip", defaultValue: "" },
  {
    name: "ChildProject.RefreshVariableSnapShots.Option",
    label: "Refresh variable snapshot",
    defaultValue: "No",
    options: yesNo,
  },
  { name: "ChildProject.Deployment.FutureTime", label: "Schedule", defaultValue: "N/A" },
  { name: "ChildProject.Schedule.TimeZone", label: "Time zone of the schedule", defaultValue: "" },
  { name: "ChildProject.Schedule.ExpiryMinutes", label: "Schedule expiry (minutes)", defaultValue: "60" },
  {
    name: "ChildProject.WaitForFinish.Value",
    label: "Wait for the child deployment",
    defaultValue: "Yes",
    options: ["Yes", "No", "ThroughSchedule"],
  },
  { name: "ChildProject.CancelDeployment.Seconds", label: "Deployment time limit (seconds)", defaultValue: "1800" },
  { name: "ChildProject.QueueTimeout.Seconds", label: "Queue time limit (seconds)", defaultValue: "3600" },
  {
    name: "ChildProject.EnableEnhancedLogging.Value",
    label: "Relay the child's log",
    defaultValue: "No",
    options: yesNo,
  },
  {
    name: "ChildProject.ManualInterventions.UseApprovalsFromParent",
    label: "Approve the child's manual interventions",
    defaultValue: "Yes",
    options: yesNo,
  },
  {
    name: "ChildProject.ManualIntervention.EnvironmentToUse",
    label: "Approval environment",
    defaultValue: variable("Octopus.Environment.Name"),
  },
  {
    name: "ChildProject.ManualIntervention.Tenant.Name",
    label: "Approval tenant",
    defaultValue: variable("Octopus.Deployment.Tenant.Name"),
  },
  { name: "ChildProject.ManualIntervention.MinimumApprovers", label: "Approvers needed", defaultValue: "1" },
  {
    name: "ChildProject.ManualIntervention.RequesterMayApprove",
    label: "The requester's own approval counts",
    defaultValue: "Yes",
    options: yesNo,
  },
  {
    name: "ChildProject.GuidedFailure.Mode",
    label: "Guided failure",
    defaultValue: "Default",
    options: ["Default", "On", "Off"],
  },
  {
    name: "ChildProject.GuidedFailure.Response",
    label: "Answer to a guided failure",
    defaultValue: "Wait",
    options: ["Wait", "Retry", "Ignore", "Fail"],
  },
  { name: "ChildProject.GuidedFailure.Retries", label: "Retries before a guided failure fails", defaultValue: "1" },
  { name: "ChildProject.Deployment.Retries", label: "Retries of a failed deployment", defaultValue: "0" },
  { name: "ChildProject.Freeze.OverrideReason", label: "Reason for overriding a deployment freeze", defaultValue: "" },
] as const satisfies readonly ParameterDeclaration[];

export type ParameterName = (typeof parameterDeclarations)[number]["name"];

export type DeclarationOf<Name extends ParameterName> = Extract<
  (typeof parameterDeclarations)[number],
  { readonly name: Name }
>;

/** What may be entered in a parameter that offers options. */
export type OptionOf<Name extends ParameterName> =
  DeclarationOf<Name> extends { readonly options: readonly (infer Option extends string)[] } ? Option : never;
