import type { Activity, ActivityStatus, ServerTask } from "../documents/execution.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import type { Instance } from "../instance.ts";
import { endActivity, newActivity, newLog, startActivity, write } from "../tasks/activity-log.ts";
import { raiseGuidedFailure, raiseManualIntervention } from "../tasks/interruptions.ts";
import { teamId } from "../tasks/planned-steps.ts";
import type { Run } from "../tasks/run.ts";

/** A running task that a test controls: a function for each `/simulator/tasks/{id}/…` call. */
export interface TaskControl {
  /** Writes a line to a step's log, or to the task's own. Steps and targets appear when they are first named. */
  log(line: TaskLogLine): void;
  startStep(step: { readonly name: string; readonly targets?: readonly string[] | undefined }): void;
  endStep(step: { readonly name: string; readonly status?: ActivityStatus | undefined }): void;
  /** Shows how far the task, or a step of it, has come. */
  progress(progress: {
    readonly step?: string | undefined;
    readonly percentage: number;
    readonly message?: string | undefined;
  }): void;
  /** Raises a manual intervention, for whose answer the task waits. Returns its id. */
  raiseIntervention(intervention: TaskIntervention): string;
  /** Raises a guided-failure prompt, for whose answer the task waits. Returns its id. */
  raiseGuidedFailure(prompt: { readonly step: string; readonly error: string }): string;
  /** Adds an artifact that the deployment itself has collected. Returns its id. */
  attachArtifact(artifact: {
    readonly filename: string;
    readonly content: string | Buffer;
    readonly source?: string | undefined;
  }): string;
  setOutput(output: {
    readonly step: string;
    readonly name: string;
    readonly value: string;
    readonly sensitive?: boolean | undefined;
  }): void;
  /** Ends the task, whatever it is doing. */
  complete(ending: {
    readonly state: "Success" | "Failed" | "Canceled" | "TimedOut";
    readonly error?: string | undefined;
    readonly warnings?: boolean | undefined;
  }): void;
  /** Clears the preconditions of a queued task. */
  clearPreconditions(): void;
  /** Removes the task as retention does; `forgetId` also clears the deployment's `TaskId` (issue 7575). */
  purge(options?: { readonly forgetId?: boolean | undefined }): void;
}

export interface TaskLogLine {
  readonly text: string;
  readonly step?: string | undefined;
  readonly target?: string | undefined;
  readonly category?: string | undefined;
}

export interface TaskIntervention {
  readonly step?: string | undefined;
  readonly instructions?: string | undefined;
  /** Names or ids of the responsible teams. */
  readonly teams?: readonly string[] | undefined;
  readonly asChildStep?: boolean | undefined;
  readonly blocksOthers?: boolean | undefined;
  readonly linkedGroup?: string | undefined;
}

export function controlTask(instance: Instance, taskId: string): TaskControl {
  instance.timeline.settle();
  const task = instance.state.history.tasks.get(taskId);
  if (task === undefined) throw notFound(taskId);
  const { timeline, engine, state } = instance;

  function activeRun(): Run {
    const run = engine.runOf(taskId);
    if (run === undefined) throw new Refusal(400, `The task '${taskId}' has ended.`);
    return run;
  }

  function log(): Activity {
    known.log ??= newLog(known);
    return known.log;
  }

  const known: ServerTask = task;
  return {
    log: ({ text, step, target, category }) => {
      const now = timeline.now();
      const activity = step === undefined ? log() : stepOf(log(), step, now);
      const node = target === undefined ? activity : childOf(activity, target, now);
      write(node, category ?? "Info", text, now);
      known.lastUpdatedTime = now;
      if (category === "Warning") known.hasWarningsOrErrors = true;
    },
    startStep: ({ name, targets }) => {
      const activity = stepOf(log(), name, timeline.now());
      for (const target of targets ?? []) childOf(activity, target, timeline.now());
    },
    endStep: ({ name, status }) => {
      const now = timeline.now();
      const activity = stepOf(log(), name, now);
      for (const child of activity.children)
        if (child.status === "Running") endActivity(child, status ?? "Success", now);
      endActivity(activity, status ?? "Success", now);
    },
    progress: ({ step, percentage, message }) => {
      const activity = step === undefined ? log() : stepOf(log(), step, timeline.now());
      activity.progressPercentage = percentage;
      activity.progressMessage = message ?? "";
    },
    raiseIntervention: ({ step, instructions, teams, asChildStep, blocksOthers, linkedGroup }) => {
      const interruption = raiseManualIntervention(instance, activeRun(), {
        title: step ?? "Manual intervention",
        instructions: instructions ?? "",
        teamIds: (teams ?? []).map((name) => teamId(instance, known.spaceId, name)),
        asChildStep: asChildStep ?? false,
        blocksOthers: blocksOthers ?? false,
        linkedGroup: linkedGroup ?? null,
      });
      engine.pause(known, [interruption], asChildStep === true ? "slot" : blocksOthers === true ? "place" : "nothing");
      return interruption.id;
    },
    raiseGuidedFailure: ({ step }) => {
      const interruption = raiseGuidedFailure(instance, activeRun(), step);
      engine.pause(known, [interruption], "nothing");
      return interruption.id;
    },
    attachArtifact: ({ filename, content, source }) => {
      const id = state.nextId("Artifacts");
      state.artifacts.set(id, {
        id,
        spaceId: known.spaceId,
        filename,
        source: source ?? "Octopus Server",
        serverTaskId: taskId,
        created: timeline.now(),
        logCorrelationId: `${log().id}/artifacts`,
        createdById: "users-system",
        content: Buffer.isBuffer(content) ? content : Buffer.from(content),
      });
      return id;
    },
    setOutput: ({ step, name, value, sensitive }) => {
      const deployment = state.history.deployments.get(known.deploymentId ?? "");
      if (deployment === undefined) throw new Refusal(400, `The task '${taskId}' is no deployment.`);
      const others = deployment.outputs.filter((output) => output.actionName !== step || output.name !== name);
      deployment.outputs = [...others, { actionName: step, name, value, isSensitive: sensitive ?? false }];
    },
    complete: ({ state: end, error, warnings }) => {
      activeRun();
      if (warnings === true) known.hasWarningsOrErrors = true;
      if (error !== undefined && error !== "") write(log(), "Fatal", error, timeline.now());
      engine.end(known, { state: end, error: error ?? "" });
    },
    clearPreconditions: () => {
      engine.clearPreconditions(known);
    },
    purge: (options) => {
      state.history.removeTask(known);
      const deployment = state.history.deployments.get(known.deploymentId ?? "");
      if (deployment !== undefined && options?.forgetId === true) deployment.taskId = null;
    },
  };
}

/** The log node of a step, by `Step 2: name` or the name alone. Adds a node if there is none. */
function stepOf(log: Activity, name: string, now: number): Activity {
  const found = log.children.find((child) => child.name === name || child.name.endsWith(`: ${name}`));
  const activity =
    found ?? newActivity(`${log.id}/${log.children.length + 1}`, `Step ${log.children.length + 1}: ${name}`, true);
  if (found === undefined) log.children.push(activity);
  if (activity.started === null) startActivity(activity, now);
  return activity;
}

function childOf(step: Activity, name: string, now: number): Activity {
  const found = step.children.find((child) => child.name === name);
  const activity = found ?? newActivity(`${step.id}/${step.children.length + 1}`, name, false);
  if (found === undefined) step.children.push(activity);
  if (activity.started === null) startActivity(activity, now);
  return activity;
}
