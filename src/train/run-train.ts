import { endWithoutDeployment, fixAndRepeat, projectMissing } from "../deploy-child-project.ts";
import type { StepError } from "../errors.ts";
import { reasonForError } from "../failure.ts";
import { withSharedPolls } from "../monitor/shared-polls.ts";
import { withSharedReads } from "../octopus/shared-reads.ts";
import { publishNotes } from "../plan/publish-artifacts.ts";
import type { RunRecord } from "../report/run-record.ts";
import { refuseCircles } from "../resolve/parent-chain.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { obstacleOf } from "../rules/gate.ts";
import type { Outcome } from "../rules/outcome.ts";
import type { Plan } from "../rules/plan.ts";
import { type ChildResult, distinctNames } from "../rules/train.ts";
import { trainNotes } from "../rules/train-notes.ts";
import type { Run } from "../run.ts";
import type { StepRuntime } from "../step/runtime.ts";
import { carryOutTrain } from "./carry-out-train.ts";
import type { CheckedTrain } from "./checked-train.ts";
import { openBoard, type TrainBoard } from "./child-voice.ts";
import { planMembers } from "./plan-members.ts";
import { type PlannedMember, resultOf } from "./planned.ts";
import {
  type Member,
  namesProblem,
  type Placed,
  placedIn,
  refuseLimitedRollBack,
  resolveMembers,
} from "./resolve-members.ts";
import { showTrain } from "./show-train.ts";
import { rollBackText } from "./plan-roll-back.ts";
import { carryOutUndoStep } from "./undo-step.ts";
import { artifactOf, type TrainArtifact } from "./train-artifact.ts";
import { happensTo } from "./what-happens.ts";
import type { TrainSettings } from "./train-settings.ts";

/** How a run for several children ended, for the output variables. */
export interface TrainReport {
  readonly results: readonly ChildResult[];
  /** What approvers read. */
  readonly notes: string;
  /** The plan's children as JSON. Absent means that there is no plan. */
  readonly plan: string | undefined;
  /** The line by which approvers recognise the plan. Absent means that there is none. */
  readonly digestLine: string | undefined;
  /** Digest of the plan. Absent means that there is none. */
  readonly digest?: string | undefined;
  /** The first child that could be resolved. Absent means that none could. */
  readonly context?: Context | undefined;
  /** The output variables of the children's steps, by full name. */
  readonly relayed: readonly (readonly [string, string])[];
  readonly isWhatIf: boolean;
  /** The step has the mode RollBack. */
  readonly isUndoStep: boolean;
}

/** What a run for several children works with. */
export interface TrainRun extends Omit<Run, "publish"> {
  readonly record: Pick<RunRecord, "saw">;
}

/** Called with what is known so far, for a run that ends with an error later. */
type Report = (report: TrainReport) => void;

/**
 * One run for several children: all plans are made and checked before anything is created, then they are carried out level by level. Expected
 * endings are returned, those of single children included; a `StepError` is thrown where the run as a whole could not be planned.
 */
export async function runTrain(train: TrainSettings, given: TrainRun, report: Report): Promise<TrainReport> {
  const octopus = withSharedPolls(withSharedReads(given.octopus, train.common.parent), given.clock);
  const run = { ...given, octopus };
  const listed = placedIn(train).map((placed) => ({ ...placed, kind: "listed" as const }));
  report(reportWithoutPlan(train, undefined, unplanned(listed)));
  const members = await resolveMembers(train, octopus);
  const contexts = members.flatMap((member) => (member.kind === "resolved" ? [member.context] : []));
  const early = (results: readonly ChildResult[]) => reportWithoutPlan(train, contexts[0], results);
  report(early(unplanned(members)));
  const problem = namesProblem(members);
  if (problem !== undefined) throw problem;
  if (train.failurePolicy === "RollBack") contexts.forEach(refuseLimitedRollBack);
  await refuseCircles(contexts);
  const board = openBoard(members.length, run.step, run.clock);
  const resolved = { train, run, board, members: withVoices(members, board, run), early };
  return isUndoStep(train) ? await takeBack(resolved) : await deployTrain(resolved, report);
}

