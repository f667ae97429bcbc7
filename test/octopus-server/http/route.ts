import type { Space, User } from "../documents/configuration.ts";
import type { Instance } from "../instance.ts";
import type { Access } from "../rules/access.ts";
import type { ShapeName } from "../shapes/check-shape.ts";
import type { Query } from "./query.ts";
import type { Reply } from "./reply.ts";

/** One authenticated request, as a handler sees it. */
export interface Call {
  readonly instance: Instance;
  readonly method: string;
  /** Path without the virtual directory and query, as the client sent it. */
  readonly path: string;
  /** The value of a `{name}` segment. */
  param(name: string): string;
  readonly query: Query;
  /** Parsed JSON; undefined when there was no body. */
  readonly body: unknown;
  readonly rawBody: Buffer;
  readonly contentType: string;
  readonly user: User;
  readonly access: Access;
}

export interface SpaceCall extends Call {
  readonly space: Space;
}

/** A call that may concern one space or, without one in its path, every space its user may see. */
export interface MixedCall extends Call {
  readonly space: Space | undefined;
}

interface RouteBase {
  readonly method: string;
  /** Path after `/api/` or `/api/{space}/`, with `{name}` segments. */
  readonly path: string;
  /** The shape of its answers; `[Name]` is a bare array. Undefined: none is declared. */
  readonly shape: ShapeName | undefined;
  /** The public source of the route; the README explains the abbreviations. */
  readonly source: string;
}

export type Route =
  | (RouteBase & { readonly scope: "space"; readonly handle: (call: SpaceCall) => Reply })
  | (RouteBase & { readonly scope: "mixed"; readonly handle: (call: MixedCall) => Reply })
  | (RouteBase & { readonly scope: "system"; readonly handle: (call: Call) => Reply });

/** A route that exists below `/api/{space}/`, `/api/spaces/{space}/` and, for the default space, `/api/`. */
export function space(
  method: string,
  path: string,
  shape: ShapeName | undefined,
  source: string,
  handle: (call: SpaceCall) => Reply,
): Route {
  return { method, path, shape, source, scope: "space", handle };
}

/** A route that exists for one space and for the whole server: of tasks, events, teams, scoped user roles. */
export function mixed(
  method: string,
  path: string,
  shape: ShapeName | undefined,
  source: string,
  handle: (call: MixedCall) => Reply,
): Route {
  return { method, path, shape, source, scope: "mixed", handle };
}

/** A route that exists for the whole server only. */
export function system(
  method: string,
  path: string,
  shape: ShapeName | undefined,
  source: string,
  handle: (call: Call) => Reply,
): Route {
  return { method, path, shape, source, scope: "system", handle };
}
