import type { Deployment } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { pendingInterruptions } from "../tasks/interruptions.ts";
import { taskIdOf, taskLeft } from "../rules/retention.ts";
import { dateTime, inWords, resource } from "./common.ts";
import { isCompleted } from "../rules/task-states.ts";

/** A deployment as dashboards and progressions show it. */
export function dashboardItem(
  core: Core,
  deployment: Deployment,
  { isCurrent, isPrevious }: { readonly isCurrent: boolean; readonly isPrevious: boolean },
): object {
  const { history } = core.state;
  const task = taskLeft(core, deployment);
  const completed = task === undefined || isCompleted(task);
  const pending = completed ? [] : pendingInterruptions(core, task.id);
  const started = task?.startTime ?? null;
  const duration = started === null ? 0 : (task?.completedTime ?? core.timeline.now()) - started;
  return {
    ...resource(deployment.id, { Self: `${core.api}/${deployment.spaceId}/deployments/${deployment.id}` }),
    ProjectId: deployment.projectId,
    EnvironmentId: deployment.environmentId,
    TenantId: deployment.tenantId,
    ReleaseId: deployment.releaseId,
    ReleaseVersion: history.releases.get(deployment.releaseId)?.version ?? "",
    ChannelId: deployment.channelId,
    DeploymentId: deployment.id,
    TaskId: taskIdOf(core, deployment),
    Created: dateTime(deployment.created),
    QueueTime: dateTime(task?.queueTime ?? deployment.created),
    StartTime: dateTime(task?.startTime ?? null),
    CompletedTime: dateTime(task?.completedTime ?? null),
    State: history.stateOf(deployment),
    IsCompleted: completed,
    IsCurrent: isCurrent,
    IsPrevious: isPrevious,
    HasPendingInterruptions: pending.length > 0,
    HasWarningsOrErrors: task?.hasWarningsOrErrors ?? false,
    ErrorMessage: task?.errorMessage ?? "",
    Duration: inWords(duration),
    ...(core.switches().pendingTypesOnTasks
      ? {
          PendingInterruptionTypes: [...new Set(pending.map(({ type }) => type))],
          HasPendingPreconditions: (task?.preconditions.length ?? 0) > 0,
        }
      : {}),
  };
}
