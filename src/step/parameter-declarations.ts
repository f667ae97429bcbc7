import { choiceField, textField } from "./parameter-fields.ts";
import { trainFields } from "./train-fields.ts";

/**
 * One of the step's parameters. They are declared once: the step template, the README table, the Bash bootstrap and the parser are all made
 * from this list.
 */
export interface ParameterDeclaration {
  readonly name: string;
  readonly label: string;
  /** Markdown, for the form. */
  readonly help: string;
  /** What a line of the list of child projects calls it when it is meant for one child; absent: it is the same for all children. */
  readonly perChild?: string;
  /** May be an Octostache expression, which Octopus evaluates before the step runs. */
  readonly defaultValue: string;
  readonly control?: "MultiLineText" | "Sensitive";
  /** What may be entered, in the order shown; absent: any text. */
  readonly options?: readonly string[];
  /** What the form shows for each option. */
  readonly optionLabels?: Readonly<Record<string, string>>;
}

const yesNo = { Yes: "Yes", No: "No" } as const;

export const parameterDeclarations = [
  textField("Web.ServerUrl", {
    label: "Octopus Server URL",
    defaultValue: "#{Octopus.Web.ServerUri}",
    help: "URL at which the worker reaches the Octopus Server that holds the child project. A server in a virtual directory and a trailing slash are fine.",
  }),
  textField("Api.Key", {
    label: "API key or access token",
    control: "Sensitive",
    help: "API key (`API-...`) of the service account that looks up, deploys and approves, or an access token (a JWT, sent as Bearer). Bind it to a sensitive variable.",
  }),
  textField("Space.Name", {
    label: "Child space",
    perChild: "space",
    defaultValue: "#{Octopus.Space.Name}",
    help: "Space of the child project: name, slug or id. Blank: the parent's space.",
  }),
  textField("Project.Name", {
    label: "Child projects",
    control: "MultiLineText",
    help: "**Required.** Name, slug or id of the project to deploy; for a release train one per line, in order. `+ ` before a name: that child starts together with the one before it. Indented lines below a name change a setting for that child only, such as `release number: 2021.1.*`; the README lists what can be changed. Leave no line blank.",
  }),
  textField("Channel.Name", {
    label: "Channel",
    perChild: "channel",
    help: "Channel whose releases are considered: name, slug or id. Blank: the project's default channel.",
  }),
  textField("Release.Number", {
    label: "Release number",
    perChild: "release number",
    help: "Which releases are considered. Blank: any. A version (`2021.1.0.14`), wildcards (`2021.1.0.*`, `2021.[0-5].*`), or a range (`>=2021.1 <2021.2`, `[1.0,2.0)`). `N/A`: no release, as a what-if step puts out. Put a dot before `*`: `2021.1*` also means 2021.10. Not used in the mode Redeploy.",
  }),
  choiceField("Release.NotFoundError", {
    label: "When no release is found",
    perChild: "when no release is found",
    options: { Error: "Fail the step", Warning: "Log a warning and go on", Skip: "Log a line and go on" },
    defaultValue: "Warning",
    help: "What happens when no release fits: the step fails, or it succeeds and logs a warning or a plain line. The log always says the reason.",
  }),
  textField("Destination.EnvironmentName", {
    label: "Destination environment",
    perChild: "destination environment",
    defaultValue: "#{Octopus.Environment.Name}",
    help: "Environment the child is deployed to: name, slug or id.",
  }),
  textField("SourceEnvironment.Name", {
    label: "Source environment",
    perChild: "source environment",
    help: "Environment to which a release must have been deployed successfully. Blank: the previous phase of the channel's lifecycle, and every optional phase on the way. Only used in the mode Promote.",
  }),
  choiceField("DeploymentMode.Value", {
    label: "Deployment mode",
    perChild: "deployment mode",
    options: {
      Promote: "Promote from the source environment",
      Redeploy: "Redeploy what the destination runs",
      AlwaysLatest: "Deploy the newest release, always",
      RollBack: "RollBack: take back what this parent task deployed",
      Previous: "Previous: deploy the release before the current one",
    },
    help: "**Promote** takes the release that was last deployed successfully to the source environment. **Redeploy** takes what the destination runs now. **AlwaysLatest** takes the newest created release of the channel that may be deployed. Redeploy and AlwaysLatest always deploy. **RollBack** is for a step with the run condition *Failure*: it deploys again what the children ran before this parent task deployed to them, and nothing else. **Previous** deploys the last release that was deployed successfully before the current one. RollBack and Previous cannot be set for a single child.",
  }),
  choiceField("Deployment.Condition", {
    label: "Deploy when",
    perChild: "deploy when",
    options: {
      Different: "The release differs from the current one",
      Higher: "The release is higher than the current one",
      PackagesDiffer: "A package differs from the current release",
      SpecificMachines: "Different, or specific machines are targeted",
      Always: "Always",
    },
    help: "When the release is deployed in the mode Promote. A current release that was deployed only in part, or whose last attempt failed, is deployed again under every condition. **Different** also deploys a lower version, with a warning; **Higher** never does.",
  }),
  choiceField("WhatIf.Value", {
    label: "What-if",
    options: yesNo,
    defaultValue: "No",
    help: "Yes: choose the release, publish the plan and the output variables, and stop without creating a deployment.",
  }),
  choiceField("Plan.Policy", {
    label: "Approved plan",
    options: {
      Use: "Deploy what was approved",
      Fail: "Fail when today's selection differs",
      Warn: "Warn when today's selection differs",
      Ignore: "Do not look for a plan",
    },
    help: "What a plan that was approved after a what-if run means for this run. **Use** deploys exactly the approved release. **Fail** stops when today's choice differs or when there is no plan. **Warn** says so and goes on with today's choice. **Ignore** does not look for a plan.",
  }),
  choiceField("ReleaseNotes.SaveAsArtifact", {
    label: "Save release notes as artifact",
    options: yesNo,
    defaultValue: "No",
    help: "Yes: attach the release notes to the parent's task as a Markdown file.",
  }),
  textField("Tenant.Name", {
    label: "Tenant",
    perChild: "tenant",
    defaultValue: "#{Octopus.Deployment.Tenant.Name}",
    help: "Tenant to deploy for: name, slug or id. Blank, or a parent deployment without a tenant: untenanted.",
  }),
  textField("Target.MachineNames", {
    label: "Specific machines",
    perChild: "specific machines",
    defaultValue: "N/A",
    help: "Deployment targets to deploy to: names or ids, separated by commas. Blank or `N/A`: those to which the parent was limited, or all.",
  }),
  textField("Excluded.MachineNames", {
    label: "Excluded machines",
    perChild: "excluded machines",
    help: "Deployment targets to leave out: names or ids, separated by commas.",
  }),
  choiceField("Deployment.IgnoreSpecificMachineMismatch", {
    label: "Deploy to all machines when none of the specific machines fits",
    perChild: "ignore mismatch",
    options: yesNo,
    defaultValue: "No",
    help: "What happens when none of the specific machines belongs to the child. No: the child is skipped. Yes: it is deployed as if no machines had been given, to all of its targets.",
  }),
  textField("Prompted.Variables", {
    label: "Prompted variables",
    perChild: "prompted variables",
    control: "MultiLineText",
    help: "Values for the child's prompted variables: one `Name::Value` per line, or a JSON object for values with several lines. Names or labels, in any case. Lines that start with `#` are comments. Values are never logged.",
  }),
  textField("Skip.StepNames", {
    label: "Steps to skip",
    perChild: "steps to skip",
    control: "MultiLineText",
    help: "Steps of the child to skip, one name per line.",
  }),
  choiceField("RefreshVariableSnapShots.Option", {
    label: "Refresh variable snapshot",
    perChild: "refresh variable snapshot",
    options: yesNo,
    defaultValue: "No",
    help: "Yes: update the release's variable snapshot right before the deployment is created, if variables changed. That changes the release for every environment.",
  }),
  textField("Deployment.FutureTime", {
    label: "Schedule",
    defaultValue: "N/A",
    help: "When the child shall start: `7:00 PM`, `21:00`, `tomorrow 04:00`, `+90m`, `2021-01-14 21:00`, `01/14/2021 21:00` (month first), `14 Jan 2021 21:00`, or ISO 8601 with offset. Blank or `N/A`: now.",
  }),
  textField("Schedule.TimeZone", {
    label: "Time zone of the schedule",
    help: "IANA time zone in which the schedule is read, such as `Europe/London`. Blank: the worker's zone, with a warning where that is UTC.",
  }),
  textField("Schedule.ExpiryMinutes", {
    label: "Schedule expiry (minutes)",
    defaultValue: "60",
    help: "How long after the scheduled time the deployment may still start. 0: no limit.",
  }),
  choiceField("WaitForFinish.Value", {
    label: "Wait for the child deployment",
    options: { Yes: "Yes, unless it is scheduled", No: "No", ThroughSchedule: "Yes, through the schedule as well" },
    help: "Yes: the step ends when the child deployment ends, and as it ends; it does not wait for a scheduled child. ThroughSchedule: it waits for a scheduled child as well.",
  }),
  ...trainFields,
  textField("CancelDeployment.Seconds", {
    label: "Deployment time limit (seconds)",
    perChild: "time limit",
    defaultValue: "1800",
    help: "How long the child deployment may take from the moment it first started; waiting for people counts. Then it is cancelled and the step fails. Seconds, or a text such as `30m`; 0 means no limit.",
  }),
  textField("QueueTimeout.Seconds", {
    label: "Queue time limit (seconds)",
    perChild: "queue limit",
    defaultValue: "3600",
    help: "How long the child deployment, or somebody else's before it, may sit in the queue. Seconds, or a text such as `30m`; 0 means no limit.",
  }),
  choiceField("EnableEnhancedLogging.Value", {
    label: "Relay the child's log",
    options: yesNo,
    defaultValue: "No",
    help: "Yes: repeat the child's task log in this step's log, each line once.",
  }),
  choiceField("ManualInterventions.UseApprovalsFromParent", {
    label: "Approve the child's manual interventions",
    perChild: "approve interventions",
    options: yesNo,
    help: "Yes: answer the child's manual interventions on behalf of people who approved in the parent and belong to a responsible team.",
  }),
  textField("ManualIntervention.EnvironmentToUse", {
    label: "Approval environment",
    defaultValue: "#{Octopus.Environment.Name}",
    help: "Environment of the parent whose deployment holds the approvals. Its default `#{Octopus.Environment.Name}` means this deployment.",
  }),
  textField("ManualIntervention.Tenant.Name", {
    label: "Approval tenant",
    defaultValue: "#{Octopus.Deployment.Tenant.Name}",
    help: "Tenant of the parent deployment that holds the approvals. Blank: untenanted.",
  }),
  textField("ManualIntervention.MinimumApprovers", {
    label: "Approvers needed",
    perChild: "approvers needed",
    defaultValue: "1",
    help: "How many different approvers must belong to a responsible team before a manual intervention of the child is answered.",
  }),
  choiceField("ManualIntervention.RequesterMayApprove", {
    label: "The requester's own approval counts",
    options: yesNo,
    help: "No: an approval by whoever started the approval deployment or this one does not count.",
  }),
  choiceField("GuidedFailure.Mode", {
    label: "Guided failure",
    perChild: "guided failure",
    options: { Default: "As the child project and environment say", On: "On", Off: "Off" },
    help: "Guided failure of the child deployment.",
  }),
  choiceField("GuidedFailure.Response", {
    label: "Answer to a guided failure",
    perChild: "guided failure response",
    options: { Wait: "Wait for a person", Retry: "Retry, then fail", Ignore: "Ignore", Fail: "Fail" },
    help: "What the step answers when the child asks for guidance after a failure. Retry tries again as often as given, then fails.",
  }),
  textField("GuidedFailure.Retries", {
    label: "Retries before a guided failure fails",
    perChild: "guided failure retries",
    defaultValue: "1",
    help: "How often Retry is answered before Fail.",
  }),
  textField("Deployment.Retries", {
    label: "Retries of a failed deployment",
    perChild: "retries",
    defaultValue: "0",
    help: "How often a failed child deployment is deployed again. Aborted, cancelled and superseded ones never are.",
  }),
  textField("Freeze.OverrideReason", {
    label: "Reason for overriding a deployment freeze",
    help: "Deploy although a deployment freeze is active, and record this reason. Blank: a freeze stops the step. Needs the right to override freezes.",
  }),
] satisfies readonly ParameterDeclaration[];

export type ParameterName = (typeof parameterDeclarations)[number]["name"];

/** The declaration of one parameter, with its options as literal types. */
export type DeclarationOf<Name extends ParameterName> = Extract<
  (typeof parameterDeclarations)[number],
  { readonly name: Name }
>;
