import * as z from "zod";
import type * as model from "../model.ts";
import { flag, id, instant, oneOf, optionalId, optionalInstant, text, texts } from "./fields.ts";
import type { QueuedTask as QueuedTaskOfGateway } from "./gateway.ts";

const finalStates: readonly string[] = ["Success", "Failed", "Canceled", "TimedOut"] satisfies model.TaskState[];

/** `Arguments` differ by the kind of task. Servers before 2022 say only that interruptions are pending, newer ones also of which types. */
export const ServerTask: z.ZodType<model.ServerTask> = z
  .object({
    Id: id<"ServerTask">(),
    State: z.string(),
    IsCompleted: z.boolean().nullish(),
    FinishedSuccessfully: flag,
    StartTime: optionalInstant,
    CompletedTime: optionalInstant,
    ErrorMessage: text,
    HasPendingInterruptions: flag,
    PendingInterruptionTypes: texts,
    HasPendingPreconditions: flag,
    PendingPreconditionTypes: texts,
    HasWarningsOrErrors: flag,
    Arguments: z.object({ DeploymentId: optionalId<"Deployment">().catch(undefined) }).nullish(),
  })
  .transform((task) => {
    const isCompleted = task.IsCompleted ?? finalStates.includes(task.State);
    return {
      id: task.Id,
      state: stateOf(task.State, isCompleted, task.FinishedSuccessfully),
      isCompleted,
      startTime: task.StartTime,
      completedTime: task.CompletedTime,
      errorMessage: task.ErrorMessage,
      hasPendingInterruptions: task.HasPendingInterruptions || task.PendingInterruptionTypes.length > 0,
      hasPendingPreconditions: task.HasPendingPreconditions || task.PendingPreconditionTypes.length > 0,
      hasWarningsOrErrors: task.HasWarningsOrErrors,
      deploymentId: task.Arguments?.DeploymentId,
    };
  });

const states: readonly model.TaskState[] = [
  "Queued",
  "Executing",
  "Cancelling",
  "Success",
  "Failed",
  "Canceled",
  "TimedOut",
];

/** A state we do not know is trusted for being over only if the server says so. `New` is what Octopus shows as queued. */
function stateOf(state: string, isCompleted: boolean, succeeded: boolean): model.TaskState {
  const known = states.find((each) => each === state);
  if (known !== undefined) return known;
  if (isCompleted) return succeeded ? "Success" : "Failed";
  return state === "New" ? "Queued" : "Executing";
}

export const QueuedTask: z.ZodType<QueuedTaskOfGateway> = z
  .object({ Id: id<"ServerTask">(), Description: text })
  .transform((task) => ({ id: task.Id, description: task.Description }));

const LogLine: z.ZodType<model.LogLine> = z
  .object({ Category: text, OccurredAt: instant, MessageText: text })
  .transform((line) => ({ category: line.Category, occurredAt: line.OccurredAt, text: line.MessageText }));

const activityStatuses = [
  "Pending",
  "Running",
  "Success",
  "Failed",
  "Skipped",
  "SuccessWithWarning",
  "Canceled",
] as const;

const Activity: z.ZodType<model.Activity> = z
  .object({
    Id: text,
    Name: text,
    Status: oneOf(activityStatuses, "Running"),
    LogElements: z.array(LogLine).nullish(),
    Children: z.lazy(() => z.array(Activity).nullish()),
  })
  .transform((activity) => ({
    id: activity.Id,
    name: activity.Name,
    status: activity.Status,
    lines: activity.LogElements ?? [],
    children: activity.Children ?? [],
  }));

export const TaskDetails = z
  .object({ ActivityLogs: z.array(Activity).nullish() })
  .transform((details) => details.ActivityLogs ?? []);
