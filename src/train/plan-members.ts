import { findApprovedPlan, lookupOf, requireSight, type ApprovedLookup } from "../approvals/find-approved-plan.ts";
import { PlanChangedError, type StepError } from "../errors.ts";
import type { Deployment } from "../model.ts";
import { makePlan } from "../plan/make-plan.ts";
import { sayLackingRights } from "../plan/preflight.ts";
import { recover } from "../recover.ts";
import { requirePermissions } from "../resolve/require-permissions.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { type FirstChoice, firstChoice } from "../rules/first-choice.ts";
import { findRelease, type Searched } from "../select/find-release.ts";
import type { Plan } from "../rules/plan.ts";
import { isSameRollBack } from "../rules/train-plan.ts";
import type { RollBackTarget } from "../rules/undo.ts";
import { withFreezesAhead } from "./freezes-ahead.ts";
import { repeated, withOneStart } from "./one-start.ts";
import { planRollBack, rollBackWarnings } from "./plan-roll-back.ts";
import type { Drafted, Planned, PlannedMember, PlannedMembers } from "./planned.ts";
import type { Member } from "./resolve-members.ts";
import { withSharedValues } from "./shared-values.ts";
import { withUnfinishedRun } from "./unfinished-run.ts";
import type { FailurePolicy } from "./train-settings.ts";

/**
 * Makes the plans of all children side by side. Nothing is created. The releases that an earlier run of this step in the same task chose are
 * chosen again, and an approved plan binds all children or none.
 */
export async function planMembers(
  given: readonly (Member & Pick<PlannedMember, "name" | "run">)[],
  policy: FailurePolicy,
): Promise<PlannedMembers> {
  const members = given.map((member): PlannedMember =>
    member.kind === "problem" ? { ...member, refusal: member.error } : member,
  );
  const drafts = members.flatMap((member, index): readonly Drafted[] =>
    member.kind === "resolved" ? [{ ...member, index }] : [],
  );
  const [first, ...others] = drafts;
  if (first === undefined) return { members, chosen: { kind: "none" } };
  // If a child could not be resolved, nothing is deployed, and no plan can be compared with the approved one.
  const isComplete = members.every(({ kind }) => kind !== "problem");
  const subject = {
    contexts: [first.context, ...others.map(({ context }) => context)] as const,
    levels: drafts.map(({ level }) => level),
    policy,
  };
  const looking: Promise<ApprovedLookup> = isComplete
    ? findApprovedPlan(subject)
    : Promise.resolve({ kind: "not-asked" });
  const [lookup, found] = await Promise.all([
    recover(looking, (error) => error),
    Promise.all(
      drafts.map(async (draft) => ({
        draft,
        today: await recover(findRelease(draft.context, readingRights(draft)), (error) => error),
      })),
    ),
  ]);
  if ("message" in lookup) throw lookup;
  const there = members.map((_, index) => {
    const today = found.find(({ draft }) => draft.index === index)?.today;
    return today === undefined || "message" in today ? [] : today.inDestination;
  });
  const chosen = firstChoice(there, first.context.settings.parent);
  if (chosen.kind === "damaged") {
    const deployed = given.map(({ name }, index) => ({ name, deployments: chosen.deployed[index] ?? [] }));
    throw choiceChanged(first.context, deployed);
  }
  const planned = await Promise.all(
    found.map(({ draft, today }, place) => {
      const approvedRollBack = lookup.kind === "found" ? (lookup.rollBacks[place] ?? null) : undefined;
      return planMember(draft, { today, lookup: lookupOf(lookup, place), chosen, policy, approvedRollBack });
    }),
  );
  const agreed = await withFreezesAhead(withSharedValues(withOneStart(withOneApproval(planned)), members), policy);
  return { members: members.map((member, index) => agreed.find((each) => each.index === index) ?? member), chosen };
}

interface Sources {
  readonly today: Searched | StepError;
  readonly lookup: ReturnType<typeof lookupOf>;
  readonly chosen: FirstChoice;
  readonly policy: FailurePolicy;
  /** Where the child goes back to in the approved plan. Absent means that there is no such plan. */
  readonly approvedRollBack: RollBackTarget | null | undefined;
}