/** A run whose names mean something, before its plans are made. */
interface ResolvedTrain {
  readonly train: TrainSettings;
  readonly run: TrainRun;
  readonly board: TrainBoard;
  readonly members: ReturnType<typeof withVoices>;
  /** The report as far as it needs no plan. */
  readonly early: (results: readonly ChildResult[]) => TrainReport;
}

function reportWithoutPlan(
  train: TrainSettings,
  context: Context | undefined,
  results: readonly ChildResult[],
): TrainReport {
  const none = { notes: "", plan: undefined, digestLine: undefined, relayed: [] };
  return { ...none, results, context, isWhatIf: train.common.whatIf, isUndoStep: isUndoStep(train) };
}

/** Takes back what other steps of the parent's task deployed. */
async function takeBack({ train, run, board, members, early }: ResolvedTrain): Promise<TrainReport> {
  const { common, parallelLimit } = train;
  const results = await carryOutUndoStep({ members, parallelLimit, whatIf: common.whatIf, board, step: run.step });
  return { ...early(results), relayed: board.relayed() };
}

/** Plans all children, shows the plans, checks them, and carries them out unless the run is a what-if. */
async function deployTrain({ train, run, board, members, early }: ResolvedTrain, report: Report): Promise<TrainReport> {
  const { common, failurePolicy: policy, parallelLimit, passes } = train;
  const { members: planned, chosen } = await planMembers(members, policy);
  const artifact = artifactOf(planned, train);
  const notes = artifact === undefined ? "" : notesOf(planned, artifact, run.step);
  const reportOf = (results: readonly ChildResult[]): TrainReport => ({
    ...early(results),
    notes,
    plan: artifact?.output,
    digestLine: artifact?.line,
    digest: artifact?.digest,
    relayed: board.relayed(),
  });
  if (chosen.kind === "chosen")
    run.step.info("The releases are those that an earlier run of this step in the same task chose.");
  showTrain(planned, { ...train, digestLine: artifact?.line }, run.step);
  report(reportOf(planned.map((member) => plannedResult(member, notStarted(member, "the run ended before its turn")))));
  if (common.whatIf && artifact !== undefined) run.step.publishArtifact(artifact.fileName, artifact.json);
  publishAllNotes(planned, common, run);
  const isStopped = planned.some((member) => gateOutcome(member) !== undefined);
  if (common.whatIf)
    return reportOf(planned.map((member) => plannedResult(member, { ...whatIfOutcome(member), isHeldUp: isStopped })));
  const isRolledBack = chosen.kind === "chosen" && chosen.isRolledBack;
  const checked: CheckedTrain = {
    members: planned,
    policy,
    parallelLimit,
    passes,
    pass: chosen.kind === "chosen" ? chosen.pass : 1,
    isStopped,
    isRolledBack,
    digest: artifact?.digest ?? null,
    board,
    step: run.step,
    outcomeAtGate: (member) =>
      gateOutcome(member) ?? notStarted(member, isRolledBack ? alreadyRolledBack : stoppedBy(planned)),
  };
  return reportOf(await carryOutTrain(checked, (soFar) => report(reportOf(soFar))));
}

/** Whether the step rolls back what other steps deployed. */
export function isUndoStep({ levels }: Pick<TrainSettings, "levels">): boolean {
  return levels[0][0].settings.child.mode === "RollBack";
}

function withVoices(members: readonly Member[], board: TrainBoard, run: TrainRun) {
  const names = namesOf(members);
  return members.map((member, index) => {
    const name = names[index] ?? "";
    const own: Run = {
      step: board.voiceOf(name),
      clock: board.clock,
      octopus: run.octopus,
      publish: ({ decision }, started) => {
        if (started !== undefined) run.record.saw(name, started);
        const waitsFor = decision.kind === "wait-for" ? decision.attempt.deployment : undefined;
        board.saw(name, { task: started?.task, waitsFor });
      },
    };
    return { ...member, name, run: own };
  });
}

