import type { StepTemplate } from "./step-template.ts";

/** When a step runs: by the result of the steps before it, or, whatever that is, when an Octostache expression is true. */
export type RunCondition = "success" | "failure" | "always" | { readonly expression: string };

interface AnyStep {
  readonly name: string;
  /** Default: `success`. */
  readonly condition?: RunCondition;
  /** Default: `after-previous`. */
  readonly start?: "after-previous" | "with-previous";
}

/** A step made from a step template: parameters left out keep the template's defaults. Values are Octostache text. */
export interface ScriptStep extends AnyStep {
  readonly kind: "script";
  readonly template: StepTemplate;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Number of automatic retries of a failed run, as set for a step in Octopus. Default: none. */
  readonly retries?: number;
  /** Added to the environment of the script's processes. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ManualInterventionStep extends AnyStep {
  readonly kind: "manual-intervention";
  /** Octostache text. */
  readonly instructions: string;
  /** Names of the responsible teams. Empty means all users who may deploy. */
  readonly teams?: readonly string[];
}

export type ParentStep = ScriptStep | ManualInterventionStep;

/** Steps that start together, in the order of the process. */
export function inGroups(steps: readonly ParentStep[]): readonly (readonly ParentStep[])[] {
  const groups: ParentStep[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (step.start === "with-previous" && last !== undefined) last.push(step);
    else groups.push([step]);
  }
  return groups;
}
