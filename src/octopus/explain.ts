import {
  NotOctopusError,
  PermissionError,
  RequestRefusedError,
  ServerUnavailableError,
  UnknownWriteError,
} from "../errors.ts";
import type { StepError } from "../errors.ts";
import type { Answered, Failure } from "./failure.ts";

/** One thing asked of the server. */
export interface Call {
  /** What it is for, in words that continue "when …": "reading the environments". */
  readonly purpose: string;
  readonly method: "GET" | "POST" | "PUT";
  /** The path without its query, as in `/api/Spaces-1/projects`. */
  readonly path: string;
}

/** Whom a message speaks about. */
export interface Correspondent {
  readonly portalUrl: string;
  readonly credential: "api-key" | "access-token";
}

/** How hard it was tried before giving up. */
export interface Effort {
  readonly requests: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** The error for a read that failed for good. */
export function explainRead(failure: Failure, call: Call, correspondent: Correspondent, effort: Effort): StepError {
  const { portalUrl } = correspondent;
  const server = `The Octopus Server at ${portalUrl}`;
  const when = whenAsked(call);
  switch (failure.kind) {
    case "not-sent":
    case "no-connection":
      return new ServerUnavailableError(
        `${server} could not be reached ${when}: ${failure.explanation}.${tried(effort)}`,
        failure.kind === "not-sent" ? reachRemedy : failure.remedy,
      );
    case "lost":
      return new ServerUnavailableError(
        `${server} did not answer ${when}: ${failure.explanation}.${tried(effort)}`,
        healthRemedy,
      );
    case "answered":
      return explainRefusal(failure, when, correspondent, effort);
    case "redirected": {
      const { status: code, to, movedTo } = failure;
      return new NotOctopusError(
        `${portalUrl} redirects to ${movedTo ?? to} (status ${code}) ${when}. Redirects are not followed: they would hand on the API key.`,
        movedTo === undefined
          ? `${checkUrl}. ${foreignRemedy}`
          : `If that is your Octopus Server, enter ${movedTo} in the parameter "Octopus Server URL".`,
      );
    }
    case "not-octopus":
      return new NotOctopusError(
        `What answers at ${portalUrl} is not an Octopus Server that this step understands: ${when} it sent ${failure.explanation}.`,
        failure.remedy ?? `${checkUrl}. ${foreignRemedy}`,
      );
  }
}

/** The error for a write that failed for good. Whatever leaves open whether it took effect becomes an `UnknownWriteError`. */
export function explainWrite(failure: Failure, call: Call, correspondent: Correspondent, effort: Effort): StepError {
  const doubt = doubtAfter(failure);
  if (doubt === undefined) return explainRead(failure, call, correspondent, effort);
  return new UnknownWriteError(
    `Nobody knows whether the Octopus Server at ${correspondent.portalUrl} did what it was asked ${whenAsked(call)}: ${doubt}`,
    "Look in Octopus whether it took effect. This request was not sent a second time.",
  );
}

function doubtAfter(failure: Failure): string | undefined {
  if (failure.kind === "lost") return `${failure.explanation}.`;
  if (failure.kind === "not-octopus") return `it sent ${failure.explanation}.`;
  const isOpen = failure.kind === "answered" && (failure.status >= 500 || failure.status === 408);
  return isOpen ? `it answered ${answer(failure)}` : undefined;
}

/** A short reason for the line that announces a repetition, without a full stop. */
export function shortReason(failure: Failure): string {
  if (failure.kind === "answered") return `the server answered ${status(failure)}`;
  return failure.kind === "redirected" ? `the server redirected to ${failure.to}` : failure.explanation;
}

function explainRefusal(failure: Answered, when: string, correspondent: Correspondent, effort: Effort): StepError {
  const { status: code, isForeign, missingPermission: missing } = failure;
  const server = `Octopus Server at ${correspondent.portalUrl}`;
  const [credential, mayBe] = credentials[correspondent.credential];
  const answered = `${when}. It answered ${answer(failure)}`;
  const refused = `the ${server} refused the request ${answered}`;
  if (code === 401) {
    const check = `Check the parameter "API key or access token". ${mayBe}`;
    const message = `The ${server} did not accept the ${credential} ${answered}`;
    return new PermissionError(code, message, isForeign ? foreignRemedy : check);
  }
  if (code === 403) {
    const lack = missing === undefined ? "may not do this" : `lacks the permission ${missing}`;
    const role = missing === undefined ? "allows it" : `includes ${missing}`;
    const grant = `Make the user of the ${credential} a member of a team whose user role ${role} for this project and environment.`;
    const message = `The user of the ${credential} ${lack}: ${refused}`;
    return new PermissionError(code, message, isForeign ? foreignRemedy : grant, missing);
  }
  if (mayRecover(code)) {
    const message = `The ${server} was not able to answer ${answered}${tried(effort)}`;
    return new ServerUnavailableError(message, code === 429 ? rateRemedy : healthRemedy);
  }
  const message = refused.replace("the", "The");
  // Octopus gives a reason with every 404. A balancer's own page must not be read as "there is no such release".
  if (code === 404 && isForeign) return new NotOctopusError(message, foreignRemedy);
  return new RequestRefusedError(code, message, refusalRemedies[code] ?? (isForeign ? foreignRemedy : correctRemedy));
}

/** Whether a status may be another one a moment later. */
export function mayRecover(code: number): boolean {
  return code === 408 || code === 429 || code >= 500;
}

function whenAsked({ purpose, method, path }: Call): string {
  return `when ${purpose} (${method} ${path})`;
}

function answer(failure: Answered): string {
  if (failure.words !== "") return `${status(failure)}: ${failure.words}`;
  return `${status(failure)} with ${failure.isForeign ? "a web page instead of a reason" : "no reason given"}.`;
}

function status({ status: code, statusText }: Answered): string {
  return `${code} ${statusText}`.trim();
}

function tried({ requests, duration }: Effort): string {
  return requests < 2 ? "" : ` It was asked ${requests} times within ${Math.max(1, Math.round(duration / 1000))} s.`;
}

const credentials = {
  "api-key": ["API key", "It may be mistyped, expired or deleted, or belong to another server."],
  "access-token": ["access token", "It may have expired: access tokens live for a short time only."],
} as const;

const checkUrl = 'Check the parameter "Octopus Server URL"';
const foreignRemedy = "Find out whether a proxy, a firewall or a sign-in page answers in the place of Octopus.";
const reachRemedy = `${checkUrl}, and that this worker can reach the server: name resolution, firewall, proxy (HTTP_PROXY, HTTPS_PROXY, NO_PROXY).`;
const healthRemedy = "Check that the Octopus Server is healthy and not under maintenance, then deploy again.";
const rateRemedy =
  "Too many requests reach the server at once. Deploy again later, or raise the rate limit for this user on the server.";
const correctRemedy = "Correct what the server objects to, then deploy again.";

const refusalRemedies: Readonly<Record<number, string>> = {
  404: "Check that it still exists and that the API key may see it.",
  405: `${checkUrl}: the path in it may be wrong.`,
  407: "Check the credentials in HTTP_PROXY or HTTPS_PROXY on the worker.",
};
