import * as timersPromises from "node:timers/promises";
import { onTestFinished, vi } from "vitest";

/** The limits that have not ended, with their lengths in milliseconds. */
const running = new Map<AbortController, number>();

/**
 * For the rest of the test the time limits of requests end when `endTimeLimits` is called, and never by the machine's clock: no healthy
 * request is too slow for them, however busy the machine is.
 */
export function timeLimitsByHand(): void {
  vi.spyOn(AbortSignal, "timeout").mockImplementation((milliseconds) => {
    const limit = new AbortController();
    running.set(limit, milliseconds);
    return limit.signal;
  });
  onTestFinished(() => {
    vi.restoreAllMocks();
    running.clear();
  });
}

/** Lets the limits of all requests under way run out, or those of one length, a turn of the event loop from now. */
export async function endTimeLimits(only?: number): Promise<void> {
  await timersPromises.setImmediate();
  for (const [limit, milliseconds] of running) {
    if (only !== undefined && only !== milliseconds) continue;
    limit.abort();
    running.delete(limit);
  }
}
