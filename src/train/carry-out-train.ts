import { type Clock, withSleep } from "../clock.ts";
import { carryOut, waitForTurn } from "../deploy-child-project.ts";
import type { TrainTies } from "../deploy/start-deployment.ts";
import { DeploymentInDoubtError } from "../errors.ts";
import { adviceOf, asStepError, reasonForError, remedyOf, sayDetails } from "../failure.ts";
import { openLanes } from "../octopus/lanes.ts";
import { isSuccess, type Outcome } from "../rules/outcome.ts";
import type { Plan } from "../rules/plan.ts";
import { type ChildResult, hasFailed } from "../rules/train.ts";
import { isDue, withoutStart } from "../rules/train-start.ts";
import type { Run } from "../run.ts";
import type { StepRuntime } from "../step/runtime.ts";
import { checkAgain, lookAgain, planAnew } from "./check-again.ts";
import type { CheckedTrain, Ends } from "./checked-train.ts";
import { atOnce } from "./one-start.ts";
import { requireApprovedWayBack } from "./plan-members.ts";
import { levelsOf, type PlannedMember, resultOf } from "./planned.ts";
import { rerunUntilDone } from "./rerun.ts";
import { rollBackTrain } from "./roll-back.ts";

/**
 * Carries out the plans level by level, as many side by side as the settings allow. Deployments that an earlier run of this step in the same
 * task left unfinished are waited for whatever the check of the plans said, because that creates nothing.
 */
export async function carryOutTrain(
  train: CheckedTrain,
  report: (soFar: readonly ChildResult[]) => void,
): Promise<readonly ChildResult[]> {
  const { members, board, policy, outcomeAtGate } = train;
  const ends: Ends = new Map();
  const inOrder = () => members.map((member) => ends.get(member) ?? resultOf(member, outcomeAtGate(member)));
  const failed = () => [...ends.values()].find(hasFailed)?.name;
  const mayStart = () => policy === "Continue" || policy === "RerunUntilDone" || failed() === undefined;

  async function carry(member: PlannedMember, pass: number, runsAlone = false): Promise<void> {
    const began = board.clock.elapsed();
    board.begins(member.name);
    const ties = { ...tiesOf(train, pass), runsAlone };
    const turn = { ties, mayStart, isRepeated: ends.has(member) };
    const outcome = (await endOf(member, turn)) ?? notStarted(member, failed());
    const took = outcome.kind === "NotStarted" ? undefined : board.clock.elapsed() - began;
    ends.set(member, { ...resultOf(member, outcome), took });
    board.ends(member.name);
    report(inOrder());
  }

  const isForward = !train.isStopped && !train.isRolledBack;
  const lanes = openLanes(train.parallelLimit);
  const adopted = members.filter(isAdopting);
  const isOnlyOne = adopted.length === 1 && (!isForward || !members.some(isDeploying));
  const adopt = (member: PlannedMember) => lanes.occupy(() => carry(member, train.pass, isOnlyOne));
  const adopting = new Map(adopted.map((member) => [member, adopt(member)]));
  for (const level of isForward ? levelsOf(members) : []) {
    const turns = level.filter((member) => isDeploying(member) && !adopting.has(member));
    const runsAlone = adopted.length === 0 && (train.parallelLimit === 1 || turns.length === 1);
    if (mayStart()) announce(turns, members, train.step);
    await Promise.all([
      ...level.map((member) => adopting.get(member)),
      ...turns.map((member) =>
        lanes.inTurn(async () => {
          if (mayStart()) await carry(member, train.pass, runsAlone);
          else ends.set(member, resultOf(member, notStarted(member, failed())));
        }),
      ),
    ]);
  }
  await Promise.all(adopting.values());
  if (policy === "RerunUntilDone" && isForward) {
    await rerunUntilDone({ ...train, ends, levels: levelsOf(members) }, carry);
    report(inOrder());
  }
  if (policy === "RollBack" && (train.isRolledBack || (isForward && failed() !== undefined))) {
    const ties = { ...tiesOf(train, train.pass), runsAlone: false };
    const results = await rollBackTrain(train, inOrder(), ties);
    report(results);
    return results;
  }
  return inOrder();
}

