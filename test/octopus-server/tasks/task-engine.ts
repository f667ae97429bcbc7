import type { User } from "../documents/configuration.ts";
import type { Deployment, Interruption, ServerTask } from "../documents/execution.ts";
import { recordEvent } from "../documents/record-event.ts";
import type { Core } from "../instance.ts";
import { plannedActions } from "../rules/targets.ts";
import { endActivity, endOpenActivities, newLog, startActivity, write } from "./activity-log.ts";
import { answer, pendingInterruptions, withdrawInterruptions } from "./interruptions.ts";
import { machinesOfRun } from "./planned-steps.ts";
import { mayStart, tasksAhead } from "./queue.ts";
import { runDeployment } from "./run-deployment.ts";
import type { Ending, Run } from "./run.ts";
import { fits, Script } from "./script.ts";

/** Runs deployments: starts them when it is their turn, pauses them for people, ends them. Time comes from the timeline alone. */
export interface TaskEngine {
  /** Scripts in the order they were added; the newest that fits counts. */
  addScript(script: Script): void;
  clearScripts(): void;
  scripts(): readonly Script[];
  /** Puts the task of a new deployment into the queue. */
  enqueue(task: ServerTask, deployment: Deployment, script?: Script): void;
  /** Looks whether something may start now, e.g. after a space's queue was started again. */
  dispatch(): void;
  /** Cancels on somebody's behalf; null: the server's own decision. */
  cancel(task: ServerTask, by: User | null, reason?: string): void;
  /** Enters somebody's answer to an interruption, and lets its deployment go on when nothing else is asked. */
  answer(interruption: Interruption, by: User, values: Readonly<Record<string, string | null>>): void;
  /** Ends a task at once, whatever it is doing. */
  end(task: ServerTask, ending: Ending): void;
  /** Takes a precondition away. */
  clearPreconditions(task: ServerTask): void;
  /** Pauses a task because an interruption was raised from outside. */
  pause(task: ServerTask, interruptions: readonly Interruption[], holdsSlot: boolean): void;
  runOf(taskId: string): Run | undefined;
  activeRuns(): readonly Run[];
  /** The tasks a queued one waits for. */
  queuedBehind(task: ServerTask): readonly ServerTask[];
}

export function createTaskEngine(core: Core): TaskEngine {
  const runs = new Map<string, Run>();
  const scripts: { readonly script: Script; left: number }[] = [];
  const { timeline, state } = core;

  function takeScript(task: ServerTask, deployment: Deployment): Script {
    const project = state.projects.get(deployment.projectId);
    const environment = state.environments.get(deployment.environmentId);
    const tenant = state.tenants.get(deployment.tenantId ?? "");
    const space = state.spaces.get(task.spaceId);
    const subject = {
      space: namesOf(space),
      project: namesOf(project),
      environment: namesOf(environment),
      tenant: namesOf(tenant),
      version: state.history.releases.get(deployment.releaseId)?.version ?? "",
    };
    const entry = scripts.findLast(({ script, left }) => left > 0 && fits(script, subject));
    if (entry === undefined) return Script.parse({});
    entry.left -= 1;
    return entry.script;
  }

  function enqueue(task: ServerTask, deployment: Deployment, given?: Script): void {
    const script = given ?? takeScript(task, deployment);
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

  function later(run: Run, instant: number, action: () => void): void {
    const withdraw = timeline.at(instant, () => {
      run.withdraw.delete(withdraw);
      action();
    });
    run.withdraw.add(withdraw);
  }

  function dispatch(): void {
    const waiting = [...runs.values()]
      .filter(
        (run) =>
          run.phase === "queued" || (run.phase === "paused" && pendingInterruptions(core, run.task.id).length === 0),
      )
      .sort((a, b) => a.task.queueTime - b.task.queueTime || a.task.number - b.task.number);
    for (const run of waiting) if (mayStart(core, run, [...runs.values()])) start(run);
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
      run.plan = planOf(run);
      run.deployment.deployedToMachineIds = machinesOfRun(run);
      run.course = runDeployment(core, run);
      note(run, "DeploymentStarted", null);
    } else {
      note(run, "DeploymentResumed", null);
    }
    // What waits for an instant still ahead goes on by itself, what waits for the control API when that says so.
    const wait = run.waitingFor;
    if (isFirst || wait?.kind === "answers" || (wait?.kind === "until" && wait.instant <= now)) proceed(run);
  }

  function planOf(run: Run): Run["plan"] {
    const { deployment } = run;
    return plannedActions(core, state.processes.get(deployment.processSnapshotId), {
      spaceId: deployment.spaceId,
      projectId: deployment.projectId,
      channelId: deployment.channelId,
      environmentId: deployment.environmentId,
      tenant: state.tenants.get(deployment.tenantId ?? "") ?? null,
    });
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
        pause(run.task, wait.interruptions, wait.holdsSlot);
        return;
      case "control":
        return;
    }
  }

  function pause(task: ServerTask, interruptions: readonly Interruption[], holdsSlot: boolean): void {
    const run = runs.get(task.id);
    if (run === undefined || interruptions.length === 0) return;
    task.lastUpdatedTime = timeline.now();
    const executing =
      holdsSlot || (interruptions[0]?.type === "GuidedFailure" && core.switches().guidedFailureState === "Executing");
    if (executing) return;
    run.phase = "paused";
    task.state = "Queued";
    if (!core.switches().pausedTaskKeepsStartTime) task.startTime = null;
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
    const now = timeline.now();
    const { task, deployment, log } = run;
    run.phase = "ended";
    for (const withdraw of run.withdraw) withdraw();
    run.withdraw.clear();
    runs.delete(task.id);
    withdrawInterruptions(core, task.id);
    task.state = ending.state;
    task.completedTime = now;
    task.lastUpdatedTime = now;
    task.errorMessage = ending.error;
    task.preconditions = [];
    if (ending.state !== "Success") {
      task.hasWarningsOrErrors = true;
      deployment.failureEncountered = true;
    }
    const status =
      ending.state === "Success"
        ? task.hasWarningsOrErrors
          ? "SuccessWithWarning"
          : "Success"
        : ending.state === "Canceled"
          ? "Canceled"
          : "Failed";
    endOpenActivities(log, status, now);
    endActivity(log, status, now);
    const category = { Success: "DeploymentSucceeded", Failed: "DeploymentFailed" }[ending.state as string];
    if (category !== undefined) note(run, category, null);
    dispatch();
  }

  function note(run: Run, category: string, user: User | null): void {
    recordEvent(core, {
      category,
      spaceId: run.task.spaceId,
      user,
      message: `${category.replace("Deployment", "Deployment ").toLowerCase()}: ${run.task.description}`,
      relatedDocumentIds: [
        run.deployment.id,
        run.task.id,
        run.task.projectId,
        run.task.environmentId,
        run.task.tenantId,
        run.deployment.releaseId,
      ],
    });
  }

  return {
    addScript: (script) => {
      scripts.push({ script, left: script.times ?? Infinity });
    },
    clearScripts: () => {
      scripts.length = 0;
    },
    scripts: () => scripts.map(({ script }) => script),
    enqueue,
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
    activeRuns: () => [...runs.values()],
    queuedBehind: (task) => {
      const run = runs.get(task.id);
      return run === undefined ? [] : tasksAhead(core, run, [...runs.values()]);
    },
  };
}

function namesOf(
  document: { readonly id: string; readonly name: string; readonly slug: string } | undefined,
): readonly string[] {
  return document === undefined ? [] : [document.id, document.name, document.slug];
}
