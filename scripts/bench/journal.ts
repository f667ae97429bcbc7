import type { JournalEntry } from "../../test/octopus-server/octopus-server.ts";

/** Figures of a part of the journal. */
export interface Counts {
  readonly requests: number;
  /** The longest chain of requests of which each began after the one before had ended. */
  readonly roundTrips: number;
  /** Bytes of the decoded bodies. */
  readonly bytes: number;
  /** The most requests on the wire at one time. */
  readonly atOnce: number;
}

export function countsOf(journal: readonly JournalEntry[]): Counts {
  return {
    requests: journal.length,
    roundTrips: longestChain(journal),
    bytes: journal.reduce((sum, { bytes }) => sum + bytes, 0),
    atOnce: Math.max(0, ...journal.map(({ inFlight }) => inFlight)),
  };
}

/** The requests up to the answer that creates the deployment. Without one, all requests. */
export function untilCreated(journal: readonly JournalEntry[]): readonly JournalEntry[] {
  const creation = journal.find(isCreation);
  return creation === undefined ? journal : journal.filter(({ start }) => start <= (creation.end ?? creation.start));
}

/** The same up to the first poll of the deployment's task. */
export function untilFirstLook(journal: readonly JournalEntry[]): readonly JournalEntry[] {
  const creation = journal.findIndex(isCreation);
  const look = journal.findIndex(({ path }, index) => index > creation && /\/tasks(\/|\?ids=)/.test(path));
  return creation < 0 || look < 0 ? journal : journal.slice(0, look + 1);
}

function isCreation({ method, path }: JournalEntry): boolean {
  return method === "POST" && /\/deployments(\/override)?$/.test(path);
}

function longestChain(journal: readonly JournalEntry[]): number {
  const depths: { readonly end: number; readonly depth: number }[] = [];
  for (const { start, end } of [...journal].sort((a, b) => a.start - b.start)) {
    const before = depths.filter((each) => each.end <= start).map(({ depth }) => depth);
    depths.push({ end: end ?? start, depth: Math.max(0, ...before) + 1 });
  }
  return Math.max(0, ...depths.map(({ depth }) => depth));
}
