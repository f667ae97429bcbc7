import * as z from "zod/mini";
import { hideSecrets } from "../rules/secrets.ts";
import { sentence } from "../text/format.ts";
import { ifValid } from "./fields.ts";
import { parseUrl, urlParameter, withoutTrailingSlashes } from "./server-url.ts";

/** Why a request got no usable answer. Objects of the HTTP client are not kept, because they carry the API key. */
export type Failure = {
  /** What happened, as the end of a sentence. */
  readonly explanation: string;
  /** What to do, without any text of the server. */
  readonly remedy: string;
} & (
  | {
      /**
       * `not-sent` means that nothing reached the server: refused, unreachable, unknown host.
       * `no-connection` means the same, and that settings have to be changed: certificates, protocol, proxy address.
       * `redirected` means that the server named another address, which is not followed.
       * `not-octopus` means that the answer does not come from the Octopus API.
       */
      readonly kind: "not-sent" | "no-connection" | "redirected" | "not-octopus";
    }
  /** The request may have arrived, but no complete answer came. */
  | { readonly kind: "lost"; readonly cause: LossCause }
  | Answered
);

/** `stale-connection`: the server had closed a kept connection before it saw the request. */
export type LossCause = "time-limit" | "stale-connection" | "cut-off";

/** The server answered with a status of 400 or more. */
interface Answered {
  readonly kind: "answered";
  readonly status: number;
  /** The body was a page or a text, so something in front of Octopus answered. */
  readonly isForeign: boolean;
  /** How long the server asked us to wait, in milliseconds. */
  readonly retryAfter?: number | undefined;
}

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  /** Parsed JSON, or a string when the body is not JSON. */
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
}

/** What is wrong with a complete answer; `undefined` when it is a success that carries JSON. */
export function failureOfAnswer(answer: Answer): Failure | undefined {
  const { status, body } = answer;
  if (status >= 400) return refusal(answer);
  if (status >= 300) return redirection(answer);
  if (typeof body === "object" && body !== null) return undefined;
  if (/^\s*[[{]/.test(String(body))) return lost("cut-off", "the answer was cut off in the middle");
  return notOctopus(`it sent status ${status} with ${nameOfBody(body)} instead of JSON`);
}

/** The failure of a request whose answer never came, or came only in part. */
export function lost(cause: LossCause, explanation: string): Failure {
  return { kind: "lost", cause, explanation, remedy: healthRemedy };
}

/** The failure of an answer that does not come from Octopus. */
export function notOctopus(explanation: string, remedy = `${checkUrl}. ${foreignRemedy}`): Failure {
  return { kind: "not-octopus", explanation, remedy };
}

/**
 * The same failure without secrets in its explanation. The explanation is cut afterwards, because half a secret would not be recognised.
 */
export function withoutSecrets(failure: Failure, secrets: readonly string[]): Failure {
  const text = hideSecrets(failure.explanation, secrets);
  return { ...failure, explanation: text.length > longestWords ? `${text.slice(0, longestWords)} …` : text };
}

/** Whether the same request may succeed a moment later. */
export function mayRecover(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function refusal({ status, statusText, body, header }: Answer): Failure {
  const words = wordsOf(body);
  const isForeign = typeof body === "string" && body.trim() !== "";
  const reason = isForeign ? " with a web page instead of a reason" : "";
  const remedy = isForeign ? foreignRemedy : (refusalRemedies[status] ?? correctRemedy);
  return {
    kind: "answered",
    status,
    isForeign,
    explanation: `it answered ${`${status} ${statusText}`.trim()}${words === "" ? reason : `: ${words}`}`,
    remedy: statusRemedies[status] ?? (mayRecover(status) ? healthRemedy : remedy),
    retryAfter: retryAfterOf(header),
  };
}

const checkUrl = `Check ${urlParameter}`;
/** What to do about an answer that no Octopus Server should give. */
export const reportRemedy = `${checkUrl}. If it is right, please report this with the task log.`;
const foreignRemedy = "Find out whether a proxy, a firewall or a sign-in page answers instead of Octopus.";
const healthRemedy = "Check that the Octopus Server is healthy and not under maintenance, then deploy again.";
const correctRemedy = "Correct what the server objects to, then deploy again.";

const refusalRemedies: Readonly<Record<number, string>> = {
  401: 'Check the parameter "Octopus API key". It may be mistyped, expired, deleted, or belong to another server.',
  403: "Give the service account a role with this permission for the project and environment.",
  404: "Check that the resource exists and that the API key may see it.",
};

/** What to do about a status that means the same whether Octopus or something in front of it answered. */
const statusRemedies: Readonly<Record<number, string>> = {
  405: `${checkUrl}: the path in it may be wrong.`,
  407: "Check the credentials in HTTP_PROXY or HTTPS_PROXY on the worker.",
  429: "Too many requests reach the server at once. Deploy again later, or raise the rate limit for this user on the server.",
};

const ErrorBody = z.object({
  ErrorMessage: ifValid(z.string()),
  Errors: ifValid(z.array(z.unknown())),
});

const longestWords = 4000;

/** The reasons that the server gave, in whole sentences; empty if none. */
function wordsOf(body: unknown): string {
  const parsed = ErrorBody.safeParse(body);
  const texts = parsed.success ? [parsed.data.ErrorMessage, ...(parsed.data.Errors ?? [])] : [plainText(body)];
  const sentences = texts.flatMap((text) =>
    typeof text === "string" && text.trim() !== "" ? [sentence(text.replace(/\s+/g, " "))] : [],
  );
  return [...new Set(sentences)].join(" ");
}

/** The text of a proxy, if it is short. The HTML pages of proxies are of no use in a log. */
function plainText(body: unknown): string {
  return typeof body === "string" && body.length <= 300 && !body.includes("<") ? body : "";
}

/** Seconds, or a date, which is compared with the server's own `Date`, so that the clocks need not agree. */
function retryAfterOf(header: Answer["header"]): number | undefined {
  const text = header("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const wait = Date.parse(text) - Date.parse(header("date") ?? "");
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function redirection({ status, url, header }: Answer): Failure {
  const location = header("location");
  const target = parseUrl(location ?? "", url);
  // Addresses such as `javascript:` have no origin.
  if (location === undefined || target === undefined || target.origin === "null")
    return notOctopus(`it sent status ${status} without saying where to`);
  // The query is left out, because addresses of sign-in pages contain tokens.
  const to = withoutTrailingSlashes(`${target.origin}${target.pathname}`);
  const { pathname } = new URL(url);
  const path = withoutTrailingSlashes(pathname.slice(Math.max(0, pathname.indexOf("/api"))));
  // A redirect of `/api/…` to `/api/…` elsewhere means that the server has moved to the address in front of that path.
  const isMove = to.endsWith(path);
  const address = isMove ? to.slice(0, -path.length) : to;
  const explanation = `it redirects to ${address} (status ${status}), which is not followed, to protect the API key`;
  const remedy = isMove
    ? `If that is your Octopus Server, enter its address in ${urlParameter}.`
    : `${checkUrl}. ${foreignRemedy}`;
  return { kind: "redirected", explanation, remedy };
}

function nameOfBody(body: unknown): string {
  if (typeof body !== "string") return "a bare value";
  if (body.trim() === "") return "an empty body";
  return body.includes("<") ? "a web page" : "plain text";
}
