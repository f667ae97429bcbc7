import { findApprovedPlan, lookupOf, requireSight, type ApprovedLookup } from "../approvals/find-approved-plan.ts";
import { ConfigurationError, PermissionError, PlanChangedError, type StepError } from "../errors.ts";
import { asId, type Deployment } from "../model.ts";
import { makePlan } from "../plan/make-plan.ts";
import { recover } from "../recover.ts";
import { allPromptsOf } from "../resolve/prompts-elsewhere.ts";
import { lackingPermission } from "../resolve/require-permissions.ts";
import type { Context } from "../resolve/resolve-context.ts";
import type { Findings } from "../rules/findings.ts";
import { type FirstChoice, firstChoice } from "../rules/first-choice.ts";
import type { Plan } from "../rules/plan.ts";
import { unknownNames } from "../rules/prompted-form.ts";
import type { Schedule } from "../rules/schedule.ts";
import { firstDeployingLevel, scheduleAgain, trainStartProblem, withoutStart } from "../rules/train-start.ts";
import type { Run } from "../run.ts";
import { findRelease } from "../select/find-release.ts";
import { quotedList } from "../text/format.ts";
import type { Member } from "./resolve-members.ts";

/** A child with its plan, or why there is none. */
export type PlannedMember = Member & {
  /** As the log and the outputs call it. */
  readonly name: string;
  readonly run: Run;
  readonly plan?: Plan | undefined;
  /** Why no plan could be made, or why it must not be carried out. */
  readonly refusal?: StepError | undefined;
};

/** A resolved child whose plan is being made. */
type Drafted = Extract<Member, { kind: "resolved" }> & Pick<PlannedMember, "name" | "run"> & { readonly index: number };

/**
 * Makes the plans of all children side by side. Nothing is created. What a run of this step in the same task chose before is chosen again, and
 * what people approved binds all children or none.
 */
export async function planMembers(
  given: readonly (Member & Pick<PlannedMember, "name" | "run">)[],
  policy: string,
): Promise<readonly PlannedMember[]> {
  const members = given.map((member): PlannedMember =>
    member.kind === "problem" ? { ...member, refusal: member.error } : member,
  );
  const drafts = members.flatMap((member, index): readonly Drafted[] =>
    member.kind === "resolved" ? [{ ...member, index }] : [],
  );
  const [first, ...others] = drafts;
  if (first === undefined) return members;
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
    found.map(({ draft, today }, place) => planMember(draft, { today, lookup: lookupOf(lookup, place), chosen })),
  );
  await requireKnownNames(planned);
  const agreed = withOneStart(withOneApproval(planned));
  return members.map((member, index) => agreed.find((each) => each.index === index) ?? member);
}

interface Sources {
  readonly today: Findings | StepError;
  readonly lookup: ReturnType<typeof lookupOf>;
  readonly chosen: FirstChoice;
}

/** A resolved child with its plan, or why there is none. */
type Planned = Drafted & Pick<PlannedMember, "plan" | "refusal">;

async function planMember(draft: Drafted, { today, lookup, chosen }: Sources): Promise<Planned> {
  if ("message" in today) return { ...draft, refusal: today };
  const planning = async (): Promise<Planned> => {
    const context = chosen.kind === "chosen" ? repeated(draft, chosen) : draft.context;
    const finding = context === draft.context ? Promise.resolve(today) : findRelease(context);
    const { plan, needsSight } = await makePlan(context, { today: finding, lookup }, draft.run);
    if (
      chosen.kind === "chosen" &&
      plan.selected !== undefined &&
      plan.selected.release.projectId !== context.project.id
    )
      throw choiceChanged(context);
    if (needsSight) await requireSight("InterruptionView", context);
    const isFirstWrite = plan.decision.kind === "deploy" || plan.decision.kind === "wait-for";
    if (isFirstWrite && !plan.order.whatIf) await requireRightToDeploy(context);
    return { ...draft, context, plan };
  };
  return await recover(planning(), (refusal): Planned => ({ ...draft, refusal }));
}

