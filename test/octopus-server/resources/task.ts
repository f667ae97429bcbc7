import type { ServerTask } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { isCompleted } from "../rules/task-states.ts";
import { pendingInterruptions } from "../tasks/interruptions.ts";
import { dateTime, inWords, resource, yearOne } from "./common.ts";
import { web } from "./people.ts";

export function taskResource(core: Core, task: ServerTask): object {
  const switches = core.switches();
  const self = `${core.api}/tasks/${task.id}`;
  const completed = isCompleted(task);
  const pending = completed ? [] : pendingInterruptions(core, task.id);
  const waitsForPrecondition = task.state === "Queued" && task.preconditions.length > 0;
  return {
    ...resource(task.id, {
      Self: self,
      Web: `${web(core)}/${task.spaceId}/tasks/${task.id}`,
      Raw: `${self}/raw`,
      Cancel: `${self}/cancel`,
      QueuedBehind: `${self}/queued-behind{?skip,take}`,
      Details: `${self}/details{?verbose,tail}`,
      Artifacts: `${core.api}/${task.spaceId}/artifacts?regarding=${task.id}`,
      Interruptions: `${core.api}/${task.spaceId}/interruptions?regarding=${task.id}`,
    }),
    SpaceId: task.spaceId,
    ProjectId: task.projectId,
    Name: task.name,
    Description: task.description,
    Arguments: task.deploymentId === null ? {} : { DeploymentId: task.deploymentId },
    State: task.state,
    Completed: completedText(task),
    QueueTime: dateTime(task.queueTime),
    QueueTimeExpiry: dateTime(task.queueTimeExpiry),
    StartTime: dateTime(task.startTime),
    LastUpdatedTime: switches.yearOneDates ? yearOne : dateTime(task.lastUpdatedTime ?? task.queueTime),
    CompletedTime: dateTime(task.completedTime),
    ServerNode: task.startTime === null ? null : "octopus-1",
    Duration: durationText(core, task),
    ErrorMessage: task.errorMessage,
    HasBeenPickedUpByProcessor: task.startTime !== null,
    IsCompleted: completed,
    FinishedSuccessfully: task.state === "Success",
    HasPendingInterruptions: pending.length > 0,
    HasWarningsOrErrors: task.hasWarningsOrErrors,
    CanRerun: false,
    EstimatedRemainingQueueDurationSeconds: 0,
    ...(switches.pendingTypesOnTasks
      ? {
          PendingInterruptionTypes: [...new Set(pending.map(({ type }) => type))],
          HasPendingPreconditions: waitsForPrecondition,
          PendingPreconditionTypes: waitsForPrecondition ? task.preconditions : [],
        }
      : {}),
  };
}

const longDate = new Intl.DateTimeFormat("en-US", { dateStyle: "full", timeStyle: "short", timeZone: "UTC" });

function completedText(task: ServerTask): string {
  if (task.completedTime === null) return task.startTime === null ? "Queued..." : "Executing...";
  return longDate.format(task.completedTime).replace(" at ", " ");
}

function durationText(core: Core, task: ServerTask): string {
  if (task.startTime === null) return inWords(0);
  return inWords((task.completedTime ?? core.timeline.now()) - task.startTime);
}
