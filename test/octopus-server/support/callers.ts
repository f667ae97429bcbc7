import callers from "../callers.json" with { type: "json" };

/** The routes that each client calls, as recorded by `scripts/octopus-callers.ts`. */
export const recordedCallers: Readonly<Record<string, readonly string[]>> = callers;

/** A route as the list names it. The roots of the server and of a space have the same name. */
export function routeName({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path === "" ? "(root)" : path}`;
}

/** The runs that are recorded: every call of the demo and of bench, and in tests the calls of clients with a known user agent. */
export type RecordedRun = "tests" | "demo" | "bench";

/** Clients in Go, .NET and PowerShell, whose requests are replayed (`foreign-clients.ts`), by the user agent of their replay. */
const replayed = [
  "Octopus CLI",
  "Terraform provider",
  "OctopusClients",
  "Deploy Child Octopus Deploy Project",
] as const;
export type ReplayedClient = (typeof replayed)[number];

const agents: ReadonlyMap<string, string> = new Map([
  ["ts-octopusdeploy deploy-child-project", "product"],
  ["ts-octopusdeploy embedded-server-test", "@octopusdeploy/api-client"],
  ...replayed.map((name) => [name, name] as const),
]);

/** The callers of a run and their routes, from its calls: user agent, tab, route. The tests' own requests have no caller. */
export function callersOf(run: RecordedRun, calls: Iterable<string>): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, Set<string>>();
  for (const call of calls) {
    const [agent = "", route = ""] = call.split("\t");
    const known = agents.get(agent.replace(/\/.*/, ""));
    const caller = run === "tests" ? known : run;
    if (caller !== undefined) found.set(caller, (found.get(caller) ?? new Set()).add(route.replace(/ $/, " (root)")));
  }
  return Object.fromEntries([...found].map(([caller, routes]) => [caller, [...routes].toSorted(byPath)]));
}

function byPath(one: string, other: string): number {
  const [a, b] = [one, other].map((route) => route.split(" ").reverse().join(" "));
  return (a ?? "") < (b ?? "") ? -1 : 1;
}
