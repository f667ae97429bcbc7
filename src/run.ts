import type { Clock } from "./clock.ts";
import type { StartedDeployment } from "./rules/outcome.ts";
import type { Plan } from "./rules/plan.ts";
import type { StepRuntime } from "./step/runtime.ts";

/** The outside worlds a station may need besides Octopus. */
export interface Surroundings {
  readonly step: StepRuntime;
  readonly clock: Clock;
}

/**
 * Receives the plan as soon as it is final, and the deployment as soon as there is one, so that the output variables show both even if the
 * run ends badly later.
 */
export type Publish = (plan: Plan, started?: StartedDeployment) => void;

export interface Reporting extends Surroundings {
  readonly publish: Publish;
}
