import {
  NotOctopusError,
  PermissionError,
  RequestRefusedError,
  ServerUnavailableError,
  UnknownWriteError,
} from "../errors.ts";
import type { StepError } from "../errors.ts";
import { sentence } from "../text/format.ts";
import { mayRecover, type Failure } from "./failure.ts";

/** One request to the server. */
export interface Call {
  /** The purpose: "reading the environments". */
  readonly purpose: string;
  readonly method: "GET" | "POST" | "PUT";
  /** The path without its query, as in `/api/Spaces-1/projects`. */
  readonly path: string;
}

/** The server, and how often and how long the request was tried. */
export interface Effort {
  readonly portalUrl: string;
  readonly requests: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** The error for a read that failed for good. */
export function explainRead(failure: Failure, call: Call, effort: Effort): StepError {
  const { kind, explanation, remedy } = failure;
  const message = (end: string) =>
    `The Octopus Server at ${effort.portalUrl} ${end} (${call.purpose}: ${call.method} ${call.path}): ${sentence(explanation)}${tried(effort)}`;
  if (kind === "not-sent" || kind === "no-connection") {
    return new ServerUnavailableError(message("could not be reached"), remedy);
  }
  if (kind === "lost") return new ServerUnavailableError(message("did not answer"), remedy);
  if (kind !== "answered") return new NotOctopusError(message("did not answer as Octopus does"), remedy);

  const { status, isForeign } = failure;
  if (status === 401) return new PermissionError(status, message("did not accept the API key or access token"), remedy);
  if (mayRecover(status)) return new ServerUnavailableError(message("could not answer"), remedy);
  const refused = message("refused the request");
  if (status === 403) return new PermissionError(status, refused, remedy);
  // Octopus gives a reason with every 404. A balancer's own page must not be read as "there is no such release".
  if (status === 404 && isForeign) return new NotOctopusError(refused, remedy);
  return new RequestRefusedError(status, refused, remedy);
}

/** The error for a write that failed for good. If it is unknown whether the write took effect, an `UnknownWriteError`. */
export function explainWrite(failure: Failure, call: Call, effort: Effort): StepError {
  if (!isInDoubt(failure)) return explainRead(failure, call, effort);
  return new UnknownWriteError(
    `It is unknown whether ${call.purpose} (${call.method} ${call.path}) took effect on the Octopus Server at ${effort.portalUrl}: ${sentence(failure.explanation)}`,
    "Check in Octopus whether the request took effect. The step did not repeat it.",
  );
}

/** Whether a write may have taken effect although no usable answer came. A 429 and a connection that was never made leave no doubt. */
function isInDoubt(failure: Failure): boolean {
  if (failure.kind !== "answered") return failure.kind === "lost" || failure.kind === "not-octopus";
  return failure.status !== 429 && mayRecover(failure.status);
}

function tried({ requests, duration }: Effort): string {
  return requests < 2 ? "" : ` ${requests} requests were made within ${Math.max(1, Math.round(duration / 1000))} s.`;
}
