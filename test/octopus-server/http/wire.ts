/** The requests to the API that have come in and not been answered yet. */
export interface Wire {
  /** A request comes in. */
  enter(): Passage;
  /** How many there are now. */
  inFlight(): number;
  /** The most there have been at one time since the journal was cleared. */
  most(): number;
  /** Forgets how many there have been, except for those still there. */
  restart(): void;
  /** From now on nothing is answered, until the function that it returns is called. */
  hold(): () => void;
  /** Resolves as soon as answers are let go. */
  untilReleased(): Promise<void>;
}

export interface Passage {
  /** How many there were when it came in, itself included. */
  readonly inFlight: number;
  /** It is answered, or will never be. Only the first call counts. */
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
