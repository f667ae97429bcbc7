/** One request as it was answered. */
export interface JournalEntry {
  readonly number: number;
  readonly method: string;
  /** Path and query as sent, without the virtual directory. */
  readonly path: string;
  /** Undefined while it is being answered, and when the connection was reset. */
  readonly status: number | undefined;
  /** Decoded bytes of the answer's body. */
  readonly bytes: number;
  /** Name of the user. Undefined without a valid credential. */
  readonly user: string | undefined;
  /** Epoch milliseconds by the machine's clock. */
  readonly start: number;
  readonly end: number | undefined;
  /** Number of requests on the wire when this one came in, including this one. */
  readonly inFlight: number;
  /** Epoch milliseconds by the server's clock at the start. */
  readonly instant: number;
  /** Whether no route has this path: Octopus does not have the route either, or this server still needs it. */
  readonly unknownRoute: boolean;
  /** The route that answered, e.g. `GET projects/{id}`. */
  readonly route: string | undefined;
  /** The fault that struck the request, as JSON. */
  readonly fault: string | undefined;
  /** Parsed body of a write. */
  readonly body?: unknown;
  /** Headers of the request; credentials are left out. */
  readonly headers: Readonly<Record<string, string>>;
}

export type OpenEntry = { -readonly [Key in keyof JournalEntry]: JournalEntry[Key] };

export interface Journal {
  open(entry: Omit<OpenEntry, "number">): OpenEntry;
  entries(): readonly JournalEntry[];
  clear(): void;
}

export function createJournal(): Journal {
  let entries: OpenEntry[] = [];
  let number = 0;
  return {
    open: (entry) => {
      const numbered = { ...entry, number: ++number };
      entries.push(numbered);
      return numbered;
    },
    entries: () => [...entries],
    clear: () => {
      entries = [];
    },
  };
}
