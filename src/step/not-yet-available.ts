import type { ParameterName } from "./parameter-declarations.ts";

/** A parameter that is checked but whose behaviour a later version brings. */
export interface NotYetAvailable {
  readonly parameter: ParameterName;
  /** What even the default value should do and does not do yet, as a sentence for the verbose log. */
  readonly missingDefault?: string;
}

/**
 * Any value but the default is refused for these parameters, so that nobody relies on what is not there. The list shrinks with each
 * feature and a test asserts that it is empty once the last one is done.
 */
export const notYetAvailable: readonly NotYetAvailable[] = [
  {
    parameter: "ChildProject.Plan.Policy",
    missingDefault: "Approved plans are not looked for yet: today's selection is used.",
  },
  { parameter: "ChildProject.ReleaseNotes.SaveAsArtifact" },
  { parameter: "ChildProject.Tenant.Name" },
  { parameter: "ChildProject.Target.MachineNames" },
  { parameter: "ChildProject.Excluded.MachineNames" },
  { parameter: "ChildProject.Deployment.IgnoreSpecificMachineMismatch" },
  {
    parameter: "ChildProject.Prompted.Variables",
    missingDefault:
      "Prompted variables of the child are not checked yet: the server checks them when the deployment is created.",
  },
  { parameter: "ChildProject.Skip.StepNames" },
  { parameter: "ChildProject.RefreshVariableSnapShots.Option" },
  { parameter: "ChildProject.Deployment.FutureTime" },
  { parameter: "ChildProject.Schedule.TimeZone" },
  { parameter: "ChildProject.Schedule.ExpiryMinutes" },
  { parameter: "ChildProject.EnableEnhancedLogging.Value" },
  {
    parameter: "ChildProject.ManualInterventions.UseApprovalsFromParent",
    missingDefault:
      "Manual interventions of the child are not approved by this step yet: somebody answers them in the child's task.",
  },
  { parameter: "ChildProject.ManualIntervention.EnvironmentToUse" },
  { parameter: "ChildProject.ManualIntervention.Tenant.Name" },
  { parameter: "ChildProject.ManualIntervention.MinimumApprovers" },
  { parameter: "ChildProject.ManualIntervention.RequesterMayApprove" },
  { parameter: "ChildProject.GuidedFailure.Mode" },
  { parameter: "ChildProject.GuidedFailure.Response" },
  { parameter: "ChildProject.GuidedFailure.Retries" },
  { parameter: "ChildProject.Deployment.Retries" },
  { parameter: "ChildProject.Freeze.OverrideReason" },
];

/** Options of otherwise working parameters that a later version brings. */
export const optionsNotYetAvailable: Partial<Record<ParameterName, readonly string[]>> = {
  "ChildProject.Deployment.Condition": ["SpecificMachines"],
  "ChildProject.WaitForFinish.Value": ["ThroughSchedule"],
};
