import type { Activity, Deployment, Interruption, ServerTask, TaskState } from "../documents/execution.ts";
import type { PlannedAction } from "../rules/targets.ts";
import type { Script } from "./script.ts";

/** How a deployment ended. */
export interface Ending {
  readonly state: TaskState;
  readonly error: string;
}

/**
 * What a deployment keeps while it waits for an answer: in a child step its slot, so that it goes on executing; with
 * `Octopus.Action.Manual.BlockConcurrentDeployments` its place before others of its project, environment and tenant; else nothing.
 */
export type Keeps = "slot" | "place" | "nothing";

/** What a running deployment waits for before it goes on. */
export type Wait =
  | { readonly kind: "until"; readonly instant: number }
  | { readonly kind: "answers"; readonly interruptions: readonly Interruption[]; readonly keeps: Keeps }
  | { readonly kind: "control" };

export type RunPhase = "queued" | "executing" | "paused" | "cancelling" | "ended";

/** What the engine knows about a deployment that has not ended, besides its task. */
export interface Run {
  readonly task: ServerTask;
  readonly deployment: Deployment;
  readonly script: Script;
  readonly log: Activity;
  phase: RunPhase;
  keeps: Keeps;
  /** The place in the queue: of its own task, or of the first task that it superseded. */
  place: Pick<ServerTask, "queueTime" | "number">;
  /** Earliest instant at which it may start, in epoch milliseconds. Infinity: never. */
  startableFrom: number;
  course: Generator<Wait, Ending, void> | undefined;
  waitingFor: Wait | undefined;
  /** Withdraw its planned actions from the timeline. */
  readonly withdraw: Set<() => void>;
  /** Targets dropped by a guided-failure answer. */
  readonly droppedTargets: Set<string>;
  plan: readonly PlannedAction[];
}
