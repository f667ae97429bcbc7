import { answerGuidedFailures } from "./answer-guided-failures.ts";
import { approveInterventions } from "./approve-interventions.ts";
import type { Reporting, Surroundings } from "./dependencies.ts";
import { StepError } from "./errors.ts";
import { explainQueue } from "./explain-queue.ts";
import { lookInTurn, type LooksInTurn } from "./look-in-turn.ts";
import type { Id } from "./model.ts";
import { canceledText, describeFailure } from "./plan/describe-task.ts";
import { durationText, instantText, placeText, sentence } from "./plan/words.ts";
import { type Outcome, type OutcomeKind, reasonOf } from "./plan/outcome.ts";
import type { Plan } from "./plan/plan.ts";
import { echoesOf, hideSecrets } from "./plan/secrets.ts";
import { relayLog, reportProgress } from "./relay-log.ts";
import type { Context } from "./resolve-context.ts";
import type { Started } from "./start-deployment.ts";
import { type Attendant, cancelTask, type Cancelled, watchTask, type Watched } from "./watch-deployment.ts";

/** How many of the child's last error lines are repeated when it failed. */
const errorLineLimit = 20;

/** Waits for the child deployment as far as the settings say. Cancels it when its time is up, and reports how it ended. */
export async function followDeployment(
  context: Context,
  plan: Plan,
  { attempt, adopted }: Started,
  approvedBefore: readonly string[],
  surroundings: Reporting,
): Promise<Outcome> {
  const { step, publish } = surroundings;
  const { deployment } = attempt;
  const url = deploymentUrl(context, plan, deployment.id);
  const what = `${context.project.name} ${plan.selected?.release.version ?? ""} to ${placeText(context)}`;
  step.highlight(`${adopted ? "Following" : "Created"} the deployment of ${what}: ${link(deployment.id, url)}`);

  publish(plan, { deployment, task: attempt.task, url, approvedBy: approvedBefore });

  const space = context.space.whileWatching();
  const looks = lookInTurn(space);
  const approvals = approveInterventions(context, { what, approvedBefore, ...plan.approval }, looks, surroundings);
  const end = (kind: OutcomeKind, message: string, task = attempt.task): Outcome => {
    const reason = adopted ? "Attached" : reasonOf(plan);
    return { kind, reason, message, plan, started: { deployment, task, url, approvedBy: approvals.approvedBy() } };
  };
  const { wait, limits } = context.settings;
  const { queueTime: startsAt, queueTimeExpiry: expires } = deployment;
  if (startsAt !== undefined && startsAt > surroundings.clock.now() && wait !== "ThroughSchedule") {
    const message = `The deployment of ${what} is scheduled for ${instantText(startsAt)} and is not waited for.`;
    if (wait === "Yes") step.warning(`${message} Choose ThroughSchedule to wait for it.`);
    return end("Scheduled", message);
  }
  if (wait === "No") return end("Started", `The deployment of ${what} was started and is not waited for.`);
  const { taskId } = deployment;
  if (taskId === undefined)
    return end("Failed", `The server gave the deployment ${deployment.id} no task, so its end cannot be seen.`);

  // The child knows the prompted values too, and may repeat them in its log.
  const echoes = echoesOf(context.settings.targeting.promptedValues);
  const hide = (text: string) => hideSecrets(text, echoes);
  const attendants = [...attendantsFor(context, taskId, looks, hide, surroundings), approvals];
  const watched = await watchTask(taskId, { limits, startsAt, attendants }, looks, surroundings);
  if (watched.kind === "out-of-time") {
    step.error(`${overtimeText(watched)} Cancelling it.`);
    const cancelled = await cancelTask(taskId, space, surroundings.clock);
    const message = `The deployment of ${what} ran out of time. ${overtimeText(watched)} ${cancellationText(cancelled)} See ${url}.`;
    return end("TimedOut", message, cancelled.task);
  }
  const task = { ...watched.task, errorMessage: hide(watched.task.errorMessage) };
  switch (watched.end) {
    case "Success":
      return end("Deployed", `The deployment of ${what} succeeded.`, task);
    case "Canceled": {
      const canceller = await cancellerOf(taskId, context);
      return end("Canceled", `The deployment of ${what} ${canceledText(task, canceller)} See ${url}.`, task);
    }
    case "TimedOut":
      return end(
        "TimedOut",
        `The deployment of ${what} timed out in the queue of the server: it never started${expires === undefined ? "" : ` before its schedule expired at ${instantText(expires)}`}. See ${url}.`,
        task,
      );
    case "Failed": {
      await reportFailure(context, task.id, hide, surroundings);
      return end(
        "Failed",
        `The deployment of ${what} failed: ${sentence(task.errorMessage || "the server gives no reason")} See ${url}.`,
        task,
      );
    }
  }
}

/** Who looks after the child while it runs. */
function attendantsFor(
  { settings, space }: Context,
  taskId: Id<"ServerTask">,
  looks: LooksInTurn,
  hide: (text: string) => string,
  { step }: Surroundings,
): readonly Attendant[] {
  const { response, retries } = settings.guidedFailure;
  return [
    settings.relayLog ? relayLog(taskId, space, step, hide) : reportProgress(step),
    explainQueue(settings.parent.taskId, space, step),
    ...(response === "Wait" ? [] : [answerGuidedFailures({ response, retries }, looks, space, step)]),
  ];
}

/** Nobody must know, and not every key may. */
async function cancellerOf(taskId: Id<"ServerTask">, { space }: Context): Promise<string | undefined> {
  try {
    return await space.cancellerOf(taskId);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return undefined;
  }
}

/** The failed steps and last error lines of the child. A log that cannot be read must not hide that the child failed. */
async function reportFailure(
  { space }: Context,
  taskId: Id<"ServerTask">,
  hide: (text: string) => string,
  { step }: Surroundings,
): Promise<void> {
  try {
    const log = await space.taskLog(taskId, errorLineLimit);
    for (const line of describeFailure(log, errorLineLimit)) step.error(hide(line));
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    step.warning(`The child's log could not be read: ${error.message}`);
  }
}

function overtimeText({ limit, milliseconds }: Extract<Watched, { kind: "out-of-time" }>): string {
  return limit === "queue"
    ? `It has been in the queue for ${durationText(milliseconds)}, the limit.`
    : `It has been running for ${durationText(milliseconds)}, the limit.`;
}

function cancellationText({ task, refusal }: Cancelled): string {
  if (task.isCompleted) return task.state === "Canceled" ? "It was cancelled." : `It ended meanwhile: ${task.state}.`;
  return refusal === undefined
    ? `It was cancelled and is still ${task.state} a minute later.`
    : `It could not be cancelled and goes on: ${refusal}`;
}

/** The page of a deployment in the Octopus portal: octopus-api.md, section 11.3. */
function deploymentUrl({ octopus, space, project }: Context, { selected }: Plan, deploymentId: string): string {
  const release = encodeURIComponent(selected?.release.version ?? "");
  return (
    `${octopus.portalUrl}/app#/${space.spaceId}/projects/${project.slug ?? project.id}` +
    `/deployments/releases/${release}/deployments/${deploymentId}`
  );
}

function link(text: string, url: string): string {
  return `[${text}](${url})`;
}
