import type { ServerTask, TaskState } from "../documents/execution.ts";
import { badRequest } from "../http/refusal.ts";

const states: readonly TaskState[] = ["Queued", "Executing", "Cancelling", "Success", "Failed", "Canceled", "TimedOut"];

/** The requested state, in any case; `New`, which only filters know, is `Queued`. Throws 400 for what is no state. */
export function taskState(text: string): TaskState {
  const wanted = text.toLowerCase() === "new" ? "queued" : text.toLowerCase();
  const found = states.find((state) => state.toLowerCase() === wanted);
  if (found === undefined) throw badRequest(`The value '${text}' is not valid for a task state.`);
  return found;
}

const finalStates: ReadonlySet<TaskState> = new Set(["Success", "Failed", "Canceled", "TimedOut"]);

export function isCompleted(task: ServerTask): boolean {
  return finalStates.has(task.state);
}
