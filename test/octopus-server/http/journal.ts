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
  /** Who asked. Undefined means that the server does not know the user. */
  readonly user: string | undefined;
  /** Milliseconds of the machine's own clock since the epoch. */
  readonly start: number;
  readonly end: number | undefined;
  /** How many requests were on the wire when it came in, itself included. */
  readonly inFlight: number;
  /** The server's clock at the start. */
  readonly instant: number;
  /** No route has this path: the server has to learn it, or the client asks for something that Octopus does not have. */
  readonly unknownRoute: boolean;
  /** The route that answered, e.g. `GET projects/{id}`. */
  readonly route: string | undefined;
  /** What a fault made of it. */
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