/** A child before or after its names are resolved. */
type Listed = Member | (Placed & { readonly kind: "listed" });

function namesOf(members: readonly Listed[]): readonly string[] {
  return distinctNames(
    members.map((member) => {
      if (member.kind === "resolved") {
        const { project, destination, tenant, settings } = member.context;
        const { space } = settings.child;
        return { project: project.name, destination: destination.name, tenant: tenant?.name, space };
      }
      const { child, targeting } = member.child.settings;
      return { ...child, tenant: targeting.tenant };
    }),
  );
}

/** How the children end if no plan can be made. */
function unplanned(members: readonly Listed[]): readonly ChildResult[] {
  const names = namesOf(members);
  return members.map((member, index) => {
    const name = names[index] ?? "";
    const outcome =
      member.kind === "problem"
        ? refused(member.error, undefined)
        : notStarted({ kind: member.kind, name }, "the run ended before all plans were made");
    return { name, level: member.level, outcome };
  });
}

/** What approvers read. Notes that are too long are also published whole, as an artifact. */
function notesOf(
  planned: readonly PlannedMember[],
  { line, fileName }: TrainArtifact,
  step: Pick<StepRuntime, "publishArtifact">,
): string {
  const children = planned.map((member) => ({
    name: member.name,
    level: member.level,
    plan: member.plan,
    happens: happensTo(member),
    backTo: rollBackText(member.rollBack),
    obstacles: member.plan === undefined ? [] : (obstacleOf(member.plan)?.texts ?? []),
  }));
  const file = fileName.replace(/\.plan\.json$/, ".ReleaseNotes.md");
  const [shown, all] = [trainNotes(children, line, file), trainNotes(children, line, file, Infinity)];
  if (shown !== all) step.publishArtifact(file, `${all}\n`);
  return shown;
}

/** How a child ends that stops the whole run. `undefined` means that the child stops nothing. */
function gateOutcome({ plan, refusal }: PlannedMember): Outcome | undefined {
  if (refusal !== undefined) return refused(refusal, plan);
  const obstacle = plan && obstacleOf(plan);
  if (obstacle === undefined) return undefined;
  const { reason, texts } = obstacle;
  return { kind: "Failed", reason, message: texts.join(" "), common: fixAndRepeat, plan };
}

function refused(refusal: StepError, plan: Plan | undefined): Outcome {
  const { message, remedy } = refusal;
  return { kind: "Failed", reason: reasonForError(refusal), message, common: remedy, plan };
}

const alreadyRolledBack = "an earlier run of this step in the same task began to roll back";

function stoppedBy(planned: readonly PlannedMember[]): string {
  const names = planned.filter((member) => gateOutcome(member) !== undefined).map(({ name }) => name);
  return `the check before the first deployment stopped the run because of ${names.join(", ")}`;
}

/** How a child ends that was not deployed: skipped, or not started. */
function notStarted(
  { kind, name, plan }: Pick<PlannedMember, "name" | "plan"> & Pick<Listed, "kind">,
  why: string,
): Outcome {
  if (kind === "missing") return projectMissing(name);
  const end = plan && endWithoutDeployment(plan);
  if (end?.kind === "Skipped") return end;
  return { kind: "NotStarted", reason: "SiblingFailed", message: `${name} was not started: ${why}.`, plan };
}

function whatIfOutcome(member: PlannedMember): Outcome {
  if (member.kind === "missing") return projectMissing(member.name);
  if (member.refusal !== undefined) return refused(member.refusal, member.plan);
  const end = member.plan && endWithoutDeployment(member.plan);
  return end ?? notStarted(member, "it has no plan");
}

/** A result with the planned roll back, which was not needed. */
function plannedResult(member: PlannedMember, outcome: Outcome): ChildResult {
  return { ...resultOf(member, outcome), rollBackTarget: member.rollBack };
}

function publishAllNotes(
  planned: readonly PlannedMember[],
  common: TrainSettings["common"],
  { step }: Pick<Run, "step">,
): void {
  for (const { plan } of planned) if (plan !== undefined) publishNotes(plan, common, step);
}
