import * as timersPromises from "node:timers/promises";
import type { Instant } from "./model.ts";

/** The only door to time. Tests put a virtual clock here; the shipped program reads time nowhere else. */
export interface Clock {
  /** The worker's current time. */
  now(): Instant;
  /** Milliseconds since some instant; goes on steadily when the worker's time is corrected. */
  elapsed(): number;
  /** Resolves after the given number of milliseconds. */
  sleep(milliseconds: number): Promise<void>;
  /** IANA name of the worker's time zone, as far as the worker knows it. */
  readonly timeZone?: string | undefined;
}

// `Date.now`, `performance.now` and `timersPromises.setTimeout` are looked up at each call, so that a preload can run the shipped body in
// virtual time.
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: async (milliseconds) => {
    await timersPromises.setTimeout(milliseconds);
  },
  get timeZone() {
    return new Intl.DateTimeFormat().resolvedOptions().timeZone;
  },
};
