/** A refused request. Handlers throw it; the client gets it as Octopus' error body (GO pkg/core/api_error.go). */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly errors: readonly string[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    errors: readonly string[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

/** 400 with the general message; the reasons are in `Errors`. */
export function invalid(...errors: readonly string[]): Refusal {
  return new Refusal(400, "There was a problem with your request.", errors);
}

/** 400 whose message is the reason itself, as for a missing id or body. */
export function badRequest(message: string): Refusal {
  return new Refusal(400, message);
}

export function notLoggedIn(): Refusal {
  return new Refusal(
    401,
    "You must be logged in to request this resource. Please provide a valid API key or log in again.",
  );
}

export function missingPermission(permission: string): Refusal {
  return new Refusal(
    403,
    `You do not have permission to perform this action. Please contact your Octopus administrator. Missing permission: ${permission}`,
  );
}

export function notFound(id: string): Refusal {
  return new Refusal(404, `The resource '${id}' was not found.`);
}

export function unknownRoute(): Refusal {
  return new Refusal(404, "The resource you requested was not found.");
}

export function methodNotAllowed(): Refusal {
  return new Refusal(405, "The requested method is not allowed for this resource.");
}

export function tooManyRequests(headers: Readonly<Record<string, string>> = {}): Refusal {
  return new Refusal(429, "Too many requests. Please slow down.", [], headers);
}

export function conflict(message: string): Refusal {
  return new Refusal(409, "There was a problem with your request.", [message]);
}

/** The body of an error answer, with every field that newer servers send. */
export function errorBody(message: string, errors: readonly string[]): unknown {
  return {
    ErrorMessage: message,
    Errors: errors,
    ParsedHelpLinks: [],
    HelpText: null,
    HelpLink: null,
    Details: null,
    FullException: null,
  };
}
