import { approvedUndo, noUndoApproved } from "../approvals/approved-undo.ts";
import { carryOut } from "../deploy-child-project.ts";
import { newestThere, withTasks } from "../deploy/deployments-there.ts";
import type { TrainTies } from "../deploy/start-deployment.ts";
import { adviceOf, asStepError, sayDetails } from "../failure.ts";
import type { Attempt, Deployment, Id } from "../model.ts";
import { makePlan } from "../plan/make-plan.ts";
import { deploymentUrl } from "../resolve/deployment-url.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { describeTask } from "../rules/describe-task.ts";
import { isOfSameTask, isOfTask, undoneBy } from "../rules/marker.ts";
import type { Outcome } from "../rules/outcome.ts";
import type { Approval } from "../rules/plan.ts";
import { anyRelease } from "../rules/release-pattern.ts";
import { type ChildResult, type RollBack, rollBackTexts } from "../rules/train.ts";
import { judgeUndo, type UndoFacts, type UndoVerdict } from "../rules/undo.ts";
import { findRelease } from "../select/find-release.ts";
import type { Settings } from "../settings.ts";
import type { StepRuntime } from "../step/runtime.ts";
import type { TrainBoard } from "./child-voice.ts";
import { nestedOf } from "./nested-trains.ts";
import { levelsOf, type PlannedMember } from "./planned.ts";
import { sideBySide } from "./side-by-side.ts";

/** A run that rolls its children back. */
export interface RollingBack {
  readonly members: readonly PlannedMember[];
  readonly parallelLimit: number | undefined;
  readonly board: TrainBoard;
  readonly step: StepRuntime;
  /** An earlier run of this step in the same task began to roll back, so the results of the children are read from their deployments. */
  readonly isRolledBack: boolean;
}

/** Milliseconds that an undo may take if the settings give no limit: a roll back that waits for an approval has to end some time. */
const undoLimit = 1_800_000;

/**
 * Rolls back what this task deployed. A failed undo does not stop the others. For a child whose result is unknown, the deployments that are
 * found count.
 */
export async function rollBackTrain(
  { members, parallelLimit, board, step, isRolledBack }: RollingBack,
  results: readonly ChildResult[],
  ties: TrainTies,
): Promise<readonly ChildResult[]> {
  step.highlight(
    isRolledBack
      ? "Finishing the roll back of an earlier run of this step in the same task. Deploy the parent again afterwards."
      : "Rolling back what this run deployed.",
  );
  const outcomeOf = (member: PlannedMember) => results[members.indexOf(member)]?.outcome;
  const ends = await undoMembers(members, { ties, board, parallelLimit, outcomeOf });
  return results.map((result, index) => {
    const member = members[index];
    const end = member && ends.get(member);
    const outcome =
      isRolledBack && member?.kind === "resolved" && end?.forward && earlierOutcome(result, end.forward, member);
    return { ...result, ...(outcome && { outcome }), rollBack: end?.rollBack };
  });
}

/** What the roll back of children needs. */
interface Undoing {
  readonly ties: TrainTies;
  readonly board: TrainBoard;
  readonly parallelLimit: number | undefined;
  /** Deployments by any step of the parent in this task are rolled back. */
  readonly ofAnyStep?: boolean | undefined;
  /** How the child ended. Absent means that the run only rolls back. */
  readonly outcomeOf: (member: PlannedMember) => Outcome | undefined;
}

/** Rolls the children back, the last level first, and children whose result is unknown after all others. */
export async function undoMembers(
  members: readonly PlannedMember[],
  undoing: Undoing,
): Promise<ReadonlyMap<PlannedMember, Undone>> {
  const ends = new Map<PlannedMember, Undone>();
  const isKnown = (member: PlannedMember) => undoing.outcomeOf(member)?.besides === undefined;
  const undo = async (member: PlannedMember) => void ends.set(member, await undoMember(member, undoing));
  for (const isDue of [isKnown, (member: PlannedMember) => !isKnown(member)])
    await lastLevelFirst(members.filter(isDue), undoing.parallelLimit, undo);
  return await withoutNested(ends);
}

