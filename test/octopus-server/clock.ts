/** How the server's time passes: `virtual` stands still until told, `real` is the machine's, a number is so many times faster. */
export type ClockMode = "virtual" | "real" | { readonly speed: number };

export interface ServerClock {
  now(): number;
  mode(): ClockMode;
  /** Goes on from the present instant in another way. */
  setMode(mode: ClockMode): void;
  /** Jumps to an instant. Going back is possible, as on a real machine. */
  set(instant: number): void;
  /** Jumps ahead. Works in every mode. */
  advance(milliseconds: number): void;
}

export function createClock(initialMode: ClockMode, start: number | undefined): ServerClock {
  let mode = initialMode;
  let base = start ?? Date.now();
  let since = Date.now();

  function now(): number {
    if (mode === "virtual") return base;
    const elapsed = Date.now() - since;
    return base + Math.round(elapsed * (mode === "real" ? 1 : mode.speed));
  }

  function set(instant: number): void {
    base = instant;
    since = Date.now();
  }

  return {
    now,
    mode: () => mode,
    setMode: (next) => {
      set(now());
      mode = next;
    },
    set,
    advance: (milliseconds) => {
      set(now() + milliseconds);
    },
  };
}
