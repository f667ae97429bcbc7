import type { Attempt, Deployment } from "../model.ts";
import { isOfSameTask, parseMarker, type StepIdentity, undoneBy } from "./marker.ts";

/** The releases that a step chose when it deployed for the first time in this task. */
export type FirstChoice =
  /** The step has deployed nothing yet. */
  | { readonly kind: "none" }
  /** The release of each child of the list, in order. `null` means none. */
  | {
      readonly kind: "chosen";
      readonly releases: readonly (string | null)[];
      /** When the first deployment was to start: ISO 8601. `null` means at once. */
      readonly start: string | null;
      /** The last pass in which the step deployed something. */
      readonly pass: number;
      /** The step began to roll back. */
      readonly isRolledBack: boolean;
    }
  /** The step deployed something, and its choice cannot be read back. */
  | {
      readonly kind: "damaged";
      /** By child. */
      readonly deployed: readonly (readonly Deployment[])[];
    };

/**
 * The choice in the oldest deployment that this step created in this task. A repetition uses the same releases again. The choice is damaged if
 * the list has changed.
 * @param children deployments to the destination of each child of the list, in any order; none for one that does not exist
 */
export function firstChoice(children: readonly (readonly Attempt[])[], identity: StepIdentity): FirstChoice {
  const own = children.map((attempts) => attempts.filter((attempt) => isOfSameTask(attempt, identity)));
  const [oldest] = own.flat().sort((a, b) => a.deployment.created - b.deployment.created);
  if (oldest === undefined) return { kind: "none" };
  const damaged = {
    kind: "damaged",
    deployed: own.map((attempts) => attempts.map(({ deployment }) => deployment)),
  } as const;
  const travel = parseMarker(oldest.deployment.comments)?.travel;
  if (travel?.choice.includes(travel.release) !== true || travel.choice.length !== children.length) return damaged;
  const isOther = own.some((attempts, index) =>
    attempts.some((each) => undoneBy(each) === null && each.deployment.releaseId !== travel.choice[index]),
  );
  if (isOther) return damaged;
  const travels = own.flat().flatMap(({ deployment }) => parseMarker(deployment.comments)?.travel ?? []);
  // In the mode Previous, a deployment of the chosen release undoes another one as well.
  const isRolledBack = own.some((attempts, index) =>
    attempts.some((each) => undoneBy(each) !== null && each.deployment.releaseId !== travel.choice[index]),
  );
  return {
    kind: "chosen",
    releases: travel.choice,
    start: travel.start,
    pass: Math.max(...travels.map(({ pass }) => pass)),
    isRolledBack,
  };
}
