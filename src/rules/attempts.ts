import type { Attempt, Deployment, Instant } from "../model.ts";

/** Only the server task tells: a deployment's own `FailureEncountered` is false for all that ended (OctopusDeploy/Issues#10183). */
export function succeeded({ task }: Attempt): boolean {
  return task?.state === "Success";
}

/** Retention removed its task, or it never had one: nothing proves that it succeeded, or failed. */
export function isUnproven({ task }: Attempt): boolean {
  return task === undefined;
}

/** Started, and ended in any other way than success. One that never started changed nothing. */
export function endedWithoutSuccess({ task }: Attempt): boolean {
  return task !== undefined && task.isCompleted && task.state !== "Success" && task.startTime !== undefined;
}

/** Queued, paused, executing or being cancelled. */
export function isLive({ task }: Attempt): boolean {
  return task !== undefined && !task.isCompleted;
}

/** When the deployment's effect was there; without a task there is only the creation to go by. */
export function completionOf({ deployment, task }: Attempt): Instant {
  return task?.completedTime ?? deployment.created;
}

/** A total order: latest completion first, then the higher deployment id. */
export function byCompletion(a: Attempt, b: Attempt): number {
  return completionOf(b) - completionOf(a) || compareIds(b.deployment.id, a.deployment.id);
}

/** Latest creation, then the higher id. */
export function newestDeployment(deployments: readonly Deployment[]): Deployment | undefined {
  const [newest] = [...deployments].sort((a, b) => b.created - a.created || compareIds(b.id, a.id));
  return newest;
}

/** Ids of one server and kind are given out in rising order; the order is only used to break ties. */
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}
