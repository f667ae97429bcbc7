import { answerInterruption, type InterruptionGateway } from "./answer-interruption.ts";
import type { TaskPoller } from "../monitor/task-poller.ts";
import type { Interruption } from "../model.ts";
import { guidanceFor, type GuidanceRule } from "../rules/guidance.ts";
import { recover } from "../recover.ts";
import { logOnChange } from "../monitor/log-on-change.ts";
import type { StepRuntime } from "../step/runtime.ts";
import type { Observer } from "../monitor/poll-task.ts";

interface GuidanceWork {
  /** Reads the interruptions of the child. */
  readonly poller: TaskPoller;
  readonly space: InterruptionGateway;
  readonly step: StepRuntime;
}

/** Answers the child's guided failures as the settings say. A failure that cannot be answered is logged once, and tried again on later polls. */
export function answerGuidedFailures(rule: GuidanceRule, { poller, space, step }: GuidanceWork): Observer {
  const changes = logOnChange(step);
  const logWait = (topic: string, text: string) => changes.log(topic, [{ level: "wait", text }]);

  async function answer(failure: Interruption, all: readonly Interruption[]): Promise<void> {
    const decision = guidanceFor(failure, all, rule);
    if (decision.kind === "leave") {
      logWait(failure.id, decision.because);
      return;
    }
    const { guidance, because } = decision;
    const values = { Guidance: guidance, Notes: `Answered by the parent's step: ${because}.` };
    const answered = await answerInterruption(failure, values, space);
    if (answered.kind === "refused") {
      logWait(failure.id, `The guided failure "${failure.title}" was not answered: ${answered.refusal}`);
    } else if (answered.kind === "submitted") {
      step.highlight(`Answered ${guidance} to the guided failure "${failure.title}": ${because}.`);
    }
  }

  async function answerPending(): Promise<void> {
    const all = (await poller.interruptions()) ?? [];
    for (const each of all) if (each.isPending && each.type === "GuidedFailure") await answer(each, all);
  }

  return async (task) => {
    if (!task.hasPendingInterruptions || task.isCompleted) return;
    await recover(answerPending(), ({ message }) =>
      logWait("trouble", `The child's guided failure was not answered: ${message}`),
    );
  };
}
