import { findApprovedPlan, lookupOf, requireSight, type ApprovedLookup } from "../approvals/find-approved-plan.ts";
import { PlanChangedError, type StepError } from "../errors.ts";
import { asId } from "../model.ts";
import { makePlan } from "../plan/make-plan.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";
import type { Findings } from "../rules/findings.ts";
import { type FirstChoice, firstChoice } from "../rules/first-choice.ts";
import { unknownToAll } from "../rules/gate.ts";
import type { Plan } from "../rules/plan.ts";
import type { Run } from "../run.ts";
import { findRelease } from "../select/find-release.ts";
import { isSameRollBack } from "../rules/train-plan.ts";
import type { RollBackTarget } from "../rules/undo.ts";
import { titleOf } from "../step/parameters.ts";
import { quotedList } from "../text/format.ts";
import { withFreezesAhead } from "./freezes-ahead.ts";
import { planRollBack } from "./plan-roll-back.ts";
import type { Member } from "./resolve-members.ts";
import type { FailurePolicy } from "./train-settings.ts";

/** A child with its plan, or why there is none. */
export type PlannedMember = Member & {
  /** As the log and the outputs call it. */
  readonly name: string;
  readonly run: Run;
  readonly plan?: Plan | undefined;
  /** Why no plan could be made, or why it must not be carried out. */
  readonly refusal?: StepError | undefined;
  /** Where it goes back to when the run fails; absent: runs of this policy take nothing back. */
  readonly rollBack?: RollBackTarget | null | undefined;
};

/** The children with their plans, and what an earlier run of this step in the same task chose. */
export interface PlannedMembers {
  readonly members: readonly PlannedMember[];
  readonly chosen: FirstChoice;
}

/** A resolved child whose plan is being made. */
type Drafted = Extract<Member, { kind: "resolved" }> & Pick<PlannedMember, "name" | "run"> & { readonly index: number };

/**
 * Makes the plans of all children side by side. Nothing is created. What a run of this step in the same task chose before is chosen again, and
 * what people approved binds all children or none.
 */
export async function planMembers(
  members: readonly (Member & Pick<PlannedMember, "name" | "run">)[],
  policy: FailurePolicy,
): Promise<PlannedMembers> {
  const drafts = members.flatMap((member, index): readonly Drafted[] =>
    member.kind === "resolved" ? [{ ...member, index }] : [],
  );
  const [first, ...others] = drafts;
  if (first === undefined) return { members, chosen: { kind: "none" } };
  // With a child that could not be resolved nothing is deployed, and no plan can be compared with what people approved.
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
      drafts.map(async (draft) => ({ draft, today: await recover(findRelease(draft.context), (error) => error) })),
    ),
  ]);
  if ("message" in lookup) throw lookup;
  const chosen = firstChoice(
    found.flatMap(({ today }) => ("message" in today ? [] : today.inDestination)),
    first.context.settings.parent,
  );
  if (chosen.kind === "damaged" || (chosen.kind === "chosen" && chosen.releases.length !== members.length))
    throw choiceChanged(first.context);
  const planned = await Promise.all(
    found.map(({ draft, today }, place) => {
      const approvedRollBack = lookup.kind === "found" ? (lookup.rollBacks[place] ?? null) : undefined;
      return planMember(draft, { today, lookup: lookupOf(lookup, place), chosen, policy, approvedRollBack });
    }),
  );
  const agreed = await withFreezesAhead(withSharedValues(withOneApproval(planned), members), policy);
  return { members: members.map((member, index) => agreed.find((each) => each.index === index) ?? member), chosen };
}

interface Sources {
  readonly today: Findings | StepError;
  readonly lookup: ReturnType<typeof lookupOf>;
  readonly chosen: FirstChoice;
  readonly policy: FailurePolicy;
  /** Where the child goes back to in the approved plan; absent: there is no such plan. */
  readonly approvedRollBack: RollBackTarget | null | undefined;
}

