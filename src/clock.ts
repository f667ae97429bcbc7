import * as timersPromises from "node:timers/promises";
import type { Instant } from "./model.ts";

/** The only door to time. Tests put a virtual clock here; the shipped program reads time nowhere else. */
export interface Clock {
  /** The worker's current time. */
  now(): Instant;
  /** Milliseconds since some instant; goes on steadily when the worker's time is corrected. */
  elapsed(): number;
  /** Resolves after the given number of milliseconds; rejects when the signal ends the sleep. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** IANA name of the worker's time zone, as far as the worker knows it. */
  readonly timeZone?: string | undefined;
}

// `Date.now`, `performance.now` and `timersPromises.setTimeout` are looked up at each call, so that a preload can run the shipped body in
// virtual time.
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await timersPromises.setTimeout(milliseconds, undefined, signal && { signal });
  },
  get timeZone() {
    return new Intl.DateTimeFormat().resolvedOptions().timeZone;
  },
};

/**
 * What the work gives, as long as the run goes on. What belongs to a run that has ended never settles, because nothing waits for it any more,
 * and a rejection would only set off those who recover, warn and try again.
 */
export function settlesWhileRunning<T>(work: () => Promise<T>, run: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    if (run?.aborted === true) return;
    const unlessEnded =
      <Result>(settle: (result: Result) => void) =>
      (result: Result) => {
        if (run?.aborted !== true) settle(result);
      };
    work().then(unlessEnded(resolve), unlessEnded(reject));
  });
}
