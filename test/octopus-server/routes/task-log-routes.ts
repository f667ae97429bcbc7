import type { Activity, LogLine, ServerTask } from "../documents/execution.ts";
import { ok, text } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { mixed } from "../http/route.ts";
import type { MixedCall, Route } from "../http/route.ts";
import { dateTime, inWords, resource, yearOne } from "../resources/common.ts";
import { taskResource } from "../resources/task.ts";
import { isCompleted } from "../rules/task-states.ts";
import { historicalLog, linesOf } from "../tasks/activity-log.ts";
import { taskOf } from "./lookup.ts";

export const taskLogRoutes: readonly Route[] = [
  mixed("GET", "tasks/{id}/details", "TaskDetailsResource", "D26 tasks", details),
  mixed("GET", "tasks/{id}/raw", undefined, "D26 tasks", raw),
];

/** Lines of these categories are left out unless the request says `verbose`. */
const quietCategories = new Set(["Trace", "Verbose", "Planned", "Updated", "Finished", "Abandoned"]);

function details(call: MixedCall): Reply {
  const task = taskOf(call);
  const log = logOf(call, task);
  const verbose = call.query.flag("verbose") ?? false;
  const tail = call.query.has("tail") ? call.query.wholeNumber("tail", 0) : undefined;
  const size = [...linesOf(log)].reduce((sum, { line }) => sum + line.text.length + 80, 0);
  return ok({
    ...resource(null, { Self: `${call.instance.api}/tasks/${task.id}/details` }),
    Task: taskResource(call.instance, task),
    ActivityLogs: [activityResource(log, { verbose, tail, dateOf: dateFor(call) })],
    Progress: {
      ProgressPercentage: isCompleted(task) ? 100 : log.progressPercentage,
      EstimatedTimeRemaining: isCompleted(task) ? "" : inWords(60_000),
    },
    PhysicalLogSize: size,
  });
}

interface Wanted {
  readonly verbose: boolean;
  readonly tail: number | undefined;
  readonly dateOf: (line: LogLine) => string;
}

function dateFor(call: MixedCall): Wanted["dateOf"] {
  const gapsHaveDates = call.instance.switches().gapLinesHaveDates;
  return ({ category, occurredAt }) => (category === "Gap" && !gapsHaveDates ? yearOne : dateTime(occurredAt));
}

function activityResource(activity: Activity, wanted: Wanted): unknown {
  const { verbose, tail, dateOf } = wanted;
  const lines = verbose ? activity.lines : activity.lines.filter(({ category }) => !quietCategories.has(category));
  return {
    Id: activity.id,
    Name: activity.name,
    Status: activity.status,
    Started: dateTime(activity.started),
    Ended: dateTime(activity.ended),
    ShowAtSummaryLevel: activity.showAtSummaryLevel,
    ProgressPercentage: activity.progressPercentage,
    ProgressMessage: activity.progressMessage,
    LogElements: cut(lines, tail).map(({ line, number }) => ({
      Category: line.category,
      OccurredAt: dateOf(line),
      MessageText: line.text,
      Detail: null,
      Number: number,
    })),
    Children: activity.children.map((child) => activityResource(child, wanted)),
  };
}

/** The last lines of a node; a `Gap` line stands for those left out. */
function cut(
  lines: readonly LogLine[],
  tail: number | undefined,
): readonly { readonly line: LogLine; readonly number: number }[] {
  const numbered = lines.map((line, index) => ({ line, number: index + 1 }));
  const first = tail === undefined ? undefined : numbered.at(-tail);
  if (tail === undefined || tail === 0 || lines.length <= tail || first === undefined) return numbered;
  const gap = {
    category: "Gap",
    occurredAt: first.line.occurredAt,
    text: `... ${lines.length - tail} lines omitted ...`,
  };
  return [{ line: gap, number: first.number - 1 }, ...numbered.slice(-tail)];
}

function logOf(call: MixedCall, task: ServerTask): Activity {
  if (task.log !== null) return task.log;
  const deployment = call.instance.state.history.deployments.get(task.deploymentId ?? "");
  const process = call.instance.state.processes.get(deployment?.processSnapshotId ?? "");
  task.log = historicalLog(
    task,
    (process?.steps ?? []).flatMap(({ actions }) => actions.map(({ name }) => name)),
  );
  return task.log;
}

function raw(call: MixedCall): Reply {
  const task = taskOf(call);
  const lines = [...linesOf(logOf(call, task))].map(
    ({ depth, line }) =>
      `${dateTime(line.occurredAt).slice(11, 19)}   ${line.category.padEnd(8)} | ${"  ".repeat(depth)}${line.text}`,
  );
  return text(`Task ID:        ${task.id}\nTask status:    ${task.state}\n\n${lines.join("\n")}\n`);
}
