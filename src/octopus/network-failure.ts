import * as z from "zod/mini";
import type { Failure } from "./failure.ts";
import { ifValid } from "./fields.ts";

/** The few properties that tell what happened, and none that could carry a header. Happy Eyeballs wraps one error per address. */
const NetworkError = z.object({
  code: ifValid(z.string()),
  message: ifValid(z.string()),
  response: ifValid(z.object({})),
  request: ifValid(z.object({ reusedSocket: z.optional(z.boolean()) })),
  cause: ifValid(
    z.object({
      syscall: ifValid(z.string()),
      hostname: ifValid(z.string()),
      address: ifValid(z.string()),
      port: ifValid(z.number()),
      errors: ifValid(
        z.array(
          z.object({
            syscall: z.optional(z.string()),
            address: z.optional(z.string()),
            port: z.optional(z.number()),
          }),
        ),
      ),
    }),
  ),
});
type NetworkError = Partial<z.infer<typeof NetworkError>>;

/** Reads what the HTTP client threw when no complete answer arrived. `limit` is the time limit of a request in milliseconds. */
export function failureOfNetwork(error: unknown, limit: number): Failure {
  const read = NetworkError.safeParse(error);
  const details: NetworkError = read.success ? read.data : {};
  const code = details.code ?? "";

  if (failedWhileConnecting(details)) return { kind: "not-sent", explanation: connectExplanation(code, details) };
  if (timeLimitCodes.has(code)) {
    return { kind: "lost", cause: "time-limit", explanation: `no complete answer came within ${limit / 1000} s` };
  }
  if (isCertificateCode(code)) return certificateFailure(code);
  if (isProtocolCode(code)) return protocolFailure(code);
  if (code === "ERR_INVALID_URL") return proxyAddressFailure;
  if (code.startsWith("HPE_")) {
    return { kind: "not-octopus", explanation: `something that is not HTTP (${code})` };
  }
  const cause = diedBeforeAnswering(details) ? "stale-connection" : "cut-off";
  return { kind: "lost", cause, explanation: lossExplanation(code, details.message) };
}

/** A kept connection that ends without a first byte had most likely been given up by the server before. */
function diedBeforeAnswering({ request, response }: NetworkError): boolean {
  return request?.reusedSocket === true && response === undefined;
}

// ERR_CANCELED is our own abort signal: nothing else cancels a request.
const timeLimitCodes = new Set(["ECONNABORTED", "ERR_CANCELED", "ETIMEDOUT"]);

/** Only then it is certain that not one byte of the request went out. */
function failedWhileConnecting({ cause }: NetworkError): boolean {
  const attempts = cause?.errors ?? [cause];
  return attempts.length > 0 && attempts.every((attempt) => connectingCalls.has(attempt?.syscall ?? ""));
}

const connectingCalls = new Set(["connect", "getaddrinfo"]);

function connectExplanation(code: string, { cause }: NetworkError): string {
  const peer = cause?.errors?.[0] ?? cause;
  const address =
    peer?.address === undefined ? "" : ` to ${peer.address}${peer.port === undefined ? "" : `:${peer.port}`}`;
  switch (code) {
    case "ECONNREFUSED":
      return `the connection${address} was refused`;
    case "ENOTFOUND":
      return `the host name ${cause?.hostname ?? ""} is not known`.replace("  ", " ");
    case "EAI_AGAIN":
      return `the name server did not answer for ${cause?.hostname ?? "the host"}`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `there is no way${address} in this worker's network`;
    default:
      return `the connection${address} could not be opened (${code})`;
  }
}

function isCertificateCode(code: string): boolean {
  return /CERT|^UNABLE_TO_|^CRL_|^ERR_TLS_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE/.test(code);
}

function certificateFailure(code: string): Failure {
  return {
    kind: "no-connection",
    explanation: `${certificateReason(code)} (${code})`,
    remedy: remedyForCertificate(code),
  };
}

function certificateReason(code: string): string {
  switch (code) {
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return "its TLS certificate is self-signed";
    case "CERT_HAS_EXPIRED":
      return "its TLS certificate has expired";
    case "CERT_NOT_YET_VALID":
      return "its TLS certificate is not valid yet";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return "its TLS certificate was issued for another host name";
    default:
      return "its TLS certificate was not issued by an authority this worker trusts";
  }
}

function remedyForCertificate(code: string): string {
  switch (code) {
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return "Renew the server's certificate, or correct the worker's clock.";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return 'Enter the host name the certificate was issued for in the parameter "Octopus Server URL".';
    default:
      return "Add the issuing authority's certificate to the worker's system store, or set NODE_EXTRA_CA_CERTS on the worker to a PEM file that holds it.";
  }
}

function isProtocolCode(code: string): boolean {
  return code === "EPROTO" || code.startsWith("ERR_SSL_");
}

function protocolFailure(code: string): Failure {
  return {
    kind: "no-connection",
    explanation: `no TLS connection could be made (${code})`,
    remedy:
      'Check that the parameter "Octopus Server URL" has the right port and the right one of http:// and https://.',
  };
}

/** The server's own address was checked before, so that only a proxy's can be at fault. */
const proxyAddressFailure: Failure = {
  kind: "no-connection",
  explanation: "the address of the proxy is not a URL",
  remedy: "Correct HTTP_PROXY or HTTPS_PROXY on the worker.",
};

function lossExplanation(code: string, message: string | undefined): string {
  const detail = code === "" ? (message ?? "") : code;
  const suffix = detail === "" || detail === "ERR_BAD_RESPONSE" ? "" : ` (${detail})`;
  return `the connection was lost before the answer was complete${suffix}`;
}
