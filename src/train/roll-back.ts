import { approvedUndo, noUndoApproved } from "../approvals/approved-undo.ts";
import { carryOut } from "../deploy-child-project.ts";
import { newestThere, withTasks } from "../deploy/deployments-there.ts";
import type { TrainTies } from "../deploy/start-deployment.ts";
import { adviceOf, asStepError } from "../failure.ts";
import type { Attempt, Deployment, Id } from "../model.ts";
import { makePlan } from "../plan/make-plan.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { describeTask } from "../rules/describe-task.ts";
import { isOfSameTask, isOfTask, undoneBy } from "../rules/marker.ts";
import type { Outcome } from "../rules/outcome.ts";
import type { Approval, Plan } from "../rules/plan.ts";
import { anyRelease } from "../rules/release-pattern.ts";
import type { ChildResult, RollBack } from "../rules/train.ts";
import { judgeUndo, type UndoFacts, type UndoVerdict } from "../rules/undo.ts";
import { findRelease } from "../select/find-release.ts";
import type { Settings } from "../settings.ts";
import type { StepRuntime } from "../step/runtime.ts";
import type { TrainBoard } from "./child-voice.ts";
import { levelsOf, type PlannedMember } from "./planned.ts";
import { sideBySide } from "./side-by-side.ts";

/** A run whose children are taken back. */
export interface RollingBack {
  readonly members: readonly PlannedMember[];
  readonly parallelLimit: number | undefined;
  readonly board: TrainBoard;
  readonly step: StepRuntime;
  /** An earlier run of this step in the same task began to take back, so that how the children ended is read from their deployments. */
  readonly isRolledBack: boolean;
}

/** Milliseconds an undo may run where the settings give no limit: somebody has to be told in the end that it waits for people. */
const undoLimit = 1_800_000;

/**
 * Takes back what the children's deployments of this task changed. An undo that fails does not keep the others from being made. Children of
 * which it is not known how they ended come last: what is found then counts.
 */
export async function rollBackTrain(
  { members, parallelLimit, board, step, isRolledBack }: RollingBack,
  results: readonly ChildResult[],
  ties: TrainTies,
): Promise<readonly ChildResult[]> {
  step.highlight(
    isRolledBack
      ? "An earlier run of this step in the same task began to roll back: this is finished. Deploy the parent again afterwards."
      : "Rolling back what this run deployed.",
  );
  const ends = new Map<PlannedMember, Undone>();
  const outcomeOf = (member: PlannedMember) => results[members.indexOf(member)]?.outcome;
  const isKnown = (member: PlannedMember) => outcomeOf(member)?.besides === undefined;
  const undo = async (member: PlannedMember) =>
    void ends.set(member, await undoMember(member, { ties, board, outcome: outcomeOf(member) }));
  await lastLevelFirst(members.filter(isKnown), parallelLimit, undo);
  await lastLevelFirst(
    members.filter((member) => !isKnown(member)),
    parallelLimit,
    undo,
  );
  return results.map((result, index) => {
    const member = members[index];
    const end = member && ends.get(member);
    const outcome = isRolledBack && end?.forward !== undefined ? earlierOutcome(result, end.forward) : result.outcome;
    return { ...result, outcome, rollBack: end?.rollBack };
  });
}

/** Level by level, side by side as far as the settings say. */
export async function lastLevelFirst(
  members: readonly PlannedMember[],
  parallelLimit: number | undefined,
  undo: (member: PlannedMember) => Promise<void>,
): Promise<void> {
  for (const level of [...levelsOf(members)].reverse()) await sideBySide([...level].reverse(), parallelLimit, undo);
}

/** What became of one child. */
interface Undone {
  /** Absent: this task changed nothing there. */
  readonly rollBack?: RollBack | undefined;
  /** The last deployment by this task that is not an undo. */
  readonly forward?: Attempt | undefined;
}

/** How a child ended in an earlier run of this step in the same task. */
function earlierOutcome({ name, outcome: { plan } }: ChildResult, { deployment, task }: Attempt): Outcome {
  const kind = task?.state === "Success" ? "Deployed" : "Failed";
  const what = `${name} (${deployment.id})`;
  const fate = task === undefined ? `How ${what} ended is not known.` : describeTask(task, what).text;
  const message = `${fate} That was in an earlier run of this step in the same task, which then began to roll back.`;
  return { kind, reason: "Attached", message, plan };
}

interface Undoing {
  readonly ties: TrainTies;
  readonly board: TrainBoard;
  /** What any step of the parent did in this task is taken back. */
  readonly ofAnyStep?: boolean | undefined;
  /** How the child ended; absent: the run is for taking back only. */
  readonly outcome: Outcome | undefined;
}

