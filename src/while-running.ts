import type { Surroundings } from "./run.ts";
import { settlesWhileRunning } from "./clock.ts";

/**
 * The surroundings of one run. Once it has ended, whoever is left of it neither wakes up nor speaks: reads that were made side by side
 * with the one that failed, say.
 */
export function whileRunning({ step, clock }: Surroundings, run: AbortSignal): Surroundings {
  const unlessEnded = (say: () => void) => {
    if (!run.aborted) say();
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
      attachArtifact: (name, content) => unlessEnded(() => step.attachArtifact(name, content)),
      fail: (message) => unlessEnded(() => step.fail(message)),
    },
    clock: {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      sleep: (milliseconds) => settlesWhileRunning(() => clock.sleep(milliseconds, run), run),
      get timeZone() {
        return clock.timeZone;
      },
    },
  };
}
