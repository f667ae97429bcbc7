import {
  NotOctopusError,
  PermissionError,
  RequestRefusedError,
  ServerUnavailableError,
  UnknownWriteError,
} from "../errors.ts";
import type { StepError } from "../errors.ts";
import type { Answered, Failure, Redirected } from "./failure.ts";

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
  switch (failure.kind) {
    case "not-sent":
      return new ServerUnavailableError(
        `The Octopus Server at ${portalUrl} could not be reached when ${named(call)}: ${failure.explanation}.${tried(effort)}`,
        reachRemedy,
      );
    case "no-connection":
      return new ServerUnavailableError(
        `The Octopus Server at ${portalUrl} could not be reached when ${named(call)}: ${failure.explanation}.`,
        failure.remedy,
      );
    case "lost":
      return new ServerUnavailableError(
        `The Octopus Server at ${portalUrl} did not answer when ${named(call)}: ${failure.explanation}.${tried(effort)}`,
        healthRemedy,
      );
    case "answered":
      return explainRefusal(failure, call, correspondent, effort);
    case "redirected":
      return redirected(failure, call, portalUrl);
    case "not-octopus":
      return new NotOctopusError(
        `What answers at ${portalUrl} is not an Octopus Server that this step understands: when ${named(call)} it sent ${failure.explanation}.`,
        failure.remedy ?? `Check the parameter "Octopus Server URL". ${foreignRemedy}`,
      );
  }
}

/** The error for a write that failed for good. Whatever leaves open whether it took effect becomes an `UnknownWriteError`. */
export function explainWrite(failure: Failure, call: Call, correspondent: Correspondent, effort: Effort): StepError {
  const reason = doubt(failure);
  if (reason === undefined) return explainRead(failure, call, correspondent, effort);
  return new UnknownWriteError(
    `Nobody knows whether the Octopus Server at ${correspondent.portalUrl} did what it was asked when ${named(call)}: ${reason}`,
    "Look in Octopus whether it took effect. This request was not sent a second time.",
  );
}

function doubt(failure: Failure): string | undefined {
  switch (failure.kind) {
    case "not-sent":
    case "no-connection":
    case "redirected":
      return undefined;
    case "lost":
      return `${failure.explanation}.`;
    case "not-octopus":
      return `it sent ${failure.explanation}.`;
    case "answered":
      return failure.status >= 500 || failure.status === 408 ? `it answered ${answer(failure)}` : undefined;
  }
}

/** A short reason for the line that announces a repetition, without a full stop. */
export function shortReason(failure: Failure): string {
  switch (failure.kind) {
    case "answered":
      return `the server answered ${status(failure)}`;
    case "redirected":
      return `the server redirected to ${failure.to}`;
    case "not-octopus":
      return `the server sent ${failure.explanation}`;
    case "not-sent":
    case "no-connection":
    case "lost":
      return failure.explanation;
  }
}

function explainRefusal(failure: Answered, call: Call, correspondent: Correspondent, effort: Effort): StepError {
  const { portalUrl } = correspondent;
  if (failure.status === 401) return notAccepted(failure, call, correspondent);
  if (failure.status === 403) return notPermitted(failure, call, correspondent);
  if (failure.status === 408 || failure.status === 429 || failure.status >= 500) {
    return new ServerUnavailableError(
      `The Octopus Server at ${portalUrl} was not able to answer when ${named(call)}. It answered ${answer(failure)}${tried(effort)}`,
      failure.status === 429 ? rateRemedy : healthRemedy,
    );
  }
  const message = `The Octopus Server at ${portalUrl} refused the request when ${named(call)}. It answered ${answer(failure)}`;
  // Octopus gives a reason with every 404. A balancer's own page must not be read as "there is no such release".
  if (failure.status === 404 && failure.isForeign) return new NotOctopusError(message, foreignRemedy);
  return new RequestRefusedError(failure.status, message, refusalRemedy(failure));
}

function notAccepted(failure: Answered, call: Call, { portalUrl, credential }: Correspondent): StepError {
  const [noun, expiry] =
    credential === "api-key"
      ? ["API key", "It may be mistyped, expired or deleted, or belong to another server."]
      : ["access token", "It may have expired: access tokens live for a short time only."];
  return new PermissionError(
    401,
    `The Octopus Server at ${portalUrl} did not accept the ${noun} when ${named(call)}. It answered ${answer(failure)}`,
    failure.isForeign ? foreignRemedy : `Check the parameter "API key or access token". ${expiry}`,
  );
}

function notPermitted(failure: Answered, call: Call, { portalUrl, credential }: Correspondent): StepError {
  const owner = credential === "api-key" ? "user of the API key" : "user of the access token";
  const permission = failure.missingPermission;
  const lack = permission === undefined ? "may not do this" : `lacks the permission ${permission}`;
  const role = permission === undefined ? "allows it" : `includes ${permission}`;
  return new PermissionError(
    403,
    `The ${owner} ${lack}: the Octopus Server at ${portalUrl} refused the request when ${named(call)}. It answered ${answer(failure)}`,
    failure.isForeign
      ? foreignRemedy
      : `Make the ${owner} a member of a team whose user role ${role} for this project and environment.`,
    permission,
  );
}

function redirected({ status: code, to, movedTo }: Redirected, call: Call, portalUrl: string): StepError {
  return new NotOctopusError(
    `${portalUrl} redirects to ${movedTo ?? to} (status ${code}) when ${named(call)}. Redirects are not followed: they would hand on the API key.`,
    movedTo === undefined
      ? `Check the parameter "Octopus Server URL". ${foreignRemedy}`
      : `If that is your Octopus Server, enter ${movedTo} in the parameter "Octopus Server URL".`,
  );
}

function named({ purpose, method, path }: Call): string {
  return `${purpose} (${method} ${path})`;
}

function answer(failure: Answered): string {
  if (failure.words !== "") return `${status(failure)}: ${failure.words}`;
  return `${status(failure)} with ${failure.isForeign ? "a web page instead of a reason" : "no reason given"}.`;
}

function status({ status: code, statusText }: Answered): string {
  return statusText === "" ? `${code}` : `${code} ${statusText}`;
}

function tried({ requests, duration }: Effort): string {
  return requests < 2 ? "" : ` It was asked ${requests} times within ${Math.max(1, Math.round(duration / 1000))} s.`;
}

function refusalRemedy({ status: code, isForeign }: Answered): string {
  switch (code) {
    case 404:
      return "Check that it still exists and that the API key may see it.";
    case 405:
      return 'Check the parameter "Octopus Server URL": the path in it may be wrong.';
    case 407:
      return "Check the credentials in HTTP_PROXY or HTTPS_PROXY on the worker.";
    default:
      return isForeign ? foreignRemedy : "Correct what the server objects to, then deploy again.";
  }
}

const foreignRemedy = "Find out whether a proxy, a firewall or a sign-in page answers in the place of Octopus.";

const reachRemedy =
  'Check the parameter "Octopus Server URL", and that this worker can reach the server: name resolution, firewall, proxy (HTTP_PROXY, HTTPS_PROXY, NO_PROXY).';

const healthRemedy = "Check that the Octopus Server is healthy and not under maintenance, then deploy again.";

const rateRemedy =
  "Too many requests reach the server at once. Deploy again later, or raise the rate limit for this user on the server.";
