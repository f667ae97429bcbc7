import { appendFileSync } from "node:fs";

/** What the servers of this process were asked so far: the client's user agent, a tab, the route. Clearing a journal leaves it. */
export const calls = new Set<string>();

/** Adds the calls to the file that `OCTOPUS_CALLS` names, from which `scripts/octopus-callers.ts` makes the list of callers. */
export function saveCalls(): void {
  const file = process.env["OCTOPUS_CALLS"];
  if (file !== undefined && calls.size > 0) appendFileSync(file, `${[...calls].join("\n")}\n`);
}
