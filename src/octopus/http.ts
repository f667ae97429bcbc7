import { AsyncLocalStorage } from "node:async_hooks";
import { setMaxListeners } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { SecureContext } from "node:tls";
import axios from "axios/dist/node/axios.cjs";
import type { AxiosResponse, InternalAxiosRequestConfig } from "axios/dist/node/axios.cjs";
import { settlesWhileRunning } from "../clock.ts";
import { isTooDeep, largestAnswer } from "./answer-limits.ts";
import { failureOfAnswer, notOctopus, withoutSecrets } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { failureOfNetwork } from "./network-failure.ts";
import { type Lanes, openLanes } from "./lanes.ts";

/** The sockets and the time limit of one connected server. */
export interface Connection {
  /** Milliseconds a request may take, its whole answer included. */
  readonly requestLimit: number;
  /** Secrets, which no failure may contain. */
  readonly secrets: readonly string[];
  /** Aborted when the run has ended. */
  readonly run?: AbortSignal | undefined;
  readonly kept: Agents;
  readonly fresh: Agents;
  /** Where its requests wait for their turn. */
  readonly lanes: Lanes;
}

interface ConnectionOptions extends Pick<Connection, "requestLimit" | "secrets" | "run"> {
  /** The authorities that may certify an https server. Absent means those Node.js trusts. */
  readonly trust?: SecureContext | undefined;
}

interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

export function openConnection({ trust, ...options }: ConnectionOptions): Connection {
  // Each request listens for the end of the run. Node.js warns on standard error about more than ten listeners.
  if (options.run !== undefined) setMaxListeners(0, options.run);
  return { ...options, kept: agents(true, trust), fresh: agents(false, trust), lanes: openLanes(mostAtOnce) };
}

/** How many requests of a run may be on the wire at a time, to spare the server. */
const mostAtOnce = 12;

function agents(keepAlive: boolean, secureContext: SecureContext | undefined): Agents {
  return {
    http: new http.Agent({ keepAlive }),
    https: new https.Agent({ keepAlive, ...(secureContext && { secureContext }) }),
  };
}

/** The only error that leaves this file; `retry.ts` turns it into a `StepError`. */
export class ExchangeFailure extends Error {
  override readonly name = "ExchangeFailure";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/**
 * Runs one call of the api-client under our rules: no redirects, a limit on the whole exchange, kept connections for reads and a fresh
 * one for writes. A call waits until fewer than twelve others are on the wire, and only then its time limit begins. Rejects with
 * `ExchangeFailure` unless the answer is a 2xx that carries JSON. Never settles once the run has ended.
 */
export function exchange<T>(connection: Connection, call: () => Promise<T>): Promise<T> {
  // This is inside the lane, so that after the end of the run no lane becomes free and no waiting request is sent.
  return connection.lanes.inTurn(() => settlesWhileRunning(() => limited(connection, call), connection.run));
}

async function limited<T>(connection: Connection, call: () => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const end = () => controller.abort();
  AbortSignal.timeout(connection.requestLimit).addEventListener("abort", end);
  connection.run?.addEventListener("abort", end);
  try {
    return await exchanges.run({ connection, signal: controller.signal }, call);
  } finally {
    connection.run?.removeEventListener("abort", end);
  }
}

interface Exchange {
  readonly connection: Connection;
  /** Aborts the request, at its time limit or with the run. */
  readonly signal: AbortSignal;
}

// The api-client passes no options to axios and always uses axios' global instance. So the rules are set on that instance once, and apply only
// to requests that were started inside `exchange`, with the data of their connection.
const exchanges = new AsyncLocalStorage<Exchange>();
axios.interceptors.request.use(applyRules);
axios.interceptors.response.use(rejectUnusable, rejectPlainly);

function applyRules(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
  const current = exchanges.getStore();
  if (current === undefined) return config;
  const { connection, signal } = current;
  // A write must not meet a kept connection that the server is closing: it would be unknown whether the write took effect.
  const { http: httpAgent, https: httpsAgent } = isRead(config) ? connection.kept : connection.fresh;
  return Object.assign(config, {
    httpAgent,
    httpsAgent,
    maxRedirects: 0,
    // axios' own limit starts again with every byte; the signal covers the whole exchange.
    timeout: connection.requestLimit,
    signal,
    validateStatus: () => true,
    // axios counts what comes out of the decompression, and stops reading there.
    maxContentLength: largestAnswer,
    transformResponse: [rejectTooDeep, ...[config.transformResponse ?? []].flat()],
  });
}

/** Called before the text is parsed, because deeply nested JSON could overflow the stack. */
function rejectTooDeep(body: unknown): unknown {
  if (typeof body !== "string" || !isTooDeep(body)) return body;
  throw new ExchangeFailure(notOctopus("it sent JSON that is nested deeper than any answer of Octopus"));
}

function isRead({ method }: InternalAxiosRequestConfig): boolean {
  return method?.toUpperCase() === "GET";
}

function rejectUnusable(response: AxiosResponse<unknown>): AxiosResponse<unknown> {
  const connection = exchanges.getStore()?.connection;
  if (connection === undefined) return response;
  const failure = failureOfAnswer({
    status: response.status,
    statusText: response.statusText,
    url: response.config.url ?? "",
    body: response.data,
    header: (name) => headerText(response.headers[name]),
  });
  if (failure !== undefined) throw new ExchangeFailure(withoutSecrets(failure, connection.secrets));
  return response;
}

function headerText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function rejectPlainly(error: unknown): never {
  const connection = exchanges.getStore()?.connection;
  if (connection === undefined || error instanceof ExchangeFailure) throw error;
  throw new ExchangeFailure(withoutSecrets(failureOfNetwork(error, connection.requestLimit), connection.secrets));
}
