import { choiceField, textField } from "./parameter-fields.ts";
import { failureFields } from "./failure-fields.ts";
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
  /** The label in the list of child projects. Absent means that the parameter is the same for all children. */
  readonly perChild?: string;
  /** May be an Octostache expression, which Octopus evaluates before the step runs. */
  readonly defaultValue: string;
  readonly control?: "MultiLineText" | "Sensitive";
  /** The options in the order shown. Absent means any text. */
  readonly options?: readonly string[];
  /** What the form shows for each option. */
  readonly optionLabels?: Readonly<Record<string, string>>;
}

const yesNo = { Yes: "Yes", No: "No" } as const;

/** In the order of the form: the most needed first. */
export const parameterDeclarations = [
  textField("Project.Name", {
    label: "Child projects",
    control: "MultiLineText",
    help: "**Required.** Name, slug or ID of the project to deploy. For a release train: one project per line, in deployment order. A line that begins with `+ ` starts together with the project before it. Indented lines below a project change a setting for this project only, such as `release number: 2021.1.*`. Leave no line blank.",
  }),
  textField("Api.Key", {
    label: "Octopus API key",
    control: "Sensitive",
    help: "**Required.** Bind a sensitive variable that holds the API key (`API-...`) or the access token (a JWT) of a service account.",
  }),
  textField("Release.Number", {
    label: "Release number or pattern",
    perChild: "release number",
    help: "*Optional.* Only releases that match are considered: a version (`2021.1.0.14`), a wildcard (`2021.1.0.*`, `2021.[0-5].*`) or a range (`>=2021.1 <2021.2`, `[1.0,2.0)`). Put a dot before `*`: `2021.1*` also matches 2021.10. `N/A` means no release; a what-if step that chose none sets it as its output. Ignored by Redeploy, RollBack and Previous. Default: blank, any release.",
  }),
  textField("Destination.EnvironmentName", {
    label: "Destination environment",
    perChild: "destination environment",
    defaultValue: "#{Octopus.Environment.Name}",
    help: "*Optional.* Name, slug or ID of the environment to deploy to. Default: the parent deployment's environment.",
  }),
  textField("SourceEnvironment.Name", {
    label: "Source environment",
    perChild: "source environment",
    help: "*Optional.* The release must already have been deployed to this environment. Used by Promote only. Default: blank, the previous phase of the child's lifecycle, and the optional phases in between.",
  }),
  textField("Channel.Name", {
    label: "Channel",
    perChild: "channel",
    help: "*Optional.* Name, slug or ID of the channel whose releases are considered. Default: blank, the project's default channel.",
  }),
  choiceField("DeploymentMode.Value", {
    label: "What to deploy",
    perChild: "deployment mode",
    options: {
      Promote: "Promote: the release last deployed to the source environment",
      Redeploy: "Redeploy: the release now in the destination",
      AlwaysLatest: "AlwaysLatest: the newest created release",
      RollBack: "RollBack: undo what this parent task deployed",
      Previous: "Previous: the release before the current one",
    },
    help: "*Optional.* **Promote** deploys the release that was last deployed successfully to the source environment. **Redeploy** deploys the release that is now in the destination. **AlwaysLatest** deploys the newest created release of the channel that Octopus allows there. Redeploy and AlwaysLatest deploy every time and ignore *Deploy if*. **RollBack** is for a step with the run condition *Failure*: it returns the children to the releases that they had before this parent task, and deploys nothing else. **Previous** deploys the last successful release before the current one. RollBack and Previous apply to the whole step. Default: Promote.",
  }),
  choiceField("Deployment.Condition", {
    label: "Deploy if",
    perChild: "deploy when",
    options: {
      Different: "Different: another release is deployed there",
      Higher: "Higher: the version is higher than the current one",
      PackagesDiffer: "PackagesDiffer: a package differs from the current release",
      SpecificMachines: "SpecificMachines: as Different, and redeploy to new machines",
      Always: "Always: deploy every time",
    },
    help: "*Optional.* When Promote deploys the release. **Different** also deploys a lower version, with a warning; **Higher** never does, and ignores build metadata. **SpecificMachines** deploys the current release to the specific machines of the run, such as those of a trigger. A release whose last deployment was partial or failed is always redeployed. Default: Different.",
  }),
  choiceField("Release.NotFoundError", {
    label: "If no release matches",
    perChild: "when no release is found",
    options: {
      Error: "Error: fail the step",
      Warning: "Warning: log a warning and continue",
      Skip: "Skip: log a line and continue",
    },
    defaultValue: "Warning",
    help: "*Optional.* What to do if no release matches. The log always says why. Default: Warning.",
  }),
  choiceField("WhatIf.Value", {
    label: "Plan only (what-if)",
    options: { Yes: "Yes: plan only", No: "No: deploy" },
    defaultValue: "No",
    help: "*Optional.* Yes: deploy nothing, and publish what would be deployed, as output variables and as an artifact, for a later approval. Default: No.",
  }),
  choiceField("Plan.Policy", {
    label: "If a plan was approved",
    options: {
      Use: "Use: deploy exactly the approved release",
      Fail: "Fail: stop if this run differs from the plan",
      Warn: "Warn: log a warning if this run differs from the plan",
      Ignore: "Ignore: do not check for a plan",
    },
    help: "*Optional.* How this run treats a plan that was approved earlier. **Use** deploys exactly the approved release. **Fail** stops if this run selects another release, or if an approved plan is expected and there is none. **Warn** logs a warning and deploys the release that this run selects. **Ignore** does not check for a plan. Default: Use.",
  }),
  choiceField("ReleaseNotes.SaveAsArtifact", {
    label: "Save release notes as an artifact",
    options: yesNo,
    defaultValue: "No",
    help: "*Optional.* Yes: attach the release notes to the parent's task as a Markdown file. Default: No.",
  }),
  textField("Tenant.Name", {
    label: "Tenant",
    perChild: "tenant",
    defaultValue: "#{Octopus.Deployment.Tenant.Name}",
    help: "*Optional.* Name, slug or ID of the tenant to deploy for. Blank: untenanted. Default: the parent deployment's tenant, if it has one.",
  }),
  textField("Target.MachineNames", {
    label: "Deployment targets: only these",
    perChild: "specific machines",
    defaultValue: "N/A",
    help: "*Optional.* Names or IDs of deployment targets, separated by commas. Default: `N/A`, which like blank means the targets that the parent deployment is limited to, or all targets.",
  }),
  textField("Excluded.MachineNames", {
    label: "Deployment targets: exclude these",
    perChild: "excluded machines",
    help: "*Optional.* Names or IDs of deployment targets to leave out, separated by commas. Default: blank, none.",
  }),
  choiceField("Deployment.IgnoreSpecificMachineMismatch", {
    label: "Deployment targets: if none of them belongs to the child",
    perChild: "ignore mismatch",
    options: { Yes: "Yes: deploy to ALL targets of the child", No: "No: skip the child" },
    defaultValue: "No",
    help: "*Optional.* No: skip the child. **Yes: deploy to ALL targets of the child.** Default: No.",
  }),
  textField("Prompted.Variables", {
    label: "Prompted variables",
    perChild: "prompted variables",
    control: "MultiLineText",
    help: "*Optional.* Values for the child's prompted variables, one `Name::Value` per line:\n\n```\nTicket::CHG-1042\nApprover::Sam\n```\n\nA JSON object also works, for values with several lines. Enter variable names or labels; case does not matter. Lines that start with `#` are comments. Values are never logged. Default: blank, the variables' own defaults.",
  }),
  textField("Skip.StepNames", {
    label: "Steps to skip",
    perChild: "steps to skip",
    control: "MultiLineText",
    help: "*Optional.* Steps of the child to skip, one name per line. Default: blank, none.",
  }),
  choiceField("RefreshVariableSnapShots.Option", {
    label: "Refresh the variable snapshot",
    perChild: "refresh variable snapshot",
    options: yesNo,
    defaultValue: "No",
    help: "*Optional.* Yes: update the release's variable snapshot right before the deployment is created, if variables changed. This affects the release in all environments. Default: No.",
  }),
  choiceField("WaitForFinish.Value", {
    label: "Wait for the child deployment",
    options: {
      Yes: "Yes: wait, unless the deployment is scheduled",
      No: "No: do not wait",
      ThroughSchedule: "ThroughSchedule: wait in any case",
    },
    help: "*Optional.* **Yes** waits for the child deployment and takes on its result, unless the deployment is scheduled. **ThroughSchedule** waits for a scheduled deployment as well. **No** does not wait. Default: Yes.",
  }),
  ...trainFields,
  textField("CancelDeployment.Seconds", {
    label: "Time limit: deployment (seconds)",
    perChild: "time limit",
    defaultValue: "1800",
    help: "*Optional.* Longest time the child deployment may take after it started, including time spent waiting for approvals. After that it is cancelled and the step fails. You can also enter `30m`; 0 means no limit. Default: 1800.",
  }),
  textField("QueueTimeout.Seconds", {
    label: "Time limit: queue (seconds)",
    perChild: "queue limit",
    defaultValue: "3600",
    help: "*Optional.* Longest time the child deployment may stay queued, or wait for another deployment of the child. After that it is cancelled and the step fails. You can also enter `30m`; 0 means no limit. Default: 3600.",
  }),
  choiceField("EnableEnhancedLogging.Value", {
    label: "Show the child's log in this log",
    options: yesNo,
    defaultValue: "No",
    help: "*Optional.* Yes: repeat the child's task log in this step's log, each line once. Default: No.",
  }),
  textField("Deployment.FutureTime", {
    label: "Schedule: start time",
    defaultValue: "N/A",
    help: "*Optional.* When to start the child deployment: `7:00 PM`, `21:00`, `tomorrow 04:00`, `+90m`, `2021-01-14 21:00`, `01/14/2021 21:00` (month first), `14 Jan 2021 21:00`, or ISO 8601 with an offset. Default: `N/A`, which like blank means now.",
  }),
  textField("Schedule.TimeZone", {
    label: "Schedule: time zone",
    help: "*Optional.* IANA time zone in which the start time is read, such as `Europe/London`. Default: blank, the worker's zone, which is usually UTC in containers.",
  }),
  textField("Schedule.ExpiryMinutes", {
    label: "Schedule: give up after (minutes)",
    defaultValue: "60",
    help: "*Optional.* How long after the scheduled time the deployment may still start. You can also enter `2h`; 0 means no limit. Default: 60.",
  }),
  choiceField("ManualInterventions.UseApprovalsFromParent", {
    label: "Approvals: approve the child's manual interventions",
    perChild: "approve interventions",
    options: yesNo,
    help: "*Optional.* Yes: approve the child's manual interventions on behalf of users who approved in the parent and are in a responsible team. Needs the permission `InterruptionViewSubmitResponsible`. Default: Yes.",
  }),
  textField("ManualIntervention.EnvironmentToUse", {
    label: "Approvals: from environment",
    defaultValue: "#{Octopus.Environment.Name}",
    help: "*Optional.* Environment of the parent deployment that holds the approvals. Default: `#{Octopus.Environment.Name}`, this deployment.",
  }),
  textField("ManualIntervention.Tenant.Name", {
    label: "Approvals: for tenant",
    defaultValue: "#{Octopus.Deployment.Tenant.Name}",
    help: "*Optional.* Tenant of the parent deployment that holds the approvals. Blank: untenanted. Default: this deployment's tenant, if it has one.",
  }),
  textField("ManualIntervention.MinimumApprovers", {
    label: "Approvals: minimum number of approvers",
    perChild: "approvers needed",
    defaultValue: "1",
    help: "*Optional.* How many different approvers must be in a responsible team before the step approves a manual intervention of the child. Default: 1.",
  }),
  choiceField("ManualIntervention.RequesterMayApprove", {
    label: "Approvals: count the requester's own approval",
    options: yesNo,
    help: "*Optional.* No: ignore approvals by the user who started the approval deployment or this deployment. Default: Yes.",
  }),
  ...failureFields,
  textField("Web.ServerUrl", {
    label: "Advanced: Octopus Server URL",
    defaultValue: "#{Octopus.Web.ServerUri}",
    help: "*Optional.* URL at which the worker reaches the Octopus Server that holds the child project. A virtual directory and a trailing slash are fine. Default: this server.",
  }),
  textField("Space.Name", {
    label: "Advanced: Space of the child",
    perChild: "space",
    defaultValue: "#{Octopus.Space.Name}",
    help: "*Optional.* Name, slug or ID of the child project's space. Default: the parent's space.",
  }),
] satisfies readonly ParameterDeclaration[];

export type ParameterName = (typeof parameterDeclarations)[number]["name"];

/** The declaration of one parameter, with its options as literal types. */
export type DeclarationOf<Name extends ParameterName> = Extract<
  (typeof parameterDeclarations)[number],
  { readonly name: Name }
>;
