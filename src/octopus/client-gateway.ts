import { escape } from "node:querystring";
import { Client } from "@octopusdeploy/api-client";
import * as z from "zod/mini";
import type { Clock } from "../clock.ts";
import { trustOfWorker } from "./authorities.ts";
import { NotOctopusError, RequestRefusedError } from "../errors.ts";
import type { Id } from "../model.ts";
import { secretHider } from "../rules/secrets.ts";
import type { Call } from "./explain.ts";
import type { OctopusGateway, Patience } from "./gateway.ts";
import { openConnection } from "./http.ts";
import { findByName } from "./find-by-name.ts";
import { inShape } from "./in-shape.ts";
import { createRequests } from "./requests.ts";
import { ServerInformation, Space } from "./resources.ts";
import { createRetry } from "./retry.ts";
import type { Retry } from "./retry.ts";
import { parseServerUrl, proxySecrets, urlParameter } from "./server-url.ts";
import { createSpaceGateway } from "./space-gateway.ts";

export interface ConnectOptions {
  /** An http:// or https:// URL, with or without a trailing slash, `/api` or a portal path. */
  readonly serverUrl: string;
  readonly credential: { readonly kind: "api-key" | "access-token"; readonly value: string };
  /** Further secrets, which no message may repeat, and which are hidden in whatever a deployment wrote. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** Aborted when the run has ended: requests and repetitions then never settle. */
  readonly run?: AbortSignal;
  /** Names this program in the server's audit log. */
  readonly userAgent: string;
  readonly patience: Patience;
  /** Called before each repetition, with a sentence. */
  readonly onRetry: (message: string) => void;
  /** Milliseconds a single request may take; 30,000 unless given. */
  readonly requestLimitMs?: number;
  /** Spreads the repetitions of children that started together; `Math.random` unless given. */
  readonly random?: () => number;
}

/**
 * Connects to the server (`GET /api`) and returns the gateway to it. This request needs no valid credential, so the first call of the gateway may
 * be the first to fail with 401. Errors: as `OctopusGateway`, and `ConfigurationError` for a bad URL.
 */
export async function connectToOctopus(options: ConnectOptions): Promise<OctopusGateway> {
  const url = parseServerUrl(options.serverUrl);
  const secrets = [options.credential.value, ...url.secrets, ...proxySecrets(), ...options.secrets].flatMap(encodings);
  const trust = url.requests.startsWith("https:") ? trustOfWorker() : undefined;
  const connection = openConnection({
    requestLimit: options.requestLimitMs ?? 30_000,
    secrets,
    run: options.run,
    trust,
  });
  const retry = createRetry({ random: Math.random, ...options, connection, portalUrl: url.portal });
  const client = await shakeHands(retry, url.requests, options);
  const hide = secretHider(options.secrets.flatMap(encodings));
  const requestsWith = (patience: keyof Patience, space?: Id<"Space">) =>
    createRequests({ client, retry, patience, space, hide });
  const requests = requestsWith("planning");

  return {
    portalUrl: url.portal,
    spacesNamed: (text) => findByName(text, { noun: "space", path: "~/api/spaces", shape: Space }, requests),
    allSpaces: () => requests.read("reading the list of spaces", "~/api/spaces/all", z.array(Space)),
    inSpace: (id) => createSpaceGateway(id, requestsWith),
  };
}

/** A secret as a log or an error may show it: unchanged, in base64, and percent-encoded. */
function encodings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [secret, bytes.toString("base64").replace(/=+$/, ""), escape(bytes.toString())];
}

async function shakeHands(retry: Retry, url: string, { credential, userAgent }: ConnectOptions) {
  const { value, kind } = credential;
  const path = `${new URL(url).pathname.replace(/\/$/, "")}/api`;
  const call: Call = { purpose: "reading the server's version", method: "GET", path };
  const greeting = retry.read(call, "planning", async () => {
    const client = await Client.create({
      instanceURL: url,
      userAgentApp: userAgent,
      ...(kind === "api-key" ? { apiKey: value } : { accessToken: value }),
    });
    // `create` has kept the document, so this sends no request.
    inShape(await client.getServerInformation(), ServerInformation);
    return client;
  });
  return greeting.catch(explainMissingApi);
}

/** Every Octopus Server answers `/api`, so a refusal means that there is none at this address, unless a proxy refuses. */
function explainMissingApi(error: unknown): never {
  if (!(error instanceof RequestRefusedError) || error.status === 407) throw error;
  throw new NotOctopusError(
    error.message,
    `Check ${urlParameter}: there is no Octopus Server at this address. If the server has a virtual directory, the address must include it.`,
  );
}
