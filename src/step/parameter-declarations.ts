/**
 * The step's parameters, declared once: the step template, the README table, the Bash bootstrap and the parser are all made from this list.
 * The help texts live in `parameter-help.ts`, so that they ship once, in the template, and not again inside the script.
 */
export interface ParameterDeclaration {
  readonly name: string;
  readonly label: string;
  readonly control: "SingleLineText" | "MultiLineText" | "Select" | "Sensitive";
  readonly defaultValue: string;
  /** Only for `Select`: what may be entered, in the order shown. */
  readonly options?: readonly ParameterOption[];
}

export interface ParameterOption {
  readonly value: string;
  readonly label: string;
}

/** An Octostache expression. Never written out in one piece: the server would replace it inside the script body. */
function variable(name: string): string {
  return ["#", "{", name, "}"].join("");
}

const yesNo = [
  { value: "Yes", label: "Yes" },
  { value: "No", label: "No" },
] as const;

export const parameterDeclarations = [
  {
    name: "ChildProject.Web.ServerUrl",
    label: "Octopus Server URL",
    control: "SingleLineText",
    defaultValue: variable("Octopus.Web.ServerUri"),
  },
  { name: "ChildProject.Api.Key", label: "API key or access token", control: "Sensitive", defaultValue: "" },
  {
    name: "ChildProject.Space.Name",
    label: "Child space",
    control: "SingleLineText",
    defaultValue: variable("Octopus.Space.Name"),
  },
  { name: "ChildProject.Project.Name", label: "Child project", control: "SingleLineText", defaultValue: "" },
  { name: "ChildProject.Channel.Name", label: "Channel", control: "SingleLineText", defaultValue: "" },
  { name: "ChildProject.Release.Number", label: "Release number", control: "SingleLineText", defaultValue: "" },
  {
    name: "ChildProject.Release.NotFoundError",
    label: "When no release is found",
    control: "Select",
    defaultValue: "Warning",
    options: [
      { value: "Error", label: "Fail the step" },
      { value: "Warning", label: "Log a warning and go on" },
      { value: "Skip", label: "Log a line and go on" },
    ],
  },
  {
    name: "ChildProject.Destination.EnvironmentName",
    label: "Destination environment",
    control: "SingleLineText",
    defaultValue: variable("Octopus.Environment.Name"),
  },
  {
    name: "ChildProject.SourceEnvironment.Name",
    label: "Source environment",
    control: "SingleLineText",
    defaultValue: "",
  },
  {
    name: "ChildProject.DeploymentMode.Value",
    label: "Deployment mode",
    control: "Select",
    defaultValue: "Promote",
    options: [
      { value: "Promote", label: "Promote from the source environment" },
      { value: "Redeploy", label: "Redeploy what the destination runs" },
      { value: "AlwaysLatest", label: "Deploy the newest release, always" },
    ],
  },
  {
    name: "ChildProject.Deployment.Condition",
    label: "Deploy when",
    control: "Select",
    defaultValue: "Different",
    options: [
      { value: "Different", label: "The release differs from the current one" },
      { value: "Higher", label: "The release is higher than the current one" },
      { value: "PackagesDiffer", label: "A package differs from the current release" },
      { value: "SpecificMachines", label: "Different, or specific machines are targeted" },
      { value: "Always", label: "Always" },
    ],
  },
  { name: "ChildProject.WhatIf.Value", label: "What-if", control: "Select", defaultValue: "No", options: yesNo },
  {
    name: "ChildProject.Plan.Policy",
    label: "Approved plan",
    control: "Select",
    defaultValue: "Use",
    options: [
      { value: "Use", label: "Deploy what was approved" },
      { value: "Fail", label: "Fail when today's selection differs" },
      { value: "Warn", label: "Warn when today's selection differs" },
      { value: "Ignore", label: "Do not look for a plan" },
    ],
  },
  {
    name: "ChildProject.ReleaseNotes.SaveAsArtifact",
    label: "Save release notes as artifact",
    control: "Select",
    defaultValue: "No",
    options: yesNo,
  },
  {
    name: "ChildProject.Tenant.Name",
    label: "Tenant",
    control: "SingleLineText",
    defaultValue: variable("Octopus.Deployment.Tenant.Name"),
  },
  {
    name: "ChildProject.Target.MachineNames",
    label: "Specific machines",
    control: "SingleLineText",
    defaultValue: "N/A",
  },
  {
    name: "ChildProject.Excluded.MachineNames",
    label: "Excluded machines",
    control: "SingleLineText",
    defaultValue: "",
  },
  {
    name: "ChildProject.Deployment.IgnoreSpecificMachineMismatch",
    label: "Deploy to all machines when none of the specific machines fits",
    control: "Select",
    defaultValue: "No",
    options: yesNo,
  },
  { name: "ChildProject.Prompted.Variables", label: "Prompted variables", control: "MultiLineText", defaultValue: "" },
  { name: "ChildProject.Skip.StepNames", label: "Steps to skip", control: "MultiLineText", defaultValue: "" },
  {
    name: "ChildProject.RefreshVariableSnapShots.Option",
    label: "Refresh variable snapshot",
    control: "Select",
    defaultValue: "No",
    options: yesNo,
  },
  { name: "ChildProject.Deployment.FutureTime", label: "Schedule", control: "SingleLineText", defaultValue: "N/A" },
  {
    name: "ChildProject.Schedule.TimeZone",
    label: "Time zone of the schedule",
    control: "SingleLineText",
    defaultValue: "",
  },
  {
    name: "ChildProject.Schedule.ExpiryMinutes",
    label: "Schedule expiry (minutes)",
    control: "SingleLineText",
    defaultValue: "60",
  },
  {
    name: "ChildProject.WaitForFinish.Value",
    label: "Wait for the child deployment",
    control: "Select",
    defaultValue: "Yes",
    options: [
      { value: "Yes", label: "Yes, unless it is scheduled" },
      { value: "No", label: "No" },
      { value: "ThroughSchedule", label: "Yes, through the schedule as well" },
    ],
  },
  {
    name: "ChildProject.CancelDeployment.Seconds",
    label: "Deployment time limit (seconds)",
    control: "SingleLineText",
    defaultValue: "1800",
  },
  {
    name: "ChildProject.QueueTimeout.Seconds",
    label: "Queue time limit (seconds)",
    control: "SingleLineText",
    defaultValue: "3600",
  },
  {
    name: "ChildProject.EnableEnhancedLogging.Value",
    label: "Relay the child's log",
    control: "Select",
    defaultValue: "No",
    options: yesNo,
  },
  {
    name: "ChildProject.ManualInterventions.UseApprovalsFromParent",
    label: "Approve the child's manual interventions",
    control: "Select",
    defaultValue: "Yes",
    options: yesNo,
  },
  {
    name: "ChildProject.ManualIntervention.EnvironmentToUse",
    label: "Approval environment",
    control: "SingleLineText",
    defaultValue: variable("Octopus.Environment.Name"),
  },
  {
    name: "ChildProject.ManualIntervention.Tenant.Name",
    label: "Approval tenant",
    control: "SingleLineText",
    defaultValue: variable("Octopus.Deployment.Tenant.Name"),
  },
  {
    name: "ChildProject.ManualIntervention.MinimumApprovers",
    label: "Approvers needed",
    control: "SingleLineText",
    defaultValue: "1",
  },
  {
    name: "ChildProject.ManualIntervention.RequesterMayApprove",
    label: "The requester's own approval counts",
    control: "Select",
    defaultValue: "Yes",
    options: yesNo,
  },
  {
    name: "ChildProject.GuidedFailure.Mode",
    label: "Guided failure",
    control: "Select",
    defaultValue: "Default",
    options: [
      { value: "Default", label: "As the child project and environment say" },
      { value: "On", label: "On" },
      { value: "Off", label: "Off" },
    ],
  },
  {
    name: "ChildProject.GuidedFailure.Response",
    label: "Answer to a guided failure",
    control: "Select",
    defaultValue: "Wait",
    options: [
      { value: "Wait", label: "Wait for a person" },
      { value: "Retry", label: "Retry, then fail" },
      { value: "Ignore", label: "Ignore" },
      { value: "Fail", label: "Fail" },
    ],
  },
  {
    name: "ChildProject.GuidedFailure.Retries",
    label: "Retries before a guided failure fails",
    control: "SingleLineText",
    defaultValue: "1",
  },
  {
    name: "ChildProject.Deployment.Retries",
    label: "Retries of a failed deployment",
    control: "SingleLineText",
    defaultValue: "0",
  },
  {
    name: "ChildProject.Freeze.OverrideReason",
    label: "Reason for overriding a deployment freeze",
    control: "SingleLineText",
    defaultValue: "",
  },
] as const satisfies readonly ParameterDeclaration[];

export type ParameterName = (typeof parameterDeclarations)[number]["name"];

type DeclarationOf<Name extends ParameterName> = Extract<
  (typeof parameterDeclarations)[number],
  { readonly name: Name }
>;

/** What may be entered in a parameter that offers options. */
export type OptionOf<Name extends ParameterName> =
  DeclarationOf<Name> extends { readonly options: readonly { readonly value: infer Value }[] } ? Value : never;
