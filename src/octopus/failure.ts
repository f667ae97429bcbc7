import * as z from "zod/mini";
import { ifValid } from "./fields.ts";
import { hideSecrets } from "../plan/secrets.ts";
import { parseUrl } from "./server-url.ts";

/** Why one request brought no usable answer, in plain values: nothing of the HTTP client is kept, for its objects carry the API key. */
export type Failure =
  /** Nothing reached the server: refused, unreachable, unknown host. */
  | { readonly kind: "not-sent"; readonly explanation: string }
  /** Nothing reached the server, and it will not without a change of settings: certificates, wrong protocol, proxy address. */
  | { readonly kind: "no-connection"; readonly explanation: string; readonly remedy: string }
  /** The request may have arrived; a complete answer did not. */
  | { readonly kind: "lost"; readonly explanation: string; readonly cause: LossCause }
  | Answered
  | Redirected
  | { readonly kind: "not-octopus"; readonly explanation: string; readonly remedy?: string };

/** `stale-connection`: the server had closed a kept connection before it saw the request. */
export type LossCause = "time-limit" | "stale-connection" | "cut-off";

/** The server answered with a status of 400 or more. */
export interface Answered {
  readonly kind: "answered";
  readonly status: number;
  readonly statusText: string;
  /** Everything the server gave as the reason, in whole sentences; empty when it gave none. */
  readonly words: string;
  /** The body was a page or a text, so that not Octopus but something in front of it answered. */
  readonly isForeign: boolean;
  readonly missingPermission?: string | undefined;
  /** How long the server asked us to wait, in milliseconds. */
  readonly retryAfter?: number | undefined;
}

export interface Redirected {
  readonly kind: "redirected";
  readonly status: number;
  readonly to: string;
  /** The server's new address, when the same API path was found there. */
  readonly movedTo?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  /** Parsed JSON, or a string when the body is not JSON. */
  readonly body: unknown;
  header(name: string): string | undefined;
}

/** What is wrong with a complete answer; `undefined` when it is a success that carries JSON. */
export function failureOfAnswer(answer: Answer): Failure | undefined {
  if (answer.status >= 400) return refusal(answer);
  if (answer.status >= 300) return redirection(answer);
  if (typeof answer.body === "object" && answer.body !== null) return undefined;
  if (isBeginningOfJson(answer.body)) {
    return { kind: "lost", cause: "cut-off", explanation: "the answer was cut off in the middle" };
  }
  return {
    kind: "not-octopus",
    explanation: `status ${answer.status} with ${nameOfBody(answer.body)} instead of JSON`,
  };
}

/** The same failure with every text that may come from outside cleaned. */
export function withoutSecrets(failure: Failure, secrets: readonly string[]): Failure {
  const texts = Object.entries(failure).map(([name, value]: [string, unknown]) => {
    const isOurs = name === "kind" || name === "cause";
    return [name, typeof value === "string" && !isOurs ? hideSecrets(value, secrets) : value] as const;
  });
  return { ...failure, ...Object.fromEntries(texts) };
}

function refusal(answer: Answer): Answered {
  const words = wordsOf(answer.body);
  return {
    kind: "answered",
    status: answer.status,
    statusText: answer.statusText,
    words,
    isForeign: typeof answer.body === "string" && answer.body.trim() !== "",
    missingPermission: /Missing permission:\s*(\w+)/i.exec(words)?.[1],
    retryAfter: retryAfterOf(answer),
  };
}

const ErrorBody = z.object({
  ErrorMessage: ifValid(z.string()),
  Errors: ifValid(z.array(z.unknown())),
});

const longestWords = 4000;

function wordsOf(body: unknown): string {
  const parsed = ErrorBody.safeParse(body);
  const texts = parsed.success ? [parsed.data.ErrorMessage, ...(parsed.data.Errors ?? [])] : [plainText(body)];
  const sentences = texts.flatMap((text) => (typeof text === "string" ? [asSentence(text)] : []));
  const words = [...new Set(sentences)].filter((sentence) => sentence !== "").join(" ");
  return words.length > longestWords ? `${words.slice(0, longestWords)} …` : words;
}

/** Proxies and load balancers answer in HTML, which is of no use in a log; some use a short plain text, which is. */
function plainText(body: unknown): string {
  return typeof body === "string" && body.length <= 300 && !body.includes("<") ? body : "";
}

function asSentence(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line === "" || /[.!?…:]["')]?$/.test(line) ? line : `${line}.`;
}

/** Seconds, or a date: read against the server's own `Date`, so that its clock and ours need not agree. */
function retryAfterOf(answer: Answer): number | undefined {
  const text = answer.header("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const wait = Date.parse(text) - Date.parse(answer.header("date") ?? "");
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function redirection(answer: Answer): Failure {
  const location = answer.header("location");
  const target = location === undefined ? undefined : parseUrl(location, answer.url);
  if (target === undefined) {
    return { kind: "not-octopus", explanation: `status ${answer.status} without saying where to` };
  }
  // Sign-in pages are addressed with tokens in the query.
  const to = `${target.origin}${target.pathname}`;
  return { kind: "redirected", status: answer.status, to, movedTo: withoutEnding(to, apiPath(answer.url)) };
}

function withoutEnding(address: string, ending: string): string | undefined {
  const trimmed = address.replace(/\/+$/, "");
  return trimmed.endsWith(ending) ? trimmed.slice(0, -ending.length) : undefined;
}

function apiPath(url: string): string {
  const { pathname } = new URL(url);
  return pathname.slice(Math.max(0, pathname.indexOf("/api"))).replace(/\/+$/, "");
}

function isBeginningOfJson(body: unknown): boolean {
  return typeof body === "string" && /^\s*[[{]/.test(body);
}

function nameOfBody(body: unknown): string {
  if (typeof body !== "string") return "a bare value";
  if (body.trim() === "") return "an empty body";
  return body.includes("<") ? "a web page" : "plain text";
}
