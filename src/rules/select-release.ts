import type { Attempt, Id } from "../model.ts";
import { isUnproven } from "./attempts.ts";

/** A release that might be deployed, and why it is considered. */
export interface Candidate {
  readonly releaseId: Id<"Release">;
  /**
   * The deployment that makes the release a candidate: successful, or without a task. Absent if releases are taken in order of creation.
   */
  readonly attempt?: Attempt | undefined;
}

export type Rejection =
  /** The version does not match the pattern. */
  | "other-version"
  /** Its deployment has no server task, so nothing proves its success. */
  | "unproven"
  /** The server would not let it into the destination. */
  | "not-promotable";

export interface PassedOver {
  readonly candidate: Candidate;
  readonly rejection: Rejection;
}

/** The first suitable candidate, if any, and those that were passed over, each release once. */
export type Selection =
  | { readonly kind: "selected"; readonly candidate: Candidate; readonly passedOver: readonly PassedOver[] }
  | {
      readonly kind: "none";
      readonly passedOver: readonly PassedOver[];
      /** The search ended because the server refused too many releases. */
      readonly gaveUp: boolean;
    };

/** The two questions that may cost a request. Each is asked once per release. */
export interface CandidateQuestions {
  matchesPattern(release: Id<"Release">): Promise<boolean>;
  /** Whether the server would let the release into the destination now. */
  isPromotable(release: Id<"Release">): Promise<boolean>;
}

/** After this many refusals by the server the search ends, because an older release would only hide the cause. */
export const refusalLimit = 20;

/** Selects the first suitable candidate, best first. Each release is judged once, and none behind the selected one. */
export async function selectRelease(
  candidates: AsyncIterable<Candidate>,
  questions: CandidateQuestions,
): Promise<Selection> {
  const passedOver = new Map<Id<"Release">, PassedOver>();
  let refusals = 0;
  for await (const candidate of candidates) {
    const { releaseId } = candidate;
    const earlier = passedOver.get(releaseId);
    // A release without proof of success may come again with a successful deployment.
    if (earlier !== undefined && earlier.rejection !== "unproven") continue;

    const rejection = await rejectionOf(candidate, questions);
    if (rejection === undefined) {
      passedOver.delete(releaseId);
      return { kind: "selected", candidate, passedOver: [...passedOver.values()] };
    }
    if (earlier === undefined || rejection !== "unproven") passedOver.set(releaseId, { candidate, rejection });
    if (rejection === "not-promotable") refusals += 1;
    if (refusals >= refusalLimit) return { kind: "none", passedOver: [...passedOver.values()], gaveUp: true };
  }
  return { kind: "none", passedOver: [...passedOver.values()], gaveUp: false };
}

/** Why this candidate is not suitable. `undefined` means that it is. The cheapest question comes first. */
async function rejectionOf(candidate: Candidate, questions: CandidateQuestions): Promise<Rejection | undefined> {
  if (!(await questions.matchesPattern(candidate.releaseId))) return "other-version";
  if (candidate.attempt !== undefined && isUnproven(candidate.attempt)) return "unproven";
  if (!(await questions.isPromotable(candidate.releaseId))) return "not-promotable";
  return undefined;
}
