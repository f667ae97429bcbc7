import type { Outcome } from "../rules/outcome.ts";
import type { ChildResult } from "../rules/train.ts";
import type { StepRuntime } from "../step/runtime.ts";
import type { TrainBoard } from "./child-voice.ts";
import type { PlannedMember } from "./planned.ts";
import type { FailurePolicy } from "./train-settings.ts";

/** A run for several children whose plans were checked. */
export interface CheckedTrain {
  readonly members: readonly PlannedMember[];
  readonly policy: FailurePolicy;
  /** Absent means all children of a level at the same time. */
  readonly parallelLimit: number | undefined;
  /** The highest number of passes, where failed children are deployed again. */
  readonly passes: number;
  /** The pass that an earlier run of this step in the same task has reached. 1 for a first run. */
  readonly pass: number;
  /** Some child has a problem, so no deployment is created. */
  readonly isStopped: boolean;
  /** An earlier run of this step in the same task began to roll back. */
  readonly isRolledBack: boolean;
  /** Digest of the whole run's plan. */
  readonly digest: string | null;
  readonly board: TrainBoard;
  readonly step: StepRuntime;
  /** How a child ends that is neither deployed nor adopted. */
  readonly outcomeAtGate: (member: PlannedMember) => Outcome;
}

/** The results of the children that have ended. */
export type Ends = Map<PlannedMember, ChildResult>;
