import type { ServerTask, TaskState } from "../documents/execution.ts";
import { badRequest } from "../http/refusal.ts";

const states: readonly TaskState[] = ["Queued", "Executing", "Cancelling", "Success", "Failed", "Canceled", "TimedOut"];

/** A state by its name, in any case. `New`, which exists only in filters, is `Queued`. Throws the 400 for another name. */
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
