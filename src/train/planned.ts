import type { StepError } from "../errors.ts";
import type { FirstChoice } from "../rules/first-choice.ts";
import type { Outcome } from "../rules/outcome.ts";
import type { Plan } from "../rules/plan.ts";
import type { ChildResult } from "../rules/train.ts";
import type { RollBackTarget } from "../rules/undo.ts";
import type { Run } from "../run.ts";
import type { Member } from "./resolve-members.ts";

/** A child with its plan, or with the reason why there is none. */
export type PlannedMember = Member & {
  /** As the log and the outputs call it. */
  readonly name: string;
  readonly run: Run;
  readonly plan?: Plan | undefined;
  /** Why no plan could be made, or why it must not be carried out. */
  readonly refusal?: StepError | undefined;
  /** Where the child goes back to when the run fails. Absent means that the policy rolls nothing back. */
  readonly rollBack?: RollBackTarget | null | undefined;
  /** Where the child goes back to in the approved plan that the run carries out. Absent means that there is no such plan. */
  readonly approvedRollBack?: RollBackTarget | null | undefined;
};

/** The children with their plans, and what an earlier run of this step in the same task chose. */
export interface PlannedMembers {
  readonly members: readonly PlannedMember[];
  readonly chosen: FirstChoice;
}

/** A resolved child whose plan is being made. */
export type Drafted = Extract<Member, { kind: "resolved" }> &
  Pick<PlannedMember, "name" | "run"> & { readonly index: number };

/** A resolved child with its plan, or with the reason why there is none. */
export type Planned = Extract<PlannedMember, { kind: "resolved" }> & { readonly index: number };

/** The children by level, the first level first; within a level in the order of the list. */
export function levelsOf(members: readonly PlannedMember[]): readonly (readonly PlannedMember[])[] {
  const numbers = [...new Set(members.map(({ level }) => level))].sort((a, b) => a - b);
  return numbers.map((number) => members.filter(({ level }) => level === number));
}

/** How the run ended for a child that was not rolled back. */
export function resultOf({ name, level }: PlannedMember, outcome: Outcome): ChildResult {
  return { name, level, outcome };
}
