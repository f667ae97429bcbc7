import { isLong } from "../random-cases.ts";

/** The pairs of a route that the step calls and a kind of fault, of which a run tries some or all. */
export interface FaultTable {
  /** Whether a route is tried with a kind. */
  isTried(route: string, kind: string): boolean;
  /** Routes that were tried with fewer than two kinds, and kinds with fewer than two routes. Has to be empty. */
  neglected(): readonly string[];
  /** How many pairs were tried. */
  cases(): number;
}

/**
 * `npm run test:long` tries every route with every kind. `npm test` tries every route that changes something with every kind, and each
 * other route with every so many-th kind, beginning one kind further for each route. So each kind meets several routes.
 */
export function faultTable(kinds: readonly string[], every: number): FaultTable {
  const reads: string[] = [];
  const tried = new Map<string, Set<string>>(kinds.map((kind) => [kind, new Set()]));

  function isDue(route: string, kind: string): boolean {
    if (isLong || !route.startsWith("GET ")) return true;
    if (!reads.includes(route)) reads.push(route);
    return (reads.indexOf(route) + kinds.indexOf(kind)) % every === 0;
  }

  return {
    isTried: (route, kind) => {
      for (const each of [route, kind]) tried.set(each, tried.get(each) ?? new Set());
      if (!isDue(route, kind)) return false;
      tried.get(route)?.add(kind);
      tried.get(kind)?.add(route);
      return true;
    },
    neglected: () => [...tried].flatMap(([name, others]) => (others.size < 2 ? [name] : [])),
    cases: () => kinds.reduce((sum, kind) => sum + (tried.get(kind)?.size ?? 0), 0),
  };
}
