import { appendFileSync } from "node:fs";

/** The calls that the servers of this process have received: user agent, tab, route. Clearing a journal does not clear them. */
export const calls = new Set<string>();

/** Adds the calls to the file that `OCTOPUS_CALLS` names, from which `scripts/octopus-callers.ts` makes the list of callers. */
export function saveCalls(): void {
  const file = process.env["OCTOPUS_CALLS"];
  if (file !== undefined && calls.size > 0) appendFileSync(file, `${[...calls].join("\n")}\n`);
}
