/**
 * The step could not find out what it needs, or may not do what it was asked to do. Expected endings (skipped, failed child,
 * time-out) are outcomes and never thrown. A message says what happened and which value was meant; the remedy says what to do next.
 * No error of this family keeps a lower-level error object: those of the HTTP client carry the API key.
 */
export abstract class StepError extends Error {
  /** A literal in each class, because the shipped program is minified, class names included. */
  abstract override readonly name: string;
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** The step's parameters are invalid. Every problem is listed, one sentence each. */
export class ParameterError extends StepError {
  override readonly name = "ParameterError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      problems.length === 1
        ? `A step parameter is invalid: ${problems[0]}`
        : ["Some step parameters are invalid:", ...problems.map((problem) => `- ${problem}`)].join("\n"),
      "Correct the step's parameters, then deploy again. Nothing was created.",
    );
    this.problems = problems;
  }
}

/** Something named in the parameters does not exist, or the API key may not see it. */
export class NotFoundError extends StepError {
  override readonly name = "NotFoundError";
}

/** Each setting is valid, but not their combination. */
export class ConfigurationError extends StepError {
  override readonly name = "ConfigurationError";
}

/** A deployment freeze forbids the deployment to start. */
export class FrozenError extends StepError {
  override readonly name = "FrozenError";
}

/** The server understood a request and refused it. `status` is the HTTP status, 400 to 499. */
abstract class RefusalError extends StepError {
  readonly status: number;

  constructor(status: number, message: string, remedy: string) {
    super(message, remedy);
    this.status = status;
  }
}

/** The server knows who is asking and refuses (403), or does not accept the credential (401). */
export class PermissionError extends RefusalError {
  override readonly name = "PermissionError";
}

/** The server refused the request for a reason other than a missing permission: 400, 404, 409 and other 4xx. */
export class RequestRefusedError extends RefusalError {
  override readonly name = "RequestRefusedError";
}

/**
 * Whether the server refused this request only, so that the next request may be granted. A credential that the server does not accept (401)
 * is no such refusal: it fails every request.
 */
export function isRefusal(error: unknown): error is StepError {
  return error instanceof RefusalError && error.status !== 401;
}

/** The server could not be reached, or answered with 408, 429 or 5xx until the retries were used up. */
export class ServerUnavailableError extends StepError {
  override readonly name = "ServerUnavailableError";
}

/** The answer does not come from the Octopus API: a redirect, HTML, or JSON of another shape. */
export class NotOctopusError extends StepError {
  override readonly name = "NotOctopusError";
}

/** A write was sent and it is unknown whether it took effect. Code that catches this looks before it sends anything again. */
export class UnknownWriteError extends StepError {
  override readonly name = "UnknownWriteError";
}

/** A deployment was requested, and it is unknown whether it exists. */
export class DeploymentInDoubtError extends StepError {
  override readonly name = "DeploymentInDoubtError";

  /** Ids of this step's deployments that were there before. */
  readonly known: ReadonlySet<string>;

  constructor(message: string, remedy: string, known: ReadonlySet<string>) {
    super(message, remedy);
    this.known = known;
  }
}

/** What was approved cannot be deployed: it changed, or the approved plan cannot be read. */
export class PlanChangedError extends StepError {
  override readonly name = "PlanChangedError";
}

/** The worker's disk did not take a file of the step. */
export class DiskError extends StepError {
  override readonly name = "DiskError";
}

/** A defect of this program, never the user's fault. */
export class InternalError extends StepError {
  override readonly name = "InternalError";
  /** Where in the program, for the verbose log. */
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = []) {
    super(message, "This is a defect of the step template. Please report it with the task log.");
    this.details = details;
  }
}
