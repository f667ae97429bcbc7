/** How the server's time passes: `virtual` only when a test moves it, `real` as on the machine, `speed` that many times faster. */
export type ClockMode = "virtual" | "real" | { readonly speed: number };

export interface ServerClock {
  /** Epoch milliseconds. */
  now(): number;
  mode(): ClockMode;
  /** Changes how time passes, from the present instant on. */
  setMode(mode: ClockMode): void;
  /** Jumps to an instant in epoch milliseconds, also back, as on a real machine. */
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
