import type { ActivityStatus, ServerTask } from "../documents/execution.ts";
import { recordEvent } from "../documents/record-event.ts";
import type { Core } from "../instance.ts";
import { endActivity, endOpenActivities } from "./activity-log.ts";
import { withdrawInterruptions } from "./interruptions.ts";
import type { Ending, Run } from "./run.ts";

/** Records how a deployment ended: on its task, in its log and in the audit trail. */
export function endRun(core: Core, run: Run, ending: Ending): void {
  const now = core.timeline.now();
  const { task, deployment, log } = run;
  run.phase = "ended";
  withdrawInterruptions(core, task.id);
  task.state = ending.state;
  if (task.completedTime === null || core.switches().pauseIsCompletedTime !== "forEver") task.completedTime = now;
  task.lastUpdatedTime = now;
  task.errorMessage = ending.error;
  task.preconditions = [];
  if (ending.state !== "Success") task.hasWarningsOrErrors = true;
  // False once a deployment has ended, whatever its result (issue 10183): only the task has the result.
  deployment.failureEncountered = false;
  deployment.ended = ending.state;
  const status = statusOf(task);
  endOpenActivities(log, status, now);
  endActivity(log, status, now);
  if (ending.state === "Success") noteDeployment(core, run, "DeploymentSucceeded");
  if (ending.state === "Failed") noteDeployment(core, run, "DeploymentFailed");
}

function statusOf({ state, hasWarningsOrErrors }: ServerTask): ActivityStatus {
  if (state === "Success") return hasWarningsOrErrors ? "SuccessWithWarning" : "Success";
  return state === "Canceled" ? "Canceled" : "Failed";
}

type DeploymentEvent = "DeploymentStarted" | "DeploymentResumed" | "DeploymentSucceeded" | "DeploymentFailed";

const words: Readonly<Record<DeploymentEvent, string>> = {
  DeploymentStarted: "Deployment started",
  DeploymentResumed: "Deployment resumed",
  DeploymentSucceeded: "Deployment succeeded",
  DeploymentFailed: "Deployment failed",
};

/** Records an event of a deployment, which the server itself caused, in the audit trail. */
export function noteDeployment(core: Core, { task, deployment }: Run, category: DeploymentEvent): void {
  recordEvent(core, {
    category,
    spaceId: task.spaceId,
    user: null,
    message: `${words[category]}: ${task.description}`,
    relatedDocumentIds: [
      deployment.id,
      task.id,
      task.projectId,
      task.environmentId,
      task.tenantId,
      deployment.releaseId,
    ],
  });
}
