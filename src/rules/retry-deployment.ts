import type { Deployment, Interruption, ServerTask } from "../model.ts";

export interface FailedDeployment {
  readonly failed: Deployment;
  readonly task: ServerTask;
  readonly interruptions: readonly Interruption[];
  /** Deployments to the same environment, newest created first. */
  readonly newest: readonly Deployment[];
}

/**
 * Why a failed deployment must not be repeated, as the end of a sentence. `undefined` means that it may be. Only a failure of the deployment itself
 * is retried, not the decision of a user or of the server.
 */
export function whyNotAgain({ failed, task, interruptions, newest }: FailedDeployment): string | undefined {
  if (task.state !== "Failed") return `it ended as ${task.state}`;
  if (task.startTime === undefined) return "it never started";
  if (interruptions.some(({ type, result }) => type === "ManualIntervention" && result === "Abort")) {
    return "a manual intervention was aborted";
  }
  const latest = newest.find(({ tenantId }) => tenantId === failed.tenantId);
  return latest?.id === failed.id ? undefined : "there is a newer deployment to the same environment";
}
