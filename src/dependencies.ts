import type { Clock } from "./clock.ts";
import type { StepRuntime } from "./step/runtime.ts";

/** The outside worlds a station may need besides Octopus. */
export interface Surroundings {
  readonly step: StepRuntime;
  readonly clock: Clock;
}
