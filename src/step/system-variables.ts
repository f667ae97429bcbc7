/** The system variables about the deployment or runbook run that the step belongs to. */
export const systemVariableNames = [
  "Octopus.Action.Id",
  "Octopus.Deployment.CreatedBy.Id",
  "Octopus.Deployment.ExcludedMachines",
  "Octopus.Deployment.Id",
  "Octopus.Deployment.SpecificMachines",
  "Octopus.Deployment.Tenant.Id",
  "Octopus.Deployment.Tenant.Name",
  "Octopus.Environment.Id",
  "Octopus.Environment.Name",
  "Octopus.Machine.Id",
  "Octopus.Project.Id",
  "Octopus.Project.Name",
  "Octopus.ProjectGroup.Id",
  "Octopus.Release.Id",
  "Octopus.Release.Number",
  "Octopus.Runbook.Name",
  "Octopus.RunbookRun.CreatedBy.Id",
  "Octopus.RunbookRun.Id",
  "Octopus.Space.Id",
  "Octopus.Space.Name",
  "Octopus.Step.Name",
  "Octopus.Task.Id",
  "Octopus.Web.ServerUri",
] as const;

export type SystemVariableName = (typeof systemVariableNames)[number];

/** The values of the variables. `undefined` means that the variable is not defined. */
export type RawVariables = ReadonlyMap<string, string | undefined>;
