import * as timersPromises from "node:timers/promises";
import type { User } from "../octopus-server/documents/configuration.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { StepStatus } from "../step-host/print-log.ts";
import type { LogLevel } from "../step-host/step-log.ts";
import { createParentDeployment } from "./create-parent-deployment.ts";
import type { Answer, Guidance, ParentTask } from "./parent-task.ts";
import type { ParentDeployment } from "./parent-deployment.ts";
import { systemVariables } from "./system-variables.ts";

/** How often answers of users are polled, in real milliseconds, because the server's clock may stand still. */
const pollEvery = 10;

/** Starts the parent's deployment on the server. Always close it in the end. */
export function openParentTask(server: OctopusServer, parent: ParentDeployment): ParentTask {
  const deployment = createParentDeployment(server, parent);
  const { id: deploymentId, taskId, spaceId } = deployment;
  if (taskId === null) throw new Error(`${deploymentId} has no task.`);
  const control = server.simulator.task(taskId);
  const cancel = cancelOf(server, taskId, parent.signal);
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
      if (decision !== undefined) {
        const { by, result, notes } = decision;
        const values = { Instructions: null, Notes: notes ?? "", Result: result };
        await submit(server, `${spaceId}/interruptions/${interruptionId}`, by, values);
      }
      const answered = await answerTo(server, interruptionId, cancel.signal);
      return answered === undefined ? undefined : decisionIn(answered);
    },
    askForGuidance: async (step, error, attempts) => {
      const interruptionId = control.raiseGuidedFailure({ step, error });
      const given = await parent.guide?.({ step, interruptionId, error, attempts });
      if (given !== undefined) {
        const values = { Guidance: given.guidance, Notes: given.notes ?? "" };
        await submit(server, `${spaceId}/interruptions/${interruptionId}`, given.by, values);
      }
      const answered = await answerTo(server, interruptionId, cancel.signal);
      return answered === undefined ? undefined : guidanceIn(answered);
    },
    complete: (error, warnings) => {
      if (error === undefined) control.complete({ state: "Success", warnings });
      else control.complete({ state: "Failed", error });
    },
    close: () => {
      const state = cancel.signal.aborted ? "Canceled" : "Failed";
      cancel.stop();
      if (isActive(server, taskId))
        control.complete({ state, error: state === "Failed" ? "The process ended unexpectedly." : "" });
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

/** A signal that aborts when the caller's does, or when a user cancels the task on the server. */
function cancelOf(
  server: OctopusServer,
  taskId: string,
  caller: AbortSignal | undefined,
): { readonly signal: AbortSignal; readonly stop: () => void } {
  const task = new AbortController();
  const timer = setInterval(() => {
    const state = server.simulator.state().history.tasks.get(taskId)?.state;
    if (state === "Cancelling" || state === "Canceled") task.abort();
  }, pollEvery);
  const signals = caller === undefined ? [task.signal] : [task.signal, caller];
  return {
    signal: AbortSignal.any(signals),
    stop: () => {
      clearInterval(timer);
      // Ends steps that still run after one beside them threw.
      task.abort();
    },
  };
}

/** Takes responsibility and submits values, with the API key of the user `by`. */
async function submit(
  server: OctopusServer,
  path: string,
  by: string,
  values: Readonly<Record<string, string | null>>,
): Promise<void> {
  const key = server.keys[by];
  if (key === undefined) throw new Error(`There is no user ${by}.`);
  await send(`${server.url}/api/${path}/responsible`, "PUT", key, undefined);
  await send(`${server.url}/api/${path}/submit`, "POST", key, values);
}

async function send(url: string, method: string, key: string, body: unknown): Promise<void> {
  const headers = { "X-Octopus-ApiKey": key, "Content-Type": "application/json" };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
}

/** The submitted values of an interruption, and the user who submitted them. */
interface Answered {
  readonly values: Readonly<Record<string, string | null>>;
  readonly user: User;
}

async function answerTo(server: OctopusServer, id: string, canceled: AbortSignal): Promise<Answered | undefined> {
  for (;;) {
    const { interruptions, users } = server.simulator.state();
    const interruption = interruptions.get(id);
    if (canceled.aborted || interruption === undefined) return undefined;
    const user = users.get(interruption.submittedById ?? "");
    if (!interruption.isPending && user !== undefined) return { values: interruption.values, user };
    await timersPromises.setTimeout(pollEvery);
  }
}

function decisionIn({ values, user }: Answered): Answer {
  const { id, username, displayName, emailAddress } = user;
  return {
    result: values["Result"] === "Abort" ? "Abort" : "Proceed",
    notes: values["Notes"] ?? "",
    user: { id, username, displayName, emailAddress: emailAddress ?? "" },
  };
}

/** Any value but `Retry`, `Ignore` and `Exclude` counts as `Fail`. */
function guidanceIn({ values }: Answered): Guidance {
  const given = values["Guidance"];
  return given === "Retry" || given === "Ignore" || given === "Exclude" ? given : "Fail";
}
