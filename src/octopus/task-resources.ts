import type * as client from "@octopusdeploy/api-client";
import * as z from "zod/mini";
import type * as model from "../model.ts";
import {
  converted,
  flag,
  id,
  ifValid,
  listOf,
  member,
  oneOf,
  optionalId,
  optionalInstant,
  optional,
  recursive,
  resource,
  text,
  texts,
} from "./fields.ts";
import type { FieldsOf } from "./fields.ts";
import { kindOfInterruption } from "./interruption-calls.ts";
import type { QueuedTask as QueuedTaskOfGateway } from "./gateway.ts";

export const finalStates: readonly string[] = ["Success", "Failed", "Canceled", "TimedOut"] satisfies model.TaskState[];

/** `Arguments` differ by the kind of task. Servers before 2022 say only that interruptions are pending, newer ones also of which types. */
export const ServerTask: z.ZodMiniType<model.ServerTask> = converted(
  resource({
    id: id<"ServerTask">(),
    state: z.string(),
    isCompleted: optional(z.boolean()),
    finishedSuccessfully: flag,
    startTime: optionalInstant,
    completedTime: optionalInstant,
    errorMessage: text,
    hasPendingInterruptions: flag,
    pendingInterruptionTypes: texts,
    hasPendingPreconditions: flag,
    pendingPreconditionTypes: texts,
    hasWarningsOrErrors: flag,
    arguments: optional(z.object({ DeploymentId: ifValid(optionalId<"Deployment">()) })),
  } satisfies FieldsOf<
    client.ServerTask,
    never,
    "PendingInterruptionTypes" | "HasPendingPreconditions" | "PendingPreconditionTypes"
  >),

  ({ finishedSuccessfully, pendingInterruptionTypes, pendingPreconditionTypes, arguments: details, ...task }) => {
    const isCompleted = task.isCompleted ?? finalStates.includes(task.state);
    return {
      ...task,
      state: stateOf(task.state, isCompleted, finishedSuccessfully),
      isCompleted,
      // Servers of 2022 and 2023 tell when the task paused (OctopusDeploy/Issues#7468).
      completedTime: isCompleted ? task.completedTime : undefined,
      hasPendingInterruptions: task.hasPendingInterruptions || pendingInterruptionTypes.length > 0,
      ...(pendingInterruptionTypes.length > 0 && { pendingTypes: pendingInterruptionTypes.map(kindOfInterruption) }),
      hasPendingPreconditions: task.hasPendingPreconditions || pendingPreconditionTypes.length > 0,
      deploymentId: details?.DeploymentId,
    };
  },
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

/** A task in an unknown state has ended only if the server says that it is completed. The portal shows `New` as queued. */
function stateOf(state: string, isCompleted: boolean, succeeded: boolean): model.TaskState {
  const known = states.find((each) => each === state);
  if (known !== undefined) return known;
  if (isCompleted) return succeeded ? "Success" : "Failed";
  return state === "New" ? "Queued" : "Executing";
}

export const QueuedTask: z.ZodMiniType<QueuedTaskOfGateway> = resource({
  id: id<"ServerTask">(),
  description: text,
} satisfies FieldsOf<client.ServerTask>);

const LogLine: z.ZodMiniType<model.LogLine> = resource({
  category: text,
  // No source says that the line which stands for lines cut out has a date.
  occurredAt: converted(optionalInstant, (at) => at ?? 0),
  text: ["MessageText", text],
  number: optional(z.number()),
} satisfies FieldsOf<client.ActivityLogElement, "text", "Number">);

const activityStatuses = [
  "Pending",
  "Running",
  "Success",
  "Failed",
  "Skipped",
  "SuccessWithWarning",
  "Canceled",
] as const;

const Activity: z.ZodMiniType<model.Activity> = resource({
  id: text,
  name: text,
  status: oneOf(activityStatuses, "Running"),
  progress: ["ProgressPercentage", optional(z.number(), 0)],
  lines: ["LogElements", listOf(LogLine)],
  children: recursive(() => listOf(Activity)),
} satisfies FieldsOf<client.ActivityElement, "progress" | "lines">);

export const TaskDetails = member("ActivityLogs" satisfies keyof client.ServerTaskDetails, listOf(Activity));

/** Names of the users, newest first: https://octopus.com/docs/api/events */
export const CancelEvents = converted(member("Items", z.array(member("Username", text))), (names) =>
  names.filter((name) => name !== ""),
);
