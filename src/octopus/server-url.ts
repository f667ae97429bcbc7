import { unescape } from "node:querystring";
import { ConfigurationError } from "../errors.ts";
import { quoted } from "../text/format.ts";

/** The parameter with the URL, in a sentence. */
export const urlParameter = 'the parameter "Advanced: Octopus Server URL"';

export interface ServerUrl {
  /** The base of all requests, without a trailing slash or `/api`, with a virtual directory and Basic credentials for a proxy. */
  readonly requests: string;
  /** The same without credentials, for links and messages. */
  readonly portal: string;
  /** Texts that must not be printed. */
  readonly secrets: readonly string[];
}

/**
 * Accepts what operators paste: with a trailing slash, with `/api`, or a whole portal link such as
 * `https://octopus/app#/Spaces-1/projects`. Throws `ConfigurationError` for anything other than an http or https URL.
 */
export function parseServerUrl(text: string): ServerUrl {
  const url = parseUrl(text.trim());
  // An @ behind the host means that a password contains a character that ends the host, so the host is part of the password.
  const isUrl = url !== undefined && /^https?:$/.test(url.protocol);
  if (!isUrl || `${url.pathname}${url.search}${url.hash}`.includes("@")) {
    throw new ConfigurationError(
      `${quoted(withoutUserInfo(text))} is not the URL of an Octopus Server.`,
      `Enter an http:// or https:// URL in ${urlParameter}. Percent-encode special characters of a password.`,
    );
  }
  const directory = virtualDirectory(url);
  const { username, password } = url;
  const credentials = username === "" ? "" : `${username}:${password}@`;
  return {
    requests: `${url.protocol}//${credentials}${url.host}${directory}`,
    portal: `${url.origin}${directory}`,
    secrets: secretsOf(url),
  };
}

/** Texts that must not be printed, because the environment names proxies with them. */
export function proxySecrets(): readonly string[] {
  const proxies = Object.entries(process.env).filter(([name]) => /_proxy$/i.test(name));
  return proxies.flatMap(([, url = ""]) => secretsOf(parseUrl(url)));
}

function secretsOf({ username, password }: Pick<URL, "username" | "password"> = { username: "", password: "" }) {
  // A user name without a password may be a token.
  const secret = password || username;
  // Both together are sent, in base64.
  const texts = secret === "" ? [] : [secret, `${username}:${password}`];
  return texts.flatMap((text) => [text, unescape(text)]);
}

/** A text that may be a URL, without anything before its last `@`, which may be a password. */
export function withoutUserInfo(text: string): string {
  return text.replace(/^((?:https?|ftp):\/\/)?.*(?:@|%40|\uFF20)/is, "$1");
}

/** Without a regular expression, which would take quadratic time on many slashes. */
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
