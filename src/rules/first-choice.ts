import type { Attempt } from "../model.ts";
import { isOfSameTask, parseMarker, type StepIdentity } from "./marker.ts";

/** What a step chose when it deployed for the first time in this task. */
export type FirstChoice =
  /** It has deployed nothing yet. */
  | { readonly kind: "none" }
  /** Of each child of the list, in order; `null`: none. */
  | {
      readonly kind: "chosen";
      readonly releases: readonly (string | null)[];
      /** When the first deployment was to start: ISO 8601; `null`: at once. */
      readonly start: string | null;
    }
  /** It deployed something and the choice cannot be read back. */
  | { readonly kind: "damaged" };

/**
 * The choice in the oldest deployment that this step created in this task. A repetition takes it again, whatever was released since.
 * @param attempts deployments to the destinations of all children, in any order
 */
export function firstChoice(attempts: readonly Attempt[], identity: StepIdentity): FirstChoice {
  const own = attempts
    .filter((attempt) => isOfSameTask(attempt, identity))
    .map(({ deployment }) => deployment)
    .sort((a, b) => a.created - b.created);
  const [oldest] = own;
  if (oldest === undefined) return { kind: "none" };
  const travel = parseMarker(oldest.comments)?.travel;
  if (travel === undefined || !travel.choice.includes(travel.release)) return { kind: "damaged" };
  return { kind: "chosen", releases: travel.choice, start: travel.start };
}
