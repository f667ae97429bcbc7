import { type Clock, settlesWhileRunning, withSleep } from "./clock.ts";
import type { OctopusGateway } from "./octopus/gateway.ts";
import type { StartedDeployment } from "./rules/outcome.ts";
import type { Plan } from "./rules/plan.ts";
import type { StepRuntime } from "./step/runtime.ts";

/** What one run of the step works with. A function takes the slice that it needs: `Pick<Run, "step" | "clock">`. */
export interface Run {
  readonly step: StepRuntime;
  readonly clock: Clock;
  readonly octopus: OctopusGateway;
  readonly publish: Publish;
}

/**
 * Called with the plan as soon as it is final, and with the deployment as soon as it exists, so that the output variables show both even if
 * the run ends with an error later.
 */
export type Publish = (plan: Plan, started?: StartedDeployment) => void;

/**
 * The step and the clock of one run. Once the run has ended, its remaining work neither wakes up nor logs anything, such as reads that were
 * made beside the one that failed.
 * @param signal aborted when the run has ended
 */
export function whileRunning(
  { step, clock }: Pick<Run, "step" | "clock">,
  signal: AbortSignal,
): Pick<Run, "step" | "clock"> {
  const unlessEnded = (say: () => void) => {
    if (!signal.aborted) say();
  };
  return {
    step: {
      verbose: (text) => unlessEnded(() => step.verbose(text)),
      info: (text) => unlessEnded(() => step.info(text)),
      highlight: (text) => unlessEnded(() => step.highlight(text)),
      wait: (text) => unlessEnded(() => step.wait(text)),
      warning: (text) => unlessEnded(() => step.warning(text)),
      error: (text) => unlessEnded(() => step.error(text)),
      setOutput: (name, value) => unlessEnded(() => step.setOutput(name, value)),
      progress: (percentage, message) => unlessEnded(() => step.progress(percentage, message)),
      publishArtifact: (name, content) => unlessEnded(() => step.publishArtifact(name, content)),
      fail: (message) => unlessEnded(() => step.fail(message)),
    },
    clock: withSleep(clock, (milliseconds) => settlesWhileRunning(() => clock.sleep(milliseconds, signal), signal)),
  };
}
