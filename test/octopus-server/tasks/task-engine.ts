import type { User } from "../documents/configuration.ts";
import type { Deployment, Interruption, ServerTask } from "../documents/execution.ts";
import { recordEvent } from "../documents/record-event.ts";
import type { Core } from "../instance.ts";
import { failureByFreeze } from "../rules/freezes.ts";
import { supersededBySuccess, supersededInQueue } from "../rules/supersession.ts";
import { newLog, startActivity, write } from "./activity-log.ts";
import { endRun, noteDeployment } from "./end-run.ts";
import { answer, pendingInterruptions } from "./interruptions.ts";
import { machinesOfRun, planOf } from "./planned-steps.ts";
import { inOrder, mayStart, queueInFrontOf, samePlace, tasksAhead, waits } from "./queue.ts";
import { runDeployment } from "./run-deployment.ts";
import type { Ending, Keeps, Run } from "./run.ts";
import { createScriptBook } from "./script-book.ts";
import type { ScriptBook } from "./script-book.ts";
import type { Script } from "./script.ts";

/** Runs deployments: starts them when it is their turn, pauses them for answers, ends them. Time comes from the timeline alone. */
export interface TaskEngine {
  readonly scripts: ScriptBook;
  /** Puts the task of a new deployment into the queue. */
  enqueue(task: ServerTask, deployment: Deployment, script?: Script): void;
  /** Cancels the queued deployments that a new one supersedes, if its project says so. */
  supersedeQueued(task: ServerTask): void;
  /** Starts every task that may start now, for example after a space's queue was started again. */
  dispatch(): void;
  /** Cancels a task for a user; null means by the server's own decision. */
  cancel(task: ServerTask, by: User | null, reason?: string): void;
  /** Submits an answer to an interruption, and lets the deployment go on when no other one is pending. */
  answer(interruption: Interruption, by: User, values: Readonly<Record<string, string | null>>): void;
  /** Ends a task at once, whatever it is doing. */
  end(task: ServerTask, ending: Ending): void;
  /** Clears the preconditions of a task. */
  clearPreconditions(task: ServerTask): void;
  /** Pauses a task because an interruption was raised from outside. */
  pause(task: ServerTask, interruptions: readonly Interruption[], keeps: Keeps): void;
  runOf(taskId: string): Run | undefined;
  /** The tasks a queued one waits for. */
  queuedBehind(task: ServerTask): readonly ServerTask[];
}

