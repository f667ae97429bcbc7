import type { Attempt, Deployment, Instant } from "../model.ts";

/** Only the server task proves success: `FailureEncountered` of a deployment is false for all that ended (OctopusDeploy/Issues#10183). */
export function succeeded({ task }: Attempt): boolean {
  return task?.state === "Success";
}

/** Whether the task was removed by retention or never existed, so that nothing proves success or failure. */
export function isUnproven({ task }: Attempt): boolean {
  return task === undefined;
}

/** Whether the deployment started and ended without success. One that never started changed nothing. */
export function endedWithoutSuccess({ task }: Attempt): boolean {
  return task !== undefined && task.isCompleted && task.state !== "Success" && task.startTime !== undefined;
}

/** Whether the deployment is queued, paused, executing or being cancelled. */
export function isLive({ task }: Attempt): boolean {
  return task !== undefined && !task.isCompleted;
}

/** When the deployment completed; without a task, when it was created. */
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

/** A server gives out the ids of one kind in rising order. The order is only used to break ties. */
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}
