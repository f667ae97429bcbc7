import { ConfigurationError } from "../errors.ts";

export interface ServerUrl {
  /** What requests are built on: no trailing slash, no `/api`; a virtual directory and Basic credentials for a proxy in front are kept. */
  readonly requests: string;
  /** The same without credentials, for links and messages. */
  readonly portal: string;
  /** Texts that must not be printed. */
  readonly secrets: readonly string[];
}

/**
 * Accepts what operators paste: with a trailing slash, with `/api`, or a whole portal link such as
 * `https://octopus/app#/Spaces-1/projects`. Throws `ConfigurationError` for anything that is no http or https URL.
 */
export function parseServerUrl(text: string): ServerUrl {
  const url = parseUrl(text.trim());
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new ConfigurationError(
      `"${withoutUserInfo(text).slice(0, longestQuotation)}" is not the URL of an Octopus Server.`,
      'Enter an http:// or https:// URL in the parameter "Octopus Server URL".',
    );
  }
  const directory = virtualDirectory(url);
  const password = url.password;
  const credentials = url.username === "" ? "" : `${url.username}:${password}@`;
  return {
    requests: `${url.protocol}//${credentials}${url.host}${directory}`,
    portal: `${url.origin}${directory}`,
    secrets: password === "" ? [] : [password, decodeURIComponent(password)],
  };
}

/** Characters of what somebody entered that a message repeats. */
const longestQuotation = 200;

/** A text that may be meant as a URL, without what stands before its last `@`: that may be a password, however it is written. */
export function withoutUserInfo(text: string): string {
  const end = text.lastIndexOf("@");
  const slashes = text.slice(0, Math.max(end, 0)).indexOf("//");
  return end < 0 ? text : `${slashes < 0 ? "" : text.slice(0, slashes + 2)}${text.slice(end + 1)}`;
}

/** Not by a regular expression: one that is tied to the end of a text looks for it from every slash. */
export function withoutTrailingSlashes(text: string): string {
  let { length } = text;
  while (text.charAt(length - 1) === "/") length--;
  return text.slice(0, length);
}

/** As `URL.parse`, which Node.js 18 does not have. */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** The path in front of `/api` or of the portal's `/app`, without a trailing slash; usually empty. */
function virtualDirectory({ pathname, hash }: URL): string {
  const withoutApi = pathname.replace(/\/{2,}/g, "/").replace(/\/api(\/.*)?$/i, "");
  const withoutPortal = hash.startsWith("#/") ? withoutApi.replace(/\/app\/?$/, "") : withoutApi;
  return withoutTrailingSlashes(withoutPortal);
}