export function createTaskEngine(core: Core): TaskEngine {
  const runs = new Map<string, Run>();
  const scripts = createScriptBook(core.state);
  const { timeline } = core;

  function enqueue(task: ServerTask, deployment: Deployment, given?: Script): void {
    const script = given ?? scripts.take(task, deployment);
    const now = timeline.now();
    const log = newLog(task);
    task.log = log;
    const earliest = Math.max(now, task.queueTime);
    const startableFrom = earliest + (script.queuedFor === "forever" ? Infinity : (script.queuedFor ?? 0));
    const run: Run = {
      task,
      deployment,
      script,
      log,
      phase: "queued",
      keeps: "nothing",
      place: { queueTime: task.queueTime, number: task.number },
      startableFrom,
      course: undefined,
      waitingFor: undefined,
      withdraw: new Set(),
      droppedTargets: new Set(),
      plan: [],
    };
    runs.set(task.id, run);
    if (Number.isFinite(startableFrom)) later(run, startableFrom, dispatch);
    const expiry = script.queueTimeout === undefined ? task.queueTimeExpiry : earliest + script.queueTimeout;
    if (expiry !== null) {
      later(run, expiry, () => {
        if (task.startTime === null)
          finish(run, { state: "TimedOut", error: "The task did not start before its queue time expired." });
      });
    }
    if (script.precondition !== undefined) addPrecondition(run, script.precondition);
    if (script.supersededAfter !== undefined) later(run, now + script.supersededAfter, () => supersede(run));
  }

  function addPrecondition(run: Run, precondition: NonNullable<Script["precondition"]>): void {
    run.task.preconditions = [precondition.type];
    write(run.log, "Info", `Waiting for ${precondition.type} ${precondition.changeRequest}`, timeline.now());
    if (precondition.after === "never") return;
    later(run, timeline.now() + precondition.after, () => {
      if (precondition.rejected) {
        finish(run, { state: "Failed", error: `Change request ${precondition.changeRequest} was rejected.` });
      } else {
        run.task.preconditions = [];
        dispatch();
      }
    });
  }

  function supersede(run: Run): void {
    cancel(run.task, null, "This deployment was cancelled because a newer deployment supersedes it.");
  }

  function supersedeQueued(task: ServerTask): void {
    const run = runs.get(task.id);
    if (run === undefined || core.state.projects.get(task.projectId ?? "")?.cancelQueuedTasks !== true) return;
    const isScheduled = run.deployment.queueTime !== null;
    if (isScheduled && !core.switches().scheduledDeploymentsSupersede) return;
    const needless = supersededInQueue(run, queueInFrontOf(run, [...runs.values()]));
    run.place = needless.at(-1)?.place ?? run.place;
    for (const older of needless) cancel(older.task, null, `Superseded by ${task.id}.`);
  }

  function supersedePaused(run: Run): void {
    if (core.state.projects.get(run.task.projectId ?? "")?.cancelRunningTasks !== true) return;
    const paused = [...runs.values()].filter((other) => other.phase === "paused" && samePlace(run.task, other.task));
    for (const older of supersededBySuccess(run, paused)) cancel(older.task, null, `Superseded by ${run.task.id}.`);
  }

  function later(run: Run, instant: number, action: () => void): void {
    const withdraw = timeline.at(instant, () => {
      run.withdraw.delete(withdraw);
      action();
    });
    run.withdraw.add(withdraw);
  }

  function dispatch(): void {
    const waiting = [...runs.values()].filter((run) => waits(core, run)).sort(inOrder);
    // A run that ends at once starts others itself, and these no longer wait.
    for (const run of waiting) if (waits(core, run) && mayStart(core, run, [...runs.values()])) start(run);
  }

  function start(run: Run): void {
    const now = timeline.now();
    const { task } = run;
    const isFirst = task.startTime === null && run.course === undefined;
    run.phase = "executing";
    task.state = "Executing";
    task.lastUpdatedTime = now;
    task.startTime ??= now;
    if (isFirst) {
      startActivity(run.log, now);
      const frozen = failureByFreeze(core, run.deployment);
      if (frozen !== undefined) {
        write(run.log, "Fatal", frozen, now);
        finish(run, { state: "Failed", error: frozen });
        return;
      }
      run.plan = planOf(core, run.deployment);
      run.deployment.deployedToMachineIds = machinesOfRun(core, run);
      run.course = runDeployment(core, run);
      noteDeployment(core, run, "DeploymentStarted");
    } else {
      noteDeployment(core, run, "DeploymentResumed");
    }
    // A run that waits for a later instant goes on at that instant, and one that waits for the control API when a test ends it.
    const wait = run.waitingFor;
    if (isFirst || wait?.kind === "answers" || (wait?.kind === "until" && wait.instant <= now)) proceed(run);
  }

  function proceed(run: Run): void {
    const next = run.course?.next();
    if (next === undefined) return;
    if (next.done) {
      finish(run, next.value);
      return;
    }
    const wait = next.value;
    run.waitingFor = wait;
    switch (wait.kind) {
      case "until":
        later(run, wait.instant, () => {
          if (run.phase === "executing") proceed(run);
        });
        return;
      case "answers":
        pause(run.task, wait.interruptions, wait.keeps);
        return;
      case "control":
        return;
    }
  }

  function pause(task: ServerTask, interruptions: readonly Interruption[], keeps: Keeps): void {
    const run = runs.get(task.id);
    if (run === undefined || interruptions.length === 0) return;
    task.lastUpdatedTime = timeline.now();
    const executing =
      keeps === "slot" ||
      (interruptions[0]?.type === "GuidedFailure" && core.switches().guidedFailureState === "Executing");
    if (executing) return;
    run.phase = "paused";
    run.keeps = keeps;
    task.state = "Queued";
    if (!core.switches().pausedTaskKeepsStartTime) task.startTime = null;
    if (core.switches().pauseIsCompletedTime !== "never") task.completedTime = timeline.now();
    dispatch();
  }

  function answerInterruption(
    interruption: Interruption,
    by: User,
    values: Readonly<Record<string, string | null>>,
  ): void {
    answer(core, interruption, by, values);
    const run = runs.get(interruption.taskId);
    if (run === undefined || pendingInterruptions(core, interruption.taskId).length > 0) return;
    run.task.lastUpdatedTime = timeline.now();
    if (run.phase === "paused") later(run, timeline.now(), dispatch);
    else if (run.phase === "executing" && run.waitingFor?.kind === "answers")
      later(run, timeline.now(), () => proceed(run));
  }

  function cancel(task: ServerTask, by: User | null, reason = ""): void {
    const run = runs.get(task.id);
    if (run === undefined || run.phase === "cancelling") return;
    recordEvent(core, {
      category: "TaskCanceled",
      spaceId: task.spaceId,
      user: by,
      message: `Canceled task ${task.description} (${task.id})`,
      relatedDocumentIds: [task.id, task.deploymentId, task.projectId, task.environmentId],
    });
    const ending: Ending = { state: "Canceled", error: reason };
    if (run.phase === "queued") {
      finish(run, ending);
      return;
    }
    run.phase = "cancelling";
    task.state = "Cancelling";
    task.lastUpdatedTime = timeline.now();
    write(run.log, "Info", "The deployment is being cancelled", timeline.now());
    for (const withdraw of run.withdraw) withdraw();
    run.withdraw.clear();
    later(run, timeline.now() + run.script.cancelTakes, () => finish(run, ending));
  }

  function finish(run: Run, ending: Ending): void {
    if (run.phase === "ended") return;
    for (const withdraw of run.withdraw) withdraw();
    run.withdraw.clear();
    runs.delete(run.task.id);
    endRun(core, run, ending);
    if (ending.state === "Success") supersedePaused(run);
    dispatch();
  }

  return {
    scripts,
    enqueue,
    supersedeQueued,
    dispatch,
    cancel,
    answer: answerInterruption,
    end: (task, ending) => {
      const run = runs.get(task.id);
      if (run !== undefined) finish(run, ending);
    },
    clearPreconditions: (task) => {
      task.preconditions = [];
      dispatch();
    },
    pause,
    runOf: (taskId) => runs.get(taskId),
    queuedBehind: (task) => {
      const run = runs.get(task.id);
      return run === undefined ? [] : tasksAhead(core, run, [...runs.values()]);
    },
  };
}
