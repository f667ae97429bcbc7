import type { Run } from "../run.ts";
import { PlanChangedError } from "../errors.ts";
import { alone, findApprovedPlan, lookupOf } from "../approvals/find-approved-plan.ts";
import { findRelease, type Searched } from "../select/find-release.ts";
import { mayRepeat } from "../resolve/targeting.ts";
import { readPauses, readSupersession } from "../monitor/read-pauses.ts";
import { preflight } from "./preflight.ts";
import {
  type ApprovedPlan,
  type PlanConstraint,
  constraintOf,
  violationOf,
  differenceFrom,
  exclusionOf,
  intentionOf,
  plannedBy,
  type PlanLookup,
} from "../rules/approved-plan.ts";
import type { Findings } from "../rules/findings.ts";
import { reasonOf } from "../rules/outcome.ts";
import { asId, type Instant } from "../model.ts";
import type { Order, Plan } from "../rules/plan.ts";
import { composePlan } from "../rules/compose-plan.ts";
import { type Appointment, appointmentOf } from "../rules/planned-start.ts";
import { recover } from "../recover.ts";
import { type Context, orderOf } from "../resolve/resolve-context.ts";

/** The release that a run would choose today, and the approved plan. */
export interface PlanSources {
  /** What this run would choose without an approved plan. */
  readonly today: Promise<Searched>;
  /** What became of the search for an approved plan. */
  readonly lookup: PlanLookup;
}

/** The plan of one child, bound to the approved plan, and what has to be checked before anything is created. */
export interface MadePlan {
  readonly plan: Plan;
  /** The API key saw no approval, and the plan deploys something: the key must have been able to see an approval. */
  readonly needsSight: boolean;
}

/** Throws `PlanChangedError` where the approved release cannot be what is deployed. */
export async function makePlan(
  context: Context,
  { today, lookup }: PlanSources,
  { step, clock }: Pick<Run, "step" | "clock">,
): Promise<MadePlan> {
  const constraint = await atRest(constraintOf(context.settings.planPolicy, lookup), {
    today,
    context,
    now: clock.now(),
  });
  if (constraint.kind === "stop") throw planChanged(constraint.explanation);
  if (constraint.kind === "free" && constraint.remark !== undefined) step.verbose(constraint.remark);
  const bound = constraint.kind === "bound" ? boundTo(constraint, context) : context;
  if (constraint.kind === "bound") requireWanted(constraint, context);
  const found = await (constraint.kind === "bound" ? findAgain(bound, today) : today);
  const order = { ...orderOf(bound), appointment: appointmentIn(context, clock), planned: plannedBy(constraint) };
  const drawn = await drawPlan({ order, found, now: clock.now() }, context);
  const held = checkAgainstApproved(constraint, drawn, context);
  const plan = await preflight(bound, held, { step, clock });
  const mayBeHidden = constraint.kind === "free" && constraint.mayBeHidden === true;
  return { plan, needsSight: mayBeHidden && plan.decision.kind === "deploy" };
}

/** Finds the approved release. What was read a moment ago to choose today's is not read again. */
async function findAgain(bound: Context, today: Promise<Searched>): Promise<Findings> {
  const before = await recover(today, () => undefined);
  return await (before === undefined ? findRelease(bound) : before.again(bound));
}

/** Draws the plan. Supersession is read only if the plan deploys something. */
async function drawPlan(
  { order, found, now }: { readonly order: Order; readonly found: Findings; readonly now: Instant },
  context: Context,
): Promise<Plan> {
  const paused = await readPauses(found, context);
  const draw = (inDestination: Findings["inDestination"]) =>
    composePlan(order, { ...found, inDestination }, { identity: context.settings.parent, now });
  const plan = draw(paused);
  if (plan.decision.kind !== "deploy") return plan;
  const known = await readSupersession(paused, { scope: found.scope, now }, context);
  return known === paused ? plan : draw(known);
}

/** The worker's zone is read only for a schedule, because it loads the tables of all languages. */
function appointmentIn({ settings: { schedule } }: Context, clock: Run["clock"]): Appointment | undefined {
  return appointmentOf(schedule, schedule.start && clock.timeZone);
}

/** Looks for the approved plan of a run for one child. Redeploying the current release to a new machine needs no approval. */
export async function lookUpPlan(context: Context, today: Promise<Findings>): Promise<PlanLookup> {
  // Most runs have no approved plan, so today's release is looked up at the same time.
  today.catch(() => undefined);
  const repeats = mayRepeat(context.settings) && (await isRepeated(today));
  return repeats ? { kind: "not-asked" } : lookupOf(await findApprovedPlan(alone(context)), 0);
}

async function isRepeated(today: Promise<Findings>): Promise<boolean> {
  const { found } = await today;
  return found.kind === "selected" && found.isRepeated === true;
}