type Planned = Extract<PlannedMember, { kind: "resolved" }> & { readonly index: number };

async function planMember(draft: Drafted, { today, lookup, chosen, ...sources }: Sources): Promise<Planned> {
  if ("message" in today) return { ...draft, refusal: today };
  const planning = async (): Promise<Planned> => {
    const context =
      chosen.kind === "chosen" ? frozen(draft.context, chosen.releases[draft.index] ?? null) : draft.context;
    const finding = context === draft.context ? Promise.resolve(today) : findRelease(context);
    const { plan, needsSight } = await makePlan(context, { today: finding, lookup }, draft.run);
    if (needsSight) await requireSight("InterruptionView", context);
    if (sources.policy !== "RollBack") return { ...draft, context, plan };
    const rollBack = await planRollBack(context, plan, draft.child);
    const approved = plan.approval.digest === undefined ? undefined : sources.approvedRollBack;
    if (rollBack !== null && approved !== undefined && !isSameRollBack(rollBack, approved)) throw rollBackMoved(draft);
    return { ...draft, context, plan, rollBack };
  };
  return await recover(planning(), (refusal): Planned => ({ ...draft, refusal }));
}

/**
 * A value that no child prompts for is one problem of the whole run, so it stands in the way of the first child that is to be deployed.
 * Where a child was not asked it is a caution.
 */
function withSharedValues(planned: readonly Planned[], members: readonly Member[]): readonly Planned[] {
  const sharing = members.flatMap(({ child: { settings } }, index) =>
    settings.targeting.sharesPromptedValues ? [planned.find((each) => each.index === index)?.plan] : [],
  );
  const { names, isCertain } = unknownToAll(sharing);
  const bearer = planned.find(({ plan }) => plan?.unknownPrompts !== undefined && plan.decision.kind === "deploy");
  if (bearer?.plan === undefined || names.length === 0) return planned;
  const who = isCertain ? "no child project prompts" : "no child project that was asked prompts";
  const text = `${titleOf("ChildProject.Prompted.Variables")}: ${who} for ${quotedList(names)}.`;
  const { warnings, blockers } = bearer.plan;
  const plan = isCertain
    ? { ...bearer.plan, blockers: [...blockers, { reason: "Blocked", text } as const] }
    : { ...bearer.plan, warnings: [...warnings, text] };
  return planned.map((each) => (each === bearer ? { ...bearer, plan } : each));
}

/** The child as an earlier run of this step in the same task chose for it. @param release `null`: it chose none */
export function frozen(context: Context, release: string | null): Context {
  if (context.route.kind === "nothing") return context;
  const route =
    release === null
      ? ({ kind: "no-release" } as const)
      : ({ kind: "approved", releaseId: asId<"Release">(release) } as const);
  return { ...context, route };
}

function rollBackMoved({ name }: Drafted): PlanChangedError {
  return new PlanChangedError(
    `${name} would not go back to the release that people approved for the case that a child fails: another one is current now.`,
    "Nothing was created. Run the what-if again and let its plan be approved.",
  );
}

function choiceChanged({ settings: { parent } }: Context): PlanChangedError {
  return new PlanChangedError(
    `An earlier run of this step in ${parent.taskId ?? "this task"} chose releases for other child projects than the list names now, or its choice cannot be read back.`,
    "Look in the portal what is deployed already, and deploy the parent again: a new deployment of the parent makes a new choice.",
  );
}

/** The plan of the whole run is one: where one child is not what people approved, no child is approved in their name. */
function withOneApproval(planned: readonly Planned[]): readonly Planned[] {
  const off = planned.map(({ plan }) => plan?.approval.off).find((reason) => reason !== undefined);
  if (off === undefined) return planned;
  return planned.map((each) =>
    each.plan === undefined
      ? each
      : { ...each, plan: { ...each.plan, approval: { off: each.plan.approval.off ?? off } } },
  );
}
