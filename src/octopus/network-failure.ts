import * as z from "zod/mini";
import { largestAnswer } from "./answer-limits.ts";
import { type Failure, lost, notOctopus } from "./failure.ts";
import { ifValid } from "./fields.ts";
import { urlParameter } from "./server-url.ts";

const peer = {
  syscall: ifValid(z.string()),
  hostname: ifValid(z.string()),
  address: ifValid(z.string()),
  port: ifValid(z.number()),
};

/** The properties of an error that tell what happened, without any headers. Happy Eyeballs wraps one error per address. */
const NetworkError = z.object({
  code: ifValid(z.string()),
  message: ifValid(z.string()),
  response: ifValid(z.object({})),
  request: ifValid(z.object({ reusedSocket: ifValid(z.boolean()) })),
  cause: ifValid(z.object({ ...peer, errors: ifValid(z.array(z.object(peer))) })),
});
type NetworkError = Partial<z.infer<typeof NetworkError>>;

/** The failure behind an error that the HTTP client threw because no complete answer arrived. `limit` is the time limit of a request in milliseconds. */
export function failureOfNetwork(error: unknown, limit: number): Failure {
  const read = NetworkError.safeParse(error);
  const details: NetworkError = read.success ? read.data : {};
  const code = details.code ?? "";
  const noConnection = (explanation: string, remedy: string): Failure => ({
    kind: "no-connection",
    explanation,
    remedy,
  });

  if (failedWhileConnecting(details)) {
    return { kind: "not-sent", explanation: connectExplanation(code, details), remedy: reachRemedy };
  }
  // ERR_CANCELED is our own abort signal: nothing else cancels a request.
  if (["ECONNABORTED", "ERR_CANCELED", "ETIMEDOUT"].includes(code)) {
    return lost("time-limit", `no complete answer came within ${limit / 1000} s`);
  }
  if (/CERT|^UNABLE_TO_|^CRL_|^ERR_TLS_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE/.test(code)) {
    const [reason, remedy] = certificateFaults[code] ?? [
      "was not issued by an authority this worker trusts",
      trustIssuer,
    ];
    return noConnection(`its TLS certificate ${reason} (${code})`, remedy);
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    return noConnection(`no TLS connection could be made (${code})`, checkProtocol);
  }
  // The server's own address was checked before, so only a proxy's can be wrong.
  if (code === "ERR_INVALID_URL") {
    return noConnection("the address of the proxy is not a URL", "Correct HTTP_PROXY or HTTPS_PROXY on the worker.");
  }
  // axios has no error code for this.
  if (details.message?.startsWith("maxContentLength ") === true) {
    return notOctopus(`its answer is larger than ${largestAnswer / 1024 / 1024} MB`);
  }
  if (code.startsWith("HPE_")) return notOctopus(`it sent something that is not HTTP (${code})`);
  // If a kept connection ends without a first byte, the server had most likely closed the connection before.
  const isStale = details.request?.reusedSocket === true && details.response === undefined;
  const detail = code || (details.message ?? "");
  const suffix = detail === "" || detail === "ERR_BAD_RESPONSE" ? "" : ` (${detail})`;
  const explanation = `the connection was lost before the answer was complete${suffix}`;
  return lost(isStale ? "stale-connection" : "cut-off", explanation);
}

/** Whether every attempt failed before a connection was made: only then is it certain that not one byte of the request was sent. */
function failedWhileConnecting({ cause }: NetworkError): boolean {
  const attempts = cause?.errors ?? [cause];
  return attempts.length > 0 && attempts.every((each) => ["connect", "getaddrinfo"].includes(each?.syscall ?? ""));
}

function connectExplanation(code: string, { cause }: NetworkError): string {
  const host = cause?.hostname ?? "of the server";
  if (code === "ENOTFOUND") return `the host name ${host} is not known`;
  if (code === "EAI_AGAIN") return `the name server did not answer for ${host}`;
  const { address, port } = cause?.errors?.[0] ?? cause ?? {};
  const to = address === undefined ? "" : ` to ${address}${port === undefined ? "" : `:${port}`}`;
  return `the connection${to} ${code === "ECONNREFUSED" ? "was refused" : `could not be opened (${code})`}`;
}

const reachRemedy = `Check ${urlParameter}, and that this worker can reach the server: name resolution, firewall, proxy (HTTP_PROXY, HTTPS_PROXY, NO_PROXY).`;
const checkProtocol = `Check port and protocol of ${urlParameter}.`;
const trustIssuer =
  "Add the issuing authority's certificate to the worker's system store, or set NODE_EXTRA_CA_CERTS on the worker to a PEM file with it.";
const renew = "Renew the server's certificate, or correct the worker's clock.";

const certificateFaults: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: ["is self-signed", trustIssuer],
  CERT_HAS_EXPIRED: ["has expired", renew],
  CERT_NOT_YET_VALID: ["is not valid yet", renew],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "was issued for another host name",
    `Enter the host name the certificate was issued for in ${urlParameter}.`,
  ],
};
