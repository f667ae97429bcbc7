import { ConfigurationError } from "../errors.ts";
import { asId } from "../model.ts";
import type { Context } from "../resolve/resolve-context.ts";
import type { FirstChoice } from "../rules/first-choice.ts";
import type { Plan } from "../rules/plan.ts";
import type { PlannedStart } from "../rules/planned-start.ts";
import type { Schedule } from "../rules/schedule.ts";
import { firstDeployingLevel, scheduleAgain, trainStartProblem, withoutStart } from "../rules/train-start.ts";
import type { Drafted, Planned } from "./planned.ts";

/**
 * The plans with one start: the schedule applies to the first level that deploys, and later levels follow at once. A delay counts from now for
 * all children, also for one that waits for another user's deployment first.
 */
export function withOneStart(planned: readonly Planned[]): readonly Planned[] {
  const first = firstDeployingLevel(planned);
  const start = planned.map(({ plan }) => plan?.start).find((each) => each?.kind === "at");
  const problem = trainStartProblem(planned);
  return planned.map((each) => {
    if (each.plan === undefined) return each;
    if (each.level !== first) return { ...each, context: atOnce(each.context), plan: withoutStart(each.plan) };
    if (problem === undefined || each.plan.decision.kind !== "deploy")
      return start?.kind === "at" ? startingAt(start, each, each.plan) : each;
    const remedy = 'Correct the parameter "Schedule: start time".';
    return { ...each, refusal: new ConfigurationError(`${problem} Nothing was created.`, remedy) };
  });
}

function startingAt(start: PlannedStart & { readonly kind: "at" }, each: Planned, plan: Plan): Planned {
  const schedule: Schedule = { kind: "instant", instant: start.instant };
  const { appointment } = plan.order;
  const order = { ...plan.order, appointment: appointment && { ...appointment, schedule } };
  return { ...each, context: scheduled(each.context, schedule), plan: { ...plan, start, order } };
}

/** The child without a schedule: it starts at once. */
export function atOnce(context: Context): Context {
  return scheduled(context, undefined);
}

function scheduled(context: Context, start: Schedule | undefined): Context {
  const { settings } = context;
  return { ...context, settings: { ...settings, schedule: { ...settings.schedule, start } } };
}

/** The child as an earlier run of this step in the same task chose and scheduled it. */
export function repeated(
  { context, index, run }: Drafted,
  { releases, start }: Extract<FirstChoice, { kind: "chosen" }>,
) {
  const chosen = frozen(context, releases[index] ?? null);
  return context.settings.schedule.start === undefined
    ? chosen
    : scheduled(chosen, scheduleAgain(start, run.clock.now()));
}

/** The child as an earlier run of this step in the same task chose for it. @param release `null` means that it chose none */
export function frozen(context: Context, release: string | null): Context {
  if (context.route.kind === "nothing") return context;
  const route =
    release === null
      ? ({ kind: "no-release" } as const)
      : ({ kind: "approved", releaseId: asId<"Release">(release) } as const);
  return { ...context, route };
}
