import type { Attempt, Deployment, Instant } from "../model.ts";

/** Success, also one whose task retention removed: then only the deployment's own failure mark speaks against it. */
export function succeeded({ deployment, task }: Attempt): boolean {
  return task === undefined ? !deployment.failureEncountered : task.state === "Success";
}

/** Started, and ended in any other way than success. One that never started changed nothing. */
export function endedWithoutSuccess({ task }: Attempt): boolean {
  return task !== undefined && task.isCompleted && task.state !== "Success" && task.startTime !== undefined;
}

/** Queued, paused, executing or being cancelled. */
export function isLive({ task }: Attempt): boolean {
  return task !== undefined && !task.isCompleted;
}

/** When the deployment completed; its creation when retention removed the task, because nothing else is known then. */
export function completionOf({ deployment, task }: Attempt): Instant {
  return task?.completedTime ?? deployment.created;
}

/** Limited to some machines or leaving some out: says nothing about the environment as a whole. */
export function isLimitedToMachines({ deployment }: Attempt): boolean {
  return deployment.specificMachineIds.length > 0 || deployment.excludedMachineIds.length > 0;
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
