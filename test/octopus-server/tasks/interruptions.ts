import type { User } from "../documents/configuration.ts";
import type { Interruption } from "../documents/execution.ts";
import { recordEvent } from "../documents/record-event.ts";
import type { Core } from "../instance.ts";
import { numberOf } from "../state.ts";
import type { StepIntervention } from "./planned-steps.ts";
import type { Run } from "./run.ts";

export function raiseManualIntervention(
  core: Core,
  run: Run,
  given: StepIntervention & { readonly title: string },
): Interruption {
  return raise(core, run, {
    type: "ManualIntervention",
    title: given.title,
    instructions: given.instructions,
    teamIds: given.teamIds,
    linkedGroup: given.linkedGroup === null ? null : `${run.task.id}/${given.linkedGroup}`,
    failedStep: null,
  });
}

/**
 * The title names the task, and only the instructions name the step: so did a real server of 2024. On servers without types, clients recognise
 * guided failures by the end of the title (CS Model/InterruptionResource.cs).
 */
export function raiseGuidedFailure(core: Core, run: Run, step: string): Interruption {
  return raise(core, run, {
    type: "GuidedFailure",
    title: `${run.task.description} requires failure guidance`,
    instructions: `'${step}' in the current task failed. What would you like to do?`,
    teamIds: [],
    linkedGroup: null,
    failedStep: step,
  });
}

interface Raised {
  readonly type: Interruption["type"];
  readonly title: string;
  readonly instructions: string;
  readonly teamIds: readonly string[];
  readonly linkedGroup: string | null;
  readonly failedStep: string | null;
}

function raise(core: Core, run: Run, given: Raised): Interruption {
  const { task, deployment } = run;
  const id = core.state.nextId("Interruptions");
  const isManual = given.type === "ManualIntervention";
  const interruption: Interruption = {
    id,
    number: numberOf(id),
    spaceId: task.spaceId,
    title: given.title,
    type: given.type,
    created: core.timeline.now(),
    isPending: true,
    taskId: task.id,
    relatedDocumentIds: [
      deployment.id,
      task.id,
      deployment.projectId,
      deployment.environmentId,
      ...(deployment.tenantId === null ? [] : [deployment.tenantId]),
    ],
    responsibleTeamIds: given.teamIds,
    responsibleUserId: null,
    correlationId: `${run.log.id}/${core.switches().guidedFailureCorrelation === "step" ? (given.failedStep ?? id) : id}`,
    linkedGroup: given.linkedGroup,
    instructions: given.instructions,
    values: isManual ? { Instructions: null, Notes: null, Result: null } : { Notes: null, Guidance: null },
    submittedById: null,
    failedStep: given.failedStep,
  };
  core.state.interruptions.set(id, interruption);
  recordEvent(core, {
    category: isManual ? "ManualInterventionInterruptionRaised" : "GuidedFailureInterruptionRaised",
    spaceId: task.spaceId,
    user: null,
    message: isManual ? `Manual intervention required: ${given.title}` : `Failure guidance required: ${given.title}`,
    relatedDocumentIds: [id, ...interruption.relatedDocumentIds],
  });
  return interruption;
}

/** The buttons of a guided failure. After the last retry the server offers none (issue 2885). */
export function guidanceChoices(core: Core, { taskId, failedStep }: Interruption): readonly string[] {
  const retried = [...core.state.interruptions.values()].filter(
    (other) => other.taskId === taskId && other.failedStep === failedStep && other.values["Guidance"] === "Retry",
  );
  const mayRetry = retried.length < core.switches().guidedFailureRetries;
  return ["Fail", ...(mayRetry ? ["Retry"] : []), "Ignore", "Exclude"];
}

/** Submits an answer to an interruption, and to those linked with it. */
export function answer(
  core: Core,
  interruption: Interruption,
  user: User,
  values: Readonly<Record<string, string | null>>,
): void {
  const group = [...core.state.interruptions.values()].filter(
    (other) =>
      other === interruption ||
      (interruption.linkedGroup !== null && other.linkedGroup === interruption.linkedGroup && other.isPending),
  );
  for (const one of group) {
    one.isPending = false;
    one.values = { ...one.values, ...values };
    one.submittedById = user.id;
    one.responsibleUserId ??= user.id;
  }
  recordEvent(core, {
    category: core.switches().submittedEventCategory,
    spaceId: interruption.spaceId,
    user,
    message: `Submitted interruption ${interruption.title} (${interruption.id})`,
    relatedDocumentIds: [interruption.id, ...interruption.relatedDocumentIds],
    mentions: { [interruption.id]: interruption.id },
  });
}

/** Closes the pending interruptions of a task that has ended. */
export function withdrawInterruptions(core: Core, taskId: string): void {
  for (const interruption of core.state.interruptions.values()) {
    if (interruption.taskId === taskId) interruption.isPending = false;
  }
}

export function pendingInterruptions(core: Core, taskId: string): readonly Interruption[] {
  // Few tasks are interrupted; scanning beats keeping another index in step.
  return [...core.state.interruptions.values()].filter((one) => one.taskId === taskId && one.isPending);
}
