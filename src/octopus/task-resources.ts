import * as z from "zod/mini";
import type * as model from "../model.ts";
import { flag, id, ifValid, instant, oneOf, optionalId, optionalInstant, resource, text, texts } from "./fields.ts";
import type { QueuedTask as QueuedTaskOfGateway } from "./gateway.ts";

const finalStates: readonly string[] = ["Success", "Failed", "Canceled", "TimedOut"] satisfies model.TaskState[];

/** `Arguments` differ by the kind of task. Servers before 2022 say only that interruptions are pending, newer ones also of which types. */
export const ServerTask: z.ZodMiniType<model.ServerTask> = z.pipe(
  resource({
    id: id<"ServerTask">(),
    state: z.string(),
    isCompleted: z.nullish(z.boolean()),
    finishedSuccessfully: flag,
    startTime: optionalInstant,
    completedTime: optionalInstant,
    errorMessage: text,
    hasPendingInterruptions: flag,
    pendingInterruptionTypes: texts,
    hasPendingPreconditions: flag,
    pendingPreconditionTypes: texts,
    hasWarningsOrErrors: flag,
    arguments: z.nullish(z.object({ DeploymentId: ifValid(optionalId<"Deployment">()) })),
  }),
  z.transform(
    ({ finishedSuccessfully, pendingInterruptionTypes, pendingPreconditionTypes, arguments: details, ...task }) => {
      const isCompleted = task.isCompleted ?? finalStates.includes(task.state);
      return {
        ...task,
        state: stateOf(task.state, isCompleted, finishedSuccessfully),
        isCompleted,
        hasPendingInterruptions: task.hasPendingInterruptions || pendingInterruptionTypes.length > 0,
        hasPendingPreconditions: task.hasPendingPreconditions || pendingPreconditionTypes.length > 0,
        deploymentId: details?.DeploymentId,
      };
    },
  ),
);

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

export const QueuedTask: z.ZodMiniType<QueuedTaskOfGateway> = z.pipe(
  z.object({ Id: id<"ServerTask">(), Description: text }),
  z.transform((task) => ({ id: task.Id, description: task.Description })),
);

const LogLine: z.ZodMiniType<model.LogLine> = z.pipe(
  z.object({ Category: text, OccurredAt: instant, MessageText: text, Number: z.nullish(z.number()) }),
  z.transform((line) => ({
    category: line.Category,
    occurredAt: line.OccurredAt,
    text: line.MessageText,
    number: line.Number ?? undefined,
  })),
);

const activityStatuses = [
  "Pending",
  "Running",
  "Success",
  "Failed",
  "Skipped",
  "SuccessWithWarning",
  "Canceled",
] as const;

const Activity: z.ZodMiniType<model.Activity> = z.pipe(
  z.object({
    Id: text,
    Name: text,
    Status: oneOf(activityStatuses, "Running"),
    ProgressPercentage: z.nullish(z.number()),
    LogElements: z.nullish(z.array(LogLine)),
    Children: z.lazy(() => z.nullish(z.array(Activity))),
  }),
  z.transform((activity) => ({
    id: activity.Id,
    name: activity.Name,
    status: activity.Status,
    progress: activity.ProgressPercentage ?? 0,
    lines: activity.LogElements ?? [],
    children: activity.Children ?? [],
  })),
);

export const TaskDetails = z.pipe(
  z.object({ ActivityLogs: z.nullish(z.array(Activity)) }),
  z.transform((details) => details.ActivityLogs ?? []),
);

/** Names of the users, newest first: https://octopus.com/docs/api/events */
export const CancelEvents = z.pipe(
  z.object({ Items: z.array(z.object({ Username: text })) }),
  z.transform(({ Items }) => Items.flatMap(({ Username }) => (Username === "" ? [] : [Username]))),
);
