import { constants } from "node:os";

/** Stops a run of `npm start` on a signal. */
export interface Stop {
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal: AbortSignal;
  /** The exit code of a process that a signal ended. `undefined` means that no signal came. */
  readonly exitCode: () => number | undefined;
}

/** From now on a signal does not end the process, which cleans up first. npm passes Ctrl-C on, so that it arrives twice. */
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
