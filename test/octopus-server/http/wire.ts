/** The requests to the API that wait for their answer. */
export interface Wire {
  /** Adds a request that came in. */
  enter(): Passage;
  /** Number of requests now. */
  inFlight(): number;
  /** Highest number at one time since the journal was cleared. */
  most(): number;
  /** Starts the highest number anew, with the requests that still wait. */
  restart(): void;
  /** Holds all answers back until the returned function is called. */
  hold(): () => void;
  /** Resolves when answers are not held back. */
  untilReleased(): Promise<void>;
}

export interface Passage {
  /** Number of requests when this one came in, including this one. */
  readonly inFlight: number;
  /** Takes the request off the wire: it is answered, or never will be. Only the first call counts. */
  leave(): void;
}

export function createWire(): Wire {
  let now = 0;
  let most = 0;
  let held = Promise.resolve();

  return {
    enter: () => {
      now += 1;
      most = Math.max(most, now);
      let isThere = true;
      return {
        inFlight: now,
        leave: () => {
          if (isThere) now -= 1;
          isThere = false;
        },
      };
    },
    inFlight: () => now,
    most: () => most,
    restart: () => {
      most = now;
    },
    hold: () => {
      let release = (): void => undefined;
      const before = held;
      const until = new Promise<void>((resolve) => {
        release = resolve;
      });
      held = before.then(() => until);
      return () => release();
    },
    untilReleased: () => held,
  };
}
