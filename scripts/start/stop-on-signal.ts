import { constants } from "node:os";

/** Somebody who may stop a run of `npm start`. */
export interface Stop {
  /** Aborted by Ctrl-C, and when the process is told to end. */
  readonly signal: AbortSignal;
  /** What a shell expects of a process that a signal ended; `undefined`: nobody stopped it. */
  readonly exitCode: () => number | undefined;
}

/** From now on a signal ends nothing by itself: whoever runs cleans up first. Npm passes Ctrl-C on, so that it arrives twice. */
export function stopOnSignal(): Stop {
  const controller = new AbortController();
  let exitCode: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (exitCode !== undefined) return;
      exitCode = 128 + constants.signals[signal];
      process.stdout.write("\nStopping.\n");
      controller.abort();
    });
  }
  return { signal: controller.signal, exitCode: () => exitCode };
}
