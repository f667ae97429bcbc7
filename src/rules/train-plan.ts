import type { Intention } from "./approved-plan.ts";
import type { PlanIdentity } from "./plan.ts";
import type { RollBackTarget } from "./undo.ts";

/** The part of a plan for several children that is approved, and that its digest covers. */
export interface TrainIntention {
  /** What happens when a child fails. */
  readonly policy: string;
  /** In the order of the list. */
  readonly children: readonly ChildIntention[];
}

export interface ChildIntention {
  /** 1 for the first level. */
  readonly level: number;
  readonly intention: Intention;
  /** The release to which the child goes back if the run fails. `null` means none. */
  readonly rollBack: RollBackTarget | null;
}

/** The children of a run or a plan, in order, and what happens when one fails. */
export interface TrainShape {
  readonly policy: string;
  readonly children: readonly ShapeChild[];
}

export interface ShapeChild {
  /** For messages only; the name may have changed since. */
  readonly name: string;
  readonly level: number;
  readonly identity: PlanIdentity;
}

/** A run for one child, unless it has a policy of its own. */
export function isAlone({ policy, children }: TrainShape): boolean {
  return children.length === 1 && policy === "Stop";
}

/**
 * Whether a plan concerns a run: both are for the same parent release and share a child in the same place. A plan and a run for one child must
 * also agree in channel and mode.
 */
export function concerns(plan: TrainShape, run: TrainShape): boolean {
  if (isAlone(plan) && isAlone(run)) return shapeDifference(plan, run) === undefined;
  return plan.children.some(({ identity }) => run.children.some((own) => isSamePlace(identity, own.identity)));
}

/** How a run differs from an approved plan that concerns it, as the end of a sentence. `undefined` means that both are for the same train. */
export function shapeDifference(plan: TrainShape, run: TrainShape): string | undefined {
  const planned = (own: ShapeChild) => plan.children.find(({ identity }) => isSamePlace(identity, own.identity));
  const added = run.children.find((own) => planned(own) === undefined);
  if (added !== undefined) return `${added.name} was not in the approved plan`;
  const dropped = plan.children.find((each) => !run.children.some((own) => isSamePlace(own.identity, each.identity)));
  if (dropped !== undefined) return `${dropped.name} was in the approved plan and is not in this run`;
  const changed = run.children.find((own) => !isSame(own.identity, planned(own)?.identity));
  if (changed !== undefined) return `${changed.name} was approved for another channel or deployment mode`;
  const moved = run.children.find((own, index) => !isSame(own.identity, plan.children[index]?.identity));
  if (moved !== undefined) return `${moved.name} is at a different place in the list than in the approved plan`;
  const other = run.children.find((own, index) => own.level !== plan.children[index]?.level);
  if (other !== undefined) return `${other.name} starts with other child projects than in the approved plan`;
  return plan.policy === run.policy
    ? undefined
    : `the approved plan has ${plan.policy} for "When a child fails", and this run has ${run.policy}`;
}

/** Whether a child goes back to the same release. Reasons against a roll back are not compared. */
export function isSameRollBack(a: RollBackTarget | null, b: RollBackTarget | null): boolean {
  const targetOf = (target: RollBackTarget | null) => (target !== null && "to" in target ? target.to.id : undefined);
  return targetOf(a) === targetOf(b);
}

/** Whether two plans are about the same child: the same project, destination and tenant, for the same release of the parent. */
export function isSamePlace(a: PlanIdentity, b: PlanIdentity): boolean {
  return (
    a.parentRelease === b.parentRelease &&
    a.space === b.space &&
    a.project === b.project &&
    a.destination === b.destination &&
    a.tenant === b.tenant
  );
}

function isSame(a: PlanIdentity, b: PlanIdentity | undefined): boolean {
  return b !== undefined && isSamePlace(a, b) && a.channel === b.channel && a.mode === b.mode;
}