/** Takes one child back. What goes wrong is the end of it. */
export async function undoMember(member: PlannedMember, { ties, board, outcome, ofAnyStep }: Undoing): Promise<Undone> {
  if (member.kind !== "resolved") return {};
  board.begins(member.name);
  const { run } = member;
  let forward: Attempt | undefined;
  let rollBack: RollBack | undefined;
  try {
    const facts = await readFacts(member, { outcome, ofAnyStep });
    forward = facts.own.find((each) => undoneBy(each) === null);
    rollBack = await carryOutUndo(member, judgeUndo(facts), ties);
  } catch (error) {
    const isUnknown = forward === undefined && outcome?.besides !== undefined;
    rollBack = { end: isUnknown ? "NotRolledBack" : "RollBackFailed", message: adviceOf(asStepError(error)) };
  }
  if (rollBack !== undefined) sayEnd(rollBack, run.step);
  board.ends(member.name);
  return { rollBack, forward };
}

/** Deployments are newest first. */
async function readFacts(
  { context, child }: Extract<PlannedMember, { kind: "resolved" }>,
  { outcome, ofAnyStep }: Pick<Undoing, "outcome" | "ofAnyStep">,
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
  };
}

async function carryOutUndo(
  member: Extract<PlannedMember, { kind: "resolved" }>,
  verdict: UndoVerdict,
  ties: TrainTies,
): Promise<RollBack | undefined> {
  switch (verdict.kind) {
    case "untouched":
      return undefined;
    case "end":
      return { end: verdict.end, message: verdict.why };
    case "done": {
      const { deployment } = verdict.undo;
      return await backBy(deployment, { end: "RolledBack", message: `${deployment.id} took it back.` }, member.context);
    }
    case "undo":
      return await deployBefore(member, verdict, ties);
  }
}

/** Deploys the release that was there before. */
async function deployBefore(
  { context, run, plan: forward }: Extract<PlannedMember, { kind: "resolved" }>,
  { deployment, to }: { readonly deployment: Deployment; readonly to: Id<"Release"> },
  ties: TrainTies,
): Promise<RollBack> {
  const undoing: Context = {
    ...context,
    settings: undoSettings(context.settings),
    route: { kind: "approved", releaseId: to },
    undo: deployment.id,
  };
  const made = await makePlan(undoing, { today: findRelease(undoing), lookup: { kind: "not-asked" } }, run);
  const plan = { ...made.plan, approval: await approvalOf(forward, context, to) };
  const version = plan.selected?.release.version ?? to;
  run.step.highlight(`Rolling back to ${version}, which was there before ${deployment.id}.`);
  const planAgain = () => Promise.resolve(plan);
  const outcome = await carryOut({ context: undoing, plan, planAgain, train: ties }, run);
  const { url, deployment: undo } = outcome.started ?? {};
  if (undo === undefined || outcome.kind !== "Deployed")
    return { end: "RollBackFailed", message: outcome.message, version, url };
  const refreshed = forward?.selected?.variables === "outdated" ? " Its refreshed variable snapshot stays." : "";
  return await backBy(undo, { end: "RolledBack", message: `Back to ${version}.${refreshed}`, version, url }, context);
}

/** What the approved plan of the run says of its child, or what one says that a step for taking back finds. */
async function approvalOf(forward: Plan | undefined, context: Context, to: Id<"Release">): Promise<Approval> {
  if (forward === undefined) return await approvedUndo(context, to);
  return forward.approval.digest === undefined ? noUndoApproved : forward.approval;
}

/** A child that is back, unless it is itself a parent: then its own children are what its steps chose, which nobody approved. */
async function backBy(
  { id, taskId, created }: Deployment,
  rollBack: RollBack,
  { space, project }: Pick<Context, "space" | "project">,
): Promise<RollBack> {
  const findNested = async () => {
    for await (const { items } of space.deploymentsOfAll()) {
      const nested = items.find((deployment) => isOfTask({ deployment }, { projectId: project.id, taskId }));
      if (nested !== undefined || (items.at(-1)?.created ?? 0) < created) return nested;
    }
    return undefined;
  };
  const nested = await recover(findNested(), () => undefined);
  if (nested === undefined) return rollBack;
  const message = `Nested train: its children were chosen anew. ${id} deployed ${nested.id} with the release that its step chose.`;
  return { ...rollBack, end: "NotRolledBack", message };
}

/** An undo deploys one release to everything, at once, whatever the step's own fields choose, and is not tried again. */
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
  if (end === "RolledBack") step.highlight(`Rolled back. ${message}`);
  else if (end === "RollBackFailed") step.error(`The roll back failed. ${message}`);
  else step.warning(`${message} (${end})`);
}
