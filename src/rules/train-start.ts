import type { Instant } from "../model.ts";
import type { Plan } from "./plan.ts";
import { startProblem } from "./planned-start.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";

/** A child with its level and plan. */
export interface StartingChild {
  /** 1 for the first level. */
  readonly level: number;
  /** Absent means that no plan could be made. */
  readonly plan?: Plan | undefined;
}

/** The level to which the schedule applies: the first that deploys something. `undefined` means that none does. */
export function firstDeployingLevel(children: readonly StartingChild[]): number | undefined {
  const levels = children.filter(({ plan }) => plan !== undefined && isDeploying(plan)).map(({ level }) => level);
  return levels.length === 0 ? undefined : Math.min(...levels);
}

function isDeploying({ decision: { kind } }: Plan): boolean {
  return kind === "deploy" || kind === "adopt" || kind === "wait-for";
}

/** The plan of a child that starts at once. */
export function withoutStart(plan: Plan): Plan {
  return { ...plan, start: undefined, order: { ...plan.order, appointment: undefined } };
}

/** Whether the scheduled start of a child is past, so that the child starts at once. */
export function isDue({ start }: Plan, now: Instant): boolean {
  return start?.kind === "at" && start.instant <= now;
}

/** Why nothing can be created at the time of the schedule, as a whole sentence. `undefined` means that it can, or nothing is. */
export function trainStartProblem(children: readonly StartingChild[]): string | undefined {
  const first = firstDeployingLevel(children);
  return children
    .filter(({ level, plan }) => level === first && plan?.decision.kind === "deploy")
    .map(({ plan }) => startProblem(plan?.start))
    .find((problem) => problem !== undefined);
}

/** The schedule of a repeated run, as the earlier run resolved it. `undefined` means at once. @param start ISO 8601 */
export function scheduleAgain(start: string | null, now: Instant): Schedule | undefined {
  const resolved = parseSchedule(start ?? "");
  if (typeof resolved !== "object" || resolved.kind !== "instant") return undefined;
  return resolved.instant > now ? resolved : undefined;
}
