import type { OptionOf, ParameterName } from "./parameter-declarations.ts";

/** An Octostache expression, not written in one piece: see `parameter-declarations.ts`. */
function variable(name: string): string {
  return ["`#", "{", name, "}`"].join("");
}

/** Help text of each parameter, in Markdown, for the step template. Not part of the script. */
export const parameterHelp: Readonly<Record<ParameterName, string>> = {
  "ChildProject.Web.ServerUrl": "URL at which the worker reaches the Octopus Server of the child project.",
  "ChildProject.Api.Key":
    "API key (`API-...`) of the service account, or an access token (JWT, sent as Bearer): bind a sensitive variable.",
  "ChildProject.Space.Name": "Space of the child project: name, slug or id. Blank: the parent's space.",
  "ChildProject.Project.Name": "The project to deploy: name, slug or id.",
  "ChildProject.Channel.Name": "Channel: name, slug or id. Blank: the project's default channel.",
  "ChildProject.Release.Number":
    "Which releases are considered. Blank: any. A version (`2021.1.0.14`), wildcards (`2021.1.0.*`), or a range (`>=2021.1 <2021.2`, `[1.0,2.0)`). " +
    "Put a dot before `*`: `2021.1*` also means 2021.10. Not used in the mode Redeploy.",
  "ChildProject.Release.NotFoundError": "What happens when no release fits.",
  "ChildProject.Destination.EnvironmentName": "Environment the child is deployed to: name, slug or id.",
  "ChildProject.SourceEnvironment.Name":
    "Environment a release must have been deployed to. Blank: the previous phase of the lifecycle, and optional phases on the way. Only in the mode Promote.",
  "ChildProject.DeploymentMode.Value":
    "**Promote** takes the release deployed last, successfully, to the source environment; **Redeploy** what the destination runs; " +
    "**AlwaysLatest** the newest created release of the channel that may be deployed. The last two always deploy.",
  "ChildProject.Deployment.Condition":
    "When the release is deployed in the mode Promote. A current release that was deployed only in part, or whose last attempt failed, always is. " +
    "**Different** also deploys a lower version, with a warning.",
  "ChildProject.WhatIf.Value": "Yes: publish the plan and the output variables, and create nothing.",
  "ChildProject.Plan.Policy":
    "What a plan that was approved after a what-if run means for this run. **Use** deploys exactly the approved release. **Warn** goes on with today's choice.",
  "ChildProject.ReleaseNotes.SaveAsArtifact": "Yes: attach the release notes to the parent's task as a Markdown file.",
  "ChildProject.Tenant.Name":
    "Tenant to deploy for: name, slug or id. Blank, or a parent deployment without a tenant: untenanted.",
  "ChildProject.Target.MachineNames":
    "Deployment targets, names or ids separated by commas. Blank: those the parent was limited to, or all.",
  "ChildProject.Excluded.MachineNames": "Deployment targets to leave out, names or ids separated by commas.",
  "ChildProject.Deployment.IgnoreSpecificMachineMismatch":
    "When none of the specific machines belongs to the child: No skips it, Yes deploys as if none had been given.",
  "ChildProject.Prompted.Variables":
    "One `Name::Value` per line, or a JSON object. Names or labels of the child's prompted variables, in any case. Lines that start with `#` are comments. Values are never logged.",
  "ChildProject.Skip.StepNames": "Steps of the child to skip, one name per line.",
  "ChildProject.RefreshVariableSnapShots.Option":
    "Yes: update the release's variable snapshot before the deployment, if variables changed.",
  "ChildProject.Deployment.FutureTime":
    "When the child shall start: `7:00 PM`, `21:00`, `tomorrow 04:00`, `+90m`, `2021-01-14 21:00`, `01/14/2021 21:00` (month first), `14 Jan 2021 21:00`, or ISO 8601 with offset. Blank or `N/A`: now.",
  "ChildProject.Schedule.TimeZone":
    "IANA time zone in which the schedule is read, such as `Europe/London`. Blank: the worker's zone, with a caution where that is UTC.",
  "ChildProject.Schedule.ExpiryMinutes":
    "How long after the scheduled time the deployment may still start. 0: no limit.",
  "ChildProject.WaitForFinish.Value": "Yes: the step ends when, and as, the child deployment ends.",
  "ChildProject.CancelDeployment.Seconds":
    "How long the child may take once it started, waiting for people included; then it is cancelled. A text such as `30m` will do; 0: no limit.",
  "ChildProject.QueueTimeout.Seconds":
    "How long the child, or a deployment before it, may sit in the queue. A text such as `30m` will do; 0: no limit.",
  "ChildProject.EnableEnhancedLogging.Value": "Yes: repeat the child's task log in this step's log.",
  "ChildProject.ManualInterventions.UseApprovalsFromParent":
    "Yes: answer the child's manual interventions for people who approved in the parent and belong to a responsible team.",
  "ChildProject.ManualIntervention.EnvironmentToUse": `Environment of the parent whose deployment holds the approvals. Its default ${variable("Octopus.Environment.Name")} means this deployment.`,
  "ChildProject.ManualIntervention.Tenant.Name":
    "Tenant of the parent deployment that holds the approvals. Blank: untenanted.",
  "ChildProject.ManualIntervention.MinimumApprovers":
    "How many approvers must belong to a responsible team before an intervention is answered.",
  "ChildProject.ManualIntervention.RequesterMayApprove":
    "No: an approval by whoever started the approval deployment or this one does not count.",
  "ChildProject.GuidedFailure.Mode": "Guided failure of the child deployment.",
  "ChildProject.GuidedFailure.Response": "What the step answers when the child asks for guidance after a failure.",
  "ChildProject.GuidedFailure.Retries": "How often Retry is answered before Fail.",
  "ChildProject.Deployment.Retries":
    "How often a failed child deployment is deployed again. Aborted, cancelled and superseded ones never are.",
  "ChildProject.Freeze.OverrideReason":
    "Deploy although a deployment freeze is active, with this reason. Blank: a freeze stops the step.",
};