function tiesOf({ members, digest, board }: CheckedTrain, pass: number): Omit<TrainTies, "runsAlone"> {
  const choice = members.map(({ plan }) =>
    plan === undefined || plan.decision.kind === "not-found" ? null : (plan.selected?.release.id ?? null),
  );
  return { choice, train: digest, pass, polls: board.polls, isBusyBeside: (own) => board.isBusyBeside(own) };
}

interface Turn {
  readonly ties: TrainTies;
  readonly mayStart: () => boolean;
  /** The child failed in an earlier pass of this run. */
  readonly isRepeated: boolean;
}

/** How one child ends. `undefined` means that another child failed before this one was started. An error ends this child only. */
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
    const planAgain = async (before: Plan) => {
      const isNow = before.start === undefined || isDue(before, run.clock.now());
      const again = await checkAgain(isNow ? atOnce(context) : context, before, run);
      requireApprovedWayBack(member, again);
      own.publish(again);
      return again;
    };
    const child = { context, plan, planAgain, train: turn.ties };
    const waiting = { ...run, clock: whileMayStart(turn, run.clock) };
    own.publish(plan);
    const settled = turn.isRepeated ? await planAnew(context, plan, run) : await waitForTurn(child, waiting);
    // A plan that was just made again needs no second look.
    const look = settled === plan ? await lookAgain(context, settled) : undefined;
    const isOld = look?.isAsPlanned === false;
    const current = isOld ? await planAgain(settled) : settled;
    if (current.decision.kind === "deploy" && !turn.mayStart()) return undefined;
    const outcome = await carryOut({ ...child, plan: current, own: isOld ? undefined : look?.own }, run);
    sayEnd(outcome, run.step);
    return outcome;
  } catch (error) {
    if (error instanceof SiblingFailed) return undefined;
    const refusal = asStepError(error);
    run.step.verbose(adviceOf(refusal));
    sayDetails(refusal, run.step);
    const isLost = started !== undefined && started.task?.isCompleted !== true;
    const besides = error instanceof DeploymentInDoubtError ? error.known : isLost ? new Set<string>() : undefined;
    const { message } = refusal;
    const end = { kind: "Failed", reason: reasonForError(error), message, common: remedyOf(refusal, true) } as const;
    sayEnd(end, run.step);
    return { ...end, plan, started, besides };
  }
}

/** Ends the wait for another user's deployment, because another child has failed and this one will not be started. */
class SiblingFailed extends Error {}

function whileMayStart({ mayStart }: Turn, clock: Clock): Clock {
  return withSleep(clock, async (milliseconds) => {
    await clock.sleep(milliseconds);
    if (!mayStart()) throw new SiblingFailed();
  });
}

/** Why a child failed is said once, at the end of the run. */
function sayEnd({ kind, message }: Outcome, step: StepRuntime): void {
  if (kind === "Skipped") step.info(message);
  else if (isSuccess({ kind })) step.highlight(message);
  else step.error(kind === "TimedOut" ? "Timed out." : kind === "Canceled" ? "Cancelled." : "Failed.");
}

function announce(turns: readonly PlannedMember[], members: readonly PlannedMember[], step: StepRuntime): void {
  const [first] = turns;
  const count = levelsOf(members).length;
  if (first === undefined || count === 1) return;
  step.highlight(`Level ${first.level} of ${count}: ${turns.map(({ name }) => name).join(", ")}`);
}

function isAdopting({ plan }: PlannedMember): boolean {
  return plan?.decision.kind === "adopt";
}

/** Whether the plan deploys the child, at once or when another deployment has ended. */
function isDeploying({ plan }: Pick<PlannedMember, "plan">): boolean {
  return plan?.decision.kind === "deploy" || plan?.decision.kind === "wait-for";
}

function notStarted({ name, plan }: PlannedMember, failed = "another child project"): Outcome {
  const message = `${name} was not started, because ${failed} failed.`;
  return { kind: "NotStarted", reason: "SiblingFailed", message, plan };
}
