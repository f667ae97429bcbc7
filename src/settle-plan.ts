import type { Publish, Surroundings } from "./dependencies.ts";
import { PlanChangedError } from "./errors.ts";
import { findApprovedPlan, requireSight } from "./find-approved-plan.ts";
import { findRelease } from "./find-release.ts";
import { mayRepeat } from "./limit-run.ts";
import { learnPauses } from "./learn-pauses.ts";
import { lookAhead } from "./look-ahead.ts";
import { type Bond, bondOf, breachOf, differenceFrom, intentionOf, plannedBy } from "./plan/approved-plan.ts";
import { describePlan } from "./plan/describe.ts";
import type { Findings } from "./plan/findings.ts";
import { reasonOf } from "./plan/outcome.ts";
import { asId } from "./model.ts";
import { makePlan, type Plan } from "./plan/plan.ts";
import { appointmentOf } from "./plan/planned-start.ts";
import { refuseToWaitForOwnProject } from "./own-project.ts";
import { type Context, orderOf } from "./resolve-context.ts";
import { planArtifact } from "./step/plan-artifact.ts";
import { placeText } from "./plan/words.ts";
import { waitForOthers } from "./wait-for-others.ts";

/**
 * Makes the plan, bound to the one people approved. Makes it again each time somebody else's deployment to the same place has ended.
 * Throws `PlanChangedError` where that cannot be what is deployed.
 */
export async function settlePlan(
  context: Context,
  publish: Publish,
  surroundings: Surroundings,
  waited = 0,
): Promise<Plan> {
  refuseToWaitForOwnProject(context);
  const { step, clock } = surroundings;
  // Most runs have no approved plan: what they choose today is looked up at the same time.
  const today = findRelease(context);
  today.catch(() => undefined);
  // What the destination runs already needs no approval to reach a new machine there.
  const repeats = mayRepeat(context.settings) && (await isRepeated(today));
  const lookup = repeats ? ({ kind: "not-asked" } as const) : await findApprovedPlan(context);
  const bond = bondOf(context.settings.planPolicy, lookup);
  if (bond.kind === "stop") throw planChanged(context, bond.explanation);
  if (bond.kind === "free" && bond.remark !== undefined) step.verbose(bond.remark);
  const bound = bond.kind === "bound" ? boundTo(bond, context) : context;
  const found = await (bond.kind === "bound" ? findRelease(bound) : today);
  const { schedule } = context.settings;
  // Asking for the zone loads the tables of all languages, so only a schedule does.
  const appointment = appointmentOf(schedule, schedule.start && clock.timeZone);
  const order = { ...orderOf(bound), appointment, planned: plannedBy(bond) };
  const inDestination = await learnPauses(found.inDestination, context);
  const drawn = makePlan(order, { ...found, inDestination }, context.settings.parent, clock.now());
  const held = holdAgainst(bond, drawn, context);
  const plan = await lookAhead(bound, held, surroundings);
  publish(plan);
  for (const { level, text } of describePlan(plan, planArtifact(plan).digest)) step[level](text);
  if (plan.decision.kind === "deploy" && bond.kind === "free" && bond.mayBeHidden === true) {
    await requireSight("InterruptionView", context);
  }
  if (plan.decision.kind !== "wait-for") return plan;
  const wait = await waitForOthers(plan.decision.attempt, { context, waited }, surroundings);
  if (wait.unended !== undefined) return { ...plan, decision: { ...plan.decision, unended: wait.unended } };
  return await settlePlan(context, publish, surroundings, waited + wait.waited);
}

async function isRepeated(today: Promise<Findings>): Promise<boolean> {
  const { found } = await today;
  return found.kind === "selected" && found.isRepeated === true;
}

function boundTo({ approved }: Extract<Bond, { kind: "bound" }>, context: Context): Context {
  const { decision, selected } = approved.intention;
  const releaseId = decision === "deploy" && selected !== null ? asId<"Release">(selected.id) : undefined;
  const nothing =
    context.route.kind === "nothing" ? context.route : ({ kind: "nothing", reason: "NotInApprovedPlan" } as const);
  return { ...context, route: releaseId === undefined ? nothing : { kind: "approved", releaseId } };
}

/** What the approved plan has to say about today's plan: it stops it, takes the approvals from it, or is carried out by it. */
function holdAgainst(bond: Bond, plan: Plan, context: Context): Plan {
  switch (bond.kind) {
    case "stop":
      return plan;
    case "free": {
      const { caution } = bond;
      if (caution === undefined) return plan;
      const off = caution.approvesNothing ? caution.text : undefined;
      return { ...plan, cautions: [...plan.cautions, caution.text], approval: { off } };
    }
    case "bound": {
      const isAllowed = !plan.passedOver.some(({ rejection }) => rejection === "not-promotable");
      const breach = breachOf(bond.approved, plan, isAllowed);
      if (breach !== undefined) throw planChanged(context, `${approvedText(bond)} may not be deployed: ${breach}.`);
      return carriedOut(bond, plan);
    }
    case "compared": {
      const { approved, ifDifferent } = bond;
      const difference = differenceFrom(approved.intention, intentionOf(plan, reasonOf(plan)));
      if (difference === undefined) return { ...plan, approval: { digest: approved.digest } };
      const text = `Today's choice is not the approved plan ${approved.digest}: ${difference}.`;
      if (ifDifferent === "stop") throw planChanged(context, text);
      return { ...plan, cautions: [...plan.cautions, text], approval: { off: text } };
    }
  }
}

/** What always deploys does so once more; but what was approved for another current release is there already. */
function carriedOut({ approved }: Extract<Bond, { kind: "bound" }>, plan: Plan): Plan {
  const { current, selected } = approved.intention;
  const isForced = plan.decision.kind === "deploy" && plan.decision.reason === "Forced";
  const isDone = isForced && current?.id !== selected?.id && plan.current?.flaw === undefined;
  const decision = isDone ? ({ kind: "skip", reason: "AlreadyCurrent" } as const) : plan.decision;
  return { ...plan, decision, approval: { digest: approved.digest, binds: true } };
}

function approvedText({ approved }: Extract<Bond, { kind: "bound" }>): string {
  return `The approved release ${approved.intention.selected?.version ?? ""} (plan ${approved.digest})`;
}

function planChanged(context: Context, explanation: string): PlanChangedError {
  return new PlanChangedError(
    explanation,
    `Nothing was created. Run the what-if for ${context.project.name} to ${placeText(context)} again and let it be approved, or choose another policy in the parameter "Approved plan".`,
  );
}
