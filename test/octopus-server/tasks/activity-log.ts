import type { Activity, ActivityStatus, LogLine, ServerTask } from "../documents/execution.ts";

export function newActivity(id: string, name: string, showAtSummaryLevel: boolean): Activity {
  return {
    id,
    name,
    status: "Pending",
    started: null,
    ended: null,
    showAtSummaryLevel,
    progressPercentage: 0,
    progressMessage: "",
    lines: [],
    children: [],
  };
}

/** The root of a task's log. Its id begins with the task's, as `LogCorrelationId`s do. */
export function newLog(task: ServerTask): Activity {
  return newActivity(`${task.id}_${task.number.toString(36).toUpperCase().padStart(6, "0")}`, task.description, false);
}

export function startActivity(activity: Activity, now: number): void {
  activity.status = "Running";
  activity.started ??= now;
}

export function endActivity(activity: Activity, status: ActivityStatus, now: number): void {
  activity.status = status;
  activity.started ??= now;
  activity.ended = now;
  activity.progressPercentage = 100;
}

/** Ends the running activities below an activity, and marks those that have not begun as skipped. */
export function endOpenActivities(activity: Activity, status: ActivityStatus, now: number): void {
  for (const child of activity.children) {
    if (child.status === "Running") {
      endOpenActivities(child, status, now);
      endActivity(child, status, now);
    } else if (child.status === "Pending") {
      child.status = "Skipped";
    }
  }
}

export function write(activity: Activity, category: string, text: string, now: number): LogLine {
  const line = { category, occurredAt: now, text };
  activity.lines.push(line);
  return line;
}

/** Each line of a log in tree order, with its depth. A node begins with a line of its name and status. */
export function* linesOf(activity: Activity, depth = 0): Generator<{ readonly depth: number; readonly line: LogLine }> {
  for (const line of activity.lines) yield { depth, line };
  for (const child of activity.children) {
    if (child.started !== null) {
      yield { depth, line: { category: "Info", occurredAt: child.started, text: `${child.name} (${child.status})` } };
    }
    yield* linesOf(child, depth + 1);
  }
}

const statusOfState: Readonly<Record<ServerTask["state"], ActivityStatus>> = {
  Queued: "Pending",
  Executing: "Running",
  Cancelling: "Running",
  Success: "Success",
  Failed: "Failed",
  Canceled: "Canceled",
  TimedOut: "Failed",
};

/** A made-up log for a past task: the last step ended like the task, and those before succeeded. */
export function historicalLog(task: ServerTask, stepNames: readonly string[]): Activity {
  const log = newLog(task);
  if (task.startTime === null) {
    log.status = statusOfState[task.state];
    return log;
  }
  const started = task.startTime;
  const ended = task.completedTime ?? started;
  const names = stepNames.length === 0 ? ["Deploy"] : stepNames;
  names.forEach((name, index) => {
    const step = newActivity(`${log.id}/${index + 1}`, `Step ${index + 1}: ${name}`, true);
    startActivity(step, started + Math.floor(((ended - started) * index) / names.length));
    const isLast = index === names.length - 1;
    const status = isLast ? statusOfState[task.state] : "Success";
    if (isLast && task.errorMessage !== "") write(step, "Fatal", task.errorMessage, ended);
    endActivity(step, status, started + Math.floor(((ended - started) * (index + 1)) / names.length));
    log.children.push(step);
  });
  startActivity(log, started);
  endActivity(log, statusOfState[task.state], ended);
  return log;
}
