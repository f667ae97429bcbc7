import { carryOut } from "../deploy-child-project.ts";
import { newestThere, withTasks } from "../deploy/deployments-there.ts";
import type { TrainTies } from "../deploy/start-deployment.ts";
import { adviceOf, asStepError } from "../failure.ts";
import type { Attempt, Deployment, Id } from "../model.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { isOfSameTask, isOfTask, undoneBy } from "../rules/marker.ts";
import type { Outcome } from "../rules/outcome.ts";
import { anyRelease } from "../rules/release-pattern.ts";
import type { ChildResult, RollBack } from "../rules/train.ts";
import { judgeUndo, type UndoFacts, type UndoVerdict } from "../rules/undo.ts";
import { findRelease } from "../select/find-release.ts";
import type { Settings } from "../settings.ts";
import type { StepRuntime } from "../step/runtime.ts";
import type { PlannedMember } from "./planned.ts";
import { sideBySide } from "./side-by-side.ts";

/** A run whose children are taken back. */
export interface RollingBack {
  readonly members: readonly PlannedMember[];
  readonly levels: readonly (readonly PlannedMember[])[];
  readonly parallelLimit: number | undefined;
  readonly step: StepRuntime;
  /** An earlier run of this step in the same task began to take back, so that how the children ended is read from their deployments. */
  readonly isRolledBack: boolean;
}

/** Milliseconds an undo may run where the settings give no limit: somebody has to be told in the end that it waits for people. */
const undoLimit = 1_800_000;

/**
 * Takes back what the children's deployments of this task changed, the last level first. An undo that fails does not keep the others from
 * being made. A deployment of which nobody knew whether it exists is looked for once more when all others are done.
 */
export async function rollBackTrain(
  { members, levels, parallelLimit, step, isRolledBack }: RollingBack,
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
  const isInDoubt = (member: PlannedMember) => outcomeOf(member)?.isInDoubt === true;
  const undo = async (member: PlannedMember) =>
    void ends.set(member, await undoMember(member, { ties, outcome: outcomeOf(member) }));
  for (const level of [...levels].reverse()) {
    await sideBySide(
      [...level].reverse().filter((member) => !isInDoubt(member)),
      parallelLimit,
      undo,
    );
  }
  await sideBySide(members.filter(isInDoubt), parallelLimit, undo);
  return results.map((result, index) => {
    const member = members[index];
    const end = member && ends.get(member);
    const outcome = isRolledBack && end?.forward !== undefined ? earlierOutcome(result, end.forward) : result.outcome;
    return { ...result, outcome, rollBack: end?.rollBack };
  });
}

/** What became of one child. */
export interface Undone {
  /** Absent: this task changed nothing there. */
  readonly rollBack?: RollBack | undefined;
  /** The last deployment by this task that is not an undo. */
  readonly forward?: Attempt | undefined;
}

/** How a child ended in an earlier run of this step in the same task. */
function earlierOutcome({ name, outcome }: ChildResult, { deployment, task }: Attempt): Outcome {
  const isDeployed = task?.state === "Success";
  const fate = isDeployed ? "deployed" : `ended as ${task?.state ?? "unknown"}`;
  const message = `${name} was ${fate} (${deployment.id}) before the roll back, in an earlier run of this step in the same task.`;
  return { kind: isDeployed ? "Deployed" : "Failed", reason: "Attached", message, plan: outcome.plan };
}

interface Undoing {
  readonly ties: TrainTies;
  /** What any step of the parent did in this task is taken back. */
  readonly ofAnyStep?: boolean | undefined;
  /** How the child ended; absent: the run is for taking back only. */
  readonly outcome: Outcome | undefined;
}

/** Takes one child back. What goes wrong is the end of it. */
export async function undoMember(member: PlannedMember, { ties, outcome, ofAnyStep }: Undoing): Promise<Undone> {
  if (member.kind !== "resolved") return {};
  const { run } = member;
  let forward: Attempt | undefined;
  try {
    const facts = await readFacts(member, { outcome, ofAnyStep });
    forward = facts.own.find((each) => undoneBy(each) === null);
    const rollBack = await carryOutUndo(member, judgeUndo(facts), ties);
    if (rollBack !== undefined) sayEnd(rollBack, run.step);
    return { rollBack, forward };
  } catch (error) {
    const message = adviceOf(asStepError(error));
    run.step.error(`The roll back failed. ${message}`);
    return { rollBack: { end: "RollBackFailed", message }, forward };
  }
}

/** Deployments are newest first. */
async function readFacts(
  { context, child }: Extract<PlannedMember, { kind: "resolved" }>,
  { outcome, ofAnyStep }: Omit<Undoing, "ties">,
): Promise<UndoFacts> {
  const { parent } = context.settings;
  const there = await withTasks(await newestThere(context), context);
  const isOwn = (attempt: Attempt) => (ofAnyStep === true ? isOfTask(attempt, parent) : isOfSameTask(attempt, parent));
  return {
    rollBack: child.rollBack,
    isShared: parent.tenantId !== undefined && context.tenant === undefined,
    own: there.filter(isOwn),
    others: there.filter((attempt) => !isOwn(attempt)),
    isInDoubt: outcome?.isInDoubt === true,
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
    case "done":
      return { end: "RolledBack", message: `${verdict.undo.deployment.id} took it back.` };
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
  const approval = forward?.approval.digest === undefined ? notApproved : forward.approval;
  const plan = { ...made.plan, approval };
  const version = plan.selected?.release.version ?? to;
  run.step.highlight(`Rolling back to ${version}, which was there before ${deployment.id}.`);
  const planAgain = () => Promise.resolve(plan);
  const outcome = await carryOut({ context: undoing, plan, planAgain, train: ties }, run);
  const { url } = outcome.started ?? {};
  const refreshed = forward?.selected?.variables === "outdated" ? " Its refreshed variable snapshot stays." : "";
  return outcome.kind === "Deployed"
    ? { end: "RolledBack", message: `Back to ${version}.${refreshed}`, version, url }
    : { end: "RollBackFailed", message: outcome.message, version, url };
}

const notApproved = { off: "No approved plan lists this roll back." };

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
