import type { Space } from "../documents/configuration.ts";
import type { State } from "../state.ts";
import { methodNotAllowed, notFound, unknownRoute } from "./refusal.ts";
import type { Route } from "./route.ts";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly space: Space | undefined;
}

interface Candidate {
  readonly route: Route;
  readonly segments: readonly string[];
  /** The segments in lower case; undefined stands for a parameter. */
  readonly literals: readonly (string | undefined)[];
}

export interface Router {
  /** Finds the route of a path below `/api`. Throws the refusal that Octopus answers if there is none: 404, or 405 for a malformed path. */
  find(method: string, path: string, state: State): Match;
}

export function createRouter(routes: readonly Route[]): Router {
  const byLength = new Map<number, Candidate[]>();
  for (const route of routes) {
    const segments = route.path === "" ? [] : route.path.split("/");
    byLength.set(segments.length, [
      ...(byLength.get(segments.length) ?? []),
      { route, segments, literals: literalsOf(segments) },
    ]);
  }
  // Literal segments win over parameters: `projects/all` is not the project "all".
  for (const candidates of byLength.values()) candidates.sort((a, b) => literalCount(b) - literalCount(a));

  return {
    find: (method, path, state) => {
      const segments = path.split("/").slice(1);
      if (segments.at(-1) === "") segments.pop();
      if (segments.includes("")) throw methodNotAllowed();
      if (segments[0]?.toLowerCase() !== "api") throw unknownRoute();
      const decoded = segments.slice(1).map(decodeSegment);

      for (const reading of readings(decoded, state)) {
        const wanted = reading.rest.map((segment) => segment.toLowerCase());
        const fitting = (byLength.get(reading.rest.length) ?? []).filter(
          ({ route, literals }) => fits(literals, wanted) && allows(route, reading.prefixed),
        );
        const match = fitting.find(({ route }) => route.method === method);
        if (match !== undefined) {
          if (reading.prefixed && reading.space === undefined) throw notFound(decoded[0] ?? "");
          return {
            route: match.route,
            params: paramsOf(match.segments, reading.rest),
            space: spaceFor(match, reading),
          };
        }
        if (fitting.length > 0) throw methodNotAllowed();
      }
      throw unknownRoute();

      function spaceFor({ route }: Candidate, reading: Reading): Space | undefined {
        if (reading.space !== undefined || route.scope !== "space") return reading.space;
        const fallback = [...state.spaces.values()].find((space) => space.isDefault);
        if (fallback === undefined) throw unknownRoute();
        return fallback;
      }
    },
  };
}

interface Reading {
  readonly rest: readonly string[];
  readonly prefixed: boolean;
  readonly space: Space | undefined;
}

/** The ways to read a path: with the space in front (`Spaces-1/x` or `spaces/{id or slug}/x`), and without. */
function readings(segments: readonly string[], state: State): readonly Reading[] {
  const [first, second, ...others] = segments;
  const found: Reading[] = [];
  if (first !== undefined && /^spaces-\d+$/i.test(first)) {
    found.push({ rest: segments.slice(1), prefixed: true, space: spaceCalled(first, state) });
  }
  found.push({ rest: segments, prefixed: false, space: undefined });
  if (first?.toLowerCase() === "spaces" && second !== undefined && others.length > 0) {
    found.push({ rest: others, prefixed: true, space: spaceCalled(second, state) });
  }
  return found;
}

function spaceCalled(identifier: string, state: State): Space | undefined {
  const wanted = identifier.toLowerCase();
  return [...state.spaces.values()].find((space) => space.id.toLowerCase() === wanted || space.slug === wanted);
}

function allows(route: Route, prefixed: boolean): boolean {
  return prefixed ? route.scope !== "system" : true;
}

function fits(literals: readonly (string | undefined)[], wanted: readonly string[]): boolean {
  return literals.every((literal, index) => literal === undefined || literal === wanted[index]);
}

function literalsOf(segments: readonly string[]): readonly (string | undefined)[] {
  return segments.map((segment) => (segment.startsWith("{") ? undefined : segment.toLowerCase()));
}

function paramsOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  pattern.forEach((part, index) => {
    if (part.startsWith("{")) params[part.slice(1, -1)] = segments[index] ?? "";
  });
  return params;
}

function literalCount({ literals }: Candidate): number {
  return literals.filter((literal) => literal !== undefined).length;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
