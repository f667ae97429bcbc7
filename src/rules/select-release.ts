import type { Attempt, Id } from "../model.ts";
import { isUnproven } from "./attempts.ts";

/** A release that might be deployed, and why it is considered. */
export interface Candidate {
  readonly releaseId: Id<"Release">;
  /**
   * The deployment that makes it a candidate: successful, or without a task that could tell; absent when releases are taken in order of
   * creation.
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

/** The first candidate that stands, if any, and those that were passed over, each release once. */
export type Selection =
  | { readonly kind: "selected"; readonly candidate: Candidate; readonly passedOver: readonly PassedOver[] }
  | {
      readonly kind: "none";
      readonly passedOver: readonly PassedOver[];
      /** The server refused so many releases that asking on would be guessing. */
      readonly gaveUp: boolean;
    };

/** The two questions that may cost a request. Asked once per release, the dear one last. */
export interface CandidateQuestions {
  matchesPattern(release: Id<"Release">): Promise<boolean>;
  /** Whether the server would let the release into the destination now. */
  isPromotable(release: Id<"Release">): Promise<boolean>;
}

/** After this many refusals by the server the search ends: something is wrong that an older release would only hide. */
export const refusalLimit = 20;

/**
 * Takes the first candidate that stands; best first. Each release is judged once; nothing is asked about those behind the chosen one.
 */
export async function selectRelease(
  candidates: AsyncIterable<Candidate>,
  questions: CandidateQuestions,
): Promise<Selection> {
  const passedOver = new Map<Id<"Release">, PassedOver>();
  let refusals = 0;
  for await (const candidate of candidates) {
    const { releaseId } = candidate;
    const earlier = passedOver.get(releaseId);
    // What has no proof may still come again, with one.
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

/** Why this candidate does not stand, or `undefined` when it does. The cheapest question comes first. */
async function rejectionOf(candidate: Candidate, questions: CandidateQuestions): Promise<Rejection | undefined> {
  if (!(await questions.matchesPattern(candidate.releaseId))) return "other-version";
  if (candidate.attempt !== undefined && isUnproven(candidate.attempt)) return "unproven";
  if (!(await questions.isPromotable(candidate.releaseId))) return "not-promotable";
  return undefined;
}
