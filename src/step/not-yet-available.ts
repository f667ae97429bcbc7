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
  { parameter: "ChildProject.Tenant.Name" },
  { parameter: "ChildProject.Target.MachineNames" },
  { parameter: "ChildProject.Excluded.MachineNames" },
  { parameter: "ChildProject.Deployment.IgnoreSpecificMachineMismatch" },
  {
    parameter: "ChildProject.Prompted.Variables",
    missingDefault:
      "Prompted variables of the child are not checked yet: the server checks them when the deployment is created.",
  },
  { parameter: "ChildProject.RefreshVariableSnapShots.Option" },
];

/** Options of otherwise working parameters that a later version brings. */
export const optionsNotYetAvailable: Partial<Record<ParameterName, readonly string[]>> = {
  "ChildProject.Deployment.Condition": ["SpecificMachines"],
};
