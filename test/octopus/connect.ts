import type { Clock } from "../../src/clock.ts";
import { connectToOctopus } from "../../src/octopus/client-gateway.ts";
import type { ConnectOptions } from "../../src/octopus/client-gateway.ts";
import type { SpaceGateway } from "../../src/octopus/gateway.ts";
import { asId } from "../../src/model.ts";

export const apiKey = "API-THISISVERYSECRET";

/** A clock that stands still except during pauses. */
export interface StillClock extends Clock {
  readonly slept: readonly number[];
}

export function stillClock(): StillClock {
  const slept: number[] = [];
  let now = Date.UTC(2026, 0, 5, 11);
  return {
    slept,
    now: () => now,
    elapsed: () => now,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}

/** Options with defaults for whatever a test is not about. With `random` 0, pauses have their full length. */
export function connectOptions(serverUrl: string, overrides: Partial<ConnectOptions> = {}): ConnectOptions {
  return {
    serverUrl,
    credential: { kind: "api-key", value: apiKey },
    clock: stillClock(),
    userAgent: "gateway-tests",
    secrets: [],
    onRetry: () => undefined,
    patience: { planning: 60_000, polling: 600_000 },
    random: () => 0,
    ...overrides,
  };
}

/** A gateway to the space `Spaces-1`. */
export async function connect(serverUrl: string, overrides: Partial<ConnectOptions> = {}): Promise<SpaceGateway> {
  const octopus = await connectToOctopus(connectOptions(serverUrl, overrides));
  return octopus.inSpace(asId("Spaces-1"));
}

/** The error that a promise rejects with. Anything else fails the test. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error("The promise was expected to reject, and did not.");
}
