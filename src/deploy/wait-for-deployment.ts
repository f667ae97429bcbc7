import { answerGuidedFailures } from "../approvals/answer-guided-failures.ts";
import { approveInterventions } from "../approvals/approve-interventions.ts";
import { openTeamNames } from "../approvals/team-names.ts";
import type { Run } from "../run.ts";
import { deploymentUrl } from "../resolve/deployment-url.ts";
import { explainQueue } from "../monitor/explain-queue.ts";
import { createTaskPoller, type TaskPoller } from "../monitor/task-poller.ts";
import type { Id, Instant, ServerTask } from "../model.ts";
import { canceledText, describeFailure, describeWait, type OpenQuestion } from "../rules/describe-task.ts";
import { hasStarted } from "../rules/judge-task.ts";
import { durationText, instantText, placeText, sentences, sentence, shortened } from "../text/format.ts";
import { type Outcome, type OutcomeKind, reasonOf } from "../rules/outcome.ts";
import type { Plan } from "../rules/plan.ts";
import { recover } from "../recover.ts";
import { relayLog, reportProgress } from "../monitor/relay-log.ts";
import type { Context } from "../resolve/resolve-context.ts";
import type { Started, TrainTies } from "./start-deployment.ts";
import { type Observer, cancelTask, type Cancelled, type PollEnd, pollTask } from "../monitor/poll-task.ts";

/** How many of the child's last error lines are repeated when it failed. */
const errorLineLimit = 20;

/** A child deployment that is waited for. */
export interface Supervision {
  readonly context: Context;
  readonly plan: Plan;
  readonly started: Started;
  /** Users on whose behalf earlier attempts of this run were approved. */
  readonly approvedBefore: readonly string[];
  /** Absent means that the run is for this child alone. */
  readonly train?: TrainTies | undefined;
}

/**
 * Waits for the child deployment as far as the settings say, cancels it when it exceeds its time limit, and reports how it ended.
 */
export async function waitForDeployment(
  { context, plan, started: { attempt, adopted }, approvedBefore, train }: Supervision,
  run: Run,
): Promise<Outcome> {
  const { step, publish } = run;
  const { deployment } = attempt;
  const url = deploymentUrl(context, plan.selected?.release.version ?? "", deployment.id);
  const release = `${plan.selected?.release.version ?? ""} to ${placeText(context)}`;
  const what = `${context.project.name} ${release}`;
  // In a run for several children each line begins with the child's name.
  const subject = `deployment of ${train === undefined ? what : release}`;
  step.highlight(`${adopted ? "Continuing with" : "Created"} the ${subject}: [${deployment.id}](${url})`);

  const space = context.space.whilePolling();
  const poller = createTaskPoller(space);
  const approvals = approveInterventions(context, { poller, what, approvedBefore, ...plan.approval }, run);
  const startedWith = (task = attempt.task) => ({
    deployment,
    task,
    url,
    isAdopted: adopted,
    approvedBy: approvals.approvedBy(),
  });
  publish(plan, startedWith());
  const end = (kind: OutcomeKind, fate: string, task?: ServerTask): Outcome => {
    const reason = adopted ? "Attached" : reasonOf(plan);
    return { kind, reason, message: `The ${subject} ${fate}`, plan, started: startedWith(task) };
  };
  const { wait, limits } = context.settings;
  const { taskId, queueTime: startsAt, queueTimeExpiry: expires } = deployment;
  if (startsAt !== undefined && startsAt > run.clock.now() && wait !== "ThroughSchedule") {
    if (wait === "Yes")
      step.warning("The step does not wait for the scheduled deployment. Choose ThroughSchedule to wait for it.");
    return end("Scheduled", `is scheduled for ${instantText(startsAt)}.`);
  }
  if (wait === "No") return end("Started", "was started. The step does not wait for it.");
  if (taskId === undefined)
    return end("Failed", `(${deployment.id}) has no server task, so its result cannot be tracked.`);

  const publishing: Observer = async (task) => publish(plan, startedWith(task));
  const relay = context.settings.relayLog ? relayLog(taskId, { space, step }) : undefined;
  // Logs of several children would be mixed, so each is relayed when its child has ended.
  const isLive = train?.runsAlone !== false;
  const progress = relay === undefined ? reportProgress(step) : isLive ? relay : atItsEnd(relay);
  const observers = [progress, ...observersFor(context, poller, run), approvals.observe, publishing];
  const beside = train && { ...train.polls, isHeldUp: () => train.isBusyBeside(taskId) };
  const polled = await pollTask(taskId, { poller, limits, startsAt, observers, beside }, run);
  const see = `See ${url}.`;
  if (polled.kind === "out-of-time") {
    const { fate, task } = await cancelLate(polled, { context, space }, run);
    if (!isLive) await relay?.(task);
    return end("TimedOut", `${fate} ${see}`, task);
  }
  // Outputs, log and report repeat it for each child of a list.
  const task = { ...polled.task, errorMessage: shortened(polled.task.errorMessage, 1_000) };
  if (polled.end === "Success") {
    if (task.hasWarningsOrErrors) step.warning(`It succeeded with warnings. ${see}`);
    return end("Deployed", "succeeded.", task);
  }
  if (polled.end === "Failed") await reportFailure(context, task.id, run);
  return end(polled.end, `${await fateOf(polled.end, task, { context, expires })} ${see}`, task);
}

