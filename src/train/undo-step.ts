import type { Id } from "../model.ts";
import type { Outcome } from "../rules/outcome.ts";
import type { ChildResult } from "../rules/train.ts";
import type { StepRuntime } from "../step/runtime.ts";
import type { TrainBoard } from "./child-voice.ts";
import { levelsOf, type PlannedMember } from "./planned.ts";
import { type Undone, undoMember } from "./roll-back.ts";
import { sideBySide } from "./side-by-side.ts";

/** A step of its own that takes back what the parent's task deployed to the children of its list. */
export interface UndoStep {
  readonly members: readonly PlannedMember[];
  readonly parallelLimit: number | undefined;
  readonly whatIf: boolean;
  readonly board: TrainBoard;
  readonly step: StepRuntime;
}

/** Takes the children back, the last level first. A child to which this task deployed nothing is skipped, and nothing is deployed there. */
export async function carryOutUndoStep(undo: UndoStep): Promise<readonly ChildResult[]> {
  const { members, parallelLimit, whatIf, board, step } = undo;
  const ends = new Map<PlannedMember, Undone>();
  const ties = {
    choice: [null],
    train: null,
    pass: 1,
    began: board.clock.elapsed(),
    runsAlone: members.length === 1,
    isBusyBeside: (own: Id<"ServerTask">) => board.isBusyBeside(own),
  };
  for (const level of whatIf ? [] : [...levelsOf(members)].reverse()) {
    await sideBySide([...level].reverse(), parallelLimit, async (member) => {
      board.begins(member.name);
      ends.set(member, await undoMember(member, { ties, outcome: undefined, ofAnyStep: true }));
      board.ends(member.name);
    });
  }
  if (whatIf) step.info("A what-if run with RollBack undoes nothing.");
  return members.map((member) => {
    const { name, level } = member;
    const rollBack = ends.get(member)?.rollBack;
    return { name, level, outcome: outcomeOf(name, rollBack), rollBack };
  });
}

function outcomeOf(name: string, rollBack: ChildResult["rollBack"]): Outcome {
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
