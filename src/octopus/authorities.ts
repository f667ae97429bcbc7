import { existsSync, readFileSync } from "node:fs";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";

/** Where Linux distributions keep the certificates of the authorities that the machine trusts; OpenSSL's own setting comes first. */
const bundles = () => [
  process.env["SSL_CERT_FILE"] ?? "",
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * Trusts the authorities of Node.js and those of the worker, internal ones included. `undefined` where Node.js decides alone:
 * `NODE_EXTRA_CA_CERTS` is set, or the worker has no list. Loading a list takes about 40 ms, so it is for https only.
 */
export function trustOfWorker(): SecureContext | undefined {
  if ((process.env["NODE_EXTRA_CA_CERTS"] ?? "") !== "") return undefined;
  const bundle = bundles().find((path) => path !== "" && existsSync(path));
  return bundle === undefined ? undefined : contextWith(bundle);
}

function contextWith(bundle: string): SecureContext | undefined {
  try {
    return createSecureContext({ ca: [...rootCertificates, readFileSync(bundle, "utf8")] });
  } catch {
    // A list that cannot be read, or holds no certificates, adds none.
    return undefined;
  }
}
