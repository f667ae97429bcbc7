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
  /** How many passes at most, where failed children are deployed again. */
  readonly passes: number;
  /** The pass an earlier run of this step in the same task has got to; 1: it is the first. */
  readonly pass: number;
  /** Some child has a problem, so nothing is created. */
  readonly isStopped: boolean;
  /** An earlier run of this step in the same task began to take back what it had deployed. */
  readonly isRolledBack: boolean;
  /** Of the plan of the whole run. */
  readonly digest: string | null;
  readonly board: TrainBoard;
  readonly step: StepRuntime;
  /** How a child ends that is neither deployed nor adopted. */
  readonly outcomeAtGate: (member: PlannedMember) => Outcome;
}

/** How the children ended so far. */
export type Ends = Map<PlannedMember, ChildResult>;
