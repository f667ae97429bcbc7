import type { ChildResult } from "./train.ts";

/** A pass over the children that were still to be deployed. */
export interface Pass {
  /** Results of the children that the pass deployed. */
  readonly results: readonly ChildResult[];
  readonly pass: number;
  /** The highest number of passes. */
  readonly passes: number;
  /** How many failed children may be tried again. */
  readonly repeatable: number;
}

export type PassVerdict =
  /** No child is left to try again. */
  | { readonly kind: "done" }
  /** Why the passes stop although children are left, as the beginning of a sentence. */
  | { readonly kind: "stop"; readonly why: string }
  | { readonly kind: "again" };

/** What follows a pass. A child that another user deployed is no progress of this run. */
export function judgePass({ results, pass, passes, repeatable }: Pass): PassVerdict {
  if (repeatable === 0) return { kind: "done" };
  const hasProgress = results.some(({ outcome }) => outcome.kind === "Deployed");
  if (!hasProgress) return { kind: "stop", why: `No progress in pass ${pass}` };
  return pass >= passes ? { kind: "stop", why: `All ${passes} passes are used up` } : { kind: "again" };
}

/** The highest number of deployments for a number of children. In the worst order one child succeeds in each pass. */
export function mostAttempts(children: number, passes: number): number {
  let attempts = 0;
  for (let pass = 0; pass < Math.min(children, passes); pass += 1) attempts += children - pass;
  return attempts;
}
