import { carryOut, waitForTurn } from "../deploy-child-project.ts";
import type { TrainTies } from "../deploy/start-deployment.ts";
import { DeploymentInDoubtError } from "../errors.ts";
import { adviceOf, asStepError, reasonForError } from "../failure.ts";
import { isSuccess, type Outcome } from "../rules/outcome.ts";
import type { Plan } from "../rules/plan.ts";
import { type ChildResult, hasFailed } from "../rules/train.ts";
import { isDue, withoutStart } from "../rules/train-start.ts";
import type { Run } from "../run.ts";
import type { StepRuntime } from "../step/runtime.ts";
import { checkAgain } from "./check-again.ts";
import type { TrainBoard } from "./child-voice.ts";
import { atOnce, type PlannedMember } from "./plan-members.ts";
import { openLanes } from "./side-by-side.ts";
import type { FailurePolicy } from "./train-settings.ts";

/** A run for several children whose plans were checked. */
export interface CheckedTrain {
  readonly members: readonly PlannedMember[];
  readonly policy: FailurePolicy;
  /** Absent: all children of a level at the same time. */
  readonly parallelLimit: number | undefined;
  /** Some child has a problem, so nothing is created. */
  readonly isStopped: boolean;
  /** Of the plan of the whole run. */
  readonly digest: string | null;
  readonly board: TrainBoard;
  readonly step: StepRuntime;
  /** How a child ends that is neither deployed nor adopted. */
  readonly outcomeAtGate: (member: PlannedMember) => Outcome;
}

/** How long what was read for the plans counts, in milliseconds: after that each child is looked at again before it is deployed. */
const freshFor = 30_000;

/**
 * Carries out the plans, level by level and side by side as far as the settings say. What this step left under way in an earlier run of the
 * same task is waited for whatever the check of the plans said, for that creates nothing.
 */
export async function carryOutTrain(
  train: CheckedTrain,
  report: (soFar: readonly ChildResult[]) => void,
): Promise<readonly ChildResult[]> {
  const { members, board, isStopped, outcomeAtGate } = train;
  const ends = new Map<PlannedMember, ChildResult>();
  const freshUntil = board.clock.elapsed() + freshFor;
  const ties = tiesOf(train);
  const inOrder = () => members.map((member) => ends.get(member) ?? resultOf(member, outcomeAtGate(member)));
  const failed = () => [...ends.values()].find(hasFailed)?.name;
  const mayStart = () => train.policy !== "Stop" || failed() === undefined;

  async function carry(member: PlannedMember): Promise<void> {
    const began = board.clock.elapsed();
    board.begins(member.name);
    const outcome = (await endOf(member, { ties, freshUntil, mayStart })) ?? notStarted(member, failed());
    const took = outcome.kind === "NotStarted" ? undefined : board.clock.elapsed() - began;
    ends.set(member, { ...resultOf(member, outcome), took });
    board.ends(member.name);
    report(inOrder());
  }

  const lanes = openLanes(train.parallelLimit);
  const adopt = (member: PlannedMember) => lanes.occupy(() => carry(member));
  const adopting = new Map(members.filter(isAdopting).map((member) => [member, adopt(member)]));
  for (const level of isStopped ? [] : levelsOf(members)) {
    const turns = level.filter((member) => isDeploying(member) && !adopting.has(member));
    if (mayStart()) announce(turns, members, train.step);
    await Promise.all([
      ...level.map((member) => adopting.get(member)),
      ...turns.map((member) =>
        lanes.inTurn(async () => {
          if (mayStart()) await carry(member);
          else ends.set(member, resultOf(member, notStarted(member, failed())));
        }),
      ),
    ]);
  }
  await Promise.all(adopting.values());
  return inOrder();
}

function tiesOf({ members, digest, board }: CheckedTrain): TrainTies {
  const choice = members.map(({ plan }) =>
    plan === undefined || plan.decision.kind === "not-found" ? null : (plan.selected?.release.id ?? null),
  );
  return { choice, train: digest, isBusyBeside: (own) => board.isBusyBeside(own) };
}

interface Turn {
  readonly ties: TrainTies;
  readonly freshUntil: number;
  readonly mayStart: () => boolean;
}

/** How one child ends; `undefined`: another one failed before this one was to be created. What goes wrong is the child's own end. */
async function endOf({ run: own, ...member }: PlannedMember, turn: Turn): Promise<Outcome | undefined> {
  if (member.kind !== "resolved" || member.plan === undefined) return undefined;
  const { context } = member;
  const plan = isDue(member.plan, own.clock.now()) ? withoutStart(member.plan) : member.plan;
  let started: Outcome["started"];
  const publish: Run["publish"] = (published, seen) => {
    started = seen;
    own.publish(published, seen);
  };
  const run = { ...own, publish };
  try {
    const planAgain = (before: Plan) =>
      checkAgain(before.start === undefined || isDue(before, run.clock.now()) ? atOnce(context) : context, before, run);
    const child = { context, plan, planAgain, train: turn.ties };
    const settled = await waitForTurn(child, run);
    const isStale = settled === plan && isDeploying(member) && run.clock.elapsed() > turn.freshUntil;
    const current = isStale ? await planAgain(settled) : settled;
    if (current.decision.kind === "deploy" && !turn.mayStart()) return undefined;
    const outcome = await carryOut({ ...child, plan: current }, run);
    sayEnd(outcome, run.step);
    return outcome;
  } catch (error) {
    const refusal = asStepError(error);
    run.step.error(adviceOf(refusal));
    const isInDoubt = error instanceof DeploymentInDoubtError;
    return { kind: "Failed", reason: reasonForError(error), message: adviceOf(refusal), plan, started, isInDoubt };
  }
}

function sayEnd(outcome: Outcome, step: StepRuntime): void {
  if (outcome.kind === "Skipped") step.info(outcome.message);
  else if (!isSuccess(outcome)) step.error(outcome.message);
  else step.highlight(outcome.message);
}

function announce(turns: readonly PlannedMember[], members: readonly PlannedMember[], step: StepRuntime): void {
  const [first] = turns;
  const count = levelsOf(members).length;
  if (first === undefined || count === 1) return;
  step.highlight(`Level ${first.level} of ${count}: ${turns.map(({ name }) => name).join(", ")}`);
}

function levelsOf(members: readonly PlannedMember[]): readonly (readonly PlannedMember[])[] {
  const numbers = [...new Set(members.map(({ level }) => level))].sort((a, b) => a - b);
  return numbers.map((number) => members.filter(({ level }) => level === number));
}

function isAdopting({ plan }: PlannedMember): boolean {
  return plan?.decision.kind === "adopt";
}

/** Whether the child has a turn: it is deployed, at once or when another deployment has ended. */
function isDeploying({ plan }: Pick<PlannedMember, "plan">): boolean {
  return plan?.decision.kind === "deploy" || plan?.decision.kind === "wait-for";
}

function resultOf({ name, level }: PlannedMember, outcome: Outcome): ChildResult {
  return { name, level, outcome };
}

function notStarted({ name, plan }: PlannedMember, failed = "another child project"): Outcome {
  return {
    kind: "NotStarted",
    reason: "SiblingFailed",
    message: `${name} was not started, because ${failed} failed.`,
    plan,
  };
}