/** Level by level from the last to the first, as many side by side as the settings allow. */
async function lastLevelFirst(
  members: readonly PlannedMember[],
  parallelLimit: number | undefined,
  undo: (member: PlannedMember) => Promise<void>,
): Promise<void> {
  for (const level of [...levelsOf(members)].reverse()) await sideBySide([...level].reverse(), parallelLimit, undo);
}

/** The result of one roll back. */
interface Undone {
  /** Absent means that this task deployed nothing there. */
  readonly rollBack?: RollBack | undefined;
  /** The deployment that rolled the child back. */
  readonly undo?: Deployment | undefined;
  /** The last deployment by this task that is not an undo. */
  readonly forward?: Attempt | undefined;
}

/** How a child ended in an earlier run of this step in the same task. */
function earlierOutcome(
  { name, outcome: { plan } }: ChildResult,
  { deployment, task }: Attempt,
  { context }: { readonly context: Context },
): Outcome {
  const kind = task?.state === "Success" ? "Deployed" : "Failed";
  const what = `${name} (${deployment.id})`;
  const fate = task === undefined ? `How ${what} ended is not known.` : describeTask(task, what).text;
  const message = `${fate} That was in an earlier run of this step in the same task, which then began to roll back.`;
  const url = deploymentUrl(context, plan?.selected?.release.version ?? "", deployment.id);
  return { kind, reason: "Attached", message, plan, started: { deployment, task, url, isAdopted: true } };
}

/** Rolls one child back. An error ends the roll back of this child only. */
async function undoMember(member: PlannedMember, { ties, board, outcomeOf, ofAnyStep }: Undoing): Promise<Undone> {
  if (member.kind !== "resolved") return {};
  board.begins(member.name);
  const { run } = member;
  const outcome = outcomeOf(member);
  let forward: Attempt | undefined;
  let end: Undone;
  try {
    const facts = await readFacts(member, { outcome, ofAnyStep });
    forward = facts.own.find((each) => undoneBy(each) === null);
    end = await carryOutUndo(member, judgeUndo(facts), ties);
  } catch (error) {
    const isUnknown = forward === undefined && outcome?.besides !== undefined;
    const failure = asStepError(error);
    sayDetails(failure, run.step);
    const rollBack = {
      end: isUnknown ? "NotRolledBack" : "RollBackFailed",
      message: adviceOf(failure, true),
    } as const;
    end = { rollBack };
  }
  if (end.rollBack !== undefined) sayEnd(end.rollBack, run.step);
  board.ends(member.name);
  return { ...end, forward };
}

/** Deployments are newest first. */
async function readFacts(
  { context, child }: Extract<PlannedMember, { kind: "resolved" }>,
  { outcome, ofAnyStep }: { readonly outcome: Outcome | undefined } & Pick<Undoing, "ofAnyStep">,
): Promise<UndoFacts> {
  const { parent } = context.settings;
  const there = await withTasks(await newestThere(context), context);
  const isOwn = (attempt: Attempt) => (ofAnyStep === true ? isOfTask(attempt, parent) : isOfSameTask(attempt, parent));
  return {
    rollBack: child.rollBack,
    isShared: parent.tenantId !== undefined && context.tenant === undefined,
    own: there.filter(isOwn),
    others: there.filter((attempt) => !isOwn(attempt)),
    besides: outcome?.besides,
    isAdopted: outcome?.started?.isAdopted,
  };
}

async function carryOutUndo(
  member: Extract<PlannedMember, { kind: "resolved" }>,
  verdict: UndoVerdict,
  ties: TrainTies,
): Promise<Undone> {
  switch (verdict.kind) {
    case "untouched":
      return {};
    case "end":
      return { rollBack: { end: verdict.end, message: verdict.why } };
    case "done": {
      const { deployment } = verdict.undo;
      return {
        undo: deployment,
        rollBack: { end: "RolledBack", message: `${deployment.id} deployed the previous release.` },
      };
    }
    case "undo":
      return await deployBefore(member, verdict, ties);
  }
}

