import type { Id } from "../model.ts";
import type { Outcome } from "../rules/outcome.ts";
import type { ChildResult, RollBack } from "../rules/train.ts";
import type { StepRuntime } from "../step/runtime.ts";
import type { TrainBoard } from "./child-voice.ts";
import { type PlannedMember, resultOf } from "./planned.ts";
import { undoMembers } from "./roll-back.ts";

/** A step with the mode RollBack: it rolls back what the parent's task deployed to the children of the list. */
export interface UndoStep {
  readonly members: readonly PlannedMember[];
  readonly parallelLimit: number | undefined;
  readonly whatIf: boolean;
  readonly board: TrainBoard;
  readonly step: StepRuntime;
}

/** Rolls the children back, the last level first. A child to which this task deployed nothing is skipped. */
export async function carryOutUndoStep(undo: UndoStep): Promise<readonly ChildResult[]> {
  const { members, parallelLimit, whatIf, board, step } = undo;
  const ties = {
    choice: [null],
    train: null,
    pass: 1,
    polls: board.polls,
    runsAlone: members.length === 1,
    isBusyBeside: (own: Id<"ServerTask">) => board.isBusyBeside(own),
  };
  if (whatIf) step.info("A what-if run with RollBack undoes nothing.");
  const undoing = { ties, board, parallelLimit, outcomeOf: () => undefined, ofAnyStep: true };
  const ends = await undoMembers(whatIf ? [] : members, undoing);
  return members.map((member) => {
    const rollBack = ends.get(member)?.rollBack;
    return { ...resultOf(member, outcomeOf(member.name, rollBack)), rollBack };
  });
}

function outcomeOf(name: string, rollBack: RollBack | undefined): Outcome {
  const message = rollBack?.message ?? `This task deployed nothing of ${name}.`;
  switch (rollBack?.end) {
    case "RolledBack":
      return { kind: "Deployed", reason: "Redeploy", message };
    case "RollBackFailed":
      return { kind: "Failed", reason: "Blocked", message };
    case "NotRolledBack":
    case "NothingToRollBackTo":
    case undefined:
      return { kind: "Skipped", reason: "NothingToRollBackTo", message };
  }
}
