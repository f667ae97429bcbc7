import * as timersPromises from "node:timers/promises";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { StepStatus } from "../step-host/print-log.ts";
import type { LogLevel } from "../step-host/step-log.ts";
import { createParentDeployment } from "./create-parent-deployment.ts";
import type { Answer, Decision, ParentTask } from "./parent-task.ts";
import type { ParentDeployment } from "./parent-deployment.ts";
import { systemVariables } from "./system-variables.ts";

/** How often we look at what people did, in milliseconds of the machine: the server's clock may stand still meanwhile. */
const lookEvery = 10;

/** Starts the parent's deployment on the server. Close it in the end, whatever happened. */
export function openParentTask(server: OctopusServer, parent: ParentDeployment): ParentTask {
  const deployment = createParentDeployment(server, parent);
  const { id: deploymentId, taskId, spaceId } = deployment;
  if (taskId === null) throw new Error(`${deploymentId} has no task.`);
  const control = server.simulator.task(taskId);
  const cancel = watchForCancel(server, taskId, parent.signal);
  return {
    taskId,
    deploymentId,
    variables: systemVariables(server, deployment),
    canceled: cancel.signal,
    write: (step, { level, text }) => control.log({ step, text, category: categories[level] }),
    endStep: (name, status) => control.endStep({ name, status: statuses[status] }),
    collect: ({ name, content }) => {
      control.attachArtifact({ filename: name, content, source: "Default Worker Pool" });
    },
    setOutput: (step, name, value, sensitive) => control.setOutput({ step, name, value, sensitive }),
    ask: async (step, instructions, teams) => {
      const interruptionId = control.raiseIntervention({ step, instructions, teams });
      const decision = await parent.people?.({ step, interruptionId, instructions, teams });
      if (decision !== undefined) await submit(server, `${spaceId}/interruptions/${interruptionId}`, decision);
      return answerTo(server, interruptionId, cancel.signal);
    },
    complete: (error, warnings) => {
      if (error === undefined) control.complete({ state: "Success", warnings });
      else control.complete({ state: "Failed", error });
    },
    close: () => {
      const state = cancel.signal.aborted ? "Canceled" : "Failed";
      cancel.stop();
      if (isActive(server, taskId))
        control.complete({ state, error: state === "Failed" ? "The process broke off." : "" });
    },
  };
}

const categories: Readonly<Record<LogLevel, string>> = {
  verbose: "Verbose",
  info: "Info",
  highlight: "Highlight",
  wait: "Wait",
  warning: "Warning",
  error: "Error",
  fatal: "Fatal",
};

const statuses = {
  Running: "Running",
  Success: "Success",
  Warning: "SuccessWithWarning",
  Failed: "Failed",
  Skipped: "Skipped",
  Canceled: "Canceled",
} as const satisfies Readonly<Record<StepStatus, string>>;

function isActive(server: OctopusServer, taskId: string): boolean {
  const state = server.simulator.state().history.tasks.get(taskId)?.state;
  return state === "Queued" || state === "Executing" || state === "Cancelling";
}

/** Aborts when the caller does, and when somebody cancels the task on the server. */
function watchForCancel(
  server: OctopusServer,
  taskId: string,
  caller: AbortSignal | undefined,
): { readonly signal: AbortSignal; readonly stop: () => void } {
  const task = new AbortController();
  const timer = setInterval(() => {
    const state = server.simulator.state().history.tasks.get(taskId)?.state;
    if (state === "Cancelling" || state === "Canceled") task.abort();
  }, lookEvery);
  const signals = caller === undefined ? [task.signal] : [task.signal, caller];
  return {
    signal: AbortSignal.any(signals),
    stop: () => {
      clearInterval(timer);
      // Steps that still run although one beside them threw end now.
      task.abort();
    },
  };
}

/** Answers as a person does, with that person's API key. */
async function submit(server: OctopusServer, path: string, { by, result, notes }: Decision): Promise<void> {
  const key = server.keys[by];
  if (key === undefined) throw new Error(`There is no user ${by}.`);
  await send(`${server.url}/api/${path}/responsible`, "PUT", key, undefined);
  await send(`${server.url}/api/${path}/submit`, "POST", key, {
    Instructions: null,
    Notes: notes ?? "",
    Result: result,
  });
}

async function send(url: string, method: string, key: string, body: unknown): Promise<void> {
  const headers = { "X-Octopus-ApiKey": key, "Content-Type": "application/json" };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
}

async function answerTo(server: OctopusServer, id: string, canceled: AbortSignal): Promise<Answer | undefined> {
  for (;;) {
    const { interruptions, users } = server.simulator.state();
    const interruption = interruptions.get(id);
    if (canceled.aborted || interruption === undefined) return undefined;
    const user = users.get(interruption.submittedById ?? "");
    if (!interruption.isPending && user !== undefined) {
      const { Result: result, Notes: notes } = interruption.values;
      const { username, displayName, emailAddress } = user;
      return {
        result: result === "Abort" ? "Abort" : "Proceed",
        notes: notes ?? "",
        user: { id: user.id, username, displayName, emailAddress: emailAddress ?? "" },
      };
    }
    await timersPromises.setTimeout(lookEvery);
  }
}
