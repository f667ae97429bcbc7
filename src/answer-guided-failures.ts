import { StepError } from "./errors.ts";
import type { Interruption } from "./model.ts";
import type { SpaceGateway } from "./octopus/gateway.ts";
import { guidanceFor, type GuidanceRule } from "./plan/guidance.ts";
import type { StepRuntime } from "./step/runtime.ts";
import type { Attendant } from "./watch-deployment.ts";

/** Answers the child's guided failures as the settings say. What cannot be answered is said once and looked at again. */
export function answerGuidedFailures(rule: GuidanceRule, space: SpaceGateway, step: StepRuntime): Attendant {
  const said = new Set<string>();
  const sayOnce = (text: string) => {
    if (!said.has(text)) step.wait(text);
    said.add(text);
  };
  return {
    async attend(task) {
      if (!task.hasPendingInterruptions || task.isCompleted) return;
      try {
        const all = await space.interruptionsOf(task.id, "all");
        for (const each of all.filter(({ isPending, type }) => isPending && type === "GuidedFailure")) {
          await answerGuidedFailure(each, all, rule, space, step, sayOnce);
        }
      } catch (error) {
        if (!(error instanceof StepError)) throw error;
        sayOnce(`The child's guided failure was not answered: ${error.message}`);
      }
    },
  };
}

async function answerGuidedFailure(
  failure: Interruption,
  all: readonly Interruption[],
  rule: GuidanceRule,
  space: SpaceGateway,
  step: StepRuntime,
  sayOnce: (text: string) => void,
): Promise<void> {
  const decision = guidanceFor(failure, all, rule);
  if (decision.kind === "leave") {
    sayOnce(decision.because);
    return;
  }
  const { guidance, because } = decision;
  if (!failure.hasResponsibility) await space.takeResponsibility(failure.id);
  await space.submitInterruption(failure.id, {
    Guidance: guidance,
    Notes: `Answered by the parent's step: ${because}.`,
  });
  step.highlight(`Answered ${guidance} to the guided failure "${failure.title}": ${because}.`);
}
