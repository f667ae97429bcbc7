import type { Id, ServerTask } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { describeTask } from "../rules/describe-task.ts";
import { hasStarted } from "../rules/judge-task.ts";
import { missesLines, nothingRelayed, relayNewLines } from "../rules/relay-log.ts";
import { recover } from "../recover.ts";
import type { StepRuntime } from "../step/runtime.ts";
import type { Observer } from "./poll-task.ts";

/** Where the child's log comes from and goes to. */
export interface LogRelay {
  readonly space: SpaceGateway;
  readonly step: StepRuntime;
}

/** Lines per node that are read on each poll. Only if more have come since, the whole log is read. */
const tail = 50;

/** Repeats the child's log in this step's log, each line once, and shows the child's progress. After an error the relay stops. */
export function relayLog(id: Id<"ServerTask">, { space, step }: LogRelay): Observer {
  let relayed = nothingRelayed;
  let gaveUp = false;

  async function relay(task: ServerTask): Promise<void> {
    const end = await space.taskLog(id, tail);
    const log = missesLines(end, relayed) ? await space.taskLog(id) : end;
    const next = relayNewLines(log, relayed);
    for (const { level, text } of next.lines) step[level](text);
    relayed = next.relayed;
    if (next.lines.length > 0) step.progress(log[0]?.progress ?? 0, describeTask(task).text);
  }

  return async (task) => {
    if (gaveUp) return;
    await recover(relay(task), ({ message }) => {
      gaveUp = true;
      step.warning(`The child's log can no longer be shown: ${message}`);
    });
  };
}

/** Shows the child's progress without reading its log: queued, running, done. */
export function reportProgress(step: Pick<StepRuntime, "progress">): Observer {
  let shown = "";
  return async (task) => {
    const { text } = describeTask(task);
    if (text !== shown) step.progress(task.isCompleted ? 100 : hasStarted(task) ? 50 : 0, text);
    shown = text;
  };
}
