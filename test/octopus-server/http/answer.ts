import type { User } from "../documents/configuration.ts";
import type { Instance } from "../instance.ts";
import { anonymousRoutes } from "../routes/server-routes.ts";
import { parseQuery } from "./query.ts";
import type { RateLimit } from "./rate-limit.ts";
import { errorBody, notLoggedIn, Refusal, unknownRoute } from "./refusal.ts";
import type { Reply } from "./reply.ts";
import type { Match, Router } from "./router.ts";
import type { Call } from "./route.ts";

/** A request as it was received. */
export interface Incoming {
  readonly method: string;
  /** Path without virtual directory and query. */
  readonly path: string;
  readonly search: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawBody: Buffer;
}

/** A request that has been read but not carried out yet: its user, its route, and how to carry it out. */
export interface Prepared {
  readonly user: User | undefined;
  readonly match: Match | undefined;
  readonly body: unknown;
  /** Carries the request out. Never throws: a refusal is a reply, too. */
  perform(): Reply;
}

export function prepare(instance: Instance, router: Router, limit: RateLimit, incoming: Incoming): Prepared {
  const user = userOf(instance, incoming);
  const json = parseJson(incoming);
  let match: Match | undefined;
  let refusal: Refusal | undefined;
  try {
    match = router.find(incoming.method, incoming.path, instance.state);
    if (instance.switches().missingRoutes.includes(match.route.path)) {
      match = undefined;
      throw unknownRoute();
    }
  } catch (error) {
    refusal = asRefusal(error);
  }
  return {
    user,
    match,
    body: json.value,
    perform: () => {
      try {
        demandShortRequestLine(instance, incoming);
        if (match === undefined) throw refusal ?? unknownRoute();
        const isAnonymous = anonymousRoutes.has(match.route.path) && match.route.scope === "system";
        if (user !== undefined) limit.take(user.id, instance.timeline.now(), instance.switches());
        else if (!isAnonymous) throw notLoggedIn();
        if (json.broken) throw new Refusal(400, "The request body could not be read as JSON.");
        demandNoMaintenance(instance, incoming.method, user);
        return call(instance, incoming, match, user ?? anonymous(), json.value);
      } catch (error) {
        const { status, message, errors, headers } = asRefusal(error);
        return { status, headers, content: { kind: "json", value: errorBody(message, errors) } };
      }
    },
  };
}

function call(instance: Instance, incoming: Incoming, match: Match, user: User, body: unknown): Reply {
  const { route, params, space } = match;
  const made: Call = {
    instance,
    method: incoming.method,
    path: incoming.path,
    param: (name) => params[name] ?? "",
    query: parseQuery(incoming.search),
    body,
    rawBody: incoming.rawBody,
    contentType: headerOf(incoming, "content-type"),
    user,
    access: instance.access.of(user),
  };
  switch (route.scope) {
    case "space": {
      if (space === undefined) throw unknownRoute();
      // A space that the user may not see answers like one that does not exist.
      if (!made.access.seesSpace(space.id)) throw new Refusal(404, `The resource '${space.id}' was not found.`);
      return route.handle({ ...made, space });
    }
    case "mixed":
      return route.handle({ ...made, space });
    case "system":
      return route.handle(made);
  }
}

/** The user whose key or token came with a request; undefined without one, and for inactive users. */
function userOf(instance: Instance, incoming: Incoming): User | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(headerOf(incoming, "authorization"))?.[1];
  const key = headerOf(incoming, "x-octopus-apikey") || bearer || keyInQuery(incoming);
  if (key === "") return undefined;
  const now = instance.timeline.now();
  const owner = [...instance.state.users.values()].find(({ apiKeys }) =>
    apiKeys.some((apiKey) => apiKey.key === key && (apiKey.expires === null || apiKey.expires > now)),
  );
  return owner?.isActive === true ? owner : undefined;
}

function keyInQuery({ search }: Incoming): string {
  const query = new URLSearchParams(search);
  return query.get("apikey") || query.get("ApiKey") || "";
}

export function headerOf(incoming: Incoming, name: string): string {
  const value = incoming.headers[name];
  return typeof value === "string" ? value : (value?.[0] ?? "");
}

function anonymous(): User {
  return {
    id: "users-guest",
    username: "guest",
    displayName: "Guest",
    emailAddress: null,
    isActive: true,
    isService: false,
    created: 0,
    apiKeys: [],
  };
}

function parseJson({ rawBody, headers }: Incoming): { readonly value: unknown; readonly broken: boolean } {
  if (rawBody.length === 0) return { value: undefined, broken: false };
  const type = headers["content-type"];
  // Any other type is the content of an artifact. Text is read as JSON where it is JSON.
  if (typeof type === "string" && !/json|text|urlencoded/i.test(type)) return { value: undefined, broken: false };
  try {
    return { value: JSON.parse(rawBody.toString("utf8").replace(/^\uFEFF/, "")), broken: false };
  } catch {
    return { value: undefined, broken: !(typeof type === "string" && /text|urlencoded/i.test(type)) };
  }
}

/** Refuses a request line that is too long, as long lists of ids make it. */
function demandShortRequestLine(instance: Instance, { method, path, search }: Incoming): void {
  const { longestRequestLine } = instance.switches();
  const line = `${method} ${path}${search === "" ? "" : `?${search}`} HTTP/1.1\r\n`;
  if (longestRequestLine > 0 && line.length > longestRequestLine) throw new Refusal(414, "URI Too Long");
}

function demandNoMaintenance(instance: Instance, method: string, user: User | undefined): void {
  const { maintenanceMode, maintenanceStatus } = instance.switches();
  if (!maintenanceMode || method === "GET" || user === undefined) return;
  if (instance.access.of(user).may("AdministerSystem", { spaceId: null })) return;
  throw new Refusal(maintenanceStatus, "The Octopus Server is in maintenance mode.");
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  // A defect of this server: the stack helps to find it.
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Refusal(500, `The embedded server failed: ${text}`);
}
