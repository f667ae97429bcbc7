import type { Publish, Surroundings } from "./dependencies.ts";
import { PlanChangedError } from "./errors.ts";
import { findApprovedPlan, requireSight } from "./find-approved-plan.ts";
import { findRelease } from "./find-release.ts";
import { mayRepeat } from "./limit-run.ts";
import { learnPauses, learnSupersession } from "./learn-pauses.ts";
import { lookAhead } from "./look-ahead.ts";
import {
  type ApprovedPlan,
  type Bond,
  bondOf,
  breachOf,
  differenceFrom,
  exclusionOf,
  intentionOf,
  plannedBy,
} from "./plan/approved-plan.ts";
import { describePlan } from "./plan/describe.ts";
import type { Findings } from "./plan/findings.ts";
import { reasonOf } from "./plan/outcome.ts";
import { asId, type Instant } from "./model.ts";
import { makePlan, type Order, type Plan } from "./plan/plan.ts";
import { appointmentOf } from "./plan/planned-start.ts";
import { refuseToWaitForOwnProject } from "./own-project.ts";
import { recover } from "./recover.ts";
import { type Context, orderOf } from "./resolve-context.ts";
import { planArtifact } from "./step/plan-artifact.ts";
import { placeText } from "./plan/words.ts";
import { waitForOthers } from "./wait-for-others.ts";

/**
 * Makes the plan, bound to the approved one, and makes it again each time another deployment to the same place has ended. Throws
 * `PlanChangedError` where the approved release cannot be what is deployed.
 * @param waited milliseconds this run has waited for other deployments already; they count towards the queue limit
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
  const bond = await atRest(bondOf(context.settings.planPolicy, lookup), today, context, clock.now());
  if (bond.kind === "stop") throw planChanged(context, bond.explanation);
  if (bond.kind === "free" && bond.remark !== undefined) step.verbose(bond.remark);
  const bound = bond.kind === "bound" ? boundTo(bond, context) : context;
  if (bond.kind === "bound") requireWanted(bond, context);
  const found = await (bond.kind === "bound" ? findRelease(bound) : today);
  const { schedule } = context.settings;
  // Asking for the zone loads the tables of all languages, so only a schedule does.
  const appointment = appointmentOf(schedule, schedule.start && clock.timeZone);
  const order = { ...orderOf(bound), appointment, planned: plannedBy(bond) };
  const drawn = await drawPlan(order, found, context, clock);
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

/** Whom the deployment would supersede is asked only where there is to be one. */
async function drawPlan(order: Order, found: Findings, context: Context, clock: Surroundings["clock"]): Promise<Plan> {
  const paused = await learnPauses(found.inDestination, context);
  const now = clock.now();
  const draw = (inDestination: Findings["inDestination"]) =>
    makePlan(order, { ...found, inDestination }, context.settings.parent, now);
  const plan = draw(paused);
  if (plan.decision.kind !== "deploy") return plan;
  const known = await learnSupersession(paused, found.limits, context, now);
  return known === paused ? plan : draw(known);
}

async function isRepeated(today: Promise<Findings>): Promise<boolean> {
  const { found } = await today;
  return found.kind === "selected" && found.isRepeated === true;
}

/** Where nothing was to be deployed and nothing would be today, today's own plan says best why: its choice is there. */
async function atRest(bond: Bond, today: Promise<Findings>, context: Context, now: Instant): Promise<Bond> {
  if (bond.kind !== "bound" || bond.approved.intention.decision !== "nothing") return bond;
  const found = await recover(today, () => undefined);
  const decision = found && makePlan(orderOf(context), found, context.settings.parent, now).decision;
  const isCurrent = decision?.kind === "skip" && decision.reason === "AlreadyCurrent";
  return isCurrent ? { kind: "compared", approved: bond.approved, ifDifferent: "stop" } : bond;
}

function boundTo({ approved }: Extract<Bond, { kind: "bound" }>, context: Context): Context {
  const { decision, selected } = approved.intention;
  const releaseId = decision === "deploy" && selected !== null ? asId<"Release">(selected.id) : undefined;
  if (releaseId !== undefined && context.route.kind === "no-release") throw planChanged(context, wrongStep(approved));
  const nothing =
    context.route.kind === "nothing" ? context.route : ({ kind: "nothing", reason: "NotInApprovedPlan" } as const);
  return { ...context, route: releaseId === undefined ? nothing : { kind: "approved", releaseId } };
}

/** Throws `PlanChangedError` where the run asks for another release than the approved one. What skips anyway needs none. */
function requireWanted(bond: Extract<Bond, { kind: "bound" }>, context: Context): void {
  if (context.route.kind === "nothing") return;
  const exclusion = exclusionOf(bond.approved.intention, context.settings.child.pattern);
  if (exclusion !== undefined) throw planChanged(context, `${approvedText(bond)} is not deployed: ${exclusion}.`);
}

/** The release number of a run that carries out a plan comes from the plan's own step, or is blank. */
function wrongStep({ intention, digest }: ApprovedPlan): string {
  const planned = intention.selected?.version ?? "a release";
  return `The approved plan ${digest} is to deploy ${planned}, but the release number of this run is N/A, which means no release: the expression there is bound to the wrong step.`;
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
      const isPlanned = approved.intention.decision === "deploy";
      if (isPlanned && ifDifferent === "stop" && context.route.kind === "no-release") {
        throw planChanged(context, wrongStep(approved));
      }
      const difference = differenceFrom(approved.intention, intentionOf(plan, reasonOf(plan)));
      if (difference === undefined) return { ...plan, approval: { digest: approved.digest, made: approved.made } };
      const text = `Today's choice is not the approved plan ${approved.digest}: ${difference}.`;
      if (ifDifferent === "stop") throw planChanged(context, text);
      return { ...plan, cautions: [...plan.cautions, text], approval: { off: text } };
    }
  }
}

/**
 * A run that always deploys does so again under an approved plan. It does not when the plan was approved for another current release and
 * the approved release has been deployed since.
 */
function carriedOut({ approved }: Extract<Bond, { kind: "bound" }>, plan: Plan): Plan {
  const { current, selected } = approved.intention;
  const isForced = plan.decision.kind === "deploy" && plan.decision.reason === "Forced";
  const isDone = isForced && current?.id !== selected?.id && plan.current?.flaw === undefined;
  const decision = isDone ? ({ kind: "skip", reason: "AlreadyCurrent" } as const) : plan.decision;
  return { ...plan, decision, approval: { digest: approved.digest, made: approved.made, binds: true } };
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