/** If the approved plan deploys nothing and today's plan does neither, today's plan says why. */
async function atRest(
  constraint: PlanConstraint,
  { today, context, now }: { readonly today: Promise<Findings>; readonly context: Context; readonly now: Instant },
): Promise<PlanConstraint> {
  if (constraint.kind !== "bound" || constraint.approved.intention.decision !== "nothing") return constraint;
  const found = await recover(today, () => undefined);
  const decision = found && composePlan(orderOf(context), found, { identity: context.settings.parent, now }).decision;
  return decision?.kind === "skip"
    ? { kind: "compared", approved: constraint.approved, ifDifferent: "stop" }
    : constraint;
}

function boundTo({ approved }: Extract<PlanConstraint, { kind: "bound" }>, context: Context): Context {
  const { decision, selected } = approved.intention;
  const releaseId = decision === "deploy" && selected !== null ? asId<"Release">(selected.id) : undefined;
  if (releaseId !== undefined && context.route.kind === "no-release") throw planChanged(wrongStep(approved));
  const nothing =
    context.route.kind === "nothing" ? context.route : ({ kind: "nothing", reason: "NotInApprovedPlan" } as const);
  return {
    ...context,
    route: releaseId === undefined ? nothing : { kind: "approved", releaseId, version: selected?.version },
  };
}

/** Throws `PlanChangedError` if the release number of the run excludes the approved release. A run that skips anyway needs none. */
function requireWanted(constraint: Extract<PlanConstraint, { kind: "bound" }>, context: Context): void {
  if (context.route.kind === "nothing") return;
  const exclusion = exclusionOf(constraint.approved.intention, context.settings.child.pattern);
  if (exclusion !== undefined) throw planChanged(`${approvedText(constraint)} is not deployed: ${exclusion}.`);
}

/** The release number of a run with an approved plan should come from the plan's own step, or be blank. */
function wrongStep({ intention, digest }: ApprovedPlan): string {
  const planned = intention.selected?.version ?? "a release";
  return `The approved plan ${digest} deploys ${planned}, but the release number of this run is N/A, which means no release. The expression there is bound to the wrong step.`;
}

/** Compares today's plan with the approved one: the run stops, goes on without approvals, or carries the approved plan out. */
function checkAgainstApproved(constraint: PlanConstraint, plan: Plan, context: Context): Plan {
  switch (constraint.kind) {
    case "stop":
      return plan;
    case "free": {
      const { warning } = constraint;
      if (warning === undefined) return plan;
      const off = warning.approvesNothing ? warning.text : undefined;
      return { ...plan, warnings: [...plan.warnings, warning.text], approval: { off } };
    }
    case "bound": {
      const isAllowed = !plan.passedOver.some(({ rejection }) => rejection === "not-promotable");
      const violation = violationOf(constraint.approved, plan, isAllowed);
      if (violation !== undefined) throw planChanged(`${approvedText(constraint)} may not be deployed: ${violation}.`);
      return carriedOut(constraint, plan);
    }
    case "compared": {
      const { approved, ifDifferent } = constraint;
      const isPlanned = approved.intention.decision === "deploy";
      if (isPlanned && ifDifferent === "stop" && context.route.kind === "no-release") {
        throw planChanged(wrongStep(approved));
      }
      // A run that waits is compared when it has waited, and one that skips its child in any case needs no release.
      const isCompared = plan.decision.kind !== "wait-for" && context.route.kind !== "nothing";
      const difference = isCompared ? differenceFrom(approved.intention, intentionOf(plan, reasonOf(plan))) : undefined;
      if (difference === undefined) return { ...plan, approval: { digest: approved.digest, made: approved.made } };
      const text = `This run differs from the approved plan ${approved.digest}: ${difference}.`;
      if (ifDifferent === "stop") throw planChanged(text);
      return { ...plan, warnings: [...plan.warnings, text], approval: { off: text } };
    }
  }
}

/**
 * A run that always deploys does so again under an approved plan. It does not when the plan was approved for another current release and
 * the approved release has been deployed since.
 */
function carriedOut({ approved }: Extract<PlanConstraint, { kind: "bound" }>, plan: Plan): Plan {
  const { current, selected } = approved.intention;
  const isForced = plan.decision.kind === "deploy" && plan.decision.reason === "Forced";
  const isDone = isForced && current?.id !== selected?.id && plan.current?.incomplete === undefined;
  const decision = isDone ? ({ kind: "skip", reason: "AlreadyCurrent" } as const) : plan.decision;
  return { ...plan, decision, approval: { digest: approved.digest, made: approved.made } };
}

function approvedText({ approved }: Extract<PlanConstraint, { kind: "bound" }>): string {
  return `The approved release ${approved.intention.selected?.version ?? ""} (plan ${approved.digest})`;
}

function planChanged(explanation: string): PlanChangedError {
  return new PlanChangedError(
    explanation,
    'Nothing was created. Run the what-if again and have its plan approved, or choose another option in "If a plan was approved".',
  );
}
