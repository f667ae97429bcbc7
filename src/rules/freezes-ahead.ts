import type { DeploymentFreeze, FreezeScope, Instant } from "../model.ts";
import { instantText } from "../text/format.ts";
import { concerns, freezesAt, occurrencesOf } from "./freezes.ts";
import type { Plan } from "./plan.ts";

/** The time in which a run may create deployments. */
export interface Window {
  readonly start: Instant;
  readonly end: Instant;
}

/** A freeze that does not hold yet. */
export interface FreezeAhead {
  readonly freeze: DeploymentFreeze;
  /** Absent means that the server only tells that it holds at the end of the window. */
  readonly from?: Instant | undefined;
}

/** A run is never expected to be shorter, milliseconds. */
const shortest = 3_600_000;

/** How long a run may go on: its levels one after the other, each as long as the longest of its children took the last time. */
export function windowOf(
  start: Instant,
  children: readonly { readonly level: number; readonly plan?: Plan | undefined }[],
): Window {
  const longest = new Map<number, number>();
  for (const { level, plan } of children) longest.set(level, Math.max(longest.get(level) ?? 0, lastDuration(plan)));
  const total = [...longest.values()].reduce((sum, each) => sum + each, 0);
  return { start, end: start + Math.max(shortest, total) };
}

/** Of the deployment that made the release current. 0 means not known. */
function lastDuration(plan: Plan | undefined): number {
  const { startTime, completedTime } = plan?.current?.attempt?.task ?? {};
  return startTime === undefined || completedTime === undefined ? 0 : Math.max(0, completedTime - startTime);
}

/** What the server told about freezes at both ends of a window. */
export interface FreezesAsked {
  readonly atStart: readonly DeploymentFreeze[];
  readonly atEnd: readonly DeploymentFreeze[];
  readonly window: Window;
}

/**
 * The freezes of a place that begin in the window, each once. Those that hold at its start are not ahead. Of a recurring one the server tells
 * one occurrence for each instant it is asked for, so one that comes and goes in between may be missed.
 */
export function freezesAhead({ atStart, atEnd, window }: FreezesAsked, scope: FreezeScope): readonly FreezeAhead[] {
  const { start, end } = window;
  const holding = new Set(freezesAt(atStart, scope, start).map(({ freeze }) => freeze.id));
  const beginning = [...atStart, ...atEnd].flatMap((freeze): readonly FreezeAhead[] => {
    const next = occurrencesOf(freeze).find((each) => start < each.start && each.start < end);
    return next !== undefined && concerns(freeze, scope) ? [{ freeze, from: next.start }] : [];
  });
  const untold = freezesAt(atEnd, scope, end - 1).map(({ freeze }): FreezeAhead => ({ freeze }));
  // Of several occurrences of a freeze the earliest counts, which is the one told for the start.
  const found = [...untold, ...beginning.reverse()].filter(({ freeze }) => !holding.has(freeze.id));
  return [...new Map(found.map((each) => [each.freeze.id, each])).values()];
}

/** What freezes ahead mean for a child: something to know, or, where its failure would take everything back, a reason not to begin. */
export function judgeAhead(
  ahead: readonly FreezeAhead[],
  child: {
    /** Which deployment they may keep from starting, as in `Web API to Staging`. */
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
