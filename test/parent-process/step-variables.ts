import { evaluate, evaluateAll, isTruthy, type Variables } from "../step-host/octostache.ts";
import type { ParentStepResult } from "./parent-result.ts";
import type { ParentStep, RunCondition, ScriptStep } from "./parent-steps.ts";

/**
 * The variables of every step: those of the deployment, and outputs, status and error of the steps before it. The names are those of Octopus'
 * system variables (docs, projects/variables/system-variables).
 */
export function deploymentVariables(base: Variables, finished: readonly ParentStepResult[]): Variables {
  const error = finished.find((step) => step.status === "Failed")?.error;
  return {
    ...base,
    ...(error === undefined ? {} : { "Octopus.Deployment.Error": error, "Octopus.Deployment.ErrorDetail": error }),
    ...Object.assign({}, ...finished.map(variablesLeftBy)),
  };
}

function variablesLeftBy({ name, status, error, outputs }: ParentStepResult): Variables {
  return {
    [`Octopus.Step[${name}].Status.Code`]: statusCodes[status],
    [`Octopus.Step[${name}].Status.Error`]: error ?? "",
    ...Object.fromEntries(
      Object.entries(outputs).map(([key, value]) => [`Octopus.Action[${name}].Output.${key}`, value]),
    ),
  };
}

const statusCodes: Readonly<Record<ParentStepResult["status"], string>> = {
  Running: "Running",
  Success: "Succeeded",
  Warning: "Succeeded",
  Failed: "Failed",
  Skipped: "Skipped",
  Canceled: "Canceled",
};

/** The evaluated variables of a script step, and the names of the sensitive ones. */
export function scriptVariables(
  step: ScriptStep,
  number: number,
  deployment: Variables,
): { readonly variables: Variables; readonly sensitive: readonly string[] } {
  const variables = {
    ...deployment,
    ...step.template.defaults,
    ...step.parameters,
    ...stepVariables(step, number),
  };
  return { variables: evaluateAll(variables), sensitive: step.template.sensitive };
}

/** The variables about a step itself. Its ids follow from its number, as in a real process every step has ids of its own. */
export function stepVariables({ name }: ParentStep, number: number): Variables {
  const place = String(number).padStart(12, "0");
  return {
    "Octopus.Step.Id": `5e900000-0000-4000-8000-${place}`,
    "Octopus.Step.Name": name,
    "Octopus.Step.Number": String(number),
    "Octopus.Action.Id": `ac710000-0000-4000-8000-${place}`,
    "Octopus.Action.Name": name,
    "Octopus.Action.Number": String(number),
  };
}

/** Why a step does not run; undefined if it runs. An expression is evaluated whatever happened before. */
export function reasonToSkip(condition: RunCondition, hasFailed: boolean, variables: Variables): string | undefined {
  if (condition === "always" || condition === (hasFailed ? "failure" : "success")) return undefined;
  if (condition === "success") return "Skipped: a step before this one failed.";
  if (condition === "failure") return "Skipped: no step before this one failed.";
  const value = evaluate(condition.expression, variables);
  return isTruthy(value) ? undefined : `Skipped: the run condition came out as "${value}".`;
}
