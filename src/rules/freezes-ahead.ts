import type { DeploymentFreeze, FreezeScope, Instant } from "../model.ts";
import { instantText } from "../text/format.ts";
import { concerns, freezesAt, occurrencesOf } from "./freezes.ts";
import type { Plan } from "./plan.ts";

/** The time in which a run may create deployments. */
export interface Window {
  readonly start: Instant;
  readonly end: Instant;
}

/** A freeze that begins later. */
export interface FreezeAhead {
  readonly freeze: DeploymentFreeze;
  /** Absent means that the server only tells that the freeze is active at the end of the window. */
  readonly from?: Instant | undefined;
}

/** The shortest run that is expected, in milliseconds. */
const shortest = 3_600_000;

/** The time that a run may take: for each level, the longest of its children's last durations. */
export function windowOf(
  start: Instant,
  children: readonly { readonly level: number; readonly plan?: Plan | undefined }[],
): Window {
  const longest = new Map<number, number>();
  for (const { level, plan } of children) longest.set(level, Math.max(longest.get(level) ?? 0, lastDuration(plan)));
  const total = [...longest.values()].reduce((sum, each) => sum + each, 0);
  return { start, end: start + Math.max(shortest, total) };
}

/** Duration of the deployment of the current release. 0 means not known. */
function lastDuration(plan: Plan | undefined): number {
  const { startTime, completedTime } = plan?.current?.attempt?.task ?? {};
  return startTime === undefined || completedTime === undefined ? 0 : Math.max(0, completedTime - startTime);
}

/** The freezes at both ends of a window. */
export interface FreezesAsked {
  readonly atStart: readonly DeploymentFreeze[];
  readonly atEnd: readonly DeploymentFreeze[];
  readonly window: Window;
}

/**
 * The freezes of a place that begin in the window, each once. Freezes that are active at its start do not count. The server tells one
 * occurrence of a recurring freeze for each instant that is asked for, so an occurrence in between may be missed.
 */
export function freezesAhead({ atStart, atEnd, window }: FreezesAsked, scope: FreezeScope): readonly FreezeAhead[] {
  const { start, end } = window;
  const holding = new Set(freezesAt(atStart, scope, start).map(({ freeze }) => freeze.id));
  const beginning = [...atStart, ...atEnd].flatMap((freeze): readonly FreezeAhead[] => {
    const next = occurrencesOf(freeze).find((each) => start < each.start && each.start < end);
    return next !== undefined && concerns(freeze, scope) ? [{ freeze, from: next.start }] : [];
  });
  const untold = freezesAt(atEnd, scope, end - 1).map(({ freeze }): FreezeAhead => ({ freeze }));
  // The earliest occurrence of a freeze counts: the one told for the start.
  const found = [...untold, ...beginning.reverse()].filter(({ freeze }) => !holding.has(freeze.id));
  return [...new Map(found.map((each) => [each.freeze.id, each])).values()];
}

/** What freezes ahead mean for a child: warnings, or blockers if its failure would roll everything back. */
export function judgeAhead(
  ahead: readonly FreezeAhead[],
  child: {
    /** The deployment that they may prevent, as in `Web API to Staging`. */
    readonly what: string;
    /** What happens when a child fails. */
    readonly policy: string;
    readonly isOverridden: boolean;
  },
): Pick<Plan, "blockers" | "warnings"> {
  const texts = ahead.map((each) => aheadText(each, child.what, child.isOverridden));
  if (child.policy !== "RollBack" || child.isOverridden) return { blockers: [], warnings: texts };
  return { blockers: texts.map((text) => ({ reason: "Frozen", text })), warnings: [] };
}

function aheadText({ freeze, from }: FreezeAhead, what: string, isOverridden: boolean): string {
  const begins = from === undefined ? "begins before this run may have ended" : `begins at ${instantText(from)}`;
  const then = isOverridden ? "it will be overridden" : "what has not started by then does not start";
  return `The deployment freeze "${freeze.name}" ${begins}, for ${what}: ${then}.`;
}