/** Fields of several lines, and secrets. The other parameters have one line of text, or a list of their options. */
export const specialControls: Readonly<Partial<Record<ParameterName, "MultiLineText" | "Sensitive">>> = {
  "ChildProject.Api.Key": "Sensitive",
  "ChildProject.Prompted.Variables": "MultiLineText",
  "ChildProject.Skip.StepNames": "MultiLineText",
};

type ParameterWithLabels = {
  [Name in ParameterName]: OptionOf<Name> extends "Yes" | "No" ? never : Name;
}[ParameterName];

/** What the form shows for each option, other than a plain Yes or No. */
export const optionLabels: { readonly [Name in ParameterWithLabels]: Readonly<Record<OptionOf<Name>, string>> } = {
  "ChildProject.Release.NotFoundError": {
    Error: "Fail the step",
    Warning: "Log a warning and go on",
    Skip: "Log a line and go on",
  },
  "ChildProject.DeploymentMode.Value": {
    Promote: "Promote from the source environment",
    Redeploy: "Redeploy what the destination runs",
    AlwaysLatest: "Deploy the newest release, always",
  },
  "ChildProject.Deployment.Condition": {
    Different: "The release differs from the current one",
    Higher: "The release is higher than the current one",
    PackagesDiffer: "A package differs from the current release",
    SpecificMachines: "Different, or specific machines are targeted",
    Always: "Always",
  },
  "ChildProject.Plan.Policy": {
    Use: "Deploy what was approved",
    Fail: "Fail when today's selection differs",
    Warn: "Warn when today's selection differs",
    Ignore: "Do not look for a plan",
  },
  "ChildProject.WaitForFinish.Value": {
    Yes: "Yes, unless it is scheduled",
    No: "No",
    ThroughSchedule: "Yes, through the schedule as well",
  },
  "ChildProject.GuidedFailure.Mode": {
    Default: "As the child project and environment say",
    On: "On",
    Off: "Off",
  },
  "ChildProject.GuidedFailure.Response": {
    Wait: "Wait for a person",
    Retry: "Retry, then fail",
    Ignore: "Ignore",
    Fail: "Fail",
  },
};
