import type { Clock } from "../clock.ts";
import { InternalError } from "../errors.ts";
import type { StepError } from "../errors.ts";
import { explainRead, explainWrite } from "./explain.ts";
import type { Call, Effort } from "./explain.ts";
import { mayRecover, type Failure } from "./failure.ts";
import type { Patience } from "./gateway.ts";
import { ExchangeFailure, exchange } from "./http.ts";
import type { Connection } from "./http.ts";
import { hideSecrets } from "../rules/secrets.ts";
import { capitalised, sentence } from "../text/format.ts";

/** Sends requests until they succeed or fail for good. Every failure is a `StepError` without secrets. */
export interface Retry {
  /** Repeats a read while the failure may be temporary, for as long as the patience lasts; after a 429, for the patience of polling. */
  read<T>(call: Call, patience: keyof Patience, request: () => Promise<T>): Promise<T>;
  /**
   * Repeats a write only if it is certain that the server did nothing: connection refused, or 429.
   * @param findExisting called before a repetition after a 429; the result, if any, is the answer
   */
  write<T>(call: Call, request: () => Promise<T>, findExisting?: FindExisting<T>): Promise<T>;
}

export type FindExisting<T> = () => Promise<T | undefined>;

export interface RetryOptions {
  readonly connection: Connection;
  readonly portalUrl: string;
  readonly patience: Patience;
  readonly clock: Clock;
  /** At least 0, less than 1. */
  readonly random: () => number;
  readonly onRetry: (message: string) => void;
}

export function createRetry(options: RetryOptions): Retry {
  const { patience } = options;
  const write: Rules<never> = { patience: patience.planning, mayPass: isUndone, explain: explainWrite };
  return {
    read: (call, how, request) => {
      const rules = { patience: patience[how], mayPass: isPassing, explain: explainRead };
      return deliver({ call, request }, rules, options);
    },
    write: (call, request, findExisting) => deliver({ call, request }, { ...write, findExisting }, options),
  };
}

interface Order<T> {
  readonly call: Call;
  /** Sends it. */
  readonly request: () => Promise<T>;
}

interface Rules<T> {
  /** Milliseconds for all requests and the pauses between them. */
  readonly patience: number;
  mayPass(failure: Failure): boolean;
  /** Called before a request is repeated after a 429. */
  readonly findExisting?: FindExisting<T> | undefined;
  explain(failure: Failure, call: Call, effort: Effort): StepError;
}

/** Whether the failure of a read may be temporary. */
function isPassing(failure: Failure): boolean {
  if (failure.kind === "answered") return mayRecover(failure.status);
  return failure.kind === "not-sent" || failure.kind === "lost";
}

/** Whether it is certain that the server did nothing. */
function isUndone(failure: Failure): boolean {
  return failure.kind === "not-sent" || isRateLimited(failure);
}

async function deliver<T>({ call, request }: Order<T>, rules: Rules<T>, options: RetryOptions): Promise<T> {
  const { clock, connection, portalUrl } = options;
  // Time is added up instead of compared with a deadline, so that jumps of the clock do not matter.
  let duration = 0;
  let pauses = 0;
  for (let requests = 1; ; requests++) {
    let startedAt = clock.elapsed();
    // Waiting for a free lane does not count.
    const send = () => {
      startedAt = clock.elapsed();
      return request();
    };
    let failure: Failure;
    try {
      return await exchange(connection, send);
    } catch (error) {
      failure = failureOf(error, call, connection);
    }
    duration += timeTaken(failure, clock.elapsed() - startedAt, connection.requestLimit);
    const mayPass = rules.mayPass(failure);
    if (mayPass && isStale(failure)) continue;
    const patience = isRateLimited(failure) ? Math.max(rules.patience, options.patience.polling) : rules.patience;
    if (!mayPass || duration >= patience) throw rules.explain(failure, call, { portalUrl, requests, duration });
    const pause = Math.min(pauseAfter(failure, pauses++, options.random), patience - duration);
    const explanation = capitalised(failure.explanation.replace(/^it /, "the Octopus Server "));
    options.onRetry(`${sentence(explanation)} Retrying in ${(pause / 1000).toFixed(1)} s (${call.purpose}).`);
    await clock.sleep(pause);
    duration += pause;
    const found = isRateLimited(failure) ? await rules.findExisting?.() : undefined;
    if (found !== undefined) return found;
  }
}

function failureOf(error: unknown, call: Call, { secrets }: Connection): Failure {
  if (error instanceof ExchangeFailure) return error.failure;
  const message = hideSecrets(error instanceof Error ? error.message : String(error), secrets);
  throw new InternalError(`An unexpected error occurred (${call.purpose}): ${message}`);
}

/** A request that reached its limit took that long, even if a test's clock stood still meanwhile. */
function timeTaken(failure: Failure, measured: number, limit: number): number {
  const atLeast = failure.kind === "lost" && failure.cause === "time-limit" ? limit : 0;
  return Math.max(atLeast, measured);
}

/** A 429 means that the server is healthy: children that start together share one user's rate limit, and all get through. */
function isRateLimited(failure: Failure): boolean {
  return failure.kind === "answered" && failure.status === 429;
}

/**
 * Whether the server had closed a kept connection before the request arrived. That is no sign of trouble, so the request is sent again at once.
 */
function isStale(failure: Failure): boolean {
  return failure.kind === "lost" && failure.cause === "stale-connection";
}

const shortestPause = 500;
const longestPause = 15_000;
const longestRetryAfter = 60_000;

/**
 * Milliseconds before the next try. The pause doubles from half a second and is shortened at random by up to a half, so that children that
 * started together do not come back together. A longer pause that the server asks for is respected up to a minute.
 */
function pauseAfter(failure: Failure, pausesBefore: number, random: () => number): number {
  const backOff = Math.min(shortestPause * 2 ** pausesBefore, longestPause) * (1 - random() / 2);
  const asked = failure.kind === "answered" ? failure.retryAfter : undefined;
  if (asked === undefined) return backOff;
  return Math.max(backOff, Math.min(asked, longestRetryAfter) + random() * shortestPause);
}
