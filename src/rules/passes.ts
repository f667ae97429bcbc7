import type { ChildResult } from "./train.ts";

/** A pass over the children that were still to be deployed. */
export interface Pass {
  /** Of the children it tried. */
  readonly results: readonly ChildResult[];
  readonly pass: number;
  /** At most so many. */
  readonly passes: number;
  /** How many of those that failed may be tried again. */
  readonly repeatable: number;
}

export type PassVerdict =
  /** Nothing is left to be tried again. */
  | { readonly kind: "done" }
  /** Why it stops although something is left, as the beginning of a sentence. */
  | { readonly kind: "stop"; readonly why: string }
  | { readonly kind: "again" };

/** What follows a pass. A child that became current by another user's deployment is no progress of this run. */
export function judgePass({ results, pass, passes, repeatable }: Pass): PassVerdict {
  if (repeatable === 0) return { kind: "done" };
  const hasProgress = results.some(({ outcome }) => outcome.kind === "Deployed");
  if (!hasProgress) return { kind: "stop", why: `No progress in pass ${pass}` };
  return pass >= passes ? { kind: "stop", why: `All ${passes} passes are used up` } : { kind: "again" };
}

/** How many deployments so many children can take at most. The worst order helps one child in each pass. */
export function mostAttempts(children: number, passes: number): number {
  let attempts = 0;
  for (let pass = 0; pass < Math.min(children, passes); pass += 1) attempts += children - pass;
  return attempts;
}
