import type { Activity, ServerTask } from "../model.ts";
import type { Line } from "../text/line.ts";
import { instantText, plural, sentence } from "../text/format.ts";
import { hasStarted } from "./judge-task.ts";

/** What a deployment is doing, as a sentence. */
export function describeTask(task: ServerTask, subject = "The child deployment"): Line {
  const waits = waitText(task);
  return { level: waits === undefined ? "info" : "wait", text: `${subject} ${waits ?? stateText(task)}.` };
}

/** A manual intervention that waits for an answer, and the teams that may answer it. */
export interface OpenQuestion {
  readonly title: string;
  readonly teams: readonly string[];
}

/** What the child was waiting for when its time was up, as a sentence. `undefined` means that it was running. */
export function describeWait(
  task: ServerTask,
  questions: readonly OpenQuestion[],
  ahead: readonly { readonly id: string; readonly description: string }[],
): string | undefined {
  if (questions.length > 0) return `It was waiting for an answer to ${questions.map(questionText).join(", ")}.`;
  const wait = waitText(task);
  if (wait !== undefined) return `It ${wait.replace("is", "was")}.`;
  return hasStarted(task) || ahead.length === 0 ? undefined : `It was waiting ${behindText(ahead)}.`;
}

function questionText({ title, teams }: OpenQuestion): string {
  return `"${title}"${teams.length > 0 ? ` by ${teams.join(" or ")}` : ""}`;
}

function behindText(ahead: readonly { readonly id: string; readonly description: string }[]): string {
  const first = ahead.slice(0, 3).map(({ id, description }) => `${description} (${id})`);
  return `behind ${first.join(", ")}${ahead.length > 3 ? ` and ${plural(ahead.length - 3, "other")}` : ""}`;
}

function waitText(task: ServerTask): string | undefined {
  const { state, hasPendingInterruptions, hasPendingPreconditions, pendingTypes = [] } = task;
  if (hasPendingInterruptions && (state === "Executing" || state === "Queued"))
    return `is waiting for ${pendingTypes.includes("GuidedFailure") ? "guidance after a failure" : "a manual intervention"}`;
  const isWaiting = state === "Queued" && hasPendingPreconditions;
  return isWaiting ? "is waiting for a precondition, such as the approval of its change request" : undefined;
}

function stateText(task: ServerTask): string {
  const texts: Record<typeof task.state, string> = {
    Queued: hasStarted(task) ? "is waiting to continue" : "is queued",
    Executing: "is executing",
    Cancelling: "is being cancelled",
    Success: task.hasWarningsOrErrors ? "succeeded with warnings" : "succeeded",
    Failed: "failed",
    Canceled: "was cancelled",
    TimedOut: "timed out in the server's queue",
  };
  return texts[task.state];
}

/**
 * Why a queued deployment does not start. `undefined` means that the server does not tell.
 * @param ahead the tasks ahead in the queue, in the server's order
 * @param ownTaskId the task of the step itself: a child behind it would wait for ever
 */
export function describeQueue(
  ahead: readonly { readonly id: string; readonly description: string }[],
  queueIsStopped: boolean,
  ownTaskId: string | undefined,
): Line | undefined {
  if (queueIsStopped) {
    const text = "The task queue of the child's space is stopped.";
    return { level: "warning", text };
  }
  const others = ahead.filter(({ id }) => id !== ownTaskId);
  if (ahead.length > 0 && others.length === 0) {
    const text =
      `Deadlock: the child deployment is queued behind this deployment (${ownTaskId}), which waits for the child. ` +
      'Raise the task cap, or set "Wait for the child deployment" to No.';
    return { level: "warning", text };
  }
  return others.length === 0
    ? undefined
    : { level: "info", text: `The child deployment is queued ${behindText(others)}.` };
}

/** Whether the server cancelled a deployment in favour of a newer one. */
export function isSuperseded({ state, errorMessage }: ServerTask): boolean {
  return state === "Canceled" && /supersed/i.test(errorMessage);
}

/** How a deployment came to be cancelled, as the end of a sentence that names it. */
export function canceledText(task: ServerTask, canceller: string | undefined): string {
  const { errorMessage } = task;
  const reason = errorMessage === "" ? "" : ` The server says: ${sentence(errorMessage)}`;
  if (isSuperseded(task)) return `was cancelled, because a newer deployment supersedes it.${reason}`;
  return canceller === undefined ? `was cancelled.${reason}` : `was cancelled by ${canceller}.${reason}`;
}

/** The failed steps, and the last error lines of the log, each text once. A target's lines come before those of its step. */
export function describeFailure(log: readonly Activity[], lineLimit: number): readonly string[] {
  const failed = log.flatMap((root) => root.children).filter(({ status }) => status === "Failed");
  const lines = log.flatMap(errorLines).map(({ occurredAt, text }) => `${instantText(occurredAt)} ${text}`);
  return [...failed.map(({ name }) => `Failed: ${name}`), ...[...new Set(lines)].slice(-lineLimit)];
}

function errorLines(activity: Activity): Activity["lines"] {
  const own = activity.lines.filter(({ category }) => category === "Error" || category === "Fatal");
  return [...activity.children.flatMap(errorLines), ...own];
}