/** A missing right of the last child must not be found when the first ones are deployed. */
async function requireRightToDeploy({ space, project, tenant, destination }: Context): Promise<void> {
  const needed = ["DeploymentCreate"];
  const missing = await lackingPermission({ space, project, tenant, environments: [destination], needed });
  if (missing === undefined) return;
  throw new PermissionError(
    403,
    `The API key lacks ${missing} for the project "${project.name}" in "${destination.name}". Nothing was created.`,
    `Give the service account a role with ${missing} for this project and environment, then deploy again.`,
  );
}

/**
 * Prompted values of the step's own field go to the children that prompt for them. Throws `ConfigurationError` for a name that none of them
 * knows. What a child prompts for that is not deployed, or elsewhere, is read only where a name is not known otherwise.
 */
async function requireKnownNames(planned: readonly Planned[]): Promise<void> {
  const values = planned.flatMap(({ context }) =>
    context.settings.targeting.promptedValues.filter(({ isShared }) => isShared),
  );
  const forms = planned.flatMap(({ plan }) => plan?.preflight?.preview?.form ?? []);
  if (unknownNames(values, forms).length === 0) return;
  if (planned.some(({ plan }) => plan === undefined)) return;
  const elsewhere = await Promise.all(
    planned.map(async ({ context, plan }) => plan?.selected && (await allPromptsOf(context, plan.selected.release))),
  );
  const unknown = [...new Set(unknownNames(values, [...forms, ...elsewhere.flatMap((each) => each?.names ?? [])]))];
  // Without a release nobody knows what a child would prompt for.
  if (unknown.length === 0 || elsewhere.includes(undefined)) return;
  throw new ConfigurationError(
    `Prompted variables: no child project prompts for ${quotedList(unknown)}. Nothing was created.`,
    "Correct the prompted variables in the step's parameters, then deploy again.",
  );
}

/** The plans as they are carried out: the schedule is the start of the first level that deploys, and all others follow at once. */
function withOneStart(planned: readonly Planned[]): readonly Planned[] {
  const first = firstDeployingLevel(planned);
  const problem = trainStartProblem(planned);
  return planned.map((each) => {
    if (each.plan === undefined) return each;
    if (each.level !== first) return { ...each, context: atOnce(each.context), plan: withoutStart(each.plan) };
    if (problem === undefined || each.plan.decision.kind !== "deploy") return each;
    const remedy = "Correct the schedule in the step's parameters.";
    return { ...each, refusal: new ConfigurationError(`${problem} Nothing was created.`, remedy) };
  });
}

/** The child whose schedule has come. */
export function atOnce(context: Context): Context {
  return scheduled(context, undefined);
}

function scheduled(context: Context, start: Schedule | undefined): Context {
  const { settings } = context;
  return { ...context, settings: { ...settings, schedule: { ...settings.schedule, start } } };
}

function repeated({ context, index, run }: Drafted, { releases, start }: Extract<FirstChoice, { kind: "chosen" }>) {
  const chosen = frozen(context, releases[index] ?? null);
  return context.settings.schedule.start === undefined
    ? chosen
    : scheduled(chosen, scheduleAgain(start, run.clock.now()));
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

function choiceChanged(
  { settings: { parent } }: Context,
  children: readonly { readonly name: string; readonly deployments: readonly Deployment[] }[] = [],
): PlanChangedError {
  const deployed = children
    .filter(({ deployments }) => deployments.length > 0)
    .map(({ name, deployments }) => `${name} (${deployments.map(({ id }) => id).join(", ")})`);
  const already = deployed.length === 0 ? "" : ` It has deployed ${deployed.join(" and ")}.`;
  return new PlanChangedError(
    `An earlier run of this step in ${parent.taskId ?? "this task"} chose releases for other child projects than the list names now, or its choice cannot be read back.${already}`,
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