type LateChild = Pick<Supervision, "context"> & Pick<Context, "space">;

/** Cancels a child whose time is up. What the child waited for is read before, and said with the end. */
async function cancelLate(
  { limit, milliseconds, task }: Extract<PollEnd, { kind: "out-of-time" }>,
  { context, space }: LateChild,
  { step, clock }: Pick<Run, "step" | "clock">,
): Promise<{ readonly fate: string; readonly task: ServerTask }> {
  const name = limit === "queue" ? "Queue time limit" : "Deployment time limit";
  const time = durationText(milliseconds);
  const awaited = await whatFor(task, context);
  step.error(`${name} (${time}) exceeded. Cancelling the child deployment.`);
  const cancelled = await cancelTask(task.id, space, clock);
  const fate = sentences(`exceeded the ${name.toLowerCase()} of ${time}.`, awaited, cancellationText(cancelled));
  return { fate: fate.join(" "), task: cancelled.task };
}

/** How a child ended that did not succeed. */
async function fateOf(
  end: "Failed" | "Canceled" | "TimedOut",
  task: ServerTask,
  { context, expires }: Pick<Supervision, "context"> & { readonly expires: Instant | undefined },
): Promise<string> {
  switch (end) {
    case "Failed":
      return `failed: ${sentence(task.errorMessage || "the server gives no reason")}`;
    case "Canceled":
      // Not every API key may read who cancelled, and the run ends the same without the name.
      return canceledText(task, await recover(context.space.cancellerOf(task.id), () => undefined));
    case "TimedOut": {
      const before = expires === undefined ? "" : ` before its schedule expired at ${instantText(expires)}`;
      return `timed out in the server's queue and never started${before}.`;
    }
  }
}

/** Observes a task only once it has ended. */
function atItsEnd(observe: Observer): Observer {
  return async (task) => {
    if (task.isCompleted) await observe(task);
  };
}

/** What acts on each poll of the child. */
function observersFor(
  { settings, space }: Context,
  poller: TaskPoller,
  { step }: Pick<Run, "step">,
): readonly Observer[] {
  const { response, retries } = settings.guidedFailure;
  return [
    explainQueue(settings.parent.taskId, { space, step }),
    ...(response === "Wait" ? [] : [answerGuidedFailures({ response, retries }, { poller, space, step })]),
  ];
}

/** The failed steps and last error lines of the child. A log that cannot be read must not hide that the child failed. */
async function reportFailure({ space }: Context, taskId: Id<"ServerTask">, { step }: Pick<Run, "step">): Promise<void> {
  const log = await recover(space.taskLog(taskId, errorLineLimit), ({ message }) => {
    step.warning(`The child's log could not be read: ${message}`);
    return [];
  });
  for (const line of describeFailure(log, errorLineLimit)) step.error(line);
}

/** What the child waits for when its time is up, and for whom. An error here must not keep the child from being cancelled. */
async function whatFor(task: ServerTask, { space }: Context): Promise<string | undefined> {
  const interruptions = task.hasPendingInterruptions ? await recover(space.interruptionsOf(task.id), () => []) : [];
  const namesOf = openTeamNames(space);
  const questions = interruptions
    .filter(({ isPending }) => isPending)
    .map(async ({ title, responsibleTeamIds }): Promise<OpenQuestion> => ({
      title,
      teams: await namesOf(responsibleTeamIds),
    }));
  const ahead = hasStarted(task) ? [] : await recover(space.tasksQueuedBefore(task.id), () => []);
  return describeWait(task, await Promise.all(questions), ahead);
}

function cancellationText({ task, refusal }: Cancelled): string {
  if (task.isCompleted) return task.state === "Canceled" ? "It was cancelled." : `It ended as ${task.state}.`;
  return refusal === undefined
    ? `It is still ${task.state} a minute after it was cancelled.`
    : `It could not be cancelled and is still running. ${refusal}`;
}
