import * as timersPromises from "node:timers/promises";
import type { Instant } from "./model.ts";

/** The only source of time. Tests use a virtual clock; the shipped program reads time nowhere else. */
export interface Clock {
  /** The worker's current time. */
  now(): Instant;
  /** Milliseconds since some instant. Corrections of the worker's time do not affect it. */
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

/** The same clock, whose sleeps are replaced. */
export function withSleep(clock: Clock, sleep: Clock["sleep"]): Clock {
  return {
    now: () => clock.now(),
    elapsed: () => clock.elapsed(),
    sleep,
    get timeZone() {
      return clock.timeZone;
    },
  };
}

/**
 * Settles as the work does while the run goes on. Once the run has ended the promise never settles, because nothing waits for the result any
 * more and a rejection would only cause warnings and retries.
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