/** Deploys the release that was current before. */
async function deployBefore(
  member: Extract<PlannedMember, { kind: "resolved" }>,
  { deployment, to }: { readonly deployment: Deployment; readonly to: Id<"Release"> },
  ties: TrainTies,
): Promise<Undone> {
  const { context, run, plan: forward } = member;
  const undoing: Context = {
    ...context,
    settings: undoSettings(context.settings),
    route: { kind: "approved", releaseId: to },
    undo: deployment.id,
  };
  const made = await makePlan(undoing, { today: findRelease(undoing), lookup: { kind: "not-asked" } }, run);
  const plan = { ...made.plan, approval: await approvalOf(member, to) };
  const version = plan.selected?.release.version ?? to;
  run.step.highlight(`Rolling back to ${version}, which was current before ${deployment.id}.`);
  const planAgain = () => Promise.resolve(plan);
  const outcome = await carryOut({ context: undoing, plan, planAgain, train: ties }, run);
  const { url, deployment: undo } = outcome.started ?? {};
  if (undo === undefined || outcome.kind !== "Deployed")
    return { rollBack: { end: "RollBackFailed", message: outcome.message, version, url } };
  const refreshed = forward?.selected?.variables === "outdated" ? " The refreshed variable snapshot stays." : "";
  return { undo, rollBack: { end: "RolledBack", message: `${version} is current again.${refreshed}`, version, url } };
}

/** The approval of this roll back in the plan that the run carries out, or in the plan that a step with the mode RollBack finds. */
async function approvalOf(
  { plan, context, approvedRollBack: approved }: Extract<PlannedMember, { kind: "resolved" }>,
  to: Id<"Release">,
): Promise<Approval> {
  if (plan === undefined) return await approvedUndo(context, to);
  return approved && "to" in approved && approved.to.id === to ? plan.approval : noUndoApproved;
}

/** Marks children that are themselves parents as not rolled back, because their steps chose releases for their own children. */
async function withoutNested(ends: ReadonlyMap<PlannedMember, Undone>): Promise<ReadonlyMap<PlannedMember, Undone>> {
  const undos = [...ends].flatMap(([member, { undo }]) =>
    member.kind === "resolved" && undo !== undefined
      ? [{ undo, context: member.context, octopus: member.run.octopus }]
      : [],
  );
  const nested = await nestedOf(undos);
  return new Map(
    [...ends].map(([member, end]) => {
      const [undo, deployment] = [end.undo, end.undo && nested.get(end.undo.id)];
      if (end.rollBack === undefined || undo === undefined || deployment === undefined) return [member, end];
      const message = `Nested train: its children were chosen anew. ${undo.id} deployed ${deployment.id} by its own choice.`;
      const rollBack = { ...end.rollBack, end: "NotRolledBack", message } as const;
      sayEnd(rollBack, member.run.step);
      return [member, { ...end, rollBack }];
    }),
  );
}

/** An undo deploys one release at once to all targets, whatever the step's fields say, and is not retried. */
function undoSettings(settings: Settings): Settings {
  const { child, targeting, limits, guidedFailure } = settings;
  return {
    ...settings,
    child: { ...child, mode: "Redeploy", condition: "Always", pattern: anyRelease },
    targeting: { ...targeting, machines: [], skippedSteps: [], refreshSnapshot: false },
    schedule: { ...settings.schedule, start: undefined },
    wait: "Yes",
    limits: { ...limits, run: limits.run ?? undoLimit },
    guidedFailure: { ...guidedFailure, mode: guidedFailure.mode === "On" ? "Off" : guidedFailure.mode },
    retries: 0,
  };
}

function sayEnd({ end, message }: RollBack, step: StepRuntime): void {
  const level = end === "RolledBack" ? "highlight" : end === "RollBackFailed" ? "error" : "warning";
  step[level](`${rollBackTexts[end]}. ${message}`);
}