async function planMember(draft: Drafted, { today, lookup, chosen, ...sources }: Sources): Promise<Planned> {
  if ("message" in today) return { ...draft, refusal: today };
  const planning = async (): Promise<Planned> => {
    const context = chosen.kind === "chosen" ? repeated(draft, chosen) : draft.context;
    const finding = context === draft.context ? Promise.resolve(today) : findRelease(context);
    const { plan: made, needsSight } = await makePlan(context, { today: finding, lookup }, draft.run);
    const plan = await withUnfinishedRun(context, made);
    if (
      chosen.kind === "chosen" &&
      plan.selected !== undefined &&
      plan.selected.release.projectId !== context.project.id
    )
      throw choiceChanged(context);
    if (needsSight) await requireSight("InterruptionView", context);
    const isFirstWrite = plan.decision.kind === "deploy" || plan.decision.kind === "wait-for";
    // A permission that the last child lacks must be found before the first child is deployed.
    if (!plan.order.whatIf && isFirstWrite)
      await requirePermissions({ ...context, environments: [context.destination], needed: ["DeploymentCreate"] });
    if (!plan.order.whatIf && (isFirstWrite || plan.decision.kind === "adopt"))
      await sayLackingRights(context, plan, draft.run);
    if (sources.policy !== "RollBack") return { ...draft, context, plan };
    const rollBack = await planRollBack(context, plan, draft.child);
    const approved = plan.approval.digest === undefined ? undefined : sources.approvedRollBack;
    if (rollBack !== null && approved !== undefined && !isSameRollBack(rollBack, approved)) throw rollBackMoved();
    const warnings = [...plan.warnings, ...(await rollBackWarnings(context, rollBack))];
    return { ...draft, context, plan: { ...plan, warnings }, rollBack, approvedRollBack: approved };
  };
  return await recover(planning(), (refusal): Planned => ({ ...draft, refusal }));
}

/** Reads the API key's permissions ahead. An error is ignored here, because the read that needs the answer fails as well. */
function readingRights({ context }: Drafted): () => void {
  return () => void context.space.ownPermissions().catch(() => undefined);
}

/** Throws `PlanChangedError` if the child would not go back to the release that people approved, because another one is current now. */
export function requireApprovedWayBack(
  { approvedRollBack: approved }: Pick<PlannedMember, "approvedRollBack">,
  { decision, current }: Plan,
): void {
  const isMoved = approved && "to" in approved && approved.to.id !== current?.release.id;
  if (isMoved === true && decision.kind === "deploy") throw rollBackMoved();
}

function rollBackMoved(): PlanChangedError {
  return new PlanChangedError(
    "If a child fails, this one would not go back to the approved release, because another release is current now.",
    "Run the what-if again and have its plan approved.",
  );
}

function choiceChanged(
  { settings: { parent } }: Context,
  children: readonly { readonly name: string; readonly deployments: readonly Deployment[] }[] = [],
): PlanChangedError {
  const deployed = children
    .filter(({ deployments }) => deployments.length > 0)
    .map(({ name, deployments }) => `${name} (${deployments.map(({ id }) => id).join(", ")})`);
  const already = deployed.length === 0 ? "" : ` Already deployed: ${deployed.join(" and ")}.`;
  return new PlanChangedError(
    `An earlier run of this step in ${parent.taskId ?? "this task"} chose releases for a different list of child projects, or its choice cannot be read.${already}`,
    "Check in Octopus what is already deployed, then deploy the parent again.",
  );
}

/** The plan of the whole run is one: where one child differs from the approved plan, no child is approved automatically. */
function withOneApproval(planned: readonly Planned[]): readonly Planned[] {
  const off = planned.map(({ plan }) => plan?.approval.off).find((reason) => reason !== undefined);
  if (off === undefined) return planned;
  return planned.map((each) =>
    each.plan === undefined
      ? each
      : { ...each, plan: { ...each.plan, approval: { off: each.plan.approval.off ?? off } } },
  );
}
